"""The lines of a text file, in bounded memory, and the few of its beginning that tell how it is written."""

import io
from collections.abc import Iterator
from typing import TextIO

from attention_core.lists.encodings import Encoding, find_encoding
from attention_core.lists.rows import SAMPLED, Malformed, Source

LONGEST_LINE = 1_000_000  # characters of one line that are held in memory
_SAMPLE = 4_000_000  # characters of all lines that tell how a file is written
_END = "\x1a"  # what DOS writes after the last line
SizedLine = tuple[str, int]  # a line, and 0; or the length of a line of which only the beginning is given


def encoding_of(source: Source, name: str, asked: str | None) -> Encoding:
    """The encoding of a file. Raises ListError for a file that is no text."""
    with source() as file:
        return find_encoding(file, name, asked)


def opened_text(source: Source, encoding: Encoding, newline: str | None = None) -> TextIO:
    """The file as text; what is no character of its encoding is marked, so that it is found again."""
    return io.TextIOWrapper(source(), encoding.codec, encoding.errors, newline)


def lines_of(file: TextIO) -> Iterator[SizedLine]:
    """Every line, without byte order marks before the first and the sign that ends a file of DOS. Closes the file."""
    with file:
        mark = "\ufeff"
        while line := file.readline(LONGEST_LINE):
            if line == _END:  # the last one: all others end in a break
                return
            length = len(line)
            ends = line
            while len(ends) == LONGEST_LINE and not ends.endswith(("\n", "\r")):
                ends = file.readline(LONGEST_LINE)
                length += len(ends)
            told = length if length > len(line) else 0
            yield line.lstrip(mark) if mark else line, told
            mark = ""


def sample_of(file: TextIO, begin_at: int = 1) -> list[str]:
    """The first lines from the one `begin_at` on."""
    found: list[str] = []
    size = 0
    with file:
        for number, (line, _) in enumerate(lines_of(file), start=1):
            if number < begin_at:
                continue
            found.append(line)
            size += len(line)
            if len(found) == SAMPLED or size > _SAMPLE:
                break
    return found


def too_long(line: str, length: int) -> Malformed:
    """What a line that is not held in memory is to a reader."""
    return Malformed(line, f"is {length:,} characters long. Is every sentence on a line of its own?")
