"""One stage of one head as lines of text that fit a terminal."""

import unicodedata
from collections.abc import Iterator

from torch import Tensor

from attention_core.matrices.names import matrix_of, values
from attention_core.matrices.words import Cell
from attention_core.model.tokens import Token
from attention_core.model.traced import TracedModel
from attention_core.models.facts import model_lines
from attention_core.models.watched import WatchedModel
from attention_core.writing.losses import losses
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import plain
from attention_core.writing.text import visible, without_isolates

MOST_ROWS = 40
_WIDEST_NAME, _WIDEST_CELL = 18, 8  # characters


def terminal_lines(model: TracedModel, cell: Cell, stage: str, width: int) -> Iterator[str]:
    """The lines that show one stage in a terminal that is `width` characters wide."""
    matrix, trace = matrix_of(stage), cell.trace
    numbers = values(stage, cell.trace.layers[cell.layer], cell.stages)
    names, asked = _numbered(trace.rows), _numbered(trace.columns)
    of_tokens = matrix.columns == "tokens"
    head = f", head {cell.head + 1}" if stage != "x" else ""
    yield from prose(f"{model.name} · layer {cell.layer + 1}{head} · {len(names)} tokens", width)
    for side in [names] if trace.kind == "self" else [names, asked]:
        yield from _wrapped([name.strip() for name in side], "  ", width)
    for said in losses(model, trace):
        yield from prose(said, width)
    yield from _said_of_model(model, cell, width)
    yield ""
    meaning = "row = query, column = key" if of_tokens else "row = token, column = dimension"
    yield from prose(f"{matrix.title} {matrix.symbol} [{numbers.size(0)} × {numbers.size(1)}]: {meaning}", width)
    rows = asked if stage in ("k", "v") else names
    yield from table_lines(numbers, rows, _visible(trace.columns) if of_tokens else None, matrix.decimals, width)
    yield ""
    if stage == "weights":
        yield from prose(plain(cell.answer()), width)
    yield from prose(plain(cell.say(stage)), width)


def _said_of_model(model: TracedModel | WatchedModel, cell: Cell, width: int) -> Iterator[str]:
    """What is to be said of a watched model: its sizes, how far its record was checked, and the next token."""
    attention = cell.trace.layers[cell.layer]
    if not attention.is_watched:
        return
    for line in model_lines(model, attention, cell.head):
        yield from prose(line, width)
    if cell.trace.likeliest:
        next_ones = ", ".join(f"{visible(text)} {percent(share)}" for text, share in cell.trace.likeliest)
        yield from prose(f"Next token: {next_ones}", width)


def _numbered(tokens: tuple[Token, ...]) -> list[str]:
    """The tokens with their positions from 1."""
    digits = len(str(len(tokens)))
    return [f"{position:>{digits}} {word}" for position, word in enumerate(_visible(tokens), 1)]


def _visible(tokens: tuple[Token, ...]) -> list[str]:
    return [visible(token.text) for token in tokens]


def table_lines(numbers: Tensor, names: list[str], words: list[str] | None, decimals: int, width: int) -> Iterator[str]:
    """As much of a matrix as fits, and what was left out; `words` stand above columns that are tokens."""
    rows, columns = numbers.shape
    margin = min(max(map(_width, names)), _WIDEST_NAME)
    size = max(len(number(end.item(), decimals)) for end in (numbers.min(), numbers.max()))
    size = max(size, len(str(columns)))
    if words:  # room that is left makes longer words readable
        longest = min(max(map(_width, words)), _WIDEST_CELL)
        size = max(size, min(longest, (width - margin) // columns - 1))
    fit = min(columns, max(1, (width - margin) // (size + 1)))
    shown = min(rows, MOST_ROWS)
    yield " " * margin + "".join(f" {column:>{size}}" for column in range(1, fit + 1))
    if words:
        yield " " * margin + "".join(" " + _cut(word, size, right=True) for word in words[:fit])
    for name, row in zip(names[:shown], numbers[:shown, :fit].tolist(), strict=True):
        yield _cut(name, margin) + "".join(f" {number(value, decimals):>{size}}" for value in row)
    if shown < rows or fit < columns:
        left_out = f"Shown: rows 1 to {shown} of {rows}, columns 1 to {fit} of {columns}. "
        how = "--out FILE.csv writes the whole matrix with all digits, --out FILE.npz all matrices of all heads."
        yield from prose(left_out + how, width)


def prose(text: str, width: int) -> Iterator[str]:
    """A text in lines of so many characters."""
    return _wrapped(without_isolates(text).split(" "), " ", width)


def _wrapped(parts: list[str], between: str, width: int) -> Iterator[str]:
    """Lines of as many parts as fit. (textwrap counts characters, of which some take two columns and some none.)"""
    line = parts[0]
    for part in parts[1:]:
        if _width(line + between + part) > width:
            yield line
            line = part
        else:
            line += between + part
    yield line


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _cut(text: str, width: int, right: bool = False) -> str:
    """The text in exactly that many columns, cut or filled up."""
    if _width(text) > width:
        while _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    room = " " * (width - _width(text))
    return room + text if right else text + room
