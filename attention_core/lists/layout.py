"""How the cells of a table in text are parted and quoted: guessed from its first lines, by what most of its rows agree on."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from attention_core.lists.columns import is_known
from attention_core.lists.head import are_names
from attention_core.lists.options import ReadingOptions, separator_named
from attention_core.lists.records import dialect, records
from attention_core.lists.rows import Malformed

_NUMBER = re.compile(r"\s*[-+]?\d[\d.,: /-]*\s*")
_SEP_LINE = re.compile(r'"?sep=([^\w\s"\'\\\0\ud800-\udfff]|\t)"?;*,*\s*', re.I)
_BREAKS = re.compile(r"\r\n|\r|\n")
_SELDOM = "^~:¦§\x01"  # separators, when nothing usual fits
_MANY = 3  # rows that speak against quotation marks where none speaks for them


@dataclass(frozen=True)
class Layout:
    """How rows are written, and how many cells most of them have."""

    separator: str  # '' where each row is one cell
    quoting: str
    width: int
    spaced: bool = False  # spaces follow the separators
    numeric: frozenset[int] = frozenset()  # columns of numbers
    note: str = ""

    @property
    def written(self) -> dict[str, object]:
        """The layout for csv.reader."""
        return dialect(self.separator, self.quoting, self.spaced)

    def is_glued(self, lines: Sequence[str]) -> bool:
        """Whether lines that one row has taken are rows of their own, whose quotation marks are letters.

        They are if each has as many cells as most rows, with numbers where those have numbers. Where no column has numbers,
        only tabs are a sign: sentences hold commas, and seldom tabs.
        """
        if self.width < 2 or not (self.numeric or self.separator == "\t"):
            return False
        if self.separator != "\t" and len(lines) < 3 and lines[-1].rstrip("\r\n").endswith('"'):
            return False  # a text of two lines in the last column looks the same
        plain = _plain(lines, self.separator)
        if any(len(cells) != self.width for cells in plain):
            return False
        return all(_NUMBER.fullmatch(cells[place].strip('" \r\n')) for cells in plain for place in self.numeric)


def sep_line(first: str) -> str | None:
    """The separator that a line like 'sep=;' tells, as Excel writes and reads it."""
    found = _SEP_LINE.fullmatch(first)
    return found and found[1]


def find_layout(sample: list[str], options: ReadingOptions, ending: str) -> Layout:
    """The layout of a table from its first lines; `ending` is that of the file's name."""
    if options.separator is not None:
        return _with_quoting(sample, separator_named(options.separator), options)
    if ending == ".tsv":
        return _with_quoting(sample, "\t", options)
    best, most = None, 0.0
    for sign in "\t" if ending == ".txt" else ",;\t|":
        layout = _with_quoting(sample, sign, options)
        share, spaced = _share(sample, layout), _is_spaced(sample, sign)
        score = share * (0.4 if spaced else 1) + 0.05 * min(layout.width, 4)
        # A name that columns of sentences have says more than any count.
        score += 0.3 * any(is_known(cell) for cells in _plain(sample[:5], sign) if len(cells) > 1 for cell in _bare(cells))
        if layout.width < 2 or share < (0.95 if ending == ".txt" else 0.5) or (spaced and _is_prose(sample, layout)):
            continue
        if score > most + 1e-9:
            best, most = layout, score
    if best is None and ending != ".txt":
        best = next((found for sign in _SELDOM if (found := _seldom(sample, sign, options))), None)
    if best:
        return best
    note = ""
    if ending != ".txt" and any(sum(sign in line for line in sample) > len(sample) / 2 for sign in ",;\t|"):
        note = "No separator parts most rows into equally many cells, so each row is read whole."
    plain = _with_quoting(sample, "", options)
    return Layout("", plain.quoting, 1, note=" ".join(filter(None, (note, plain.note))))


def _seldom(sample: list[str], sign: str, options: ReadingOptions) -> Layout | None:
    """The layout with a sign that seldom parts cells: it stands equally often in all lines, and in a name that is known."""
    first, *below = _plain(sample, sign) or [[]]
    is_table = (
        below and len(first) > 1 and all(len(cells) == len(first) for cells in below) and any(map(is_known, _bare(first)))
    )
    if not is_table:
        return None
    found = _with_quoting(sample, sign, options)
    return replace(found, note=f"Its cells are parted by “{sign}”. {found.note}".strip())


def _rows(sample: list[str], written: dict[str, object]) -> list[tuple[list[str] | Malformed, str]]:
    return [(cells, raw) for _, cells, raw in records(iter([(line, 0) for line in sample]), "", written) if raw.strip()]


def _with_quoting(sample: list[str], sign: str, options: ReadingOptions) -> Layout:
    """The layout with this separator, and the quoting that is asked for or fits."""
    spaced = sign in (",", ";") and _is_spaced(sample, sign)
    plain = _plain(sample, sign)
    numeric = _numeric(plain) if sign else frozenset()

    def layout(quoting: str, note: str = "") -> Layout:
        width = _width([cells for cells, _ in _rows(sample, dialect(sign, quoting, spaced)) if isinstance(cells, list)])
        return Layout(sign, quoting, width, spaced, frozenset(place for place in numeric if place < width), note)

    if options.quoting is not None:
        return layout(options.quoting)
    doubled = layout("doubled")
    if any("\\" in line for line in sample):
        backslash = layout("backslash")
        better = _share(sample, backslash) - _share(sample, doubled)
        if better > 0 or (better == 0 and _is_escaped("".join(sample))):
            return layout("backslash", "A backslash stands before quotation marks that belong to the text.")
    if sign and _is_single(sample, sign):
        single = layout("single", "Its texts stand between single quotation marks.")
        if _share(sample, single) >= _share(sample, doubled):
            return single
    against, in_favour = evidence(iter([(line, 0) for line in sample]), "", doubled, plain)
    if sign != "\t" and against >= _MANY and not in_favour:
        return layout("none", _UNQUOTED)
    return doubled


