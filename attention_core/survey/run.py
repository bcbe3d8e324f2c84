"""Working through a file of any length, portion by portion, with a bar, and so that it can end at any moment."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, TextIO

from attention_core.errors import AttentionError
from attention_core.lists.rows import Line
from attention_core.lists.sentences import OpenList, no_sentence
from attention_core.model.lengths import Lengths
from attention_core.survey.resumable import GrowingTable

if TYPE_CHECKING:
    import pyarrow as pa

WORDLESS = "holds no word that the model reads."
_PORTION = 20_000  # characters that are computed and kept together: a second's work, of long sentences three
_SHOWN = 10  # lines that cannot be read and are told one by one
# From sentences and the numbers of their lines.
Computation = Callable[[Sequence[str], Sequence[int]], "tuple[pa.Table, Lengths]"]


def compute(opened: OpenList, growing: GrowingTable, work: Computation, total: int | None) -> Counter[str]:
    """Work through all lines that are not done yet, keep what comes of them portion by portion, and count kinds of lines.

    `total` is about how many lines there are, for the bar on the error stream. Raises KeyboardInterrupt after a signal to end,
    ListError for a file that cannot be read to its end or has no sentence; what was computed until then is kept.
    """
    from tqdm import tqdm

    counts: Counter[str] = Counter()
    start = growing.read_to
    new = (line for line in opened.lines() if line.number > start)
    first_rejected: list[Line] = []
    # Into a file goes a line now and then; on a terminal the bar moves.
    told = Told(sys.stderr)
    pace = 0.2 if told.isatty() else 30
    with tqdm(total=total, initial=start, unit=" lines", mininterval=pace, file=told) as bar, _asked_to_end() as end:
        try:
            for portion in portions(new):
                sentences = [line for line in portion if line.text and line.reason is None]
                rejected = [line for line in portion if line.reason is not None]
                table, lengths = work([line.text for line in sentences], [line.number for line in sentences])
                if not all(lengths.words):
                    table, rejected = _without_wordless(table, sentences, lengths, rejected)
                if sentences or rejected:
                    growing.add(table, portion[-1].number, rejected)
                for line in rejected[: _SHOWN - counts["rejected"]]:
                    bar.write(f"attention_core: line {line.number:,} {line.reason}", file=told)
                blank = sum(not line.text and line.reason is None for line in portion)
                counts.update(sentences=len(portion) - len(rejected) - blank, rejected=len(rejected), blank=blank)
                counts["cut"] += sum(read < tokens for tokens, read in zip(lengths.tokens, lengths.read, strict=True))
                first_rejected = first_rejected or rejected[:1]
                bar.update(portion[-1].number - bar.n)
                if end.is_set():
                    bar.write(
                        f"attention_core: Stopped after line {growing.read_to:,}. {growing.out.name} holds what is done; "
                        "the same command with --resume goes on.",
                        file=told,
                    )
                    raise KeyboardInterrupt
        except (KeyboardInterrupt, AttentionError):
            growing.settle()
            raise
        if not counts["sentences"] and not start:
            raise no_sentence(opened.name, first_rejected, counts["blank"])
        growing.settle(complete=True)
    return counts


class Told:
    """The error stream; that nobody can be told, as where its disk is full, ends no work."""

    def __init__(self, stream: TextIO | None):
        self._stream = stream

    def write(self, text: str) -> int:
        return self._try("write", text) or 0

    def flush(self) -> None:
        self._try("flush")

    def isatty(self) -> bool:
        return bool(self._try("isatty"))

    def fileno(self) -> int:
        if self._stream is None:
            raise OSError("There is no error stream.")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "utf-8"

    def _try(self, call: str, *arguments: str) -> object:
        try:
            return getattr(self._stream, call)(*arguments) if self._stream is not None else None
        except (OSError, ValueError):
            return None


def _without_wordless(
    table: pa.Table, sentences: Sequence[Line], lengths: Lengths, rejected: Sequence[Line]
) -> tuple[pa.Table, list[Line]]:
    """The table without sentences of which the model reads nothing, such as one of zero-width spaces; they are rejected too."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wordless = [replace(line, reason=WORDLESS) for line, words in zip(sentences, lengths.words, strict=True) if not words]
    is_wordless = pc.is_in(table["line"], pa.array([line.number for line in wordless], pa.int64()))
    # Of a row with several texts the others stay.
    texts = pa.array([line.text for line in wordless], pa.string())
    is_wordless = pc.and_(is_wordless, pc.is_in(table["text"].cast(pa.string()), texts))
    return table.filter(pc.invert(is_wordless)), sorted([*rejected, *wordless], key=lambda line: line.number)


def portions(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Consecutive lines of some _PORTION characters; a blank line counts as one. The texts of one row stay together."""
    portion: list[Line] = []
    size = 0
    for line in lines:
        if size >= _PORTION and line.number != portion[-1].number:
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += len(line.text) + 1
    if portion:
        yield portion


@contextmanager
def _asked_to_end() -> Iterator[Event]:
    """Set by the first Ctrl-C, end of the session or polite kill, so that a portion is finished; the second one breaks off."""
    asked = Event()
    names = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

    def handle(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {name: signal.signal(name, handle) for name in names}
    try:
        yield asked
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
