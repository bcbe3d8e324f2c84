"""The beginning of By hand, which needs no model: the sheet to type into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame.opening import Beginning, Places

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from pages.shared.by_hand.sheet import Paper


def _draw(page: str) -> Places:
    pickers = st.container(key="sheet-bar", horizontal=True, vertical_alignment="bottom")
    messages = st.container()
    return Places(pickers, messages, messages)


def _read(page: str, places: Places) -> Paper:
    from pages.shared.by_hand.sheet import read_sheet

    return read_sheet(places.pickers, places.messages)


sheet = Beginning(_draw, _read)
