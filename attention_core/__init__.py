"""A small transformer that shows every matrix its attention computes."""

from attention_core.attention import Stages, attend
from attention_core.errors import AttentionError, CheckpointError, ChoiceError, TextError, TextTooLongError
from attention_core.model import TracedModel, load_model
from attention_core.tokens import Token
from attention_core.trace import Layer, Trace

__all__ = [
    "AttentionError",
    "CheckpointError",
    "ChoiceError",
    "Layer",
    "Stages",
    "TextError",
    "TextTooLongError",
    "Token",
    "Trace",
    "TracedModel",
    "attend",
    "load_model",
]
