"""The pages of the app, and ways between them that keep the view."""

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from pages.shared import link

EXPLORE = {
    "step_by_step": "Step by step",
    "all_heads": "All heads",
    "one_number": "One number",
    "compare": "Compare",
    "sentences": "Your sentences",
}
LEARN = {
    "lesson": "Lesson",
    "inside": "Inside the encoder",
    "by_hand": "By hand",
    "what_if": "What if?",
}
PAGES = EXPLORE | LEARN


def path(page: str) -> str:
    """Where a page's file is, as Streamlit names it."""
    return f"pages/{page}.py"


def offer_pages(place, present: str) -> None:
    """Links to all pages, which open on the present view; those for learning wait behind one button."""
    view = link.shown()
    for page, title in EXPLORE.items():
        offer(place, page, title, view, disabled=page == present)
    with place.popover(LEARN.get(present, "Learn"), type="tertiary", key="learn", on_change="rerun") as body:
        if body.open:
            for page, title in LEARN.items():
                offer(st, page, title, view, disabled=page == present)


def offer(place, page: str, label: str, query: dict, **look) -> None:
    """One link to a page; none where a page's file runs by itself, with no other page beside it."""
    try:
        place.page_link(path(page), label=label, query_params=query, **look)
    except StreamlitPageNotFoundError:
        return


def leave_for(page: str, **changed: str | int | None) -> None:
    """Open another page, on the present view with something changed, or left out for None, as soon as the next run begins."""
    st.session_state["_leave_for"] = page, {name: value if value is None else str(value) for name, value in changed.items()}


def leave() -> None:
    """Go where a click before this run asked to go: Streamlit cannot go there while it handles the click."""
    if "_leave_for" in st.session_state:
        page, changed = st.session_state.pop("_leave_for")
        view = {name: value for name, value in (link.shown() | changed).items() if value is not None}
        st.switch_page(path(page), query_params=view)
