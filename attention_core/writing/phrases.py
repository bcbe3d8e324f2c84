"""Sentences as tuples of plain text and marked words, for page and alternative text alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from attention_core.model.tokens import Token
from attention_core.writing.text import label


@dataclass(frozen=True)
class Mark:
    """A word in the colour of its role, or, with role 'strong', a number that matters."""

    text: str
    role: str


Phrase = tuple[str | Mark, ...]


def plain(phrase: Phrase) -> str:
    """The phrase as text."""
    return "".join(part if isinstance(part, str) else part.text for part in phrase)


def named(tokens: tuple[Token, ...], index: int, role: str, places: Sequence[int] | None = None) -> Mark:
    """One of the tokens in the colour of a role, with its place from 1 where there are several of the same text.

    `places` are the tokens' positions in the sentence, from 0, where they are not all of its tokens.
    """
    token = tokens[index]
    repeated = sum(other.text == token.text for other in tokens) > 1
    place = index if places is None else places[index]
    return Mark(f"{place + 1} · {label(token)}" if repeated else label(token), role)


def strong(text: str) -> Mark:
    """A number that matters."""
    return Mark(text, "strong")


def joined(parts: list[Phrase], between: str = " and ") -> Phrase:
    """The parts as one phrase, with a text between each two."""
    said: Phrase = ()
    for index, part in enumerate(parts):
        said += (between, *part) if index else part
    return said
