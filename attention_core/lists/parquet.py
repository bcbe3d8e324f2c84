"""Sentences in Parquet files, read in bounded memory whatever a cell holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from attention_core.errors import AttentionError, ListError
from attention_core.lists.nested import cells_at, columns_of, unlike
from attention_core.lists.options import ReadingOptions, check_options
from attention_core.lists.rows import SAMPLED, Limits, Row, Source, Table, Unreadable, check_columns

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1000  # rows that are held in memory
_NO_UTF8 = "holds bytes that are no text in UTF-8."
_ODD = "holds a value that cannot be shown."


def read_parquet(source: Source, name: str, options: ReadingOptions, limits: Limits) -> Table:
    """A Parquet file; texts that are stored as bytes are read where they are UTF-8, nested ones by a dotted path.

    Raises ListError for what is no Parquet file, and for one of more than `limits.unpacked` bytes once it is unpacked.
    """
    check_options(options, name, {"column"}, "a Parquet file")
    from pyarrow import types
    from pyarrow.parquet import ParquetFile

    def guarded(read: Callable, *arguments: object, **named: object) -> object:
        try:
            return read(*arguments, **named)
        except AttentionError:
            raise
        except Exception as error:  # a damaged file makes anything go wrong
            if type(error).__name__ == "ArrowNotImplementedError":
                said = "is written in a way that this reader does not know. Write it anew with the compression snappy."
            else:
                said = "is truncated, damaged or no Parquet file. Write it anew, and copy it to its end."
            raise ListError(f"{name} {said}") from error

    def looked_at() -> tuple[list[str], list[bool], list[str], int]:
        with source() as file:
            if file.read(4) == b"PARE":
                raise ListError(f"{name} is an encrypted Parquet file. Write it without encryption.")
        with source() as file:
            parquet = ParquetFile(file)
            schema, metadata = parquet.schema_arrow, parquet.metadata
            nested = [types.is_nested(field.type) for field in schema]
            # A text that stands in many rows is kept once, and not decoded for each of them.
            once = [field.name for field in schema if _is_text(field.type) and "." not in field.name]
            size = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
            return list(schema.names), nested, once, size

    top, nested, once, size = guarded(looked_at)
    if not top:
        raise ListError(f"{name} has no columns. Give a file with a column of sentences.")
    check_columns(name, len(top), limits)
    repeated = sorted({column for column in top if top.count(column) > 1})
    if repeated:
        raise ListError(f"{name} has several columns named {', '.join(repeated)}. Give each a name of its own.")
    if size > limits.unpacked:
        raise ListError(
            f"{name} would unpack to {size / 1e6:,.0f} MB; at most {limits.unpacked / 1e6:,.0f} MB are read. "
            "Write a file with the column of sentences alone."
        )

    def records(columns: list[str]) -> Iterator[tuple[object, ...]]:
        with source() as file:
            parquet = guarded(ParquetFile, file, read_dictionary=[column for column in columns if column in once])
            for group in range(parquet.num_row_groups):  # all at once, they would be read ahead
                batches = guarded(parquet.iter_batches, _BATCH, [group], columns)
                while (batch := guarded(next, batches, None)) is not None:
                    # By name: where a name has dots, more columns come than were asked for.
                    parts = [batch.column(batch.schema.get_field_index(column)) for column in columns]
                    yield from zip(*(guarded(_cells, part) for part in parts), strict=True)

    paths = {column: (column,) for column, is_nested in zip(top, nested, strict=True) if not is_nested}
    if any(nested):
        deep = [column for column, is_nested in zip(top, nested, strict=True) if is_nested]
        sample = [dict(zip(deep, cells, strict=True)) for cells in islice(records(deep), SAMPLED)]
        found = {path[0]: {} for path in columns_of(sample, limits.columns).values()} if sample else {}
        for column, path in columns_of(sample, limits.columns).items():
            found[path[0]][column] = path
        every = {column: found.get(column, {column: (column,)}) for column in deep} | {
            column: {column: path} for column, path in paths.items()
        }
        paths = {}
        for column in top:
            paths |= {unlike(title, paths): path for title, path in every[column].items()}
        check_columns(name, len(paths), limits)

    def rows(column: int | None) -> Iterator[Row]:
        if column is None:
            places = {title: place for place, title in enumerate(top)}
            for number, cells in enumerate(records(top), start=1):
                yield number, tuple(_together(cells[places[path[0]]], path[1:]) for path in paths.values())
            return
        first, *rest = list(paths.values())[column]
        for number, (cell,) in enumerate(records([first]), start=1):
            several = [_as_text(each) for each in cells_at(cell, tuple(rest))]
            yield from ((number, (each,)) for each in several or [None])

    return Table(tuple(paths), rows, taken=ReadingOptions())


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return types.is_string(kind) or types.is_binary(kind) or types.is_large_string(kind) or types.is_large_binary(kind)


def _cells(array: pa.Array) -> list[object]:
    """The cells of a column; bytes as text, and what Python has no value for as unreadable."""
    from pyarrow import types

    if types.is_dictionary(array.type):
        places = array.indices.to_pylist()
        wanted = sorted({place for place in places if place is not None})
        known = dict(zip(wanted, _each(array.dictionary, wanted), strict=True))
        return [None if place is None else known[place] for place in places]
    try:
        cells = array.to_pylist(maps_as_pydicts="lossy")
    except Exception:  # text that is no UTF-8, dates beyond the year 9999, unknown time zones
        return _each(array, range(len(array)))
    return [_as_text(cell) for cell in cells] if types.is_nested(array.type) or _holds_bytes(array.type) else cells


def _holds_bytes(kind: pa.DataType) -> bool:
    from pyarrow import types

    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind) or "binary" in str(kind)


def _each(array: pa.Array, places: range | list[int]) -> list[object]:
    from pyarrow import types

    odd = _NO_UTF8 if _is_text(array.type) or "string" in str(array.type) else _ODD
    is_nested = types.is_nested(array.type)
    cells: list[object] = []
    for place in places:
        try:
            cells.append(_as_text(array[place].as_py(maps_as_pydicts="lossy")))
        except Exception:
            cells.append(Unreadable(_ODD if is_nested else odd))
    return cells


def _as_text(cell: object) -> object:
    if isinstance(cell, bytes):
        try:
            return cell.decode("utf-8")
        except UnicodeDecodeError:
            return Unreadable(_NO_UTF8)
    return cell


def _together(cell: object, path: tuple) -> object:
    cells = list(islice(cells_at(cell, path), 4))
    return cells[0] if len(cells) == 1 else " · ".join(str(each) for each in cells if each is not None) or None
