"""The sentence drawn as words, with lines from the chosen word to the others."""

from html import escape

import streamlit as st

from attention_core.narration import answer, named, percent
from attention_core.tokens import Token, label
from pages.shared.assets import packed, script, style
from pages.shared.markup import phrase_html
from pages.shared.opening import View

_PREVIEWS_UP_TO = 64  # tokens; beyond, only the chosen word's row travels

_component = st.components.v2.component(
    "words", html='<div class="sentence" role="group"></div>', css=style("words.css"), js=script("words.js")
)


def words(view: View) -> None:
    """The sentence, its lines, and the answer in words; a click on a word asks from it."""
    shown = view.shown
    tokens, weights, places = shown.units.tokens, shown.weights, [members[0] for members in shown.units.members]
    query, key = shown.units.at(view.query), shown.units.at(view.key)
    asked = range(len(tokens)) if len(tokens) <= _PREVIEWS_UP_TO else [query]
    data = {
        "words": [_word(token, view.trace.text) for token in tokens],
        "query": query,
        "key": key,
        "rows": {row: [round(share, 6) for share in weights[row].tolist()] for row in asked},
        "name": f"The sentence; {view.choice.whose()}. Choose the word that asks.",
    }

    def ask() -> None:
        """Ask from the clicked word; the page chooses the key it looks at most."""
        unit = st.session_state["sentence-words"].query
        if isinstance(unit, int) and 0 <= unit < len(places):
            st.session_state["query"], st.session_state["key"] = places[unit] + 1, None

    _component(data=packed(data), key="sentence-words", on_query_change=ask)
    pieces = any(token.continues_word for token in tokens)
    note = " Dashed edges: pieces of one word, which the model reads one by one." if pieces else ""
    st.html(
        f'<p class="answer">{phrase_html(answer(weights, tokens, query, places))}</p>'
        f'<p class="look-for">Click a word to ask from it, or any cell below to follow its number.{note}</p>'
        f"{remark(view)}"
    )
    switches()


def switches(mixes: bool = True) -> None:
    """How the weights are shown: of one head or of several, with or without special tokens, words or their pieces."""
    state = st.session_state
    state["switches"] = [name for name, (field, value) in _SWITCHES.items() if state[field] == value]
    with st.container(key="looks", horizontal=True, vertical_alignment="center", width="content"):
        looks = {"label_visibility": "collapsed", "required": True}
        if mixes:
            st.segmented_control("Whose weights", list(_MIXES), key="show", format_func=_MIXES.get, **looks)
        st.pills(
            "Special tokens and words",
            list(_SWITCHES),
            key="switches",
            selection_mode="multi",
            label_visibility="collapsed",
            on_change=_switch,
        )


_MIXES = {"head": "One head", "mean": "Mean of heads", "rollout": "Rollout"}
_SWITCHES = {
    "Without special tokens": ("special", "left-out"),
    "Shares of the rest": ("special", "of-the-rest"),
    "Whole words": ("words", "whole"),
}


def _switch() -> None:
    state = st.session_state
    before, chosen = state["special"], [_SWITCHES[name] for name in state["switches"]]
    state["words"] = "whole" if ("words", "whole") in chosen else "pieces"
    special = [value for field, value in chosen if field == "special"]
    # Of the two ways to leave special tokens out, the one clicked last counts.
    state["special"] = next((value for value in special if value != before), special[0] if special else "kept")


def remark(view: View) -> str:
    """What the switches changed in the numbers, so that no share is taken for the model's own."""
    shown, query = view.shown, view.shown.units.at(view.query)
    said = []
    if view.choice.special != "kept":
        kept, asking = percent(shown.kept[query].item()), phrase_html((named(shown.units.tokens, query, "query"),))
        if view.choice.special == "left-out":
            said.append(f"Special tokens are left out: the row of {asking} sums to {kept}.")
        else:
            said.append(
                f"Not the model’s own numbers: each is a share of what is left without special tokens, of {asking} {kept}."
            )
    if view.choice.whole_words:
        said.append("Whole words: weights <em>to</em> the pieces of a word are summed, <em>from</em> them averaged.")
    if view.choice.mix == "rollout":
        said.append(
            "Rollout estimates where information came from: in each layer the mean of all heads and the word itself in equal "
            "parts, multiplied through the layers (Abnar &amp; Zuidema 2020). The model computes no such matrix."
        )
    elif view.choice.mix == "mean":
        said.append(f"This is {escape(view.choice.whose())}: no head of the model has these weights.")
    return f'<p class="remark" role="status">{" ".join(said)}</p>' if said else ""


def _word(token: Token, text: str) -> dict:
    note = text[slice(*token.span)][:60] if token.span else "added by the model around every sentence"
    return {"label": label(token), "note": note, "special": token.is_special, "piece": token.continues_word}
