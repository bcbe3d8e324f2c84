"""The arithmetic behind one number: its formula with the model's numbers put in, in words, line by line, and as a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup
from pandas import DataFrame
from torch import Tensor

from attention_core.arithmetic import sums as core
from attention_core.arithmetic.figures import mixed_spec, products_spec, rows_spec, scaled_spec, softmax_spec
from attention_core.arithmetic.formulas import entry_formula, mixed_formula, scaled_formula, score_formula, weight_formula
from attention_core.arithmetic.ledger import Ledger, largest, scaled_ledger, softmax_ledger, sum_ledger
from attention_core.arithmetic.words import names, say_entry, say_mixed, say_scaled, say_score, say_weight, say_x
from attention_core.matrices.names import MATRICES
from attention_core.matrices.words import Cell
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.writing.phrases import Phrase, plain
from attention_core.writing.text import labels
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.parts.ledger_table import ledger_html
from pages.shared.parts.ways import Way, Ways, path_html

_LINES = 8  # of a ledger; what is left is one line more
_WORDS = 16  # that are drawn one by one where a sentence has too many for a legible picture
_INPUTS = 12  # of the d_model inputs, that are drawn one by one
_TITLES = {
    "x": ("Where x comes from", "The arithmetic of attention begins with this row of numbers."),
    "source": ("Where E comes from", "Keys and values of cross-attention are made from these rows of numbers."),
    "q": ("One entry of a query", "The word’s row of X, times a column of W, plus a bias."),
    "k": ("One entry of a key", "The word’s row of X, times a column of W, plus a bias."),
    "v": ("One entry of a value", "The word’s row of X, times a column of W, plus a bias."),
    "scores": ("One raw score", "Query and key, multiplied dimension by dimension and added up."),
    "scaled": ("One scaled score", "The raw score, divided by the root of the number of dimensions."),
    "weights": ("One weight", "Softmax: each score becomes a share of its row."),
    "z": ("One entry of Z", "Every word’s value, times its weight, added up."),
}


_LIKE, _SYMBOLS = {"source": "x"}, {"source": "E"}  # the encoder's answer looks like any input


@dataclass(frozen=True, eq=False)
class Explained:
    """One cell of one head, and what its numbers are made of."""

    cell: Cell
    keys: tuple[Token, ...]  # S of them
    x: Tensor  # (T, d_model)  the queries come from it
    source: Tensor  # (S, d_model)  keys and values come from it
    projection: Callable[[str], tuple[Tensor, Tensor]]  # W and b of 'q', 'k' or 'v'
    palette: Palette
    formula_of_x: str
    formula_of_source: str = ""  # where the source is not x

    @property
    def is_crossing(self) -> bool:
        """Whether keys and values come from another sequence than queries."""
        return self.source is not self.x


@dataclass(frozen=True)
class _Picture:
    name: str
    spec: dict
    alt: str  # what kind of picture it is; what it says follows from the words beside it


@dataclass(frozen=True)
class _Explanation:
    """What the page shows of one number."""

    formula: str
    said: Phrase
    ledger: Ledger | None = None
    columns: tuple[tuple[str, str], ...] = ()  # of the ledger: name and role, the page's own text
    chosen: int | None = None  # which of the ledger's lines
    ways: tuple[Callable[[int], Way] | None, ...] = ()  # what a number of the ledger opens, by column and the line's place
    pictures: tuple[_Picture, ...] = ()
    table: dict[str, Any] | None = None
    rows: tuple[str, ...] = ()  # the table's


def explain(view: Explained, stage: str, dimension: int, by_size: bool, ways: Ways | None = None) -> None:
    """Draw how one number of a stage comes about; `dimension` counts from 0, `by_size` puts the largest terms first.

    With `ways` every term opens its own sum, and a path leads back.
    """
    numbers_of = {"x": _x, "source": _source, "scores": _score, "scaled": _scaled, "weights": _weight, "z": _z}
    shown = numbers_of.get(stage, partial(_entry, stage))(view, dimension, by_size)
    matrix, (title, sentence), cell = MATRICES[_LIKE.get(stage, stage)], _TITLES[stage], view.cell
    text, picture = st.columns([1, 1.3], gap="large")
    if view.is_crossing and stage in ("k", "v"):
        sentence = sentence.replace("row of X", "row of E, the encoder’s answer")
    with text:
        heading(_SYMBOLS.get(stage, matrix.symbol), matrix.role, title, sentence, shown.formula)
        path = path_html(cell, ways, stage, dimension, view.is_crossing) if ways else ""
        lines = ledger_html(shown.ledger, shown.columns, shown.chosen, shown.ways, ways, _TITLES) if shown.ledger else ""
        html = Markup('<div class="number-sum">%s<p class="says %s-edge">%s</p>%s</div>')
        st.html(html % (path, matrix.role, phrase_html(shown.said), lines))
        if ways:
            ways.listen()
    with picture:
        file = f"attention-layer{cell.layer + 1}-head{cell.head + 1}-query{cell.query + 1}-key{cell.key + 1}-{stage}"
        for one in shown.pictures:
            alt = f"{one.alt} {plain(shown.said)}"
            chart(one.spec, key=f"chart-{one.name}", file=f"{file}-{one.name}", alt=alt)
        if shown.table:
            make = partial(DataFrame, shown.table, index=list(shown.rows))
            numbers("arithmetic", {"this picture": LazyTable(f"{file}-terms", make)})


def _x(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    if view.is_crossing:
        return _rows_of(view, view.formula_of_x, (*view.cell.say("x"), " From this row, W_Q makes the query."), ("query",))
    return _rows_of(view, view.formula_of_x, say_x(view.cell), ("query", "key"))


def _source(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    said = (*view.cell.say("source"), " From this row, W_K makes the key and W_V the value.")
    return _rows_of(view, view.formula_of_source, said, ("key",))


def _rows_of(view: Explained, formula: str, said: Phrase, roles: tuple[str, ...]) -> _Explanation:
    """The rows of the input that belong to the words of these roles."""
    rows, table = [], {}
    for role in roles:
        of, place = (view.x, view.cell.query) if role == "query" else (view.source, view.cell.key)
        letter = "e" if view.is_crossing and role == "key" else "x"
        values = of[place].tolist()
        rows.append((f"{letter}{_low(place)}, of the {role} word", role, values))
        table[f"{place + 1} {view.cell.word(place, role).text}"] = values
    return _Explanation(
        formula,
        said,
        pictures=(_Picture("rows", rows_spec(rows, view.palette), f"Bars over all inputs: {len(rows)} of the rows."),),
        table=table,
        rows=tuple(f"input {index}" for index in range(1, view.x.size(1) + 1)),
    )


def _entry(part: str, view: Explained, dimension: int, by_size: bool) -> _Explanation:
    row, of = (view.cell.query, view.x) if part == "q" else (view.cell.key, view.source)
    role, (weight, bias) = MATRICES[part].role, view.projection(part)
    result = getattr(view.cell.stages, part)[row, dimension].item()
    whole = core.entry(of[row], weight, bias, dimension, result)
    letter, d = part.upper(), dimension + 1
    source = "e" if view.is_crossing and part != "q" else "x"
    symbols = (
        f"{source}{_low(row)}, {_INPUTS} of its {len(whole.terms)} inputs",
        f"W<sub>{letter}</sub>, column {d}",
        f"{part}{_low(row)}[{d}]",
    )
    spec = products_spec(_ordered(whole, _INPUTS, by_size), symbols, ("input", role, role), None, view.palette)
    return _Explanation(
        entry_formula(part, whole, row, dimension, view.palette, source),
        say_entry(view.cell, part, whole, dimension, source),
        sum_ledger(_ordered(whole, _LINES, by_size)),
        (("input", ""), (source, "input"), ("× W", role), ("= product", "")),
        None,
        (lambda place: Way("x" if source == "x" else "source"), None, None),
        (_Picture("products", spec, f"Bars: the inputs with the {_INPUTS} largest products, and their sum as it grows."),),
        *_sum_table(whole, source, f"W_{letter}"),
    )


def _score(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    whole = core.score(view.cell.stages, view.cell.query, view.cell.key)
    symbols = (f"q{_low(view.cell.query)}, the query", f"k{_low(view.cell.key)}, the key", "s")
    drawn = whole.by_size() if by_size else whole
    spec = products_spec(drawn, symbols, ("query", "key", "weight"), dimension, view.palette)
    return _Explanation(
        score_formula(whole, view.cell.query, view.cell.key, dimension, view.palette),
        say_score(view.cell, whole),
        sum_ledger(_ordered(whole, _LINES, by_size, dimension)),
        (("dimension", ""), ("q", "query"), ("× k", "key"), ("= product", "")),
        dimension,
        (lambda place: Way("q", dimension=place), lambda place: Way("k", dimension=place), None),
        (_Picture("products", spec, "Bars over all dimensions: query, key, their products, and the sum as it grows."),),
        *_sum_table(whole, "q", "k"),
    )


def _scaled(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    row, words = core.softmax(view.cell.stages, view.cell.query), names(view.keys)
    scores, undivided = view.cell.stages.scores[view.cell.query].tolist(), core.undivided(view.cell.stages, view.cell.query)
    root = float(view.cell.stages.divisor)
    places, order = _places(scores, view.cell.key, by_size)
    return _Explanation(
        scaled_formula(view.cell.stages, view.cell.query, view.cell.key, view.palette),
        say_scaled(view.cell, row),
        scaled_ledger(scores, row, undivided, root, words, places),
        (("key", ""), ("s", ""), ("ŝ", "weight"), ("softmax(s)", ""), ("softmax(ŝ)", "weight")),
        view.cell.key,
        (lambda place: Way("scores", place), None, None, lambda place: Way("weights", place)),
        (
            _Picture(
                "scaled",
                scaled_spec(scores, row, undivided, root, words, order, view.cell.key, view.palette),
                "Bars over all keys: the row’s scores before and after the division, and softmax of both.",
            ),
        ),
        {"score": scores, "scaled": row.scaled, "softmax of score": undivided, "weight": row.weights},
        _rows(view),
    )


def _weight(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    row, words = core.softmax(view.cell.stages, view.cell.query), names(view.keys)
    places, order = _places(row.scaled, view.cell.key, by_size)
    ledger = softmax_ledger(row, words, places)
    return _Explanation(
        weight_formula(row, ledger, view.cell.query, view.cell.key, view.palette),
        say_weight(view.cell, row),
        ledger,
        (("key", ""), ("ŝ", "weight"), ("ŝ − m", ""), ("e<sup>ŝ − m</sup>", ""), ("÷ sum", "weight")),
        view.cell.key,
        (lambda place: Way("scaled", place), None, None, None),
        (
            _Picture(
                "softmax",
                softmax_spec(row, words, order, view.cell.key, view.palette),
                "Bars over all keys in three steps: scaled scores, powers of e, weights.",
            ),
        ),
        {"scaled": row.scaled, "minus largest": row.shifted, "power of e": row.powers, "weight": row.weights},
        _rows(view),
    )


def _z(view: Explained, dimension: int, by_size: bool) -> _Explanation:
    words, d = names(view.keys), dimension + 1
    whole, parts = (
        core.mixed(view.cell.stages, view.cell.query, dimension, words),
        core.contributions(view.cell.stages, view.cell.query),
    )
    symbols = (f"a{_low(view.cell.query)}, the weights", f"v[{d}] of every word", f"z{_low(view.cell.query)}[{d}]")
    drawn = _ordered(whole, _WORDS if len(words) > 24 else len(words), by_size, view.cell.key)
    table, _ = _sum_table(whole, "weight", f"value, dimension {d}")
    return _Explanation(
        mixed_formula(whole, view.cell.query, view.cell.key, dimension, view.palette),
        say_mixed(view.cell, whole, parts, dimension),
        sum_ledger(_ordered(whole, _LINES, by_size, view.cell.key)),
        (("word", ""), ("a", "weight"), ("× v", "value"), ("= product", "")),
        view.cell.key,
        (lambda place: Way("weights", place), lambda place: Way("v", place, dimension), None),
        (
            _Picture(
                "mixed",
                mixed_spec(drawn, symbols, parts, words, view.cell.key, dimension, view.palette),
                "Bars over words: weights, values and their products. Below, stacked bars over all "
                "dimensions of z: what each word brings.",
            ),
        ),
        table | {"length of a·v": parts.lengths.tolist(), "share of all lengths": parts.shares.tolist()},
        _rows(view),
    )


def _ordered(sum: core.Sum, most: int, by_size: bool, keep: int | None = None) -> core.Sum:
    short = sum.shortened(most, keep)
    return short.by_size() if by_size else short


def _places(values: list[float], key: int, by_size: bool) -> tuple[list[int], list[int]]:
    """Which keys the ledger lists and in which order the picture has them all."""
    few, all_keys = largest(values, _LINES, key), largest(values, len(values), key)
    return (few, all_keys) if by_size else (sorted(few), sorted(all_keys))


def _sum_table(whole: core.Sum, one: str, other: str) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    factors = zip(*(term.factors for term in whole.terms), strict=True)
    columns = dict(zip((one, other), map(list, factors), strict=True)) | {"product": [term.value for term in whole.terms]}
    return columns, tuple(f"{whole.what} {term.label}" for term in whole.terms)


def _rows(view: Explained) -> tuple[str, ...]:
    return tuple(f"{position} {word}" for position, word in enumerate(labels(view.keys), 1))


def _low(index: int) -> str:
    return f"<sub>{index + 1}</sub>"
