"""Sentences in files that are text: a line each, in cells of a .csv or .tsv, or in .jsonl; read in bounded memory.

csv and json of the standard library read the tables, row by row: pandas does not say which row it could not read.
"""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from attention_core.lists.encodings import Encoding, find_encoding
from attention_core.lists.rows import (
    NO_NAMES,
    SAMPLED,
    Malformed,
    Row,
    Source,
    Table,
    are_names,
    distinct,
    numbered,
    told_apart,
)

LONGEST_LINE = 1_000_000  # characters of one line that are held in memory


def read_text(source: Source, name: str, asked: str | None = None) -> Table:
    """Plain text, a sentence a line; `asked` is its encoding, if known. Raises ListError for a file that is no text."""
    encoding = _encoding(source, name, asked)
    return Table((), lambda column: _texts(_opened(source, encoding)), encoding)


def read_pasted(text: str) -> Table:
    """Text that is there already, a sentence a line."""
    return Table((), lambda column: _texts(io.StringIO(text, newline=None)))


def _texts(file: TextIO) -> Iterator[Row]:
    for number, (line, length) in enumerate(_lines(file), start=1):
        yield number, _too_long(line, length) if length else (line,)


def _encoding(source: Source, name: str, asked: str | None) -> Encoding:
    with source() as file:
        return find_encoding(file, name, asked)


def _opened(source: Source, encoding: Encoding, newline: str | None = None) -> TextIO:
    return io.TextIOWrapper(source(), encoding.codec, encoding.errors, newline)


def _lines(file: TextIO) -> Iterator[tuple[str, int]]:
    """Every line, and 0, or the length of a line of which only the beginning is given. Closes the file at its end."""
    with file:
        while line := file.readline(LONGEST_LINE):
            length = len(line)
            ends = line
            while len(ends) == LONGEST_LINE and not ends.endswith(("\n", "\r")):
                ends = file.readline(LONGEST_LINE)
                length += len(ends)
            yield line, length if length > len(line) else 0


def _too_long(line: str, length: int) -> Malformed:
    return Malformed(line, f"is {length:,} characters long. Is every sentence on a line of its own?")


def read_csv(source: Source, name: str, asked: str | None = None, tabs: bool = False) -> Table:
    """Cells with commas, semicolons, tabs or bars between them, whichever fits; `tabs` says that they are tabs.

    Rows that do not have as many cells as the first one are malformed. Raises ListError for a file that is no text.
    """
    encoding = _encoding(source, name, asked)
    sample = [line for line, _ in islice(_lines(_opened(source, encoding, newline="")), SAMPLED)]
    delimiter = "\t" if tabs else _delimiter(sample)

    def records() -> Iterator[tuple[int, list[str] | Malformed, str]]:
        return _records(_opened(source, encoding, newline=""), delimiter)

    filled = ((number, cells) for number, cells, _ in records() if not isinstance(cells, Malformed) and any(cells))
    names_at, names = next(filled, (0, []))
    named = are_names(tuple(names))

    def rows(column: int | None) -> Iterator[Row]:
        for number, cells, raw in records():
            if named and number == names_at:
                continue
            if isinstance(cells, Malformed):
                yield number, cells
            elif cells and len(cells) != len(names):
                count = "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
                hint = " Quotation marks are needed around a text that holds such a sign." if len(cells) > len(names) else ""
                yield number, Malformed(raw, f"has {count}, the first row has {len(names):,}.{hint}")
            else:
                yield number, tuple(cells if column is None else cells[column : column + 1])

    columns = distinct(names) if named else numbered(len(names))
    return Table(columns, rows, encoding, told_apart(names) if named else NO_NAMES)


def _delimiter(sample: list[str]) -> str:
    """The sign that parts the most rows into as many cells as the first one; where there is none, each row is one cell."""
    fits = {}
    for sign in ",;\t|":
        try:
            widths = [len(cells) for cells in csv.reader(sample, delimiter=sign) if cells]
        except csv.Error:  # a cell that does not end
            continue
        if widths and widths[0] > 1:
            fits[sign] = widths.count(widths[0]) / len(widths)
    best = max(fits, key=fits.get, default=",")
    return best if fits.get(best, 0) >= 0.5 else "\x1f"


def _records(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | Malformed, str]]:
    """The rows of a .csv: the number of the line on which each begins, its cells, and how it stands in the file."""
    lines = _Lines(_lines(file))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = Malformed("", f"is not as a .csv is written: {_plain(error)}.")
            lines.give_back()  # a mark that is not closed has taken lines which are none of its
        raw = "".join(line for line, _ in lines.taken).rstrip("\r\n")
        if too_long := max(length for _, length in lines.taken):
            yield number, _too_long(raw, too_long), raw
        else:
            yield number, Malformed(raw, cells.reason) if isinstance(cells, Malformed) else cells, raw
        number += len(lines.taken)
        lines.taken.clear()


class _Lines:
    """Lines for a reader of rows, which remember what one row has taken."""

    def __init__(self, lines: Iterator[tuple[str, int]]):
        self._lines = lines
        self._again: list[tuple[str, int]] = []  # the next one last
        self.taken: list[tuple[str, int]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.taken.append(self._again.pop() if self._again else next(self._lines))
        return self.taken[-1][0]

    def give_back(self) -> None:
        """All lines but the first one will come again."""
        self._again += self.taken[:0:-1]
        del self.taken[1:]


def _plain(error: csv.Error) -> str:
    """What is wrong with a row, for people who do not know the reader."""
    said = str(error)
    if "unexpected end" in said or "field limit" in said:
        return "a quotation mark at the beginning of a cell is not closed"
    if "expected after" in said:
        return "text follows the quotation mark that closes a cell"
    return said


def read_jsonl(source: Source, name: str, asked: str | None = None) -> Table:
    """A JSON value a line: a string is a sentence, an object a row whose keys are the columns.

    The columns are the keys of the first rows. Raises ListError for a file that is no text.
    """
    encoding = _encoding(source, name, asked)

    def values() -> Iterator[tuple[int, str, object]]:
        for number, (line, length) in enumerate(_lines(_opened(source, encoding)), start=1):
            line = line.strip()
            if length:
                yield number, line, _too_long(line, length)
            elif line:
                try:
                    yield number, line, json.loads(line)
                except (ValueError, RecursionError) as error:
                    yield number, line, Malformed(line, f"is no JSON: {error}.")
            else:
                yield number, line, None

    keys: dict[str, None] = {}
    objects = texts = 0
    for _, _, value in islice(values(), SAMPLED):
        if isinstance(value, dict):
            keys.update(dict.fromkeys(value))
            objects += 1
        texts += isinstance(value, str)
    columns = tuple(keys) if objects >= texts else ()

    def rows(column: int | None) -> Iterator[Row]:
        wanted = columns if column is None else columns[column : column + 1]
        for number, line, value in values():
            if value is None:
                yield number, ()
            elif isinstance(value, Malformed):
                yield number, value
            elif isinstance(value, dict if columns else str):
                yield number, tuple(value.get(key) for key in wanted) if columns else (value,)
            else:
                expected = "no object with names and values" if columns else "no text in quotation marks"
                yield number, Malformed(line, f"is {expected}, as other lines are.")

    return Table(columns, rows, encoding)
