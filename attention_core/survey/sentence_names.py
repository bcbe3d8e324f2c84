"""A sentence of many files as one whole number: which file, and which line of it."""

from attention_core.errors import ChoiceError

UNNAMED = "Only sentences with names can be merged: give `names` to every `add`."
_LINES = 40  # bits; a file has fewer than a trillion lines, and there are fewer than eight million files


def sentence_name(file: int, line: int) -> int:
    """One number for the line of a file, both counted from 0 or both from 1; numbers are in the order of (file, line).

    Raises ChoiceError for a file or line beyond what is told apart.
    """
    if not (0 <= file < 1 << (63 - _LINES) and 0 <= line < 1 << _LINES):
        raise ChoiceError(f"Line {line:,} of file {file:,} has no name: lines go to {(1 << _LINES) - 1:,}.")
    return file << _LINES | line


def file_and_line(name: int) -> tuple[int, int]:
    """The file and line of a sentence's name."""
    return name >> _LINES, name & (1 << _LINES) - 1


def following(before: bool | None, named: bool) -> bool:
    """Whether sentences have names, where those before had or had none. Raises ChoiceError where they differ."""
    if before is not None and before != named:
        raise ChoiceError(UNNAMED)
    return named
