"""The beginning of every page: head line, sentence, layer and head, and the view that results from them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import link, navigation
from pages.shared.assets import ICON
from pages.shared.examples import examples
from pages.shared.listing import step_buttons
from pages.shared.look import dress
from pages.shared.turns import is_cold

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core import Stages, Trace, TracedModel
    from attention_core.matrices.words import Cell
    from attention_core.palette import Palette
    from attention_core.weights.choice import Choice, Shown


@dataclass(frozen=True, eq=False)
class View:
    """What the person chose to see; layer, head, query and key count from 0 here and from 1 on the page."""

    model: TracedModel
    trace: Trace
    layer: int
    head: int
    query: int
    key: int
    stages: Stages
    cell: Cell
    choice: Choice
    shown: Shown
    palette: Palette
    own: dict[str, str | int]  # what only this page lets people choose, as the address says it

    @property
    def is_head(self) -> bool:
        """Whether one head's own weights are shown, not a mixture of several."""
        return self.choice.mix == "head"


def begin(page: str, title: str, lead: str, mixes: bool = True, switches: bool = True) -> View:
    """Draw the head of a page and return the view; stops the run with one clear message where there is none.

    `page` is the name of its file; `mixes` says whether it can show a mean of heads or rollout, `switches` whether it can
    leave out special tokens and join words.
    """
    pages = head(page, title, lead)
    pickers = st.container(key="pickers", horizontal=True, vertical_alignment="bottom")
    pickers.text_input("Sentence", key="text", on_change=_choose_anew, placeholder="Type a sentence and press Enter")
    step_buttons(pickers)
    _offer_examples(page)
    messages = st.container()
    with loading(page, pages, messages):
        from pages.shared.view import view

        return view(page, pickers, messages, mixes, switches)


def head(page: str, title: str, lead: str):
    """Draw what stands on top of a page, and read its address; returns the place for the links to all pages."""
    st.set_page_config(page_title=f"{title} · Attention Visualizer", page_icon=str(ICON), layout="wide")
    dress("style.css")
    link.restore(page)
    navigation.leave()
    with st.container(key="top", horizontal=True, vertical_alignment="center"):
        st.html(f'<h1>{title}</h1><p class="lead">{lead}</p>')
        return st.container(width="content")


@contextmanager
def loading(page: str, pages, messages) -> Iterator[None]:
    """What is imported and read in here shows that it takes its time; at its end come the links to all pages."""
    waiting = None
    if "_ready" not in st.session_state:
        waiting = messages.empty()
        waiting.skeleton(height=240)

    if is_cold():
        time.sleep(0.1)  # imports keep the interpreter to themselves; let the server send the head before

    try:
        yield
    finally:
        navigation.offer_pages(pages, page)
        if waiting:
            waiting.empty()
        st.session_state["_ready"] = True


def _offer_examples(page: str) -> None:
    """The examples as buttons, the present one marked, and what to look for in it."""
    state = st.session_state
    by_name = {example.name: example for example in examples(page)}
    shown = state["text"], state["other"] if page == "compare" else ""
    present = next((name for name, example in by_name.items() if (example.text, example.other) == shown), None)
    state["example"] = present

    def choose() -> None:
        # A click on the marked example unmarks it; what is wanted is its view again.
        if chosen := by_name.get(state["example"] or present):
            for field in (*link.SENTENCE, "other"):
                state[field] = getattr(chosen, field)

    st.pills("Examples", list(by_name), key="example", on_change=choose, label_visibility="collapsed")
    if present:
        st.caption(f"Look for: {by_name[present].look_for}")


def _choose_anew() -> None:
    """Another sentence has other words: let the page choose the pair to begin with."""
    st.session_state["query"] = st.session_state["key"] = None
