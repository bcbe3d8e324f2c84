"""A person's own list of sentences: kept in the session alone, gone with it, and at hand on every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st

from pages.shared import link
from pages.shared.navigation import leave_for

if TYPE_CHECKING:  # a page draws its head before anything heavy is imported
    from attention_core.lists.sentences import SentenceList
    from attention_core.survey.totals import Survey
    from attention_core.survey.word_links import LinkSearch, Strongest
    from pages.shared.working import Work

_CUT_FROM = 500  # characters: a shorter text has no more tokens than a model reads


@dataclass(eq=False)
class Listing:
    """A list of sentences, what is known of each, and what was computed over all; sentences count from 0."""

    read: SentenceList
    tokens: list[int] = field(default_factory=list)  # of each sentence, as far as they are counted
    tokens_read: list[int] = field(default_factory=list)  # fewer where a sentence is longer than the model reads
    at: int = 0  # the open one
    a: int | None = None  # those that are to be compared
    b: int | None = None
    order: tuple[str, bool] = ("line", False)  # of the table: by what, and whether the largest come first
    ordered: tuple[tuple, list[int]] | None = None  # what the table was last ordered and searched by, and what came of it
    places: dict[str, int] | None = None  # where each sentence stands first
    counting: Work | None = None
    surveying: Work | None = None
    survey: Survey | None = None
    linking: Work | None = None
    links: Strongest | None = None
    asked: LinkSearch | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.read.sentences

    def find(self, text: str) -> bool:
        """Whether a text is a sentence of the list, or the part of it that the model reads; that one is open then."""
        sentence = self.sentences[self.at]
        if text == sentence or (len(text) > _CUT_FROM and sentence.startswith(text)):
            return True
        if self.places is None:
            self.places = {}
            for number, sentence in enumerate(self.sentences):
                self.places.setdefault(sentence, number)
        if text in self.places:
            self.at = self.places[text]
        return text in self.places

    def end(self) -> None:
        """Let no work go on for a list that is given up."""
        for work in (self.counting, self.surveying, self.linking):
            if work:
                work.stop()


def opened() -> Listing | None:
    """The list of this session, if one is open."""
    return st.session_state.get("_listing")


def visit(page: str, number: int, other: int | None = None, **place: int) -> None:
    """Open a sentence of the list in another page, on a head or a link of its own, and beside another sentence in Compare."""
    state, listing = st.session_state, opened()
    listing.at = number
    text = state["text"] = listing.sentences[number]
    changed = {"layer": state["layer"], "head": state["head"], "query": None, "key": None, "text": text} | place
    if other is not None:
        changed["other"] = state["other"] = listing.sentences[other]
    if len(quote(text)) + len(quote(changed.get("other", ""))) > link.LONGEST:
        state["_too_long"] = text  # it stays in the session, for no address can hold it
        changed |= {name: None for name in ("text", "other") if name in changed}
    leave_for(page, **changed)


def step_buttons(place) -> None:
    """The previous and the next sentence of the list, where one is open, and which of how many this is."""
    listing = opened()
    if not listing:
        return
    count, here = len(listing.sentences), listing.find(st.session_state["text"])
    at = f"{listing.at + 1:,} of {count:,}" if here else f"– of {count:,}"
    place.button(
        "",
        icon=":material/chevron_left:",
        key="previous-sentence",
        help="The previous of your sentences",
        disabled=listing.at == 0,
        on_click=_step,
        args=(-1,),
    )
    place.button(
        at,
        icon=":material/chevron_right:",
        icon_position="right",
        key="next-sentence",
        help="The next of your sentences",
        disabled=here and listing.at == count - 1,
        on_click=_step,
        args=(1 if here else 0,),
    )


def _step(by: int) -> None:
    state, listing = st.session_state, opened()
    listing.at = min(max(listing.at + by, 0), len(listing.sentences) - 1)
    state["text"] = listing.sentences[listing.at]
    state["query"] = state["key"] = None
