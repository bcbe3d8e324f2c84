"""Fields of the address as the widgets hold them: each is checked, put right where it cannot be used, and that is told."""

from collections.abc import Sequence

import streamlit as st

from pages.shared.frame import address
from pages.shared.frame.registry import DEFAULTS
from pages.shared.frame.session import session

TERM_ORDERS = {"by-size": "Largest first", "in-order": "In order"}  # of the terms of a sum


def choice(name: str, count: int, default: int | None) -> int | None:
    """The whole number from 1 to `count` that is chosen under a name, else the default."""
    return _settle(name, address.whole_number(name, st.session_state.get(name), count, default))


def option(name: str, options: Sequence[str]) -> str:
    """The one of the options that is chosen under a name, else the default."""
    default = DEFAULTS[name]
    return _settle(name, address.one_of(name, st.session_state.get(name, default), options, default))


def several(name: str, count: int) -> list[int]:
    """The whole numbers from 1 to `count` that are chosen under a name, in order; all where there is none."""
    return _settle(name, address.whole_numbers(name, st.session_state.get(name), count))


def refuse(sentence: str) -> None:
    """Remember what an address asked for in vain."""
    session().refused.append(sentence)


def refusals() -> str:
    """What the present address asked for in vain, as one message; empty where it fits."""
    refused = session().refused
    return "The link does not fit: it asks for " + "; for ".join(refused) + "." if refused else ""


def _settle(name: str, checked: address.Checked):
    if checked.refused:
        refuse(checked.refused)
    st.session_state[name] = checked.value  # also where it is right: the browser forgets a picker that a run does not draw
    return checked.value
