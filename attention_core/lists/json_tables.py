"""Tables in JSON: a list of cells for each row, with the names in the first one or beside them, as pandas and others write."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from attention_core.lists.columns import is_known
from attention_core.lists.encodings import Encoding
from attention_core.lists.head import table_head
from attention_core.lists.options import ReadingOptions
from attention_core.lists.rows import Malformed, Row, Table

_Numbered = tuple[int, object]


def is_row(value: object) -> bool:
    """Whether a value is a list of cells, none of which holds others."""
    return isinstance(value, list) and bool(value) and not any(isinstance(cell, (list, dict)) for cell in value)


def parted(value: object) -> tuple[list[object], list[object]] | None:
    """The names and the rows of an object that keeps them apart; None for any other."""
    if not isinstance(value, dict):
        return None
    names, rows = value.get("columns"), value.get("data")
    if is_row(names) and all(isinstance(name, str) for name in names) and isinstance(rows, list) and rows and is_row(rows[0]):
        return names, rows
    return None


def keyed(value: object) -> list[object] | None:
    """The rows of one object that names each by a key; None for any other object, which is a row itself.

    A row is an object that shares names with all others, or a text under a key with a number.
    """
    if not isinstance(value, dict) or len(value) < 2 or any(map(is_known, value)):
        return None
    rows = list(value.values())
    if all(isinstance(row, dict) and row for row in rows):
        shared = set(rows[0]).intersection(*rows)
        return rows if shared and not all(key.isdecimal() for key in shared) else None
    is_counted = all(any(map(str.isdigit, key)) for key in value)
    return rows if is_counted and all(isinstance(row, str) for row in rows) else None


def table_of_lists(
    values: Callable[[], Iterator[_Numbered]],
    sample: Sequence[_Numbered],
    encoding: Encoding,
    options: ReadingOptions,
    note: str,
) -> Table:
    """The table whose rows these lists are; one that has more or fewer cells than most, or is no such list, is malformed."""
    lists = [(number, tuple(value)) for number, value in sample if is_row(value)]
    width = Counter(len(cells) for _, cells in lists).most_common(1)[0][0]
    head = table_head(lists, width, options)

    def rows(column: int | None) -> Iterator[Row]:
        for number, cells in values():
            if number < head.begin_at or number == head.names_at or number in head.skipped:
                continue
            if isinstance(cells, Malformed):
                yield number, cells
            elif cells is None:
                yield number, ()
            elif not is_row(cells) or len(cells) > len(head.columns):
                yield number, Malformed(str(cells)[:1000], f"is no list of {width:,} cells, as most are.")
            elif column is None:
                yield number, tuple(cells)
            else:
                cell = cells[column] if column < len(cells) else None
                yield number, (None if isinstance(cell, (int, float)) else cell,)

    skips = options.skip is not False if head.skipped or options.skip is False else None
    taken = replace(ReadingOptions(encoding.codec), names=head.names_at is not None, begin_at=head.begin_at, skip=skips)
    return Table(head.columns, rows, encoding, " ".join(filter(None, (note, head.note))), taken)
