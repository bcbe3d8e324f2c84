"""The glossary on every page: it opens on a dotted word, or by its button, and leads to the page that shows the word."""

import tomllib
from functools import cache

import streamlit as st

from pages.shared.base.assets import asset, packed, script, style
from pages.shared.base.terms import glossary
from pages.shared.frame.registry import BY_NAME, COMMON, PAGES

_component = st.components.v2.component(
    "glossary", html='<div class="glossary"></div>', css=style("glossary.css"), js=script("glossary.js")
)


def offer_glossary() -> None:
    """Draw the glossary's button, and listen to dotted words."""
    _component(data=_data(), key="page-glossary")


@cache
def _data() -> bytes:
    return packed({"common": COMMON, "terms": [_entry(term) for term in glossary().terms]})


def _entry(term) -> dict:
    page = BY_NAME[term.page]
    fields = {"card": str(_cards().index(term.card) + 1), "answer": "shown"} if term.card else {}
    href = "./" if page is PAGES[0] else page.name
    return {"term": term.term, "text": term.text, "page": page.title, "href": href, "fields": fields}


@cache
def _cards() -> list[str]:
    """The titles of the app's own lesson."""
    return [card["title"] for card in tomllib.loads(asset("lesson.toml"))["cards"]]
