"""The rows of a sheet of an Excel workbook, one after the other, in bounded memory and time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from attention_core.errors import ListError
from attention_core.lists.head import table_head
from attention_core.lists.options import ReadingOptions, check_options
from attention_core.lists.rows import SAMPLED, Cells, Limits, Row, Source, Table, Unreadable, check_columns, text_of
from attention_core.lists.workbook import Book, BookSheet, Pieces, archive_of, local, read_book, unescaped, walk_part

_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet of Excel
_SHEETS = 50  # that are looked at
_TRUE = ("1", "true")
_DIGITS = 9  # of a number of a row or column
_UNCOMPUTED = "holds a formula without a result. Open the file in a spreadsheet, save it, and give it again."


@dataclass
class _Hidden:
    """What a sheet does not show: rows by their number from 1, columns by their place from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


_Filled = dict[int, object]  # the cells of a row that hold something, by their place from 0


def read_xlsx(source: Source, name: str, options: ReadingOptions, limits: Limits) -> Table:
    """One sheet of an Excel workbook, by default the first that is not hidden and holds text; of a formula its last result.

    Raises ListError for what is no workbook, and for one of more than `limits.unpacked` bytes once it is unpacked.
    """
    check_options(options, name, {"names", "begin_at", "skip", "sheet", "column"}, "a workbook")
    with archive_of(source, name, limits) as archive:
        book = read_book(archive, name)
    sheet = _asked(book, name, options.sheet) if options.sheet is not None else None

    hidden = _Hidden()

    def filled(sheet: BookSheet, hidden: _Hidden | None = None) -> Iterator[tuple[int, _Filled]]:
        with archive_of(source, name, limits) as archive:
            yield from _rows(archive, sheet, book, name, hidden)

    visible = [each for each in book.sheets if not each.is_hidden] or book.sheets
    if sheet is None:
        looked_at = visible[:_SHEETS]
        spoken = (each for each in looked_at if any(map(_has_words, islice(filled(each), SAMPLED))))
        some = (each for each in looked_at if any(cells for _, cells in islice(filled(each), SAMPLED)))
        sheet = next(spoken, None) or next(some, visible[0])
    note = []
    if len(book.sheets) > 1 and options.sheet is None:
        place = "the first" if sheet is book.sheets[0] else "the first that is not hidden and holds text"
        note.append(f"Of {len(book.sheets)} sheets only “{sheet.name}” is read, {place}.")
    sample = [(number, _whole(cells)) for number, cells in _first(filled(sheet, hidden))]
    read = [cells for number, cells in sample if number >= (options.begin_at or 1)]
    width = _width(read, name, limits)
    sample = [(number, (*cells, *[None] * (width - len(cells)))) for number, cells in sample]
    head = table_head(sample, width, options)

    def rows(column: int | None) -> Iterator[Row]:
        before = head.begin_at - 1
        for number, cells in filled(sheet):
            if number < head.begin_at:
                continue
            for blank in range(before + 1, number):  # rows without a cell are not in the file
                yield blank, ()
            before = number
            if number == head.names_at or number in head.skipped:
                continue
            if column is None:
                yield number, tuple(cells.get(place) for place in range(len(head.columns)))
            else:
                yield number, (cells.get(column),)

    taken = ReadingOptions(
        names=head.names_at is not None, begin_at=head.begin_at, sheet=sheet.name,
        skip=options.skip is not False if head.skipped or options.skip is False else None,
    )  # fmt: skip
    note.append(head.note)
    if unseen := [number for number, cells in sample if cells and number in hidden.rows]:
        listed = ", ".join(f"{number:,}" for number in unseen[:5]) + ", …" * (len(unseen) > 5)
        note.append(f"Rows that the sheet hides are read like all others: {listed}.")
    names = tuple(each.name for each in book.sheets)
    return Table(head.columns, rows, None, " ".join(filter(None, note)), taken, names, frozenset(hidden.columns))


def _has_words(row: tuple[int, _Filled]) -> bool:
    """Whether a cell of a row holds several words, or one as long as in languages that part none."""
    texts = [cell for cell in row[1].values() if isinstance(cell, str)]
    return any(any(map(str.isalpha, text)) and (" " in text.strip() or not text.isascii()) for text in texts)


def _asked(book: Book, name: str, asked: str | int) -> BookSheet:
    """The sheet of this name, or at this place from 1."""
    for sheet in book.sheets:
        if sheet.name == asked:
            return sheet
    if str(asked).isdecimal() and len(str(asked)) < _DIGITS and 1 <= int(asked) <= len(book.sheets):
        return book.sheets[int(asked) - 1]
    names = ", ".join(f"“{sheet.name}”" for sheet in book.sheets[:12])
    raise ListError(f"{name} has no sheet {asked!r}: its sheets are {names}. Give one of these, or a place from 1.")


def _whole(cells: _Filled) -> Cells:
    """The row with its empty cells, to the last one that holds something."""
    last = max((place for place, cell in cells.items() if text_of(cell)), default=-1)
    return tuple(cells.get(place) for place in range(last + 1))


def _width(read: list[Cells], name: str, limits: Limits) -> int:
    """The columns of a sheet; a few rows that reach much further than the others do not count."""
    widths = [len(cells) for cells in read]
    usual = [width for width in widths if width <= limits.columns]
    if len(usual) < 0.9 * len(widths):
        check_columns(name, max(widths), limits)
    return max(usual, default=0)


