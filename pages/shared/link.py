"""The address holds the whole view: reading it restores the view, a change of the view writes it.

Every change becomes a step in the browser's history, which widgets bound to the address do not offer.
"""

from urllib.parse import quote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.examples import examples

FIELDS = ("text", "layer", "head", "query", "key")
LONGEST = 16_000  # characters of encoded text; servers refuse addresses of some 64,000


def restore() -> None:
    """On arrival, and after Back or Forward, put what the address asks for into the widgets' state.

    At any other time the widgets are right: a second click may travel with the address from before the first.
    """
    state, asked = st.session_state, {name: st.query_params[name] for name in FIELDS if name in st.query_params}
    if "_shown" in state and not _went_through_history():
        if state["_shown"] is None:  # the arrival was overtaken by a click: what is shown then is no longer the address's
            state["_shown"] = {}
        return
    state["_shown"], state["_refused"] = None, []
    opening = examples()[0]
    for name in FIELDS:
        state[name] = asked.get(name, getattr(opening, name))
    if "text" in asked:  # a sentence of one's own opens on its own strongest link
        state["query"], state["key"] = asked.get("query"), asked.get("key")


def choice(name: str, count: int, default: int | None) -> int | None:
    """The whole number from 1 to count that the state holds under a name, else the default; refusals are kept."""
    state = st.session_state
    value = state.get(name)
    if value is None:
        state[name] = default
        return default
    try:
        number = int(value)
    except ValueError:
        number = 0
    if not 1 <= number <= count:
        shown = f"{name} {default} is shown" if default else "the strongest link is shown"
        state["_refused"].append(f"{name} {str(value)[:30]!r}, but there is only {name} 1 to {count}: {shown}")
        number = default
    state[name] = number
    return number


def refusals() -> list[str]:
    """What the present address asked for in vain."""
    return st.session_state.get("_refused", [])


def publish(text: str, **numbers: int) -> bool:
    """Write the view into the address where it differs from what the address means; False if the text is too long."""
    state = st.session_state
    shown = {"text": text} | {name: str(number) for name, number in numbers.items()}
    fits = len(quote(text)) <= LONGEST
    if not fits:
        shown = {name: shown[name] for name in ("layer", "head")}
    if state["_shown"] is not None and shown != state["_shown"]:
        st.query_params.from_dict(shown)
        state["_refused"] = []
    state["_shown"] = shown
    return fits


def _went_through_history() -> bool:
    return get_script_run_ctx().is_history_navigation
