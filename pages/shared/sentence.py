"""The sentence drawn as words, with lines from the chosen word to the others."""

import streamlit as st

from attention_core.tokens import Token, label
from pages.shared.assets import asset
from pages.shared.markup import phrase_html
from pages.shared.opening import View

_PREVIEWS_UP_TO = 64  # tokens; beyond, only the chosen word's row travels

_component = st.components.v2.component(
    "words", html='<div class="sentence" role="group"></div>', css=asset("words.css"), js=asset("words.js")
)


def words(view: View) -> None:
    """The sentence, its lines, and the answer in words; a click on a word asks from it."""
    tokens, weights = view.trace.tokens, view.stages.weights
    asked = range(len(tokens)) if len(tokens) <= _PREVIEWS_UP_TO else [view.query]
    data = {
        "words": [_word(token, view.trace.text) for token in tokens],
        "query": view.query,
        "key": view.key,
        "rows": {query: [round(share, 6) for share in weights[query].tolist()] for query in asked},
        "name": f"The sentence; layer {view.layer + 1}, head {view.head + 1}. Choose the word that asks.",
    }
    _component(data=data, key="words", on_query_change=_ask)
    pieces = any(token.continues_word for token in tokens)
    note = " Dashed edges: pieces of one word, which the model reads one by one." if pieces else ""
    st.html(
        f'<p class="answer">{phrase_html(view.cell.answer())}</p>'
        f'<p class="look-for">Click a word to ask from it, or any cell below to follow its number.{note}</p>'
    )


def _word(token: Token, text: str) -> dict:
    note = text[slice(*token.span)][:60] if token.span else "added by the model around every sentence"
    return {"label": label(token), "note": note, "special": token.is_special, "piece": token.continues_word}


def _ask() -> None:
    """Ask from the clicked word; the page chooses the key it looks at most."""
    position = st.session_state["words"].query
    if isinstance(position, int):
        st.session_state["query"], st.session_state["key"] = position + 1, None
