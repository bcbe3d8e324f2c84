"""Sentences in files that are text: a line each, in cells of a .csv or .tsv, or in .jsonl; read in bounded memory.

csv and json of the standard library read the tables, row by row: pandas does not say which row it could not read.
"""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from attention_core.encodings import Encoding, find_encoding
from attention_core.rows import NO_NAMES, SAMPLED, Malformed, Row, Source, Table, are_names, distinct, numbered

LONGEST_LINE = 1_000_000  # characters of one line that are held in memory


def read_text(source: Source, name: str) -> Table:
    """Plain text, a sentence a line. Raises ListError for a file that is no text."""
    encoding = _encoding(source, name)
    return Table((), lambda column: _texts(_opened(source, encoding)), encoding)


def read_pasted(text: str) -> Table:
    """Text that is there already, a sentence a line."""
    return Table((), lambda column: _texts(io.StringIO(text, newline=None)))


def _texts(file: TextIO) -> Iterator[Row]:
    for number, (line, length) in enumerate(_lines(file), start=1):
        yield number, _too_long(line, length) if length else (line,)


def _encoding(source: Source, name: str) -> Encoding:
    with source() as file:
        return find_encoding(file, name)


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


def read_csv(source: Source, name: str, tabs: bool = False) -> Table:
    """Cells with commas, semicolons, tabs or bars between them, as the first line has it; `tabs` says that they are tabs.

    Rows that do not have as many cells as the first one are malformed. Raises ListError for a file that is no text.
    """
    encoding = _encoding(source, name)
    first = next((line for line, _ in _lines(_opened(source, encoding)) if line.strip()), "")
    delimiter = "\t" if tabs else _delimiter(first)

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
    return Table(columns, rows, encoding, "" if named else NO_NAMES)


def _delimiter(line: str) -> str:
    try:
        return csv.Sniffer().sniff(line, delimiters=",;\t|").delimiter
    except csv.Error:  # none stands in it: one column
        return ","


def _records(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | Malformed, str]]:
    """The rows of a .csv: the number of the line on which each begins, its cells, and how it stands in the file."""
    taken: list[tuple[str, int]] = []

    def lines() -> Iterator[str]:
        for line, length in _lines(file):
            taken.append((line, length))
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = Malformed("", f"is not as a .csv is written: {_plain(error)}.")
        raw = "".join(line for line, _ in taken).rstrip("\r\n")
        if too_long := max(length for _, length in taken):
            yield number, _too_long(raw, too_long), raw
        else:
            yield number, Malformed(raw, cells.reason) if isinstance(cells, Malformed) else cells, raw
        number += len(taken)
        taken.clear()


def _plain(error: csv.Error) -> str:
    """What is wrong with a row, for people who do not know the reader."""
    said = str(error)
    if "unexpected end" in said or "field limit" in said:
        return "a quotation mark at the beginning of a cell is not closed"
    if "expected after" in said:
        return "text follows the quotation mark that closes a cell"
    return said


def read_jsonl(source: Source, name: str) -> Table:
    """A JSON value a line: a string is a sentence, an object a row whose keys are the columns.

    The columns are the keys of the first rows. Raises ListError for a file that is no text.
    """
    encoding = _encoding(source, name)

    def values() -> Iterator[tuple[int, str, object]]:
        for number, (line, length) in enumerate(_lines(_opened(source, encoding)), start=1):
            if length:
                yield number, line, _too_long(line, length)
            elif line.strip():
                try:
                    yield number, line, json.loads(line)
                except (ValueError, RecursionError) as error:
                    yield number, line, Malformed(line, f"is no JSON: {error}.")
            else:
                yield number, line, None

    keys: dict[str, None] = {}
    for _, _, value in islice(values(), SAMPLED):
        if isinstance(value, dict):
            keys.update(dict.fromkeys(value))
    columns = tuple(keys)

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
                expected = "an object with names and values" if columns else "a text in quotation marks"
                yield number, Malformed(line, f"holds no {expected}, as other lines do.")

    return Table(columns, rows, encoding)
