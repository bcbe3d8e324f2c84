"""Attention on a sheet of paper: a few words and small matrices, typed by hand, read cell by cell, computed like the model's.

A sheet holds texts as they were typed. Reading it gives numbers and says which cells hold none. Rows and columns count from 0.
"""

import math
import re
from dataclasses import dataclass, replace

import torch

from attention_core.errors import AttentionError, ChoiceError
from attention_core.model.attention import Stages, attend
from attention_core.model.tokens import Token

Texts = tuple[tuple[str, ...], ...]  # the cells of one matrix as typed, row by row
VECTORS, SCORES = "vectors", "scores"  # what a sheet starts from
WORDS, SHEET_SIZES = (2, 8), (2, 16)  # the fewest and most words; the smallest and largest d_model, d_k and d_v
LARGEST_D_K = 1024  # of given scores, which need no vectors
LARGEST = 1e6  # so that no product of four such numbers leaves what floating point can hold
LONGEST_CELL, LONGEST_WORD = 24, 16  # characters
MATRICES_OF = {VECTORS: ("x", "w_q", "w_k", "w_v"), SCORES: ("scores", "v")}
SYMBOLS = {"x": "X", "w_q": "W_Q", "w_k": "W_K", "w_v": "W_V", "scores": "QKᵀ", "v": "V"}
_BY_WORD = ("x", "scores", "v")  # whose rows are words
_MORE_WORDS = ("I", "am", "good", "at", "drawing", "big", "red", "balloons")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[^\s~\ud800-\udfff]+")  # ~ parts the words from the numbers in a link; half of a pair is no character
_HALF = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Sheet:
    """Everything that is typed: the words, the cells of each matrix, and d_k where the scores are given."""

    words: tuple[str, ...]
    cells: dict[str, Texts]
    given_d_k: int = 0  # where the sheet starts from scores

    @property
    def start(self) -> str:
        """Whether it starts from VECTORS or from SCORES."""
        return SCORES if "scores" in self.cells else VECTORS

    @property
    def sizes(self) -> dict[str, int]:
        """How many words, and d_model (none where the scores are given), d_k and d_v."""
        if self.start == SCORES:
            return {"words": len(self.words), "d_k": self.given_d_k, "d_v": len(self.cells["v"][0])}
        columns = {name: len(self.cells[name][0]) for name in ("x", "w_q", "w_v")}
        return {"words": len(self.words), "d_model": columns["x"], "d_k": columns["w_q"], "d_v": columns["w_v"]}

    def with_sizes(self, **sizes: int) -> "Sheet":
        """The sheet with some of its `sizes` changed; cells that stay keep their text. Raises ChoiceError out of range."""
        sizes = self.sizes | sizes
        for name, size in sizes.items():
            least, most = size_limits(self.start, sizes["words"])[name]
            if not least <= size <= most:
                raise ChoiceError(f"{name} = {size} is not possible here: give {least} to {most}.")
        wanted = shapes(self.start, sizes)
        words = (self.words + _MORE_WORDS[len(self.words) :])[: sizes["words"]]
        cells = {name: _resized(self.cells[name], *wanted[name]) for name in wanted}
        return Sheet(words, cells, sizes["d_k"] if self.start == SCORES else 0)


def size_limits(start: str, words: int) -> dict[str, tuple[int, int]]:
    """The smallest and the largest of each of a sheet's sizes.

    Vectors of fewer numbers than there are words cannot have any scores that one likes, so d_k of given scores is at least
    the number of words.
    """
    if start == SCORES:
        return {"words": WORDS, "d_k": (words, LARGEST_D_K), "d_v": SHEET_SIZES}
    return {"words": WORDS, "d_model": SHEET_SIZES, "d_k": SHEET_SIZES, "d_v": SHEET_SIZES}


