"""The address holds the whole view: reading it restores the view, a change of the view writes it.

Every change becomes a step in the browser's history, which widgets bound to the address do not offer.
"""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.frame.address import composed, fits
from pages.shared.frame.examples import examples
from pages.shared.frame.registry import COMMON, DEFAULTS, SENTENCE
from pages.shared.frame.session import session

told_of_views: list[Callable[[], None]] = []  # called whenever a view is published: they cannot be imported here


def restore(page: str) -> None:
    """On arrival at a page, and after Back or Forward, put what the address asks for into the widgets' state.

    At any other time the widgets are right: a second click may travel with the address from before the first.
    """
    state, mine, known = st.session_state, session(), (*SENTENCE, *DEFAULTS)
    asked = {name: st.query_params[name] for name in known if name in st.query_params}
    kept = mine.kept
    for name in known:
        if name in state:
            kept[name] = state[name]
        elif name in kept:
            state[name] = kept[name]
    if mine.page == page and not _went_through_history():
        if mine.shown is None:  # the arrival was overtaken by a click: what is shown then is no longer the address's
            mine.shown = {}
        return
    if "text" not in asked and mine.too_long is not None and "layer" in asked:  # no address between the pages could hold it
        asked["text"] = mine.too_long
    mine.page, mine.shown, mine.refused = page, None, []
    opening = examples(page)[0]
    for name in SENTENCE:
        state[name] = asked.get(name, getattr(opening, name))
    for name, default in DEFAULTS.items():
        state[name] = asked.get(name, default)
    if "other" not in asked and kept.get("text") == state["text"]:
        state["other"] = kept["other"]
    if "text" not in asked:
        state["other"] = asked.get("other", opening.other)
    else:  # a sentence of one's own opens on its own strongest link
        state["query"], state["key"] = asked.get("query"), asked.get("key")


def arriving() -> bool:
    """Whether this is the first run at an address, before anything was chosen."""
    return session().shown is None


def publish(text: str, **values: str | int | Sequence[int]) -> bool:
    """Write the view into the address where it differs from what the address means; False if the text is too long."""
    mine = session()
    shown = composed(text, values, DEFAULTS)
    whole = fits(shown.get("text", ""), shown.get("other", ""))
    mine.too_long = None if whole else text
    if not whole:
        shown = {name: value for name, value in shown.items() if name not in ("text", "other", "query", "key")}
    if mine.shown is not None and shown != mine.shown:
        st.query_params.from_dict(shown)
        mine.refused = []
    mine.shown = shown
    for tell in told_of_views:
        tell()
    return whole


def shown() -> dict[str, str]:
    """The view as an address says it, for links to other pages."""
    return {name: value for name, value in (session().shown or {}).items() if name in COMMON}


def _went_through_history() -> bool:
    return get_script_run_ctx().is_history_navigation
