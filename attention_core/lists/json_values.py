"""Sentences in .jsonl and .json: a value a line, or one array or object that holds them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TextIO

from attention_core.errors import ListError
from attention_core.lists.json_tables import is_row, keyed, parted, table_of_lists
from attention_core.lists.lines import LONGEST_LINE, encoding_of, lines_of, opened_text, too_long
from attention_core.lists.nested import Path, cells_at, columns_of
from attention_core.lists.options import ReadingOptions, check_options
from attention_core.lists.rows import SAMPLED, Limits, Malformed, Row, Source, Table, check_columns

_BLOCK = 1 << 16
_DECODER = json.JSONDecoder()
_GAP = re.compile(r"[\s,]*")  # between two values
_LONGEST = 50_000_000  # characters of one value that are held in memory


@dataclass(frozen=True)
class _Value:
    """One value of a file."""

    number: int  # of its line, or its place in an array
    text: str  # as it stands in the file; '' in an array
    value: object  # Malformed where there is none


def read_json(source: Source, name: str, options: ReadingOptions, limits: Limits) -> Table:
    """JSON values: a string is a sentence, an object a row whose keys, and the paths of nested texts, are the columns.

    The columns are those of the first rows. What is no text is blank where it is a number, true, false or NaN, and rejected
    where it is a list or an object. Raises ListError for a file that is no text.
    """
    check_options(options, name, {"encoding", "column", "names", "begin_at", "skip"}, "JSON")
    encoding = encoding_of(source, name, options.encoding)
    shape = _shape(opened_text(source, encoding))
    note = {"array": "The file is one JSON array; its items are counted from 1.", "whole": "An object has several lines."}
    note = note.get(shape, "")

    def read() -> Iterator[_Value]:
        file = opened_text(source, encoding)
        return _in_lines(file) if shape == "lines" else _in_array(file, name) if shape == "array" else _whole(file, name)

    values = read
    first = list(islice(read(), SAMPLED))
    if len(first) == 1 and (rows_in := keyed(first[0].value)):
        first = [_Value(number, "", row) for number, row in enumerate(rows_in, start=1)]
        note = "The file is one JSON object; what its keys hold is read as rows, counted from 1."
        values, first = partial(iter, first), first[:SAMPLED]
    sample = [each.value for each in first]
    if len(first) == 1 and (found := parted(sample[0])):
        names, items = found
        numbered = [(0, names), *enumerate(items, start=1)]
        return table_of_lists(lambda: iter(numbered), numbered[:SAMPLED], encoding, replace(options, names=True), note)
    if any(isinstance(value, list) and any(isinstance(item, dict) for item in value) for value in sample):
        values = partial(_items_of, values)
        sample = [each.value for each in islice(values(), SAMPLED)]
    elif 2 * sum(map(is_row, sample)) > len(sample):
        numbered = [(each.number, each.value) for each in first]
        return table_of_lists(lambda: ((each.number, each.value) for each in values()), numbered, encoding, options, note)
    check_options(options, name, {"encoding", "column"}, "JSON")
    objects = [value for value in sample if isinstance(value, dict)]
    paths = columns_of(objects, limits.columns) if len(objects) >= sum(isinstance(value, str) for value in sample) else {}
    check_columns(name, len(paths), limits)
    expected = "no object with names and values" if paths else "no text in quotation marks"
    what = "lines" if shape == "lines" else "items"
    if any(isinstance(value, dict if paths else str) for value in sample):
        expected += f", as other {what} are"
    elif not paths:
        expected += " and no object with names and values"

    def rows(column: int | None) -> Iterator[Row]:
        for each in values():
            if each.value is None:
                yield each.number, ()
            elif isinstance(each.value, Malformed):
                yield each.number, each.value
            elif not isinstance(each.value, dict if paths else str):
                yield each.number, Malformed(each.text or _shown(each.value), f"is {expected}.")
            elif not paths:
                yield each.number, (each.value,)
            elif column is None:
                yield each.number, tuple(_together(each.value, path) for path in paths.values())
            else:
                yield from _texts(each, list(paths.values())[column])

    return Table(tuple(paths), rows, encoding, note, ReadingOptions(encoding.codec))


def _items_of(values: Callable[[], Iterator[_Value]]) -> Iterator[_Value]:
    """The items of values that are lists, each with the number of its list."""
    for each in values():
        if isinstance(each.value, list):
            yield from (_Value(each.number, "", item) for item in each.value)
        else:
            yield each


def _texts(each: _Value, path: Path) -> Iterator[Row]:
    is_empty = True
    for cell in cells_at(each.value, path):
        is_empty = False
        # A number, true or NaN is no sentence; a list or an object may be one that was meant otherwise.
        yield each.number, (None if isinstance(cell, (int, float)) else cell,)
    if is_empty:
        yield each.number, ()


def _together(value: object, path: Path) -> object:
    """The cell of a preview: of several texts the first ones."""
    cells = list(islice(cells_at(value, path), 4))
    return cells[0] if len(cells) == 1 else " · ".join(str(cell) for cell in cells if cell is not None) or None


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)[:1000]


def _shape(file: TextIO) -> str:
    """Whether a file is an array, one object over several lines, or a value a line."""
    with file:
        head = file.read(LONGEST_LINE).lstrip("\ufeff \t\r\n")
    line, _, rest = head.partition("\n")
    line = line.rstrip()
    first = _parsed(line)
    if line.startswith("["):
        if isinstance(first, Malformed):
            return "array" if line == "[" or not rest or not line.endswith("]") else "lines"
        # Lines may be arrays too; an array of objects, rows or texts alone in its file holds the sentences.
        return "array" if not rest.strip() and any(isinstance(item, (dict, list, str)) for item in first) else "lines"
    if not line.startswith("{") or not isinstance(first, Malformed):
        return "lines"
    if not rest:
        return "whole"
    return "whole" if line.endswith(("{", "[", ",")) and not isinstance(_parsed(rest.partition("\n")[0]), dict) else "lines"


def _in_lines(file: TextIO) -> Iterator[_Value]:
    for number, (line, length) in enumerate(lines_of(file), start=1):
        line = line.strip().removeprefix("\ufeff")
        if length:
            yield _Value(number, line, too_long(line, length))
        elif line:
            yield from (_Value(number, line, value) for value in _values_of(line))
        else:
            yield _Value(number, line, None)


def _values_of(line: str) -> Iterator[object]:
    """The values of a line, which may be several objects, also with commas between; Malformed where one is none."""
    if not line.startswith("{"):
        yield _parsed(line)
        return
    end = 0
    while (start := _GAP.match(line, end).end()) < len(line):
        found = _value_at(line, start)
        if isinstance(found, Malformed) or not isinstance(found[0], dict):
            yield found if not end else Malformed(line, _followed(end))
            return
        value, end = found
        yield value


def _parsed(text: str) -> object:
    """The value that a text is; Malformed where it is none."""
    found = _value_at(text, 0)
    if isinstance(found, Malformed):
        return found
    value, end = found
    if text[end:].strip():
        return Malformed(text, _followed(end))
    return value


def _followed(end: int) -> str:
    return f"is no JSON: something follows on it from character {end + 1:,} on."


def _value_at(text: str, start: int) -> tuple[object, int] | Malformed:
    """The value that begins here, and where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError:
        reason = "is no JSON that can be read: its brackets lie too deep."
    except json.JSONDecodeError as error:
        line = f" of line {error.lineno:,}" if error.lineno > 1 else ""
        reason = f"is no JSON: {_plain(error.msg)} at character {error.colno:,}{line}."
    except ValueError:
        reason = "is no JSON that can be read: a number in it is too long."
    return Malformed(text[start:], reason)