_UNQUOTED = "Its quotation marks do not balance line by line, so they are read as letters of the text."


def without_quoting(layout: Layout, sample: list[str]) -> Layout:
    """The layout for a file whose quotation marks do not balance line by line."""
    width = _width(_plain(sample, layout.separator))
    return Layout(layout.separator, "none", width, layout.spaced, layout.numeric, _UNQUOTED)


def evidence(
    lines: Iterator[tuple[str, int]], name: str, layout: Layout, plain: Sequence[list[str]] | None = None
) -> tuple[int, int]:
    """How many rows speak against quotation marks that surround cells, and how many for them; `layout` takes them so."""
    against = in_favour = 0
    width = _width(plain) if plain else layout.width
    taken = Layout(layout.separator, "none", width, numeric=layout.numeric)
    for _, cells, raw in records(lines, name, layout.written):
        if '"' not in raw:
            continue
        parts = _BREAKS.split(raw)
        if isinstance(cells, Malformed):
            against += all(len(row) == width for row in _plain(parts, layout.separator))
        elif len(parts) > 1 and taken.is_glued(parts):
            against += 1
        elif '""' in raw or len(parts) > 1 or len(_plain(parts, layout.separator)[0]) != len(cells):
            in_favour += 1
    return against, in_favour


def _plain(lines: Sequence[str], sign: str) -> list[list[str]]:
    """The cells of lines whose quotation marks mean nothing; blank lines are left out."""
    return [line.rstrip("\r\n").split(sign) if sign else [line] for line in lines if line.strip()]


def _bare(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"') for cell in cells]


def _filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have, without the last ones where these are empty in all such rows.

    Where rows differ, names above them say it: a separator in a text makes a row longer.
    """
    rows = [cells for cells in rows if cells]
    if not rows:
        return 1
    width, times = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))
    if 1 < _filled(rows[0]) < width and times < 0.9 * (len(rows) - 1) and are_names(tuple(rows[0]), rows[1:]):
        return _filled(rows[0])
    return max(1, *(_filled(cells) for cells in rows if len(cells) == width))


def _share(sample: list[str], layout: Layout) -> float:
    """The share of lines in rows of the usual width."""
    rows = _rows(sample, layout.written)
    lines = [len(_BREAKS.split(raw)) for _, raw in rows]
    fitting = [isinstance(cells, list) and has_width(cells, layout.width) for cells, _ in rows]
    return sum(count for count, is_fit in zip(lines, fitting, strict=True) if is_fit) / max(sum(lines), 1)


def has_width(cells: Sequence[str], width: int) -> bool:
    """Whether a row has so many cells, apart from empty ones at its end."""
    return len(cells) == width or (len(cells) > width and _filled(cells) <= width)


def _is_spaced(sample: Sequence[str], sign: str) -> bool:
    """Whether most of these signs stand as in prose: before a space, or as a decimal comma between digits."""
    text = "\n".join(sample)
    every = text.count(sign)
    prose = text.count(f"{sign} ") + (len(re.findall(r"\d,(?=\d)", text)) if sign == "," else 0)
    return prose > 0.5 * every


def _is_prose(sample: list[str], layout: Layout) -> bool:
    """Whether what looks like cells with spaces before them are parts of sentences."""
    rows = [cells for cells, _ in _rows(sample, layout.written) if isinstance(cells, list)]
    if not rows or len(rows[0]) != layout.width:
        return True
    return not (layout.numeric or (are_names(tuple(rows[0]), rows[1:]) and all(len(cell.split()) == 1 for cell in rows[0])))


def _numeric(plain: Sequence[Sequence[str]]) -> frozenset[int]:
    """The columns that hold nothing but numbers below the first row."""
    width = _width(plain)
    rows = [cells for cells in plain[1:] if len(cells) == width]
    columns = ([cells[place].strip(' "\r\n') for cells in rows] for place in range(width if rows else 0))
    return frozenset(place for place, cells in enumerate(columns) if all(map(_NUMBER.fullmatch, cells)))


def _is_single(sample: Sequence[str], sign: str) -> bool:
    """Whether cells stand between single quotation marks, in nearly every row, and none between usual ones."""
    text, near = "".join(sample), re.escape(sign)
    within = re.compile(rf"(?:^|{near}) ?'(?:[^']|'')*' ?(?:$|{near})", re.M)
    return '"' not in text and len(sample) > 1 and len(within.findall(text)) >= 0.8 * (len(sample) - 1)


def _is_escaped(text: str) -> bool:
    r"""Whether all quotation marks inside of cells have a backslash before them."""
    inner = len(re.findall(r'(?<=[^\s,;|\t\\])"(?=[^\s,;|\t])|""', text))
    return r"\"" in text and not inner
