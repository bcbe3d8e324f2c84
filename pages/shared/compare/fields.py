"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from attention_core.matrices.names import MATRICES
from pages.shared.frame import history
from pages.shared.frame.examples import examples
from pages.shared.frame.fields import choice, option
from pages.shared.frame.session import session

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel

SIDES = {"sentences": "Two sentences", "heads": "Two heads"}
_OVER_TOKENS = ("scores", "scaled", "weights")  # of two heads only these correspond: each has dimensions of its own


def compare_fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    state = st.session_state
    sides = option("sides", list(SIDES))
    own = {"sides": sides, "matrix": option("matrix", matrices(sides))}
    if sides == "sentences":
        if session().sides == "heads":
            state["other"] = state["other"]  # set anew: the browser has forgotten what the box held
        session().sides = sides
        if not state["other"] and history.arriving():
            state["other"] = _counterpart(state["text"])
        return own | {"other": state["other"]}
    session().sides = sides
    own["other_layer"] = choice("other_layer", model.config.layers, min(6, model.config.layers))
    own["other_head"] = choice("other_head", model.config.heads, model.config.heads)
    return own


def matrices(sides: str) -> list[str]:
    """The names of the MATRICES that can be compared."""
    return list(MATRICES if sides == "sentences" else _OVER_TOKENS)


def _counterpart(text: str) -> str:
    """What to compare a sentence with to begin with: its example's other sentence, else itself, to be changed."""

    def bare(sentence: str) -> str:
        return sentence.strip().rstrip(".").casefold()

    return next((pair.other for pair in examples("compare") if bare(pair.text) == bare(text)), text)
