"""The model and the latest traces, shared by all sessions of the server."""

import streamlit as st
import torch
from torch import Tensor

from attention_core.errors import TextTooLongError
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.models.load import load_model
from attention_core.weights.choice import Choice, units_shown, weights_shown
from attention_core.weights.comparison import align, head_changes
from attention_core.weights.mixtures import all_weights
from attention_core.weights.overview import StrongestLinks, Tiles, strongest_links, tiles

# The weights of all heads take 75 MB at 512 tokens, their small pictures 0.3 MB.
_WEIGHTS, _OVERVIEWS = 2, 24
# A trace of 512 tokens takes 19 MB, one of 14 tokens 0.5 MB; a lost one is back in milliseconds.
_TRACES = 24
_CHANGES = 64  # pairs of sentences; one number a head each


@st.cache_resource(show_spinner=False, max_entries=1)
def model() -> TracedModel:
    """The embedded model, loaded once a server. Raises CheckpointError."""
    torch.set_num_threads(1)  # many small sentences at once: one thread each costs less and is as fast
    return load_model()


@st.cache_resource(show_spinner=False, max_entries=_TRACES)
def trace_of(text: str) -> tuple[Trace, str | None]:
    """The trace of a text, or of the part that fits and the message that says so. Raises TextError."""
    try:
        return model().trace(text), None
    except TextTooLongError as error:
        return model().trace(error.readable), str(error)


@st.cache_resource(show_spinner=False, max_entries=_WEIGHTS)
def weights_of_all(text: str, special: str, whole_words: bool) -> Tensor:
    """The weights of all heads as they are shown, (L, H, U, U), for a text that the model reads whole."""
    trace, _ = trace_of(text)
    choice = Choice(0, 0, special=special, whole_words=whole_words)
    return weights_shown(all_weights(trace), units_shown(trace, choice), choice)


@st.cache_resource(show_spinner=False, max_entries=_OVERVIEWS)
def overview_of_all(text: str, special: str, whole_words: bool) -> tuple[Tiles, StrongestLinks]:
    """The weights of all heads as small pictures, and each head's strongest link."""
    trace, _ = trace_of(text)
    weights = weights_of_all(text, special, whole_words)
    shown = units_shown(trace, Choice(0, 0, special=special, whole_words=whole_words))
    return tiles(weights), strongest_links(weights, shown.tokens)


@st.cache_resource(show_spinner=False, max_entries=_CHANGES)
def changes_of_heads(a: str, b: str) -> Tensor | None:
    """How much every head's weights change from one text to another, (L, H), for texts that the model reads whole.

    None where they have no token in common. It takes as long as all else of a click, and no choice of a head alters it.
    """
    (before, _), (after, _) = trace_of(a), trace_of(b)
    pairs = align(before.tokens, after.tokens)
    return head_changes(before, after, pairs) if pairs else None
