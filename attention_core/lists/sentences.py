"""A person's own sentences, from a file or pasted: what was read, how, and what could not be."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from attention_core.errors import ListError
from attention_core.lists.binary import read_parquet, read_xlsx
from attention_core.lists.columns import chosen_column
from attention_core.lists.rows import SAMPLED, Line, Malformed, Source, Table, as_line, text_of
from attention_core.lists.text import read_csv, read_jsonl, read_pasted, read_text
from attention_core.writing.text import cut


@dataclass(frozen=True)
class Limits:
    """How much is read at most; None for no limit."""

    bytes: int | None
    sentences: int | None
    unpacked: int  # bytes of a file that is compressed
    columns: int = 1000
    characters: int = 100_000  # of one sentence; a model reads far less


BROWSER = Limits(20_000_000, 100_000, unpacked=200_000_000)
COMMAND_LINE = Limits(None, None, unpacked=4_000_000_000)
ENDINGS = (".txt", ".csv", ".tsv", ".xlsx", ".jsonl", ".parquet")
PREVIEWED = 8  # rows
_CELL = 200  # characters of a cell in the preview


@dataclass(frozen=True, eq=False)
class ListFacts:
    """How a file of sentences is read."""

    name: str
    encoding: str | None  # as people know it; None where the file is no text
    columns: tuple[str, ...]  # none for plain text
    column: str | None  # the chosen one
    reason: str  # why it was chosen, as a sentence; '' where there is nothing to choose
    note: str  # what else is to be known of the file; mostly ''
    preview: tuple[tuple[str, ...], ...]  # the first rows, a cell a column, long cells cut


@dataclass(frozen=True, eq=False)
class OpenList(ListFacts):
    """A file that is found readable, with all its lines when asked for."""

    lines: Callable[[], Iterator[Line]]  # from the first on, in bounded memory


@dataclass(frozen=True, eq=False)
class SentenceList(ListFacts):
    """All sentences of a file or of pasted text, in their order; repeated ones are kept."""

    sentences: tuple[str, ...]
    numbers: tuple[int, ...]  # the line or row of each, from 1
    rejected: tuple[Line, ...]
    blank: int  # lines without a text
    duplicates: int  # sentences that stood in the list before


def read_list(
    source: bytes | str | PathLike,
    name: str | None = None,
    column: str | int | None = None,
    encoding: str | None = None,
    limits: Limits = BROWSER,
) -> SentenceList:
    """Read all sentences of a file, from its bytes or its path; its name's ending says what it is.

    `column` is a name, or a place from 1; without it the column is guessed, and so is the encoding. Raises ListError for what
    `open_list` refuses, for more sentences than the limits allow, and where none is left.
    """
    return _collected(open_list(source, name, column, encoding, limits), limits)


def read_paste(text: str, limits: Limits = BROWSER) -> SentenceList:
    """The sentences of pasted text, one a line. Raises ListError for too much, and where none is there."""
    name = "The pasted text"
    _check_size(name, len(text.encode("utf-8", "surrogatepass")), limits)
    return _collected(_opened(name, read_pasted(text), None, limits), limits)


def open_list(
    source: bytes | str | PathLike,
    name: str | None = None,
    column: str | int | None = None,
    encoding: str | None = None,
    limits: Limits = COMMAND_LINE,
) -> OpenList:
    """Look at a file of sentences: encoding, columns and first rows; its lines are read when they are asked for.

    `source` is the file's bytes or its path, `name` what it is called. Raises ListError for an ending that is none of ENDINGS,
    a file that is empty, too large, damaged or not what its name says, one without a column of text, and for a column or an
    encoding that there is not.
    """
    is_bytes = isinstance(source, bytes)
    name = name or ("The file" if is_bytes else Path(source).name)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise ListError(f"{name} ends in none of {', '.join(ENDINGS)}, which say how to read it. Rename or convert it.")
    try:
        size = len(source) if is_bytes else Path(source).stat().st_size
        _check_size(name, size, limits)
        opened: Source = (lambda: io.BytesIO(source)) if is_bytes else (lambda: _open(name, Path(source)))
        return _opened(name, _table(opened, name, ending, encoding, limits), column, limits)
    except OSError as error:
        raise ListError(f"{name} cannot be read: {error.strerror or error}.") from error


def _open(name: str, path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ListError(f"{name} cannot be read: {error.strerror or error}.") from error


def _check_size(name: str, size: int, limits: Limits) -> None:
    if not size:
        raise ListError(f"{name} is empty. Give a file with at least one sentence.")
    if limits.bytes is not None and size > limits.bytes:
        raise ListError(
            f"{name} has {size / 1e6:,.1f} MB; in the browser at most {limits.bytes / 1e6:,.0f} MB are read. {_elsewhere(name)}"
        )


def _elsewhere(name: str) -> str:
    """The way out for whoever has more than the browser takes."""
    file = name if Path(name).suffix else "sentences.txt"
    return f"For more there is the command line:  python -m attention_core patterns {file} --out patterns.parquet"


def _table(opened: Source, name: str, ending: str, encoding: str | None, limits: Limits) -> Table:
    match ending:
        case ".txt":
            return read_text(opened, name, encoding)
        case ".csv" | ".tsv":
            return read_csv(opened, name, encoding, tabs=ending == ".tsv")
        case ".jsonl":
            return read_jsonl(opened, name, encoding)
        case ".xlsx":
            return read_xlsx(opened, name, limits.unpacked)
        case _:
            return read_parquet(opened, name, limits.unpacked)


def _opened(name: str, table: Table, column: str | int | None, limits: Limits) -> OpenList:
    if len(table.columns) > limits.columns:
        raise ListError(
            f"{name} has {len(table.columns):,} columns; at most {limits.columns:,} are read. "
            "Is every sentence on a row of its own? Otherwise keep the column with the sentences alone."
        )
    first = list(islice(table.rows(None), SAMPLED))
    sample = [cells for _, cells in first if not isinstance(cells, Malformed) and cells]
    if first and not sample and not any(cells == () for _, cells in first):
        raise no_sentence(name, [as_line(row, table.encoding, limits.characters) for row in first], 0)
    index, reason = chosen_column(name, table.columns, sample, column)

    def lines() -> Iterator[Line]:
        for row in table.rows(index):
            yield as_line(row, table.encoding, limits.characters)

    return OpenList(
        name=name,
        encoding=table.encoding and table.encoding.label,
        columns=table.columns,
        column=table.columns[index] if table.columns else None,
        reason=reason,
        note=table.note,
        preview=tuple(tuple(_cut(text_of(cell)) for cell in cells) for cells in sample[:PREVIEWED]),
        lines=lines,
    )


def _cut(text: str) -> str:
    return cut(text, _CELL)


def _collected(opened: OpenList, limits: Limits) -> SentenceList:
    sentences: list[Line] = []
    rejected: list[Line] = []
    blank = 0
    for line in opened.lines():
        if line.reason is not None:
            rejected.append(line)
        elif not line.text:
            blank += 1
        elif len(sentences) == limits.sentences:
            most = f"{limits.sentences:,}"
            raise ListError(
                f"{opened.name} has more than {most} sentences; in the browser at most {most} are read. "
                f"{_elsewhere(opened.name)}"
            )
        else:
            sentences.append(line)
    if not sentences:
        raise no_sentence(opened.name, rejected, blank)
    texts = tuple(line.text for line in sentences)
    return SentenceList(
        **{field.name: getattr(opened, field.name) for field in fields(ListFacts)},
        sentences=texts,
        numbers=tuple(line.number for line in sentences),
        rejected=tuple(rejected),
        blank=blank,
        duplicates=len(texts) - len(set(texts)),
    )


def no_sentence(name: str, rejected: Sequence[Line], blank: int) -> ListError:
    """What to say of a list in which no sentence is left."""
    if not rejected:
        held = f"nothing but {blank:,} blank lines" if blank else "no sentence"
        return ListError(f"{name} holds {held}. Give at least one sentence.")
    first = rejected[0]
    others = f" So it is with all {len(rejected):,} lines." if len(rejected) > 1 else ""
    return ListError(f"{name} holds no sentence that can be read: line {first.number:,} {first.reason}{others}")
