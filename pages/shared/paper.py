"""The beginning of a page that needs no model: its head line, and the sheet that is computed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.opening import head, loading

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from pages.shared.hand import Paper


def begin_sheet(page: str, title: str, lead: str) -> Paper:
    """Draw the head of a page and the sheet to type into; returns the sheet, computed."""
    pages = head(page, title, lead)
    pickers = st.container(key="sheet-bar", horizontal=True, vertical_alignment="bottom")
    messages = st.container()
    with loading(page, pages, messages):
        from pages.shared.hand import read_sheet

        return read_sheet(pickers, messages)
