"""How the weights are shown: whose, with or without special tokens, words or their pieces; and what that changes."""

import streamlit as st
from markupsafe import Markup

from attention_core.writing.numbers import percent
from attention_core.writing.phrases import named
from pages.shared.base.markup import phrase_html
from pages.shared.frame.view import View


def switches(mixes: bool = True) -> None:
    """How the weights are shown: of one head or of several, with or without special tokens, words or their pieces."""
    state = st.session_state
    state["weights-switches"] = [name for name, (field, value) in _SWITCHES.items() if state[field] == value]
    with st.container(key="weights-looks", horizontal=True, vertical_alignment="center", width="content"):
        looks = {"label_visibility": "collapsed", "required": True}
        if mixes:
            st.segmented_control("Whose weights", list(_MIXES), key="show", format_func=_MIXES.get, **looks)
        st.pills(
            "Special tokens and words",
            list(_SWITCHES),
            key="weights-switches",
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
    before, chosen = state["special"], [_SWITCHES[name] for name in state["weights-switches"]]
    state["words"] = "whole" if ("words", "whole") in chosen else "pieces"
    special = [value for field, value in chosen if field == "special"]
    # Of the two ways to leave special tokens out, the one clicked last counts.
    state["special"] = next((value for value in special if value != before), special[0] if special else "kept")


def remark(view: View) -> Markup:
    """What the switches changed in the numbers, so that no share is taken for the model's own."""
    shown, query = view.shown, view.shown.units.at(view.query)
    said = []
    if view.choice.special != "kept":
        kept, asking = percent(shown.kept[query].item()), phrase_html((named(shown.units.tokens, query, "query"),))
        if view.choice.special == "left-out":
            text = Markup("Special tokens are left out: the row of %s sums to %s.")
        else:
            text = Markup("Not the model’s own numbers: each is a share of what is left without special tokens, of %s %s.")
        said.append(text % (asking, kept))
    if view.choice.whole_words:
        said.append(Markup("Whole words: weights <em>to</em> the pieces of a word are summed, <em>from</em> them averaged."))
    if view.choice.mix == "rollout":
        said.append(
            "Rollout estimates where information came from: in each layer the mean of all heads and the word itself in equal "
            "parts, multiplied through the layers (Abnar & Zuidema 2020). The model computes no such matrix."
        )
    elif view.choice.mix == "mean":
        said.append(f"This is {view.choice.whose()}: no head of the model has these weights.")
    return Markup('<p class="remark" role="status">%s</p>') % Markup(" ").join(said) if said else Markup()
