"""The beginning of the lesson: the card's place, and below it a bar with the way on, the sentence and the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame import navigation
from pages.shared.frame.glossary import offer_glossary
from pages.shared.frame.opening import Beginning, Places, choose_pair_anew, offer_examples
from pages.shared.frame.room import offer_room
from pages.shared.frame.view import NothingToShow
from pages.shared.lesson.fields import lesson_fields

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from pages.shared.frame.view import View


@dataclass(frozen=True)
class Stand(Places):
    """Where the parts of a card stand."""

    card: object
    go: object  # back and on
    more: object  # what is seldom needed
    chooser: object  # of the card


def _draw(page: str) -> Stand:
    card = st.container(key="lesson-card")
    messages = card.container()
    bar = st.container(key="lesson-bar", horizontal=True, vertical_alignment="center")
    go, more = (bar.container(key=f"lesson-{name}", horizontal=True, width="content") for name in ("go", "more"))
    with more.popover("Sentence, card", key="lesson-sentence"):
        st.text_input("Your sentence", key="text", on_change=choose_pair_anew, placeholder="Type a sentence and press Enter")
        chooser = st.container()
        pickers = st.container(horizontal=True)
    with more:
        offer_glossary()
        offer_room()
    return Stand(pickers, messages, card, card, go, more, chooser)


def _read(page: str, stand: Stand) -> tuple[View, Stand]:
    from pages.shared.frame.head_pickers import read_view

    try:
        return read_view(lesson_fields, stand.pickers, stand.messages, mixes=False, switches=False, any_model=False), stand
    except NothingToShow:
        with stand.card:  # the page has no head that would offer a way on
            offer_examples(page)
        navigation.offer_pages(stand.card, page)
        raise


card = Beginning(_draw, _read, framed=False, sheets=("style.css", "lesson.css"))
