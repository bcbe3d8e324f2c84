"""Which model reads the sentence: the embedded one, or another of this machine, by a name that the address holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from attention_core.errors import AttentionError
from pages.shared.base.markup import note
from pages.shared.frame import server
from pages.shared.frame.fields import option
from pages.shared.frame.sentence import open_model
from pages.shared.frame.view import NothingToShow

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel
    from attention_core.models.watched import WatchedModel

_PARTS = {"": ("decoder", "cross"), "decoder": ("decoder", "self"), "encoder": ("encoder", "self")}
_TITLES = {"": "From decoder to encoder", "decoder": "Within the decoder", "encoder": "Within the encoder"}
_HOW_TO_GET = (
    "The operator of this server can put its folder (config.json, model.safetensors and a tokenizer) into one that "
    "ATTENTION_MODELS names, or into the cache of the Hugging Face Hub on this machine."
)


def choose_model(pickers, messages) -> TracedModel | WatchedModel:
    """Draw the picker where there is more than one model, and open the chosen one.

    Raises NothingToShow, after one clear message, for a model that is not here or cannot be opened.
    """
    asked, names = st.session_state["model"], server.model_names()
    if len(names) > 1 or asked:
        options = list(dict.fromkeys((*names, asked)))
        pickers.selectbox("Model", options, key="model", format_func=lambda name: name or server.model().name, width=230)
    if not asked:
        return open_model(messages)
    if asked not in names:
        note(messages, f"The model {asked[:100]!r} is not on this server. {_HOW_TO_GET} Or choose another model above.")
        raise NothingToShow
    try:
        return server.other_model(asked)
    except AttentionError as error:
        messages.error(str(error), icon=":material/build:")
        raise NothingToShow from error


def own_model(messages) -> TracedModel:
    """The embedded model, for pages that go through its insides; that it stands in for a chosen one is told."""
    model = open_model(messages)
    if asked := st.session_state["model"]:
        note(messages, f"This page goes through the insides of {model.name}, so it shows that model instead of {asked[:100]}.")
    return model


def choose_part(model: TracedModel | WatchedModel, pickers) -> tuple[str, str] | None:
    """The attention of a model of two stacks that is shown, and the field for its second text; None for any other model."""
    if not server.has_two_stacks(model):
        return None
    option("attending", list(_PARTS))
    pickers.text_input("Second text, for the decoder", key="target", placeholder="Empty: what the model writes itself")
    looks = {"required": True, "wrap": True}
    pickers.segmented_control("Attention", list(_PARTS), key="attending", format_func=_TITLES.get, **looks)
    return _PARTS[st.session_state["attending"]]


def part_sizes(model: TracedModel | WatchedModel, part: tuple[str, str] | None):
    """The sizes of a model, as far as one of its attentions has its own."""
    if part is None:
        return model.config
    layers, heads = model.sizes[part]
    return replace(model.config, layers=layers, heads=heads)
