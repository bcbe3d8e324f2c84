"""A person's own sentences, from a file or pasted: what was read, how, and what could not be."""

import io
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import islice
from os import PathLike
from pathlib import Path

from attention_core.errors import AttentionError, ListError
from attention_core.lists.columns import chosen_column
from attention_core.lists.json_values import read_json
from attention_core.lists.options import ReadingOptions
from attention_core.lists.parquet import read_parquet
from attention_core.lists.rows import (
    SAMPLED,
    Limits,
    Line,
    Malformed,
    Source,
    Table,
    as_line,
    check_columns,
    shown_text,
    text_of,
)
from attention_core.lists.sheets import read_xlsx
from attention_core.lists.text import read_csv, read_pasted, read_text
from attention_core.writing.text import cut

BROWSER = Limits(20_000_000, 100_000, unpacked=200_000_000, rows=2_000_000, seconds=30)
COMMAND_LINE = Limits(None, None, unpacked=4_000_000_000)
ENDINGS = (".txt", ".csv", ".tsv", ".xlsx", ".jsonl", ".json", ".parquet")
_log = logging.getLogger(__name__)
PREVIEWED = 8  # rows
BEYOND = "something in it is beyond this program"
_CELL = 200  # characters of a cell in the preview
_GUESSED = ReadingOptions()


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
    taken: ReadingOptions  # how it was read: what was asked for, and where nothing was, the guess
    sheets: tuple[str, ...]  # of a workbook


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

    @property
    def rows(self) -> int:
        """How many rows or lines were read, those without a text included."""
        return len(self.sentences) + len(self.rejected) + self.blank


def read_list(
    source: bytes | str | PathLike,
    name: str | None = None,
    options: ReadingOptions = _GUESSED,
    limits: Limits = BROWSER,
    **asked: object,
) -> SentenceList:
    """Read all sentences of a file, from its bytes or its path; its name's ending says what it is.

    `options`, or single ones by their names (column='text'), say how; the rest is guessed, and told in `taken` and `note`.
    Raises ListError for what `open_list` refuses, for more sentences than the limits allow, and where none is left.
    """
    return _collected(open_list(source, name, options, limits, **asked), limits)


def read_paste(text: str, limits: Limits = BROWSER) -> SentenceList:
    """The sentences of pasted text, one a line. Raises ListError for too much, and where none is there."""
    name = "The pasted text"
    _check_size(name, len(text.encode("utf-8", "surrogatepass")), limits)
    return _collected(_opened(name, read_pasted(text), _GUESSED, limits), limits)


def open_list(
    source: bytes | str | PathLike,
    name: str | None = None,
    options: ReadingOptions = _GUESSED,
    limits: Limits = COMMAND_LINE,
    **asked: object,
) -> OpenList:
    """Look at a file of sentences: encoding, columns and first rows; its lines are read when they are asked for.

    `source` is the file's bytes or its path, `name` what it is called; `options`, or single ones by their names, say how it is
    to be read. Raises ListError for an ending that is none of ENDINGS, a file that is empty, too large, damaged or not what its
    name says, one without a column of text, and for an option that does not fit.
    """
    options = replace(options, **asked)
    is_bytes = isinstance(source, bytes)
    name = name or ("The file" if is_bytes else Path(source).name)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise ListError(f"{name} ends in none of {', '.join(ENDINGS)}, which say how to read it. Rename or convert it.")
    with _told(name):
        size = len(source) if is_bytes else Path(source).stat().st_size
        _check_size(name, size, limits)
        opened: Source = (lambda: io.BytesIO(source)) if is_bytes else partial(Path(source).open, "rb")
    return open_source(opened, name, ending, options, limits)


