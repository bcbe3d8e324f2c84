"""How a file of sentences is to be read, where a person knows it better than a guess: one record for all who read."""

from __future__ import annotations

from dataclasses import dataclass, fields

from attention_core.errors import ListError

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "none": ""}
QUOTINGS = {
    "doubled": 'a quotation mark inside of a cell is written twice: ""',
    "backslash": 'a quotation mark inside of a cell has a backslash before it: \\"',
    "single": "texts stand between single marks: '…'",
    "none": "quotation marks are letters like all others",
}
_WORDS = {"\\t": "\t", "t": "\t", "pipe": "|", "": ""}


@dataclass(frozen=True)
class ReadingOptions:
    """What is asked for; None leaves it to a guess. Of a list that is read, what was taken: None where it has no meaning."""

    encoding: str | None = None  # of a text file, as Python knows it
    separator: str | None = None  # between cells, one character or a word of SEPARATORS; '' for none
    quoting: str | None = None  # one of QUOTINGS
    names: bool | None = None  # whether the first row that is read holds the names of the columns
    begin_at: int | None = None  # the row, or line of a text file, that is read first, from 1
    skip: bool | None = None  # whether rows of questions or import ids under the names are left out
    sheet: str | int | None = None  # of a workbook, by its name or its place from 1
    column: str | int | None = None  # by its name or its place from 1

    def asked(self) -> dict[str, object]:
        """The options that are not left to a guess."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


def separator_named(asked: str) -> str:
    """The character that parts cells, from itself or its name; '' for none. Raises ListError for what cannot be one."""
    sign = asked if len(asked) == 1 else SEPARATORS.get(asked.casefold(), _WORDS.get(asked.casefold()))
    if sign is None or sign in ('"', "\\", "\r", "\n", "\0"):
        raise ListError(f"There is no separator {asked!r}: give {', '.join(SEPARATORS)}, or one character.")
    return sign


def name_of_separator(sign: str) -> str:
    """A separator as people call it."""
    return next((name for name, character in SEPARATORS.items() if character == sign), sign)


def check_options(options: ReadingOptions, name: str, meant: set[str], kind: str) -> None:
    """Raise ListError for an option that cannot be, or that files of this kind do not have; `meant` are those they have."""
    for option in options.asked():
        if option not in meant:
            raise ListError(f"{name} is {kind}, for which there is no {option.replace('_', ' ')} to choose.")
    if options.separator is not None:
        separator_named(options.separator)
    if options.quoting is not None and options.quoting not in QUOTINGS:
        raise ListError(f"There is no quoting {options.quoting!r}: give {', '.join(QUOTINGS)}.")
    if options.begin_at is not None and (isinstance(options.begin_at, bool) or options.begin_at < 1):
        raise ListError(f"Reading cannot begin at row {options.begin_at}: rows count from 1.")