def _first(rows: Iterator[tuple[int, _Filled]]) -> Iterator[tuple[int, _Filled]]:
    """The rows at the beginning that hold something: what stands far below tells nothing of the table."""
    last = None
    for number, cells in rows:
        if any(map(text_of, cells.values())):
            last = last or number + SAMPLED
            if number > last:
                return
            yield number, cells


class _Reader:
    """Collects the rows of a sheet from the events of expat."""

    def __init__(self, book: Book, name: str, sheet: BookSheet, hidden: _Hidden | None):
        self._hidden = hidden
        self.rows: deque[tuple[int, _Filled]] = deque()
        self._book, self._name, self._sheet = book, name, sheet
        self._number = 0
        self._cells: _Filled | None = None
        self._place = -1
        self._kind, self._style, self._has_formula = "n", 0, False
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._inline = Pieces()

    def taken(self) -> Iterator[tuple[int, _Filled]]:
        """The rows that are complete."""
        while self.rows:
            yield self.rows.popleft()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = local(tag)
        if tag == "c":
            self._cell(attributes)
        elif tag == "v":
            self._into = self._value
        elif tag == "f":
            self._into, self._has_formula = self._formula, True
        elif tag == "row":
            self._row(attributes.get("r"))
            if self._hidden and attributes.get("hidden") in _TRUE:
                self._hidden.rows.add(self._number)
        elif self._hidden and tag == "col" and attributes.get("hidden") in _TRUE:
            self._hide(attributes.get("min", ""), attributes.get("max", ""))
        else:
            self._inline.start(tag)

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = local(tag)
        if tag in ("v", "f"):
            self._into = None
        elif tag == "c" and self._cells is not None:
            if (cell := self._read()) is not None:
                self._cells[self._place] = cell
        elif tag == "row" and self._cells is not None:
            self.rows.append((self._number, self._cells))
            self._cells = None
        else:
            self._inline.end(tag)

    def add(self, text: str) -> None:
        """Characters of an element."""
        if self._into is not None:
            self._into.append(text)
        else:
            self._inline.add(text)

    def _hide(self, first: str, last: str) -> None:
        if all(each.isascii() and each.isdecimal() and len(each) < _DIGITS for each in (first, last)):
            self._hidden.columns |= {*range(int(first) - 1, min(int(last), _COLUMNS))}

    def _row(self, written: str | None) -> None:
        number = self._number + 1 if written is None else self._whole_number(written, "a row")
        if not self._number < number <= _ROWS:
            raise ListError(
                f"{self._name} is damaged: after row {self._number:,} of its sheet “{self._sheet.name}” stands one that "
                f"says it is row {number:,}; a sheet has at most {_ROWS:,} rows, in their order. Save it as .csv."
            )
        self._number, self._cells, self._place = number, {}, -1

    def _whole_number(self, written: str, what: str) -> int:
        if written.isascii() and written.isdecimal() and len(written) <= 20:
            return int(written)
        raise ListError(f"{self._name} is damaged: after row {self._number:,}, {what} has the number {written[:20]!r}.")

    def _cell(self, attributes: dict[str, str]) -> None:
        place = self._place + 1
        if letters := attributes.get("r", "").rstrip("0123456789"):
            place = 0
            for letter in letters[:_DIGITS]:
                place = 26 * place + ord(letter) - 64
            place -= 1
        if not 0 <= place < _COLUMNS:
            raise ListError(
                f"{self._name} is damaged: row {self._number:,} has a cell outside of the {_COLUMNS:,} columns of a sheet."
            )
        self._place, self._kind, self._has_formula = place, attributes.get("t", "n"), False
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() and len(style) < _DIGITS else -1
        self._value.clear()
        self._formula.clear()
        self._inline.take()

    def _read(self) -> object:
        """The value of the cell that ends."""
        written = "".join(self._value)
        kind = self._kind
        if kind == "inlineStr":
            return self._inline.take()
        if self._has_formula and not written and kind != "str":
            return Unreadable(_UNCOMPUTED, f"={''.join(self._formula)}")
        if not written:
            return None
        if kind == "s":
            place = int(written) if written.isdecimal() and len(written) < _DIGITS else len(self._book.texts)
            if place < len(self._book.texts):
                return self._book.texts[place]
            return Unreadable("points to a text that the workbook does not hold.")
        if kind in ("str", "d"):
            return unescaped(written)
        if kind == "b":
            return "TRUE" if written == "1" else "FALSE"
        if kind == "e":
            return Unreadable(f"holds the error {written[:20]}.", written[:20])
        return _number(written, self._style in self._book.dates, self._book.from_1904)


def _number(written: str, is_date: bool, from_1904: bool) -> object:
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    try:
        number = float(written)
        if is_date:
            date = from_excel(number, MAC_EPOCH if from_1904 else WINDOWS_EPOCH)
            is_day = isinstance(date, datetime) and not (date.hour or date.minute or date.second)
            return (date.date() if is_day else date).isoformat() if hasattr(date, "isoformat") else str(date)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    except (ValueError, OverflowError, TypeError):
        return Unreadable("holds a date that is none." if is_date else "holds a number that is none.")


def _rows(archive: object, sheet: BookSheet, book: Book, name: str, hidden: _Hidden | None) -> Iterator[tuple[int, _Filled]]:
    """The rows of a sheet that the file has, with their numbers; `hidden` takes what it does not show."""
    reader = _Reader(book, name, sheet, hidden)
    handlers = {"StartElementHandler": reader.start, "EndElementHandler": reader.end, "CharacterDataHandler": reader.add}
    return walk_part(archive, sheet.part, name, handlers, reader.taken)
