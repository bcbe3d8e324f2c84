"""The address holds the whole view: reading it restores the view, a change of the view writes it.

Every change becomes a step in the browser's history, which widgets bound to the address do not offer.
"""

from urllib.parse import quote

import streamlit as st

from pages.shared.examples import examples

FIELDS = ("text", "layer", "head", "query", "key")
LONGEST = 16_000  # characters of encoded text; servers refuse addresses of some 64,000


def restore() -> None:
    """Where the address is not the one last seen, put what it asks for into the widgets' state."""
    state, asked = st.session_state, {name: st.query_params[name] for name in FIELDS if name in st.query_params}
    if state.get("_address") == asked:
        return
    state["_address"], state["_restored"], state["_refused"] = asked, True, []
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
        del shown["text"]
    if state.pop("_restored", False):
        state["_shown"] = shown
    elif shown != state["_shown"]:
        st.query_params.from_dict(shown)
        state["_shown"], state["_address"], state["_refused"] = shown, shown, []
    return fits
