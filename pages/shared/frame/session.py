"""What one browser session keeps beside what its widgets hold: typed, and under one key."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core.by_hand.sheet import Sheet
    from attention_core.lesson.cards import Lesson
    from pages.shared.frame.listing import Candidate, Listing
    from pages.shared.frame.parcels import Parcel
    from pages.shared.frame.room_streams import Seat

# Fields of the address are identifiers and keys of other widgets begin with a letter, so nothing else has this key.
_KEY = "-session"


@dataclass(eq=False)
class Session:
    """Everything private of one browser session."""

    ready: bool = False  # whether a page has been shown whole
    faults: int = 0  # errors that nobody foresaw, in a row
    is_recovering: bool = False  # whether the run before ended with one

    # The address and the way between pages.
    page: str | None = None  # the one that was shown last
    shown: dict[str, str] | None = None  # the view as the address says it; None until the first run at an address has ended
    refused: list[str] = field(default_factory=list)  # what the address asked for in vain
    kept: dict[str, Any] = field(default_factory=dict)  # what widgets held: Streamlit forgets it where a run does not draw them
    too_long: str | None = None  # a sentence that no address can hold
    leaving: tuple[str, dict[str, str | None]] | None = None  # the page that was asked for, and what changes on the way

    # The room that one leads or follows.
    seat: Seat | None = None
    room_asked: str = ""  # the code of the address, once it was tried
    room_trouble: str = ""
    room_ahead: tuple[str, dict[str, str]] | None = None  # where the room is, to be gone to at the begin of the next run
    room_told: tuple[str, dict[str, str]] | None = None  # the view that the room was told last
    wrong_codes: int = 0

    # The number that was chosen last on a chart.
    stage: str = "scores"
    dimension: int = 1

    is_bar_folded: bool = False  # the bar of the chosen cell

    # A list of one's own sentences.
    listing: Listing | None = None
    candidate: Candidate | None = None
    list_trouble: str = ""
    link_trouble: str = ""
    set_trouble: str = ""
    set_secrets: list[str] = field(default_factory=list)  # of the sets that this browser owns
    set_version: int = 0  # how often they changed here

    # What single pages remember.
    matrices_open: bool = False  # those of Step by step
    parcel: Parcel | None = None  # what the browser may fetch of the present text
    sides: str | None = None  # of Compare, as they were shown last
    removed_from: str | None = None  # the sentence that the removed word belongs to
    measured: int = 0  # how often the time was measured anew
    lesson: Lesson | None = None
    guesses: dict[tuple, float] = field(default_factory=dict)  # what was predicted and answered in lessons, by its place
    sheet: Sheet | None = None  # as typed
    sheet_address: str | None = None  # the last one that can be computed, as an address says it
    sheet_version: int = 0


def session() -> Session:
    """The present browser session's own."""
    return st.session_state.setdefault(_KEY, Session())


def renew(everything: bool) -> None:
    """Drop what the present page keeps, or with `everything` what all pages do, beside what was typed and uploaded."""
    before = session()
    own = {"sheet", "sheet_address"} if before.page == "by_hand" or everything else set()
    if everything:
        own |= {"candidate", "leaving", "refused", "kept", "lesson", "sides", "removed_from", "stage", "dimension"}
    kept = {field.name: getattr(before, field.name) for field in fields(Session) if field.name not in own}
    if before.listing and (before.page == "sentences" or everything):
        before.listing.end()
        kept["listing"] = before.listing.anew()
    st.session_state[_KEY] = Session(**kept)
