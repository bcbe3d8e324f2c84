"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame.fields import option, refuse
from pages.shared.frame.registry import DEFAULTS

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel

PARTS = {"embedding": "Embedding", "attention": "Attention", "feed-forward": "Feed-forward"}
OTHERS = ("second", "third", "fourth")  # further sentences
LONGEST_SENTENCE = 500  # characters of a further sentence; it travels in the address


def inside_fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    own = {
        "part": option("part", list(PARTS)),
        "after": option("after", [str(count) for count in range(model.config.layers + 1)]),
    }
    state = st.session_state
    for name in OTHERS:
        if not isinstance(state.get(name), str) or len(state[name]) > LONGEST_SENTENCE:
            refuse(f"a {name} sentence of more than {LONGEST_SENTENCE} characters: another is shown")
            state[name] = DEFAULTS[name]
        own[name] = state[name]
    return own