_SAID = {
    "Unterminated string": "a text is not closed that begins",
    "Expecting property name": "a name in quotation marks is missing",
    "Expecting ':'": "a colon is missing",
    "Expecting ','": "a comma or the closing bracket is missing",
    "Illegal trailing comma": "a comma too many stands",
    "Invalid control": "a sign that must be written \\u… stands",
    "Invalid \\": "a backslash begins nothing that JSON knows",
    "Extra data": "something follows on it",
}


def _plain(said: str) -> str:
    """What is wrong with JSON, for people who do not know the reader."""
    return next((plain for begun, plain in _SAID.items() if said.startswith(begun)), "no value stands")


def _in_array(file: TextIO, name: str) -> Iterator[_Value]:
    """The items of an array, of which one at a time is held in memory."""
    with file:
        text = file.read(_BLOCK).lstrip("\ufeff \t\r\n")[1:]
        number, needed = 0, 1

        def cut_off(reason: str, error: Exception | None = None) -> _Value:
            if not number:
                raise ListError(f"{name} is no JSON array to its end: item 1 {reason}") from error
            return _Value(number + 1, text[:1000], Malformed(text[:1000], f"{reason} What follows on it is not read."))

        while True:
            text = text.lstrip(" \t\r\n")
            try:
                if len(text) < needed:
                    raise ValueError
                if text.startswith("]"):
                    return
                if number and not text.startswith(","):
                    yield cut_off("has no comma before it.")
                    return
                rest = text[1:].lstrip(" \t\r\n") if number else text
                if number and rest.startswith("]"):
                    return  # a comma too many
                value, end = _DECODER.raw_decode(rest)
                if end == len(rest) and not isinstance(value, (dict, list, str)):
                    raise ValueError  # a number may go on
            except RecursionError as error:
                yield cut_off("cannot be read: its brackets lie too deep.", error)
                return
            except ValueError as error:
                more = file.read(max(_BLOCK, len(text)))  # twice as much each time, so that a long item is read few times
                if not more or len(text) > _LONGEST:
                    yield cut_off("is cut off or damaged.", error)
                    return
                text += more
                continue
            number += 1
            text = rest[end:]
            yield _Value(number, "", value)


def _whole(file: TextIO, name: str) -> Iterator[_Value]:
    """One object over several lines, or several, one after the other, each with the number of its first line."""
    with file:
        text = file.read(_LONGEST + 1).removeprefix("\ufeff").rstrip()
    if len(text) > _LONGEST:
        raise ListError(
            f"{name} is one JSON object of more than {_LONGEST:,} characters. Write it as .jsonl, an object a line."
        )
    line, before = 1, 0
    while (start := _GAP.match(text, before).end()) < len(text):
        line += text.count("\n", before, start)
        found = _value_at(text, start)
        if isinstance(found, Malformed):
            yield _Value(line, text[start : start + 1000], replace(found, text=found.text[:1000]))
            return
        value, before = found
        yield _Value(line, "", value)
        line += text.count("\n", start, before)
