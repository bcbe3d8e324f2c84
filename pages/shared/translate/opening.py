"""The beginning of Translate: the English sentence, how the French is searched for, and how it has to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame.examples import examples
from pages.shared.frame.opening import Beginning, Places

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from pages.shared.translate.view import TranslationView


def _draw(page: str) -> Places:
    pickers = st.container(key="translate-pickers", horizontal=True, vertical_alignment="bottom")
    pickers.text_input("Sentence", key="text", on_change=start_anew, placeholder="Type an English sentence and press Enter")
    _offer_examples(page)
    messages = st.container()
    return Places(pickers, messages, messages)


def _read(page: str, places: Places) -> TranslationView:
    from pages.shared.translate.view import read_translation

    return read_translation(places.pickers, places.messages, start_anew)


def start_anew() -> None:
    """Begin at the first step: another sentence or search makes other words."""
    st.session_state["step"] = st.session_state["asking"] = 1
    st.session_state["asked"] = None


def _offer_examples(page: str) -> None:
    state, by_name = st.session_state, {example.name: example for example in examples(page)}
    present = next((name for name, example in by_name.items() if example.text == state["text"]), None)
    state["translate-example"] = present

    def choose() -> None:
        # A click on the marked example unmarks it; what is wanted is its view again.
        if chosen := by_name.get(state["translate-example"] or present):
            for field in ("text", "layer", "head", "query", "key"):
                state[field] = getattr(chosen, field)
            state["beginning"] = ""
            start_anew()

    st.pills("Examples", list(by_name), key="translate-example", on_change=choose, label_visibility="collapsed")
    if present:
        st.caption(f"Look for: {by_name[present].look_for}")


translated = Beginning(_draw, _read)
