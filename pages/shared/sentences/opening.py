"""The beginning of the page of one's own sentences: the model, the head that is chosen, and the list that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.base.look import palette
from pages.shared.base.markup import note
from pages.shared.frame import history
from pages.shared.frame.fields import refusals
from pages.shared.frame.listing import Listing
from pages.shared.frame.opening import Beginning, Places
from pages.shared.frame.registry import SHOWING
from pages.shared.frame.session import session

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core.model.traced import TracedModel
    from attention_core.palette import Palette


@dataclass(frozen=True, eq=False)
class Desk:
    """What the parts of the page share; layer and head count from 0."""

    model: TracedModel
    palette: Palette
    layer: int
    head: int
    listing: Listing | None


def _draw(page: str) -> Places:
    messages = st.container()
    return Places(messages, messages, messages)


def _read(page: str, places: Places) -> Desk:
    from pages.shared.frame.head_pickers import opening_place
    from pages.shared.frame.sentence import open_model
    from pages.shared.sentences.set_links import OWNER, open_asked

    model = open_model(places.messages)
    place, state = opening_place(model.config), st.session_state
    if state["set"] or OWNER in st.query_params or session().listing:
        open_asked(model)
    pair = {name: state[name] for name in ("query", "key") if state[name] is not None}
    history.publish(state["text"], **place, **pair, **{name: state[name] for name in SHOWING}, set=state["set"] or "")
    if refused := refusals():
        note(places.messages, refused)
    return Desk(model, palette(), place["layer"] - 1, place["head"] - 1, session().listing)


list_of_sentences = Beginning(_draw, _read)
