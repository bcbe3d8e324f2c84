"""The model and the latest traces, shared by all sessions of the server."""

import gc

import streamlit as st
import torch

from attention_core import TextTooLongError, Trace, TracedModel, load_model

# A trace of 512 tokens takes 19 MB, one of 14 tokens 0.5 MB; a lost one is back in milliseconds.
_TRACES = 24


@st.cache_resource(show_spinner=False, max_entries=1)
def model() -> TracedModel:
    """The embedded model, loaded once a server. Raises CheckpointError."""
    torch.set_num_threads(1)  # many small sentences at once: one thread each costs less and is as fast
    loaded = load_model()
    from pages.shared import cell, sentence, stages  # noqa: F401  all that pages import, so that it is frozen too

    # Collecting garbage goes through all objects that are not frozen; with torch's many it would stop every student.
    gc.collect()
    gc.freeze()
    return loaded


@st.cache_resource(show_spinner=False, max_entries=_TRACES)
def read(text: str) -> tuple[Trace, str | None]:
    """The trace of a text, or of the part that fits and the message that says so. Raises TextError."""
    try:
        return model().trace(text), None
    except TextTooLongError as error:
        return model().trace(error.readable), str(error)
