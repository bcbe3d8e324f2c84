"""What every file with sentences is to those who read it: columns, and rows of cells from the first to the last."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from attention_core.lists.encodings import Encoding

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


@dataclass(frozen=True)
class Line:
    """One line of a text file, or row of a table: a sentence unless there is a reason against it."""

    number: int  # from 1, as editors and spreadsheets count; of a row over several lines the first
    text: str  # without spaces around it; '' for a blank line
    reason: str | None = None  # why it is no sentence that can be read; goes after 'Line 7 '


def text_of(cell: object) -> str:
    """A cell as text, without spaces around it; of an empty cell ''."""
    return "" if cell is None else str(cell).strip()


def as_line(row: Row, encoding: Encoding | None, characters: int) -> Line:
    """What a row with one cell is to a reader of sentences of at most so many characters."""
    number, cells = row
    if isinstance(cells, Malformed):
        text, reason = cells.text, cells.reason
    else:
        text = text_of(cells[0] if cells else None)
        reason = _objection(cells[0] if cells else None, text, encoding, characters)
    if reason is None:
        return Line(number, text)
    # What cannot be shown or stored is spelled out: halves of surrogate pairs, which stand for bytes of no character, and NULs.
    shown = text[:characters].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return Line(number, shown[:characters], reason)


def _objection(cell: object, text: str, encoding: Encoding | None, characters: int) -> str | None:
    """Why the text of a cell is no sentence that can be read, if so."""
    if isinstance(cell, (dict, list, bytes)):
        return f"holds a {type(cell).__name__} and no text."
    if len(text) > characters:
        return f"has {len(text):,} characters, of which at most {characters:,} make a sentence."
    if "\0" in text:
        return "holds a NUL character, which no text has."
    if encoding and (doubt := encoding.doubt(text)):
        return f"{doubt}."
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair, which is no character."
    return None


NO_NAMES = "The first row is read like all others: it holds a sentence or a number, and no names of columns."


def are_names(cells: Cells) -> bool:
    """Whether the cells of a first row can be names of columns: short, no numbers, no whole sentences."""
    return not any(_is_content(text_of(cell)) for cell in cells)


def _is_content(text: str) -> bool:
    is_sentence = len(text.split()) > 5 or (" " in text and text.endswith((".", "!", "?", "…")))
    return is_sentence or text.replace(".", "", 1).isdecimal()


def distinct(cells: Sequence[object]) -> tuple[str, ...]:
    """Names of columns that differ: empty ones by their place, repeated ones by a number."""
    found: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        plain = text_of(cell) or f"column {place}"
        name, again = plain, 1
        while name in found:
            again += 1
            name = f"{plain} ({again})"
        found[name] = None
    return tuple(found)


def told_apart(cells: Sequence[object]) -> str:
    """What to say of names that stand above several columns; '' where there are none."""
    names = [text_of(cell) for cell in cells if text_of(cell)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    return f"Several columns are named {', '.join(repeated)}; the later ones have a number added." if repeated else ""


def numbered(count: int) -> tuple[str, ...]:
    """Names of so many columns that have none."""
    return tuple(f"column {place}" for place in range(1, count + 1))
