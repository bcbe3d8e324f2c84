"""The pages of the app, and ways between them that keep the view."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import link
from pages.shared.assets import packed, script, style

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

_component = st.components.v2.component(
    "pages", html='<nav aria-label="Pages"></nav>', css=style("pages.css"), js=script("pages.js")
)


def path(page: str) -> str:
    """Where a page's file is, as Streamlit names it."""
    return f"pages/{page}.py"


def offer_pages(place, present: str) -> None:
    """Links to all pages, which open on the present view; those for learning wait behind one button.

    One element, because every element of a page costs the server time for every student.
    """
    if not _has_others():
        return
    query = urlencode(link.shown())
    groups = [
        {"name": name, "links": [_link(page, title, query, page == present) for page, title in group.items()]}
        for name, group in (("Explore", EXPLORE), ("Learn", LEARN))
    ]
    with place:
        _component(data=packed({"groups": groups}), key="pages", on_theme_change=lambda: None)


def _link(page: str, title: str, query: str, present: bool) -> dict:
    address = "./" if page == next(iter(PAGES)) else page
    return {"title": title, "href": f"{address}?{query}" if query else address, "present": present}


def _has_others() -> bool:
    """Whether the present page was opened by the front door, not as a script of its own."""
    return len(get_script_run_ctx().pages_manager.get_pages()) > 1


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
