"""Text that is safe to show: nothing in it stays invisible."""

import unicodedata
from functools import lru_cache

from attention_core.model.tokens import Token

# Letters, marks and symbols that show nothing: fillers, variation selectors, joiners, the empty Braille pattern.
_BLANK = {*map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))}
_BLANK |= {*map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}


def label(token: Token) -> str:
    """The token's text, safe to show."""
    return visible(token.text)


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """The text with everything invisible made visible: spaces as ␣, controls by their code point."""
    return "".join(_visible(character) for character in text)


def labels(tokens: tuple[Token, ...]) -> list[str]:
    """One label a token, in order; repeated words keep equal labels."""
    return [label(token) for token in tokens]


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _BLANK:
        return f"U+{ord(character):04X}"
    if category == "Zs":
        return "␣"
    if category[0] in "CZ":  # controls, format characters (zero-width, bidirectional), separators, unassigned
        return f"U+{ord(character):04X}"
    if category[0] == "M":  # a combining mark alone would sit on its neighbour
        return "◌" + character
    return character


def cut(text: str, most: int) -> str:
    """The text, or its first `most` − 1 characters and an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
