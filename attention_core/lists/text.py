"""Sentences in files that are text: a line each, or in cells of a .csv or .tsv; read in bounded memory.

csv of the standard library reads the tables, row by row. pandas does not say which row it could not read. The reader of
pyarrow hands bad rows to `invalid_row_handler`, but counts rows, not lines, and not at all where it reads in parallel; it does
not say where a quotation mark was opened that is not closed, and reads no row of a file that holds a byte which is none of its
encoding. Polars leaves out bad rows without a number (`ignore_errors`, `truncate_ragged_lines`) or stops at the first one.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from attention_core.errors import ListError
from attention_core.lists.encodings import Encoding
from attention_core.lists.head import Head, table_head
from attention_core.lists.layout import Layout, evidence, find_layout, has_width, sep_line, without_quoting
from attention_core.lists.lines import encoding_of, lines_of, opened_text, sample_of, too_long
from attention_core.lists.options import ReadingOptions, check_options, name_of_separator
from attention_core.lists.records import Record, records
from attention_core.lists.rows import SAMPLED, Cells, Limits, Malformed, Row, Source, Table, check_columns

_NULL = r"\N"  # how databases write that there is no value
_BEFORE = 300_000  # rows that are looked through for the first that tell the columns
_MEANT = {"encoding", "separator", "quoting", "names", "begin_at", "skip", "column"}


def read_text(source: Source, name: str, options: ReadingOptions, limits: Limits) -> Table:
    """Plain text, a sentence a line, or a table where tabs stand in its lines. Raises ListError for a file that is no text."""
    check_options(options, name, _MEANT, "a text file")
    encoding = encoding_of(source, name, options.encoding)
    layout = find_layout(sample_of(opened_text(source, encoding), options.begin_at or 1), options, ".txt")
    if layout.separator or options.names or options.quoting not in (None, "none"):
        table = _table(source, name, encoding, options, limits, ".txt")
        if options.separator is None and layout.separator:
            told = "Tabs part its lines into cells, so it is read as a table; the separator “none” reads each line whole."
            table = replace(table, note=f"{told} {table.note}".strip())
        return table
    begin_at = options.begin_at or 1
    taken = ReadingOptions(encoding.codec, "", "none", False, begin_at)
    return Table((), lambda column: _texts(opened_text(source, encoding), begin_at), encoding, taken=taken)


def read_pasted(text: str) -> Table:
    """Text that is there already, a sentence a line."""
    return Table((), lambda column: _texts(io.StringIO(text, newline=None)))


def _texts(file: TextIO, begin_at: int = 1) -> Iterator[Row]:
    for number, (line, length) in enumerate(lines_of(file), start=1):
        if number >= begin_at:
            yield number, too_long(line, length) if length else (line,)


def read_csv(source: Source, name: str, options: ReadingOptions, limits: Limits, ending: str = ".csv") -> Table:
    """Cells with commas, semicolons, tabs or bars between them, whichever fits.

    Rows that have more or fewer cells than most are malformed. Raises ListError for a file that is no text.
    """
    check_options(options, name, _MEANT, "a table in text")
    return _table(source, name, encoding_of(source, name, options.encoding), options, limits, ending)


def _table(source: Source, name: str, encoding: Encoding, options: ReadingOptions, limits: Limits, ending: str) -> Table:
    first = sample_of(opened_text(source, encoding, newline=""))[:1]
    told = sep_line(first[0]) if first else None
    begin_at = max(options.begin_at or 1, 2 if told else 1)
    asked = replace(options, separator=told) if told and options.separator is None else options
    sample = sample_of(opened_text(source, encoding, newline=""), begin_at)
    layout = find_layout(sample, asked, ending)

    def read(layout: Layout) -> Iterator[Record]:
        lines = lines_of(opened_text(source, encoding, newline=""))
        for _ in range(begin_at - 1):
            next(lines, None)
        for number, cells, raw in records(lines, name, layout.written, layout.is_glued):
            yield number + begin_at - 1, cells, raw

    if layout.separator == "\t" and layout.quoting == "doubled" and options.quoting is None:
        against, in_favour = evidence(lines_of(opened_text(source, encoding, newline="")), name, layout)
        if against > in_favour:
            layout = without_quoting(layout, sample)
    check_columns(name, layout.width, limits)
    head = table_head(list(_first(read(layout), name)), layout.width, options)
    check_columns(name, len(head.columns), limits)
    note = [f"The line “sep={told if told.isprintable() else name_of_separator(told)}” tells the separator."] if told else []
    note += [layout.note, head.note]
    taken = ReadingOptions(
        encoding.codec, layout.separator, layout.quoting, head.names_at is not None, max(head.begin_at, begin_at),
        options.skip is not False if head.skipped or options.skip is False else None,
    )  # fmt: skip
    return Table(
        head.columns,
        lambda column: _rows(read(layout), layout.width, head, column),
        encoding,
        " ".join(filter(None, note)),
        taken,
    )


def _first(found: Iterator[Record], name: str) -> Iterator[tuple[int, Cells]]:
    """The first rows that hold something, as far as they can be read."""
    kept = 0
    for place, (number, cells, _) in enumerate(found):
        if isinstance(cells, list) and any(cells):
            kept += 1
            yield number, tuple(cells)
        if kept == SAMPLED or (kept and place > _BEFORE):
            return
        if place > _BEFORE:
            raise ListError(f"{name} begins with more than {_BEFORE:,} rows without a text that can be read. Delete them.")


def _rows(found: Iterator[Record], width: int, head: Head, column: int | None) -> Iterator[Row]:
    """The rows below the names, with all their cells or that of one column."""
    full = len(head.columns)
    for number, cells, raw in found:
        if number < head.begin_at or number == head.names_at or number in head.skipped:
            continue
        if isinstance(cells, Malformed):
            yield number, cells
        elif not cells:
            yield number, ()
        elif len(cells) == full or has_width(cells, width):
            cells = cells[:full] if column is None else cells[column : column + 1]
            yield number, tuple(None if cell == _NULL else cell for cell in cells)
        else:
            count = "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
            hint = " Quotation marks are needed around a text that holds such a sign." if len(cells) > width else ""
            yield number, Malformed(raw, f"has {count}, most rows have {width:,}.{hint}")
