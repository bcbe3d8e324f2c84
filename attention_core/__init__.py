"""A small transformer that shows every matrix its attention computes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attention_core.public import (
        Attention,
        AttentionError,
        CheckpointError,
        ChoiceError,
        Stages,
        TextError,
        TextTooLongError,
        Token,
        Trace,
        TracedModel,
        Translation,
        Translator,
        attend,
        load_model,
        load_translator,
    )

__all__ = [
    "Attention",
    "AttentionError",
    "CheckpointError",
    "ChoiceError",
    "Stages",
    "TextError",
    "TextTooLongError",
    "Token",
    "Trace",
    "TracedModel",
    "Translation",
    "Translator",
    "attend",
    "load_model",
    "load_translator",
]


def __getattr__(name: str):
    """A public name, imported when it is asked for: torch takes seconds, and --help needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'attention_core' has no attribute {name!r}")
    from attention_core import public

    return getattr(public, name)
