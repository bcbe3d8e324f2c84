"""From sentence to sentence of one's own list, on any page."""

import streamlit as st

from pages.shared.frame.address import fits
from pages.shared.frame.listing import Listing
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.session import session


def visit(page: str, number: int, other: int | None = None, **place: int) -> None:
    """Open a sentence of the list in another page, on a head or a link of its own, and beside another sentence in Compare."""
    state, listing = st.session_state, session().listing
    listing.table.at = number
    text = state["text"] = listing.sentences[number]
    changed = {"layer": state["layer"], "head": state["head"], "query": None, "key": None, "text": text} | place
    if other is not None:
        changed["other"] = state["other"] = listing.sentences[other]
    if not fits(text, changed.get("other", "")):
        session().too_long = text
        changed |= {name: None for name in ("text", "other") if name in changed}
    leave_for(page, **changed)


def step_buttons(place) -> None:
    """Draw the steps to the previous and the next sentence of the list, where one is open, and which of how many this is."""
    listing = session().listing
    if not listing:
        return
    count, here = len(listing.sentences), listing.find(st.session_state["text"])
    at = listing.table.at
    line = listing.read.numbers[at]
    shown = f"{at + 1:,} of {count:,}" if here else f"– of {count:,}"
    shown += f" (line {line:,})" if here and line != at + 1 else ""
    place.button(
        "",
        icon=":material/chevron_left:",
        key="previous-sentence",
        help="The previous of your sentences",
        disabled=at == 0,
        on_click=_step,
        args=(listing, -1),
    )
    place.button(
        shown,
        icon=":material/chevron_right:",
        icon_position="right",
        key="next-sentence",
        help="The next of your sentences",
        disabled=here and at == count - 1,
        on_click=_step,
        args=(listing, 1 if here else 0),
    )


def _step(listing: Listing, by: int) -> None:
    state = st.session_state
    listing.table.at = min(max(listing.table.at + by, 0), len(listing.sentences) - 1)
    state["text"] = listing.sentences[listing.table.at]
    state["query"] = state["key"] = None
