"""What the app's own translator makes of the sentences of cards, as the page has it: by a beam of four."""

from functools import cache

from attention_core.translation.record import Translation
from attention_core.translation.translator import Translator, load_translator


@cache
def _translator() -> Translator:
    return load_translator()


@cache
def translated(text: str) -> Translation:
    """The translation of a card's sentence."""
    return _translator().translate(text, beam=4)
