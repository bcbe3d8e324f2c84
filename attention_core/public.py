"""All that `import attention_core` offers, with its places."""

from attention_core.errors import AttentionError, CheckpointError, ChoiceError, TextError, TextTooLongError
from attention_core.model.attention import Attention, Stages, attend
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.models.load import load_model
from attention_core.translation.record import Translation
from attention_core.translation.translator import Translator, load_translator

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
