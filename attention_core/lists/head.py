"""What stands above the sentences of a table: titles, the names of the columns, rows of questions and import ids."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from attention_core.lists.columns import is_known
from attention_core.lists.options import ReadingOptions
from attention_core.lists.rows import Cells, text_of
from attention_core.writing.text import cut

_TITLES = 30  # rows at most
_BELOW = 3  # rows under the names that may be no answers
_NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,: /-]*(e[-+]?\d+)?\s?[%€]?(T[\d:.Z+-]+)?|true|false|nan", re.I)
_NO_NAMES = "The first row is read like all others: it seems to hold no names of columns."
Numbered = tuple[int, Cells]


@dataclass(frozen=True)
class Head:
    """Where a table begins, and what of its beginning is no sentence."""

    begin_at: int  # the first row that is read
    names_at: int | None  # the row of names
    skipped: frozenset[int]  # rows under the names that are left out
    columns: tuple[str, ...]
    note: str


def table_head(sample: Sequence[Numbered], width: int, options: ReadingOptions) -> Head:
    """The head of a table from its first rows, blank ones left out; `width` is how many cells most of its rows have."""
    note = []
    if options.begin_at is not None:
        sample = [row for row in sample if row[0] >= options.begin_at]
        begin_at, start = options.begin_at, 0
    else:
        start = _titles(sample, width) if width > 1 else _before_name(sample)
        begin_at = sample[start][0] if start else 1
        if start:
            shown = "”, “".join(cut(_shown(cells), 60) for _, cells in sample[:start][:3])
            rows = f"Row {sample[0][0]} is" if start == 1 else f"{start} rows above the table are"
            note.append(f"{rows} skipped as a title: “{shown}”.")
        sample = sample[start:]
    first = sample[0][1] if sample else ()
    below = [cells for _, cells in sample[1:]]
    named = are_names(first, below) if options.names is None else options.names
    if not sample:
        return Head(begin_at, None, frozenset(), (), "")
    if not named:
        columns = tuple(f"column {place}" for place in range(1, max(width, 1) + 1))
        note += [_NO_NAMES] if options.names is None else []
        return Head(begin_at, None, frozenset(), columns, " ".join(note))
    titles = list(first[: max(width, _filled(first))])
    is_wide = sum(len(cells) == width for cells in below) >= 0.9 * len(below)
    if (
        1 < _filled(first) == width - 1
        and len(first) < width
        and is_wide
        and _is_counter([cells[0] for cells in below if cells])
    ):
        titles = ["", *titles]  # R leaves out the name of the column that counts the rows
        note.append("The names stand one column further left than the cells, as R writes them.")
    columns = distinct([*titles, *[None] * (width - len(titles))])
    if options.names is None:
        shown = ", ".join(cut(title, 40) for title in columns[:4]) + ", …" * (len(columns) > 4)
        note.append(f"Row {sample[0][0]} is taken as names: {shown}.")
    odd = _below(sample[1:], width) if options.skip is not False else {}
    if odd:
        told = " and ".join(f"row {number} ({what})" for number, what in odd.items())
        note.append(f"Under the names, {told} {'is' if len(odd) == 1 else 'are'} skipped.")
    if told := _told_apart(titles):
        note.append(told)
    return Head(begin_at, sample[0][0], frozenset(odd), columns, " ".join(note))


def are_names(first: Cells, below: Sequence[Cells] = ()) -> bool:
    """Whether the cells of a first row are names of columns, seen beside the rows below."""
    texts = [text_of(cell) for cell in first]
    filled = [text for text in texts if text]
    if not filled or any(_is_number(text) for text in filled):
        return False
    if any(map(is_known, filled)):
        return True
    columns = [[text_of(cells[place]) for cells in below if place < len(cells)] for place in range(len(texts))]
    for title, cells in zip(texts, columns, strict=True):
        cells = [cell for cell in cells if cell]
        if title and title in cells:  # a name does not come again as a value
            return False
        if title and cells and all(map(_is_number, cells)):
            return True
    if len(filled) == 1 and len([cells for cells in below if any(map(text_of, cells))]):
        return _is_single_name(filled[0], [text for cells in columns for text in cells if text])
    return not any(_is_sentence(text) for text in filled)


def _is_single_name(title: str, cells: list[str]) -> bool:
    """Whether the one filled cell of a first row looks otherwise than the texts below it."""
    if _is_sentence(title) or not cells:
        return not _is_sentence(title)
    if not any(character.isspace() for character in title):
        return any(" " in cell for cell in cells)
    ended = sum(cell.endswith((".", "!", "?", "…", "”", '"')) for cell in cells)
    return ended > 0.8 * len(cells) or 2 * len(title.split()) <= sum(len(cell.split()) for cell in cells) / len(cells)


def _is_sentence(text: str) -> bool:
    return len(text.split()) > 5 or (" " in text and text.endswith((".", "!", "?", "…")))


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _filled(cells: Cells) -> int:
    """How many cells a row has without the empty ones at its end."""
    return max((place for place, cell in enumerate(cells, start=1) if text_of(cell)), default=0)


def _shown(cells: Cells) -> str:
    return " ".join(text for cell in cells if (text := text_of(cell)))


def _titles(sample: Sequence[Numbered], width: int) -> int:
    """How many of the first rows stand above the table: those that do not reach over its columns."""
    start = 0
    while start < min(len(sample), _TITLES) and _is_comment(sample[start][1]):
        start += 1
    if 0 < start < len(sample) and are_names(sample[start][1], [cells for _, cells in sample[start + 1 :]]):
        return start
    if start := _groups(sample):
        return start
    while start < min(len(sample), _TITLES) and _is_title(sample[start][1], width):
        start += 1
    following = [cells for _, cells in sample[start:]]
    if start in (0, len(sample)) or start == _TITLES:
        return 0
    fits = all(len(cells) == width for _, cells in sample[:start])
    # Where a row of one text has as many cells as the table, it may be its first row as well.
    return start if not fits or are_names(following[0], following[1:]) else 0


def _groups(sample: Sequence[Numbered]) -> int:
    """1 where the first row names groups of the columns that the second row names; else 0."""
    if len(sample) < 3:
        return 0
    first, second = ([text_of(cell) for cell in cells] for _, cells in sample[:2])
    is_group = 0 < len(list(filter(None, first))) < len(list(filter(None, second))) and not any(map(is_known, first))
    has_gap = any(a and not b for a, b in zip(first, [*first[1:], ""][: len(second)], strict=False))
    is_named = any(map(is_known, second)) and are_names(tuple(second), [cells for _, cells in sample[2:]])
    return int(is_group and has_gap and is_named and not any(map(_is_number, filter(None, first))))


def _before_name(sample: Sequence[Numbered]) -> int:
    """How many of the first rows of a single column stand above a name that columns of sentences have."""
    return next((place for place, (_, cells) in enumerate(sample[:_BELOW]) if is_known(_shown(cells))), 0)


def _is_comment(cells: Cells) -> bool:
    return next((text for cell in cells if (text := text_of(cell))), "").startswith(("#", "//"))


def _is_title(cells: Cells, width: int) -> bool:
    texts = [text for cell in cells if (text := text_of(cell))]
    return (len(texts) == 1 and not is_known(texts[0])) or (len(cells) < width - 1 and _filled(cells) < width - 1)


def _is_counter(cells: Sequence[object]) -> bool:
    texts = [text_of(cell) for cell in cells]
    return bool(texts) and len({*texts}) == len(texts) and all(text.isdecimal() for text in texts)


def _below(sample: Sequence[Numbered], width: int) -> dict[int, str]:
    """The rows under the names that hold no answers, and what they hold: question texts, import ids, kinds of answers."""
    found: dict[int, str] = {}
    for place, (number, cells) in enumerate(sample[:_BELOW]):
        texts = [text for cell in cells if (text := text_of(cell))]
        if texts and all(re.match(r"""\{\s*['"]ImportId['"]""", text) for text in texts):
            # Qualtrics puts the questions between the names and the ids.
            found |= dict.fromkeys((above for above, _ in sample[:place]), "questions")
            return found | {number: "import ids"}
    number, cells = sample[0] if sample else (0, ())
    texts = {text_of(cell) for cell in cells} - {""}
    if texts and texts <= {"Response", "Open-Ended Response", "Other (please specify)"}:
        return {number: "kinds of answers"}
    for place in range(min(width, len(cells))):
        rest = [text for _, row in sample[1:] if place < len(row) and (text := text_of(row[place]))]
        question = text_of(cells[place])
        if len(rest) >= 2 and question.endswith(("?", "？", "؟")) and all(map(_is_number, rest)):
            return {number: "questions"}
    return found


def distinct(cells: Sequence[object]) -> tuple[str, ...]:
    """Names of columns that differ: empty ones by their place, repeated ones by a number."""
    found: dict[str, None] = {}
    times: Counter[str] = Counter()
    for place, cell in enumerate(cells, start=1):
        plain = text_of(cell) or f"column {place}"
        name = plain
        times[plain] += 1
        while name in found:
            name = f"{plain} ({max(times[plain], 2)})"
            times[plain] += name in found
        found[name] = None
    return tuple(found)


def _told_apart(cells: Sequence[object]) -> str:
    """What to say of names that stand above several columns; '' where there are none."""
    names = Counter(text for cell in cells if (text := text_of(cell)))
    repeated = sorted(name for name, count in names.items() if count > 1)
    return f"Several columns are named {', '.join(repeated)}; the later ones have a number added." if repeated else ""