def open_source(source: Source, name: str, ending: str, options: ReadingOptions, limits: Limits) -> OpenList:
    """Look at a file that `source` opens anew each time; `ending`, one of ENDINGS, says how it is read.

    Raises ListError as `open_list` does.
    """
    with _told(name):
        with source() as file:
            if not file.read(1):
                _check_size(name, 0, limits)
        return _opened(name, _table(source, name, ending, options, limits), options, limits)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever goes wrong in reading is a ListError: a file is foreign, and takes nothing else with it."""
    try:
        yield
    except AttentionError as error:
        plain = ListError(shown_text(str(error)))
        plain.facts = getattr(error, "facts", None)
        raise plain from error
    except GeneratorExit:
        raise
    except OSError as error:
        raise ListError(f"{name} cannot be read: {error.strerror or 'it is no file that can be opened'}.") from error
    except UnicodeError as error:
        raise ListError(f"{name} holds bytes that this encoding cannot have. Choose another.") from error
    except MemoryError as error:
        raise ListError(f"{name} needs more memory than there is. {_elsewhere(name)}") from error
    except Exception as error:
        _log.info("A file could not be read for a reason that no reader knows.", exc_info=error)
        raise ListError(f"{name} cannot be read: {BEYOND}. Save it anew, as .csv or .txt in UTF-8.") from error


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


def _table(opened: Source, name: str, ending: str, options: ReadingOptions, limits: Limits) -> Table:
    if ending in (".csv", ".tsv"):
        return read_csv(opened, name, options, limits, ending)
    readers = {".txt": read_text, ".jsonl": read_json, ".json": read_json, ".xlsx": read_xlsx, ".parquet": read_parquet}
    return readers[ending](opened, name, options, limits)


def _opened(name: str, table: Table, options: ReadingOptions, limits: Limits) -> OpenList:
    check_columns(name, len(table.columns), limits)
    first = list(islice(table.rows(None), SAMPLED))
    sample = [cells for _, cells in first if not isinstance(cells, Malformed) and cells]
    columns = tuple(map(shown_text, table.columns))
    guess = table.encoding.guess if table.encoding and options.encoding is None else ""
    facts = ListFacts(
        name=name,
        encoding=table.encoding and table.encoding.label,
        columns=columns,
        column=None,
        reason="",
        note=" ".join(filter(None, (shown_text(table.note), guess))),
        preview=tuple(tuple(_cut(text_of(cell)) for cell in cells) for cells in sample[:PREVIEWED]),
        taken=table.taken,
        sheets=table.sheets,
    )
    with _known(facts):
        if first and not sample and not any(cells == () for _, cells in first):
            raise no_sentence(name, [as_line(row, table.encoding, limits.characters) for row in first], 0)
        index, reason = chosen_column(name, columns, sample, options.column, table.hidden)
    column = columns[index] if columns else None
    facts = replace(facts, column=column, reason=reason, taken=replace(table.taken, column=column))

    def lines() -> Iterator[Line]:
        blank = 0  # rows one after the other
        with _told(name), _known(facts):
            for row in table.rows(index):
                line = as_line(row, table.encoding, limits.characters)
                blank = 0 if line.text or line.reason else blank + 1
                if blank > limits.blank:
                    said = f"{limits.blank:,} rows without a text one after the other, to row {line.number:,}"
                    raise ListError(f"{name} has more than {said}. Delete them, or give a file with the sentences alone.")
                yield line

    return OpenList(**vars(facts), lines=lines)


@contextmanager
def _known(facts: ListFacts) -> Iterator[None]:
    """An error of the reading tells what is known of the file."""
    try:
        yield
    except ListError as error:
        error.facts = facts
        raise


def _cut(text: str) -> str:
    return shown_text(cut(text, _CELL))


def _collected(opened: OpenList, limits: Limits) -> SentenceList:
    facts = ListFacts(**{field.name: getattr(opened, field.name) for field in fields(ListFacts)})
    with _known(facts):
        return _every(opened, facts, limits)


def _every(opened: OpenList, facts: ListFacts, limits: Limits) -> SentenceList:
    sentences: list[Line] = []
    rejected: list[Line] = []
    blank = size = 0
    end = None if limits.seconds is None else time.monotonic() + limits.seconds
    for count, line in enumerate(opened.lines()):
        if line.reason is not None:
            rejected.append(line)
        elif not line.text:
            blank += 1
        elif len(sentences) == limits.sentences:
            _too_much(
                opened.name,
                f"has more than {limits.sentences:,} sentences; in the browser at most {limits.sentences:,} are read.",
            )
        else:
            sentences.append(line)
        size += len(line.text)
        if size > limits.unpacked:
            _too_much(opened.name, f"has more than {limits.unpacked:,} characters up to row {line.number:,}.")
        if limits.rows is not None and count >= limits.rows:
            _too_much(opened.name, f"has more than {limits.rows:,} rows; in the browser at most {limits.rows:,} are read.")
        if end and count % 256 == 0 and time.monotonic() > end:
            _too_much(opened.name, f"takes longer than {limits.seconds:g} seconds to read; row {line.number:,} was reached.")
    if not sentences:
        raise no_sentence(opened.name, rejected, blank)
    texts = tuple(line.text for line in sentences)
    return SentenceList(
        **vars(facts),
        sentences=texts,
        numbers=tuple(line.number for line in sentences),
        rejected=tuple(rejected),
        blank=blank,
        duplicates=len(texts) - len(set(texts)),
    )


def _too_much(name: str, said: str) -> None:
    raise ListError(f"{name} {said} {_elsewhere(name)}")


def no_sentence(name: str, rejected: Sequence[Line], blank: int) -> ListError:
    """What to say of a list in which no sentence is left."""
    if not rejected:
        held = f"nothing but {blank:,} blank lines" if blank else "no sentence"
        return ListError(f"{name} holds {held}. Give at least one sentence.")
    first = rejected[0]
    others = f" So it is with all {len(rejected):,} lines." if len(rejected) > 1 else ""
    return ListError(f"{name} holds no sentence that can be read: line {first.number:,} {first.reason}{others}")
