"""What every file with sentences is to those who read it: columns, and rows of cells from the first to the last."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from attention_core.errors import ListError
from attention_core.lists.encodings import Encoding
from attention_core.lists.options import ReadingOptions

SAMPLED = 200  # rows at the start that tell the columns
Cells = tuple[object, ...]
Source = Callable[[], BinaryIO]  # opens the file anew
_LOOKED_AT = 1_000_000  # characters of a cell: one may be as long as the file, and stand in many rows
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: it stands for a byte of no character
_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")


@dataclass(frozen=True)
class Limits:
    """How much is read at most; None for no limit."""

    bytes: int | None
    sentences: int | None
    unpacked: int  # bytes of a file that is compressed; of a list that is kept, characters of all its lines
    columns: int = 1000
    characters: int = 100_000  # of one sentence; a model reads far less
    blank: int = 1_100_000  # rows without a text, one after the other: a few more than a sheet of Excel has
    rows: int | None = None  # of all kinds
    seconds: float | None = None  # that reading takes


@dataclass(frozen=True)
class Malformed:
    """A row that cannot be read: its text as it stands in the file, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds something, which cannot be shown as text."""

    reason: str  # goes after 'Line 7 '
    shown: str = "unreadable"


Row = tuple[int, Cells | Malformed]  # the number of the line or row in the file, from 1


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a file, none for plain text, and its rows.

    `rows(None)` gives whole rows and `rows(column)` only the cell of one column; without cells, a row is empty. A row that
    holds several texts in that column comes once for each of them.
    """

    columns: tuple[str, ...]
    rows: Callable[[int | None], Iterator[Row]]
    encoding: Encoding | None = None  # of a file that is text
    note: str = ""  # what else is to be known
    taken: ReadingOptions = field(default_factory=ReadingOptions)  # how it is read
    sheets: tuple[str, ...] = ()  # of a workbook
    hidden: frozenset[int] = frozenset()  # columns that a sheet does not show: no guess takes one while another holds text


@dataclass(frozen=True)
class Line:
    """One line of a text file, or row of a table: a sentence unless there is a reason against it."""

    number: int  # from 1, as editors and spreadsheets count; of a row over several lines the first
    text: str  # without spaces around it; '' for a blank line
    reason: str | None = None  # why it is no sentence that can be read; goes after 'Line 7 '


def text_of(cell: object) -> str:
    """A cell as text on one line, without spaces around it; '' of an empty cell, and 'unreadable' where it has no text."""
    if isinstance(cell, str):
        text = (cell if len(cell) <= _LOOKED_AT else cell[:_LOOKED_AT]).strip()
        return _BREAK.sub(" ", text) if "\n" in text or "\r" in text else text
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, Unreadable):
        return cell.shown
    try:
        return text_of(cell.decode() if isinstance(cell, bytes) else str(cell))
    except Exception:  # a date, a number or a nest of lists that Python cannot write out
        return Unreadable("").shown


def storable(text: str) -> str:
    """The text with halves of surrogate pairs, which stand for bytes of no character, spelled out: no page can show them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def shown_text(text: str) -> str:
    """The text for a page, where a byte that is no character is a �."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def as_line(row: Row, encoding: Encoding | None, characters: int) -> Line:
    """What a row with one cell is to a reader of sentences of at most so many characters."""
    number, cells = row
    if isinstance(cells, Malformed):
        text, reason = cells.text, cells.reason
    else:
        cell = cells[0] if cells else None
        text = text_of(cell)
        length = len(cell) if isinstance(cell, str) and len(cell) > _LOOKED_AT else len(text)
        reason = _objection(cell, text, length, encoding, characters)
    if reason is None:
        return Line(number, text)
    shown = storable(text[:characters]).replace("\0", "\\0")
    return Line(number, shown[:characters], reason)


def _objection(cell: object, text: str, length: int, encoding: Encoding | None, characters: int) -> str | None:
    """Why the text of a cell is no sentence that can be read, if so."""
    if isinstance(cell, Unreadable):
        return cell.reason
    if isinstance(cell, (dict, list, tuple, bytes)):
        return f"holds a {type(cell).__name__} and no text."
    if length > characters:
        return f"has {length:,} characters, of which at most {characters:,} make a sentence."
    if "\0" in text:
        return "holds a NUL character, which no text has."
    if encoding and (doubt := encoding.doubt(text)):
        return f"{doubt}."
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair, which is no character."
    return None


def check_columns(name: str, count: int, limits: Limits) -> None:
    """Raise ListError for more columns than are read."""
    if count > limits.columns:
        raise ListError(
            f"{name} has {count:,} columns; at most {limits.columns:,} are read. "
            "Is every sentence on a row of its own? Otherwise keep the column with the sentences alone."
        )
