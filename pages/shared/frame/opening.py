"""The beginning of every page: what is drawn at once, and what is read once torch and the model are there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import streamlit as st

from pages.shared.base.assets import ICON
from pages.shared.base.look import dress
from pages.shared.base.markup import note
from pages.shared.base.terms import begin_terms, mark_terms
from pages.shared.base.turns import is_cold, wait_until_brought
from pages.shared.frame import history, navigation
from pages.shared.frame.examples import Example, examples
from pages.shared.frame.glossary import offer_glossary
from pages.shared.frame.guard import begin_afresh
from pages.shared.frame.list_steps import step_buttons
from pages.shared.frame.room import go_where_the_room_is, offer_room
from pages.shared.frame.session import session
from pages.shared.frame.view import NothingToShow

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from pages.shared.frame.view import Fields, View

_T = TypeVar("_T")


@dataclass(frozen=True)
class Places:
    """Where a page draws what it reads: its pickers, messages, and until then the sign that it is read."""

    pickers: object
    messages: object
    waiting: object


@dataclass(frozen=True)
class Beginning(Generic[_T]):
    """How one kind of page begins.

    `draw` is called with the page's name before anything heavy is imported, and returns the places to be filled; `read` is
    called with the name and these places, and returns what the page works with. A kind that is not `framed` has no title and
    no anchors to other pages.
    """

    draw: Callable[[str], Places]
    read: Callable[[str, Places], _T]
    framed: bool = True
    sheets: tuple[str, ...] = ("style.css",)


def begin(page: str, title: str, lead: str, kind: Beginning[_T]) -> _T:
    """Draw the head of a page and return what it works with; stops the run with one clear message where there is none.

    `page` is the name of its file, `lead` the sentence below its title.
    """
    st.set_page_config(page_title=f"{title} · Attention Visualizer", page_icon=str(ICON), layout="wide")
    dress(*kind.sheets)
    begin_terms()
    said = begin_afresh()
    go_where_the_room_is(page)
    history.restore(page)
    navigation.leave()
    anchors = None
    if kind.framed:
        lead = mark_terms(lead)
        begin_terms()  # some windows have no room for the lead, so the page marks its terms once more
        with st.container(key="page-head", horizontal=True, vertical_alignment="center"):
            st.html(f'<h1>{title}</h1><p class="lead">{lead}</p>')
            anchors = st.container(width="content")
            offer_glossary()
            offer_room()
    places = kind.draw(page)
    if said:
        note(places.messages, said)
    try:
        with _loading(page, anchors, places.waiting):
            return kind.read(page, places)
    except NothingToShow:
        st.stop()


def of_sentence(
    fields: Fields | None = None, mixes: bool = True, switches: bool = True, any_model: bool = True
) -> Beginning[View]:
    """The beginning of a page about one sentence; `fields` checks what only this page lets people choose.

    `mixes` says whether it can show a mean of heads or rollout, `switches` whether it can leave out special tokens and join
    words, `any_model` whether it shows what models do whose insides are not known.
    """

    def read(page: str, places: Places) -> View:
        from pages.shared.frame.head_pickers import read_view

        return read_view(fields, places.pickers, places.messages, mixes, switches, any_model)

    return Beginning(_draw_sentence, read)


def _draw_sentence(page: str) -> Places:
    pickers = st.container(key="sentence-pickers", horizontal=True, vertical_alignment="bottom")
    pickers.text_input("Sentence", key="text", on_change=choose_pair_anew, placeholder="Type a sentence and press Enter")
    step_buttons(pickers)
    offer_examples(page)
    messages = st.container()
    return Places(pickers, messages, messages)


@contextmanager
def _loading(page: str, anchors, place) -> Iterator[None]:
    """What is imported and read in here shows that it takes its time; at its end come the anchors to all pages."""
    mine, waiting = session(), place.empty()  # the empty place stays in every run, or all below it would move up in the second
    if not mine.ready:
        waiting.skeleton(height=240)
    if is_cold():
        time.sleep(0.1)  # imports keep the interpreter to themselves; let the server send the head before
    wait_until_brought()
    try:
        yield
    finally:
        if anchors is not None:
            navigation.offer_pages(anchors, page)
        waiting.empty()
        mine.ready = True


def offer_examples(page: str) -> None:
    """Draw the examples as buttons, the present one marked, and what to look for in it."""
    state = st.session_state
    by_name = {example.name: example for example in examples(page)}
    shown = state["text"], state["other"] if page == "compare" else ""
    present = next((name for name, example in by_name.items() if (example.text, example.other) == shown), None)
    state["sentence-example"] = present

    def choose() -> None:
        # A click on the marked example unmarks it; what is wanted is its view again.
        if chosen := by_name.get(state["sentence-example"] or present):
            for field in ("text", "layer", "head", "query", "key", "other"):
                state[field] = getattr(chosen, field)

    with st.container(key="sentence-examples"):
        st.pills("Examples", list(by_name), key="sentence-example", on_change=choose, label_visibility="collapsed")
        # The line stays where there is nothing to say, or all below it would jump.
        st.caption(f"Look for: {by_name[present].look_for}" if present and _is_seen(by_name[present]) else "\u00a0")


def _is_seen(example: Example) -> bool:
    """Whether what an example says of one head can be seen: neither another head nor a mixture of several is shown."""
    state = st.session_state
    place = (example.layer, example.head)
    here = tuple(str(state[name]) for name in ("layer", "head")) == tuple(map(str, place))
    return here and state["show"] == "head" and state["sides"] == "sentences"


def choose_pair_anew() -> None:
    """Let the page choose the query and key to begin with: another sentence has other words."""
    st.session_state["query"] = st.session_state["key"] = None
