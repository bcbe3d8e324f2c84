"""The model and the latest traces, shared by all sessions of the server."""

import os

import streamlit as st
import torch
from torch import Tensor

from attention_core.errors import TextTooLongError
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.models.catalogue import available
from attention_core.models.load import load_model
from attention_core.models.watched import WatchedModel
from attention_core.weights.choice import Choice, columns_shown, units_shown, weights_shown
from attention_core.weights.comparison import align, head_changes
from attention_core.weights.mixtures import all_weights
from attention_core.weights.overview import StrongestLinks, Tiles, strongest_links, tiles

# The weights of all heads take 75 MB at 512 tokens, their small pictures 0.3 MB.
_WEIGHTS, _OVERVIEWS = 2, 24
# A trace of 512 tokens takes 19 MB, one of 14 tokens 0.5 MB; a lost one is back in milliseconds.
_TRACES = 24
_OTHERS = max(1, int(os.environ.get("ATTENTION_MODELS_AT_ONCE", "") or 1))  # models beside the embedded one in memory
_CHANGES = 64  # pairs of sentences; one number a head each


@st.cache_resource(show_spinner=False, max_entries=1)
def model() -> TracedModel:
    """The embedded model, loaded once a server. Raises CheckpointError."""
    torch.set_num_threads(1)  # many small sentences at once: one thread each costs less and is as fast
    return load_model()


@st.cache_data(show_spinner=False, ttl=10)
def model_names() -> list[str]:
    """The names of the models on this machine; '' is the embedded one."""
    return ["", *(each.name for each in available() if each.place != "embedded" and not each.problem)]


@st.cache_resource(show_spinner="Opening the model, and holding its record against its own numbers …", max_entries=_OTHERS)
def other_model(name: str) -> TracedModel | WatchedModel:
    """A model that `model_names` lists. Raises CheckpointError."""
    torch.set_num_threads(1)
    return load_model(name)


def has_two_stacks(model: TracedModel | WatchedModel) -> bool:
    """Whether a model has an encoder and a decoder, which reads a text of its own."""
    return isinstance(model, WatchedModel) and model.config.kind == "both"


def is_watched(model: TracedModel | WatchedModel) -> bool:
    """Whether another library computes it."""
    return isinstance(model, WatchedModel)


@st.cache_resource(show_spinner=False, max_entries=_TRACES)
def trace_of(text: str, name: str = "", target: str = "") -> tuple[Trace, str | None]:
    """The trace of a text, or of the part that fits and the message that says so. Raises TextError.

    `name` is another model's; `target` is what its decoder reads beside an encoder, by default what it writes itself.
    """
    reader = other_model(name) if name else model()
    more = (target or None,) if has_two_stacks(reader) else ()
    try:
        return reader.trace(text, *more), None
    except TextTooLongError as error:
        return reader.trace(error.readable, *more), str(error)


def _of_part(text: str, name: str, target: str, part: tuple[str, str] | None) -> Trace:
    """The trace of a text that the model reads whole, with one of its attentions."""
    trace, _ = trace_of(text, name, target)
    return trace.at(*part) if part else trace


@st.cache_resource(show_spinner=False, max_entries=_WEIGHTS)
def weights_of_all(
    text: str, special: str, whole_words: bool, name: str = "", target: str = "", part: tuple[str, str] | None = None
) -> Tensor:
    """The weights of all heads as they are shown, (L, H, U, V), for a text that the model reads whole."""
    trace = _of_part(text, name, target, part)
    choice = Choice(0, 0, special=special, whole_words=whole_words)
    return weights_shown(all_weights(trace), units_shown(trace, choice), choice, columns_shown(trace, choice))


@st.cache_resource(show_spinner=False, max_entries=_OVERVIEWS)
def overview_of_all(
    text: str, special: str, whole_words: bool, name: str = "", target: str = "", part: tuple[str, str] | None = None
) -> tuple[Tiles, StrongestLinks]:
    """The weights of all heads as small pictures, and each head's strongest link."""
    trace = _of_part(text, name, target, part)
    weights = weights_of_all(text, special, whole_words, name, target, part)
    choice = Choice(0, 0, special=special, whole_words=whole_words)
    shown, columns = units_shown(trace, choice), columns_shown(trace, choice)
    return tiles(weights), strongest_links(weights, shown.tokens, columns.tokens if columns else None)


@st.cache_resource(show_spinner=False, max_entries=_CHANGES)
def changes_of_heads(a: str, b: str) -> Tensor | None:
    """How much every head's weights change from one text to another, (L, H), for texts that the model reads whole.

    None where they have no token in common. It takes as long as all else of a click, and no choice of a head alters it.
    """
    (before, _), (after, _) = trace_of(a), trace_of(b)
    pairs = align(before.tokens, after.tokens)
    return head_changes(before, after, pairs) if pairs else None
