"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame.fields import choice, option
from pages.shared.frame.session import session

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel

EXPERIMENTS = {
    "division": "Without the division",
    "root": "Why √dₖ",
    "additive": "Dot product or additive",
    "change": "Change the model",
}


def what_if_fields(model: TracedModel) -> dict[str, str | int | None]:
    """What the page lets people choose, as the address says it."""
    from attention_core.lab.division import SIZES

    return {
        "experiment": option("experiment", list(EXPERIMENTS)),
        "size": option("size", [str(size) for size in SIZES]),
        "draw": choice("draw", DRAWS, 1),
        **_change_fields(model, is_shown=st.session_state["experiment"] == "change"),
    }


TEMPERATURES = ("0.1", "0.2", "0.3", "0.5", "0.7", "1", "1.4", "2", "3", "5", "10")
OPENING_CHANGE = {"temperature": "1", "causal": "yes", "scope": "model"}  # without any, all numbers would be 0
SCOPES = {"head": "This head", "layer": "This layer", "model": "The whole model"}


def _change_fields(model: TracedModel, is_shown: bool) -> dict[str, str | int]:
    """What this experiment lets people choose, as the address says it."""
    state = st.session_state
    asked = state["temperature"]
    if not asked and is_shown:
        state["temperature"] = "1"
    if isinstance(state["removed"], int) and session().removed_from != state["text"]:
        state["removed"] = None  # another sentence has other words
    session().removed_from = state["text"]
    numbers = {
        "removed": choice("removed", _length(state["text"]), None) if state["removed"] is not None else None,
        "look_layer": choice("look_layer", model.config.layers, None),
        "look_head": choice("look_head", model.config.heads, None),
    }
    chosen = {
        "temperature": "" if not state["temperature"] else option("temperature", TEMPERATURES),
        "causal": option("causal", ("no", "yes")),
        "silenced": option("silenced", ("no", "yes")),
        "scope": option("scope", list(SCOPES)),
    }
    if (
        is_shown
        and asked not in TEMPERATURES
        and (chosen["causal"], chosen["silenced"], numbers["removed"]) == ("no", "no", None)
    ):
        state.update(OPENING_CHANGE)
        chosen |= OPENING_CHANGE
    return chosen | {name: value for name, value in numbers.items() if value is not None}


def _length(text: str) -> int:
    """How many tokens a text has; 1 where it cannot be read, which the page says elsewhere."""
    from attention_core.errors import AttentionError
    from pages.shared.frame import server

    try:
        return len(server.trace_of(text)[0].tokens)
    except AttentionError:
        return 1


DRAWS = 99  # of random vectors
