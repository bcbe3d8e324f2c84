"""The translator and the latest translations, shared by all sessions of the server."""

import streamlit as st
import torch

from attention_core.translation.record import Translation
from attention_core.translation.translator import Translator, load_translator

_TRANSLATIONS = 24  # one of 60 tokens on both sides takes 3 MB, one of 6 tokens 0.2 MB


@st.cache_resource(show_spinner=False, max_entries=1)
def translator() -> Translator:
    """The translator that comes with the app, loaded once a server, when its page is first opened. Raises CheckpointError."""
    torch.set_num_threads(1)  # many small sentences at once: one thread each costs less and is as fast
    return load_translator()


@st.cache_resource(show_spinner=False, max_entries=_TRANSLATIONS)
def translation_of(text: str, beam: int, beginning: str) -> Translation:
    """The translation of a text by a search of this width, with French that is given. Raises TextError and TextTooLongError."""
    return translator().translate(text, beam, beginning)
