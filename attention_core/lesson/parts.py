"""What a lesson's pictures are made of: words with lines, heatmaps, bars and a stack of boxes, as plain data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from attention_core.figures.scales import Scale
from attention_core.writing.numbers import number
from attention_core.writing.phrases import Phrase, plain

CARD_NUMBERS_UP_TO = 12  # columns of a heatmap with a number in each cell


@dataclass(frozen=True)
class Words:
    """The sentence as words, with or without lines from the query."""

    lines: bool


@dataclass(frozen=True)
class Quotes:
    """Sentences one below the other, each with a word that matters."""

    lines: tuple[Phrase, ...]


@dataclass(frozen=True, eq=False)
class Move:
    """One moment of a picture that moves when it is asked to: what the cells hold by then, and what is said."""

    values: Tensor  # 2-D, as the heatmap's own
    said: str


@dataclass(frozen=True, eq=False)
class Heat:
    """A heatmap: rows and columns with their names, and where to look."""

    title: Phrase
    values: Tensor  # 2-D; −∞ where a mask hides a cell, which is then hatched
    scale: Scale
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    row: int | None = None  # framed
    column: int | None = None
    of_key: bool = False  # whether the framed row is the key's, not the query's
    numbers: Sequence[Sequence[str]] = ()  # in the cells, if any
    blocks: tuple[int, int] = (1, 1)  # into how many rows and columns of blocks the cells fall
    block: tuple[int, int] | None = None  # the framed one
    is_mask: bool = False  # 1 for what may be looked at, 0 for what may not: no numbers, so no legend
    row_title: str = ""
    column_title: str = ""
    moves: Sequence[Move] = ()  # how it comes about, on demand


@dataclass(frozen=True)
class Bars:
    """Named bars from 0 to 1, longest first or in an order of their own."""

    title: Phrase
    role: str
    lines: Sequence[tuple[Phrase, float, str]]  # name, length, number as text
    moves: Sequence[
        tuple[str, Sequence[tuple[float, str]]]
    ] = ()  # what is said at each moment, and lengths and numbers by then


@dataclass(frozen=True)
class Stack:
    """The encoder as a stack of boxes; those in `repeated` are one layer."""

    before: tuple[tuple[str, str], ...]  # title, shape
    repeated: tuple[tuple[str, str], ...]
    times: int
    after: tuple[tuple[str, str], ...]


Picture = tuple[Words | Quotes | Heat | Bars | Stack, ...]


def describe(picture: Picture) -> str:
    """What the pictures show, in words: their alternative text."""
    said = []
    for part in picture:
        if isinstance(part, Heat):
            open_ = part.values[part.values.isfinite()]
            low, high = number(open_.min()), number(open_.max())
            ends = f"{int(part.values.sum())} of them filled" if part.is_mask else f"from {low} to {high}"
            hidden = part.values.numel() - open_.numel()
            closed = f"; {hidden} of them hatched, because the mask hides them" if hidden else ""
            said.append(f"{plain(part.title)}: a heatmap of {sizes(*part.values.shape)} cells, {ends}{closed}.")
        elif isinstance(part, Bars):
            lines = "; ".join(f"{plain(name)} {text}" for name, _, text in part.lines)
            said.append(f"{plain(part.title)}: {lines}.")
        elif isinstance(part, Quotes):
            said += [f"“{plain(line)}”." for line in part.lines]
        elif isinstance(part, Stack):
            boxes = ", ".join(title for title, _ in (*part.before, *part.repeated, *part.after))
            said.append(f"{boxes}; the middle is repeated {part.times} times.")
    return " ".join(said)


def sizes(*sizes: int) -> str:
    """Sizes as people write them: 11 × 384."""
    return "\u00a0×\u00a0".join(f"{size:,}" for size in sizes)


def percents(shares: Tensor) -> list[list[str]]:
    """Whole per cent, nothing where that would be 0, and 100 only for all."""
    return [
        [str(math.floor(100 * share + (0.5 if share < 0.99 else 0))) if share >= 0.005 else "" for share in row]
        for row in shares.tolist()
    ]
