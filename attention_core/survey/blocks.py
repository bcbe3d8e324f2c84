"""Consecutive lines of one file that are computed together and become one part of the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from attention_core.lists.rows import Line

LINES_TOGETHER = 4_000  # of a block: a part of some 9 MB
CHARACTERS = 1_000_000  # of a block, at which it ends before: it is held in memory


@dataclass(frozen=True)
class LineBlock:
    """Some lines of a file; files and blocks count from 0."""

    file: int
    number: int
    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        """The name of what comes of it: keys are in the order of files and blocks."""
        return block_key(self.file, self.number)


def block_key(file: int, number: int) -> str:
    """The name of what comes of a block."""
    return f"{file:07}-{number:07}"


def blocks(lines: Iterable[Line], file: int, most: int = LINES_TOGETHER) -> Iterator[LineBlock]:
    """All lines of a file in blocks of at most so many, and of about CHARACTERS; the texts of one row stay together.

    The same file has the same blocks each time.
    """
    held: list[Line] = []
    size = number = 0
    for line in lines:
        if (len(held) >= most or size >= CHARACTERS) and line.number != held[-1].number:
            yield LineBlock(file, number, tuple(held))
            held, size, number = [], 0, number + 1
        held.append(line)
        size += len(line.text)
    if held:
        yield LineBlock(file, number, tuple(held))
