"""Text that is safe to show: nothing in it stays invisible."""

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup, escape

from attention_core.model.tokens import Token

# Letters, marks and symbols that show nothing: fillers, variation selectors, joiners, the empty Braille pattern.
_BLANK = {*map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))}
_BLANK |= {*map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}


_RIGHT_TO_LEFT = ("R", "AL", "AN")  # directions of characters, as Unicode names them
_ISOLATE, _END = "\u2068", "\u2069"  # first strong isolate, pop directional isolate: what HTML's <bdi> does, in plain text
_MOST_MARKS = 6  # on one letter; scripts need up to four, and a tower of them would cover the neighbours


def label(token: Token) -> str:
    """The token's text, safe to show in any line of words and numbers."""
    return isolated(visible(token.text))


def labels(tokens: tuple[Token, ...]) -> list[str]:
    """One label a token, in order; repeated words keep equal labels."""
    return [label(token) for token in tokens]


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """The text with everything invisible made visible: spaces as ␣, controls by their code point.

    A mark, such as an accent or a vowel sign, stands on the letter before it; one that has none stands on a dotted circle.
    """
    shown, marks = [], _MOST_MARKS
    for place, character in enumerate(text):
        if unicodedata.category(character)[0] == "M" and character not in _BLANK:
            begins = marks >= _MOST_MARKS or text[:place] == "##"  # the sign of a piece is no letter
            shown.append("◌" + character if begins else character)
            marks = 1 if begins else marks + 1
        else:
            shown.append(_visible(character))
            marks = 0 if shown[-1] == character else _MOST_MARKS
    return "".join(shown)


def isolated(text: str) -> str:
    """The text, kept from changing places with the numbers and words around it where some of it runs from right to left."""
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    return f"{_ISOLATE}{text}{_END}" if turns else text


def without_isolates(text: str) -> str:
    """The text without what `isolated` adds, for files and terminals."""
    return text.replace(_ISOLATE, "").replace(_END, "")


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _BLANK:
        return f"U+{ord(character):04X}"
    if category == "Zs":
        return "␣"
    if category[0] in "CZ":  # controls, format characters (zero-width, bidirectional), separators, unassigned
        return f"U+{ord(character):04X}"
    return character


def cut(text: str, most: int) -> str:
    """The text, or its first `most` − 1 characters and an ellipsis; an isolated text stays isolated."""
    bare = without_isolates(text)
    if len(bare) <= most:
        return text
    short = bare[: most - 1] + "…"
    return short if bare == text else isolated(short)


def lowered(symbol: str) -> Markup:
    """The symbol of a matrix as HTML, its indices lowered: E_word, QKᵀ/√d_k."""
    return Markup(re.sub(r"_(\w+)", r"<sub>\1</sub>", str(escape(symbol))))
