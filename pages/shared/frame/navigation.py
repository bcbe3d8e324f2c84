"""Ways between the pages that keep the view."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.base.assets import packed, script, style
from pages.shared.frame import history
from pages.shared.frame.registry import EXPLORE, LEARN, PAGES, Page
from pages.shared.frame.session import session

_component = st.components.v2.component(
    "pages", html='<nav aria-label="Pages"></nav>', css=style("pages.css"), js=script("pages.js")
)


def path(name: str) -> str:
    """Where a page's file is, as Streamlit names it."""
    return f"pages/{name}.py"


def offer_pages(place, present: str) -> None:
    """Draw anchors to all pages, which open on the present view; those for learning wait behind one button.

    One element, because every element of a page costs the server time for every student.
    """
    if not _has_others():
        return
    query = urlencode(history.shown())
    groups = [
        {"name": section, "links": [_anchor(page, query, present) for page in PAGES if page.section == section]}
        for section in (EXPLORE, LEARN)
    ]
    with place:
        _component(data=packed({"groups": groups}), key="page-anchors", on_theme_change=lambda: None)


def _anchor(page: Page, query: str, present: str) -> dict:
    address = "./" if page is PAGES[0] else page.name
    return {"title": page.title, "href": f"{address}?{query}" if query else address, "present": page.name == present}


def _has_others() -> bool:
    """Whether the present page was opened by the front door, not as a script of its own."""
    return len(get_script_run_ctx().pages_manager.get_pages()) > 1


def anchor(place, page: str, label: str, query: dict, **look) -> None:
    """Draw one anchor to a page; none where a page's file runs by itself, with no other page beside it."""
    try:
        place.page_link(path(page), label=label, query_params=query, **look)
    except StreamlitPageNotFoundError:
        return


def leave_for(page: str, **changed: str | int | None) -> None:
    """Open another page, on the present view with something changed, or left out for None, as soon as the next run begins."""
    session().leaving = page, {name: value if value is None else str(value) for name, value in changed.items()}


def leave() -> None:
    """Go where a click before this run asked to go: Streamlit cannot go there while it handles the click."""
    mine = session()
    if mine.leaving is not None:
        (page, changed), mine.leaving = mine.leaving, None
        view = {name: value for name, value in (history.shown() | changed).items() if value is not None}
        st.switch_page(path(page), query_params=view)
