"""The sentence drawn as words, with lines from the chosen word to the others."""

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.words import answer
from attention_core.model.tokens import Token
from attention_core.writing.text import label
from pages.shared.base.assets import packed, script, style
from pages.shared.base.markup import phrase_html
from pages.shared.base.messages import sent, whole
from pages.shared.frame.view import View
from pages.shared.parts.switches import remark, switches

_PREVIEWS_UP_TO = 64  # tokens; beyond, only the chosen word's row travels
_component = st.components.v2.component(
    "words", html='<div class="sentence" role="group"></div>', css=style("words.css"), js=script("words.js")
)


def words(view: View) -> None:
    """The sentence, its lines, and the answer in words; a click on a word asks from it."""
    shown = view.shown
    tokens, weights, places = shown.units.tokens, shown.weights, shown.units.places
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
        unit = whole(sent("sentence-words", "query"), len(places))
        if unit is not None:
            st.session_state["query"], st.session_state["key"] = places[unit] + 1, None

    _component(data=packed(data), key="sentence-words", on_query_change=ask)
    pieces = any(token.continues_word for token in tokens)
    note = " Dashed edges: pieces of one word, which the model reads one by one." if pieces else ""
    html = Markup(
        '<p class="answer">%s</p>'
        '<p class="look-for">Click a word to ask from it, or any cell below to follow its number.%s</p>%s'
    )
    st.html(html % (phrase_html(answer(weights, tokens, query, places)), note, remark(view)))
    switches()


def _word(token: Token, text: str) -> dict:
    note = text[slice(*token.span)][:60] if token.span else "added by the model around every sentence"
    return {"label": label(token), "note": note, "special": token.is_special, "piece": token.continues_word}