def shapes(start: str, sizes: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Rows and columns of each matrix that is typed, by its name; `start` is VECTORS or SCORES."""
    T, d_v = sizes["words"], sizes["d_v"]
    if start == SCORES:
        return {"scores": (T, T), "v": (T, d_v)}
    d_model, d_k = sizes["d_model"], sizes["d_k"]
    return {"x": (T, d_model), "w_q": (d_model, d_k), "w_k": (d_model, d_k), "w_v": (d_model, d_v)}


def _resized(texts: Texts, rows: int, columns: int) -> Texts:
    """The cells that are there, and where there were none, 0, 1 and 2 in turn."""

    def cell(row: int, column: int) -> str:
        kept = row < len(texts) and column < len(texts[row])
        return texts[row][column] if kept else str((row + 2 * column) % 3)

    return tuple(tuple(cell(row, column) for column in range(columns)) for row in range(rows))


@dataclass(frozen=True)
class Problem:
    """One cell, or one word, that cannot be used, and why."""

    matrix: str  # "words" for a word
    row: int
    column: int
    place: str  # as people name it: X, row of “am”, column 3
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


def problems(sheet: Sheet) -> tuple[Problem, ...]:
    """Every cell and word that cannot be used, in reading order."""
    found = []
    for position, word in enumerate(sheet.words):
        if not _WORD.fullmatch(word) or len(word) > LONGEST_WORD:
            why = "is empty" if not word.strip() else f"“{_shown(word[:LONGEST_WORD])}” is not one word"
            why += f"; give 1 to {LONGEST_WORD} characters, none of them a blank or ~."
            found.append(Problem("words", position, 0, f"Word {position + 1}", why))
    for name, texts in sheet.cells.items():
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                try:
                    read_number(text)
                except AttentionError as error:
                    found.append(Problem(name, row, column, _place(sheet, name, row, column), str(error)))
    return tuple(found)


def read_number(text: str) -> float:
    """The number that a text stands for: digits with point or comma, a sign, an exponent, or a fraction of two such numbers.

    Raises AttentionError, saying why.
    """
    above, is_fraction, below = text.partition("/")
    if is_fraction and above.strip() and below.strip():
        divisor = _one_number(below)
        if divisor == 0:
            raise AttentionError(f"“{_shown(text.strip()[:LONGEST_CELL])}” divides by 0; give another number below the line.")
        return _in_range(_one_number(above) / divisor, text)
    return _in_range(_one_number(text), text)


def _one_number(text: str) -> float:
    """A number without a fraction line."""
    plain = text.strip().replace("−", "-").replace(",", ".")
    if not plain:
        raise AttentionError("the cell is empty; give a number such as 0.")
    shown = f"“{_shown(plain[:LONGEST_CELL])}”"
    if not _NUMBER.fullmatch(plain):
        bare = plain.lstrip("+-").lower()
        if bare in ("inf", "infinity", "∞"):
            raise AttentionError(f"{shown} cannot be computed with; give a number of at most {LARGEST:,.0f}.")
        raise AttentionError(f"{shown} is no number; give one such as 2, −0.5, 1/3 or 1e3.")
    return float(plain)


def _in_range(value: float, text: str) -> float:
    if abs(value) > LARGEST:
        shown = _shown(text.strip().replace("−", "-").replace(",", ".")[:LONGEST_CELL])
        raise AttentionError(f"“{shown}” is too large; give a number of at most {LARGEST:,.0f}.")
    return value + 0.0  # no minus before zero


def _shown(text: str) -> str:
    """A text that can be written as UTF-8: halves of surrogate pairs by their code points."""
    return _HALF.sub(lambda half: f"U+{ord(half[0]):04X}", text)


def _place(sheet: Sheet, name: str, row: int, column: int) -> str:
    row_name = f"row of “{_shown(sheet.words[row])}”" if name in _BY_WORD else f"row {row + 1}"
    column_name = f"column of “{_shown(sheet.words[column])}”" if name == "scores" else f"column {column + 1}"
    return f"{SYMBOLS[name]}, {row_name}, {column_name}"


def mended(sheet: Sheet, before: Sheet) -> Sheet:
    """The sheet with what cannot be used replaced by what stood there before, or by 0 where the shapes differ."""
    words, cells = list(sheet.words), {name: [list(line) for line in texts] for name, texts in sheet.cells.items()}
    same = before.sizes == sheet.sizes and not problems(before)
    for problem in problems(sheet):
        row, column = problem.row, problem.column
        if problem.matrix == "words":
            words[row] = before.words[row] if same else f"word{row + 1}"
        else:
            cells[problem.matrix][row][column] = before.cells[problem.matrix][row][column] if same else "0"
    return replace(sheet, words=tuple(words), cells={name: tuple(map(tuple, lines)) for name, lines in cells.items()})


@dataclass(frozen=True, eq=False)
class Worked:
    """A sheet, computed."""

    tokens: tuple[Token, ...]  # the words, T of them
    matrices: dict[str, list[list[float]]]  # what was typed, as numbers
    stages: Stages  # float64, all 2-D; q and k of given scores are made up, so that q kᵀ is exactly those


def work(sheet: Sheet) -> Worked:
    """Compute a sheet with the same `attend` as the model's heads, in float64. Raises AttentionError for the first problem."""
    found = problems(sheet)
    if found:
        raise AttentionError(str(found[0]))
    numbers = {name: [[read_number(text) for text in line] for line in texts] for name, texts in sheet.cells.items()}
    made = {name: torch.tensor(lines, dtype=torch.float64) for name, lines in numbers.items()}
    if sheet.start == SCORES:
        q, k = (torch.zeros(len(sheet.words), sheet.given_d_k, dtype=torch.float64) for _ in "qk")
        q[:, : len(sheet.words)] = made["scores"]
        k.fill_diagonal_(1.0)
        stages = attend(q, k, made["v"])
    else:
        stages = attend(*(made["x"] @ made[name] for name in ("w_q", "w_k", "w_v")))
    tokens = tuple(Token(word, place, False, place, None) for place, word in enumerate(sheet.words))
    return Worked(tokens, numbers, stages)


def root(d_k: int) -> str:
    """√d_k as people write it: 2, or 1.732."""
    return f"{math.sqrt(d_k):.3f}".rstrip("0").rstrip(".")
