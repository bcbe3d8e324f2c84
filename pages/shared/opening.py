"""The beginning of every page: head line, sentence, layer and head, and the view that results from them."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import link
from pages.shared.assets import ICON, asset
from pages.shared.examples import examples

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core import Stages, Trace, TracedModel
    from attention_core.narration import Cell
    from attention_core.palette import Palette


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
    palette: Palette


def begin(title: str, lead: str) -> View:
    """Draw the head of a page and return the view; stops the run with one clear message where there is none."""
    st.set_page_config(page_title=f"{title} · Attention Visualizer", page_icon=str(ICON), layout="wide")
    st.html(f"<style>{asset('style.css')}</style>")
    link.restore()
    st.html(f'<h1>{title}</h1><p class="lead">{lead}</p>')
    pickers = st.container(key="pickers", horizontal=True, vertical_alignment="bottom")
    pickers.text_input("Sentence", key="text", on_change=_choose_anew, placeholder="Type a sentence and press Enter")
    _offer_examples()
    messages = st.container()
    waiting = None
    if "_ready" not in st.session_state:
        waiting = messages.empty()
        waiting.skeleton(height=240)

    if _is_cold():
        time.sleep(0.1)  # imports keep the interpreter to themselves; let the server send the head before

    from pages.shared.view import view

    try:
        return view(pickers, messages)
    finally:
        if waiting:
            waiting.empty()
        st.session_state["_ready"] = True


def _is_cold() -> bool:
    return "torch" not in sys.modules


def _offer_examples() -> None:
    """The examples as buttons, the present one marked, and what to look for in it."""
    state = st.session_state
    by_name = {example.name: example for example in examples()}
    present = next((example for example in examples() if example.text == state["text"]), None)
    state["example"] = present.name if present else None
    st.pills("Examples", list(by_name), key="example", on_change=_open_example, label_visibility="collapsed")
    if present:
        st.caption(f"Look for: {present.look_for}")


def _open_example() -> None:
    state = st.session_state
    # A click on the marked example unmarks it; what is wanted is its view again.
    name = state["example"]
    chosen = next((one for one in examples() if one.name == name or (name is None and one.text == state["text"])), None)
    if chosen:
        for field in link.FIELDS:
            state[field] = getattr(chosen, field)


def _choose_anew() -> None:
    """Another sentence has other words: let the page choose the pair to begin with."""
    st.session_state["query"] = st.session_state["key"] = None
