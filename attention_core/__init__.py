"""A small transformer that shows every matrix its attention computes."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
_HOMES = {
    "attention": ("Stages", "attend"),
    "errors": ("AttentionError", "CheckpointError", "ChoiceError", "TextError", "TextTooLongError"),
    "model": ("TracedModel", "load_model"),
    "tokens": ("Token",),
    "trace": ("Layer", "Trace"),
}


def __getattr__(name: str):
    """What the package offers, imported when it is asked for: torch takes seconds, and --help needs none of it."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"attention_core.{home}"), name)
    raise AttributeError(f"module 'attention_core' has no attribute {name!r}")
