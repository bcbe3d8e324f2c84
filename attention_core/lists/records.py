"""The rows of a .csv one by one, each with the number of its line, also where quotation marks go wrong."""

import csv
import re
from collections.abc import Callable, Iterator

from attention_core.errors import ListError
from attention_core.lists.lines import LONGEST_LINE, SizedLine, too_long
from attention_core.lists.rows import Malformed

csv.field_size_limit(LONGEST_LINE)  # of one cell; the standard of 131,072 would refuse a row for a cell beside its text
_NO_SEPARATOR = "\x1f"
_SPAN = 2_000  # lines that one row takes
_AGAIN = 3_000_000  # lines of all rows that were read once more
Record = tuple[int, list[str] | Malformed, str]  # the line on which it begins, its cells, and how it stands in the file


def dialect(separator: str, quoting: str, spaced: bool = False) -> dict[str, object]:
    """What csv.reader is to know; `spaced` says that spaces follow the separators."""
    known = {"delimiter": separator or _NO_SEPARATOR, "strict": True, "skipinitialspace": spaced}
    if quoting == "none":
        return known | {"quoting": csv.QUOTE_NONE}
    return known | {"backslash": {"escapechar": "\\"}, "single": {"quotechar": "'"}}.get(quoting, {})


def records(
    lines: Iterator[SizedLine], name: str, written: dict[str, object], is_glued: Callable[[list[str]], bool] | None = None
) -> Iterator[Record]:
    """Every row; `written` is a dialect, and `is_glued` says of several lines that they are rows of their own.

    A row that cannot be read is malformed and takes no later line with it. Raises ListError where too many are.
    """
    source = _Lines(lines, written)
    reader = csv.reader(source, **written)
    number, again = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            if not source.taken:
                return
            cells = Malformed("", _UNCLOSED)  # a backslash at the end of the file
        except csv.Error as error:
            cells = Malformed("", f"is not as a .csv is written: {_plain(error)}.")
        if not isinstance(cells, Malformed) and len(source.taken) > 1 and is_glued and is_glued(source.texts()):
            last = number + len(source.taken) - 1
            cells = Malformed("", f"begins with a quotation mark that is closed only on line {last:,}, and rows lie between.")
        if isinstance(cells, Malformed):
            again += len(source.taken)
            if again > _AGAIN:
                raise ListError(
                    f"{name} has quotation marks that are not closed, from line {number:,} on. "
                    "Read it with the quoting “none”, or with another separator."
                )
            source.give_back()  # a mark that is not closed has taken lines which are none of its
            reader = csv.reader(source, **written)
        raw = "".join(source.texts()).rstrip("\r\n")
        if length := max(length for _, length in source.taken):
            yield number, too_long(raw, length), raw
        else:
            yield number, Malformed(raw, cells.reason) if isinstance(cells, Malformed) else cells, raw
        number += len(source.taken)
        source.taken.clear()


class _Lines:
    """Lines for a reader of rows, which remember what one row has taken; spaces behind quoted cells are left out."""

    def __init__(self, lines: Iterator[SizedLine], written: dict[str, object]):
        self._lines = lines
        self._padded = _padded_cell(written)
        self._again: list[SizedLine] = []  # the next one last
        self.taken: list[SizedLine] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == _SPAN:
            raise csv.Error("unexpected end")
        self.taken.append(self._again.pop() if self._again else next(self._lines))
        line = self.taken[-1][0]
        return self._padded.sub(r"\1", line) if self._padded and '" ' in line else line

    def texts(self) -> list[str]:
        return [line for line, _ in self.taken]

    def give_back(self) -> None:
        """All lines but the first one will come again."""
        self._again += self.taken[:0:-1]
        del self.taken[1:]


def _padded_cell(written: dict[str, object]) -> re.Pattern[str] | None:
    """What finds a cell in usual quotation marks, doubled inside, with spaces behind it, which csv.reader would refuse."""
    if written.get("quoting") == csv.QUOTE_NONE or "quotechar" in written or "escapechar" in written:
        return None
    separator = re.escape(str(written["delimiter"]))
    return re.compile(rf'((?:^|(?<={separator})) *+"(?:[^"]|"")*+") +(?={separator}|[\r\n]|$)')


_UNCLOSED = "is not as a .csv is written: a quotation mark at the beginning of a cell is not closed."


def _plain(error: csv.Error) -> str:
    """What is wrong with a row, for people who do not know the reader."""
    said = str(error)
    if "expected after" in said:
        return "text follows the quotation mark that closes a cell"
    if "unexpected end" in said or "field larger" in said:
        return "a quotation mark at the beginning of a cell is not closed"
    return "its cells cannot be told apart"
