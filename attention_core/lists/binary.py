"""Sentences in files that are no text: Excel workbooks and Parquet, read row by row in bounded memory.

openpyxl reads .xlsx: it streams rows, and takes no more from the archive than the archive's directory says, which is checked
before. The faster calamine makes room for every cell up to the last one of a sheet, however far out that stands.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from zipfile import BadZipFile, ZipFile

from attention_core.errors import ListError
from attention_core.lists.encodings import kind_of
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
    text_of,
    told_apart,
)

_UNCOMPUTED = "holds a formula without a result. Open the file in a spreadsheet, save it, and give it again."
_BATCH = 1000  # rows of a Parquet file that are held in memory


def read_xlsx(source: Source, name: str, unpacked: int) -> Table:
    """The first sheet of an Excel workbook; of a formula its last result.

    Raises ListError for what is no workbook, and for one of more than `unpacked` bytes once it is unpacked.
    """
    _check_archive(source, name, unpacked)
    note = ""

    def records(data_only: bool = True, **part: int) -> Iterator[tuple[object, ...]]:
        from openpyxl import load_workbook

        nonlocal note
        with source() as file:
            try:
                book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
                sheet = book.worksheets[0]
                sheet.reset_dimensions()  # what the file says of its size may be wrong
                if len(book.sheetnames) > 1:
                    note = f"Of {len(book.sheetnames)} sheets only the first, “{sheet.title}”, is read."
                yield from sheet.iter_rows(values_only=True, **part)
            except Exception as error:  # openpyxl raises whatever a damaged file makes go wrong
                said = f"{type(error).__name__}: {_one_line(error)}"
                raise ListError(f"{name} is damaged, or no Excel workbook ({said}). Save it as .xlsx anew.") from error

    sample = list(islice(records(), SAMPLED))
    width = max(map(len, sample), default=0)
    names_at, names = next(((at, cells) for at, cells in enumerate(sample) if any(map(text_of, cells))), (0, ()))
    named = are_names(names)

    def rows(column: int | None) -> Iterator[Row]:
        part = {"max_col": width} if column is None else {"min_col": column + 1, "max_col": column + 1}
        formulas = None
        for at, cells in enumerate(records(**part)):
            if named and at == names_at:
                continue
            if column is not None and (not cells or cells[0] is None):
                # Nothing there, or a formula that no spreadsheet has computed yet: the reader tells them apart elsewhere.
                formulas = formulas or enumerate(records(data_only=False, **part))
                written = next(there for place, there in formulas if place == at)
                if written and written[0] is not None:
                    yield at + 1, Malformed(str(written[0]), _UNCOMPUTED)
                    continue
            yield at + 1, cells

    columns = distinct([*names, *[None] * (width - len(names))]) if named else numbered(width)
    return Table(columns, rows, note=f"{note} {told_apart(names) if named else NO_NAMES}".strip())


def _check_archive(source: Source, name: str, unpacked: int) -> None:
    with source() as file:
        kind = kind_of(file.read(8))
        if kind is not None and "ZIP" not in kind:
            raise ListError(f"{name} is {kind} and no .xlsx. Save it as .xlsx, without a password, and give it again.")
        try:
            size = sum(member.file_size for member in ZipFile(file).infolist())
        except (BadZipFile, ValueError, OSError) as error:
            raise ListError(f"{name} is truncated, or no Excel workbook: {error}. Save it as .xlsx anew.") from error
    if size > unpacked:
        raise ListError(
            f"{name} would unpack to {size / 1e6:,.0f} MB; at most {unpacked / 1e6:,.0f} MB are read. "
            "Save the column with the sentences as .csv and give that."
        )


def read_parquet(source: Source, name: str, unpacked: int) -> Table:
    """A Parquet file, of which only the columns that hold text can be chosen.

    Raises ListError for what is no Parquet file, and for one of more than `unpacked` bytes once it is unpacked.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    def guarded(read: Callable, *arguments: object, **options: object) -> object:
        try:
            return read(*arguments, **options)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ListError(
                f"{name} is truncated, damaged or no Parquet file ({_one_line(error)}). Write it anew, and copy it to its end."
            ) from error

    def rows(column: int | None) -> Iterator[Row]:
        number = 0
        with source() as opened:
            file = guarded(ParquetFile, opened)
            for group in range(file.num_row_groups):  # all at once, they would be read ahead
                batches = file.iter_batches(_BATCH, [group], list(columns) if column is None else [columns[column]])
                while (batch := guarded(next, batches, None)) is not None:
                    for cells in zip(*(part.to_pylist() for part in batch.columns), strict=True):
                        number += 1
                        yield number, cells

    with source() as opened:
        file = guarded(ParquetFile, opened)
        columns = tuple(file.schema_arrow.names)
        size = sum(file.metadata.row_group(index).total_byte_size for index in range(file.metadata.num_row_groups))
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    if repeated:
        raise ListError(f"{name} has several columns named {', '.join(repeated)}. Give each a name of its own.")
    if size > unpacked:
        raise ListError(
            f"{name} would unpack to {size / 1e6:,.0f} MB; at most {unpacked / 1e6:,.0f} MB are read. "
            "Write a file with the column of sentences alone."
        )
    return Table(columns, rows)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
