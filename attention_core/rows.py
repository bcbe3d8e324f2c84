"""What every file with sentences is to those who read it: columns, and rows of cells from the first to the last."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from attention_core.encodings import Encoding

SAMPLED = 200  # rows at the start that tell the columns

Cells = tuple[object, ...]
Source = Callable[[], BinaryIO]  # opens the file anew


@dataclass(frozen=True)
class Malformed:
    """A row that cannot be read: its text as it stands in the file, and why."""

    text: str
    reason: str


Row = tuple[int, Cells | Malformed]  # the number of the line or row in the file, from 1


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a file, none for plain text, and its rows.

    `rows(None)` gives whole rows and `rows(column)` only the cell of one column; without cells, a row is empty.
    """

    columns: tuple[str, ...]
    rows: Callable[[int | None], Iterator[Row]]
    encoding: Encoding | None = None  # of a file that is text
    note: str = ""  # what else is to be known


NO_NAMES = "The first row is read like all others: it holds a sentence or a number, and no names of columns."


def are_names(cells: Cells) -> bool:
    """Whether the cells of a first row can be names of columns: short, no numbers, no whole sentences."""
    return not any(_is_content("" if cell is None else str(cell).strip()) for cell in cells)


def _is_content(text: str) -> bool:
    is_sentence = len(text.split()) > 5 or (" " in text and text.endswith((".", "!", "?", "…")))
    return is_sentence or text.replace(".", "", 1).isdecimal()


def distinct(cells: Sequence[object]) -> tuple[str, ...]:
    """Names of columns that differ: empty ones by their place, repeated ones by a number."""
    found: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        plain = ("" if cell is None else str(cell).strip()) or f"column {place}"
        name, again = plain, 1
        while name in found:
            again += 1
            name = f"{plain} ({again})"
        found[name] = None
    return tuple(found)


def numbered(count: int) -> tuple[str, ...]:
    """Names of so many columns that have none."""
    return tuple(f"column {place}" for place in range(1, count + 1))
