"""How long texts are in tokens, and how much of each a model reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from attention_core.errors import TextTooLongError
from attention_core.model.traced import TracedModel


@dataclass(frozen=True)
class Lengths:
    """How many tokens some sentences have, special tokens included, and how many of them were read."""

    tokens: tuple[int, ...]
    read: tuple[int, ...]  # the same, or what of a longer sentence the model has positions for
    words: tuple[bool, ...]  # whether there is more than special tokens


def fitted(model: TracedModel, texts: Sequence[str]) -> tuple[list[list[int]], Lengths]:
    """The token ids that the model reads of each text, and their numbers: a text that is too long is read to the limit.

    Raises TextError for text that is no valid Unicode.
    """
    ids = model.ids(texts)
    tokens = tuple(map(len, ids))
    for place, count in enumerate(tokens):
        if count > model.config.positions:
            ids[place] = model.ids([readable(model, texts[place])])[0]
    special = len(model.ids([""])[0])
    return ids, Lengths(tokens, tuple(map(len, ids)), tuple(count > special for count in tokens))


def readable(model: TracedModel, text: str) -> str:
    """The part of a text that the model has positions for. Raises TextError for text that is no valid Unicode."""
    try:
        model.tokens(text)
    except TextTooLongError as error:
        return error.readable
    return text
