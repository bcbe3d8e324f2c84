"""One stage of the computation: its title, formula, picture, and what the picture says here."""

from functools import partial

import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.export import matrices as export
from attention_core.figures.matrix import matrix_spec
from attention_core.matrices.formulas import by_root, matrix_formula
from attention_core.matrices.names import BETWEEN, matrix_of, names_of, values
from attention_core.matrices.words import matrix_message
from attention_core.weights.choice_words import largest_link, mixture_formula, mixture_sentence
from attention_core.weights.units import Units
from attention_core.writing.numbers import percent
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.frame.view import View
from pages.shared.parts.provenance import file_name, origin, whose

_FORMULAS = {  # as plain text, for the pictures; those that not every model has only where they hold
    "q": "Q = X·W_Q + b_Q",
    "k": "K = X·W_K + b_K",
    "v": "V = X·W_V + b_V",
    "scores": "QKᵀ",
    "scaled": "QKᵀ ÷ √d_k",
    "weights": "A = softmax(QKᵀ ÷ √d_k)",
    "z": "Z = A·V",
}


def stage(view: View, name: str) -> None:
    """Draw one of the matrices of a head as a stage."""
    matrix = matrix_of(name)
    tex = matrix_formula(name, view.trace.layers[view.layer], view.stages, view.layer + 1, view.palette)
    heading(matrix.symbol, matrix.role, matrix.title, matrix.sentence, tex)
    said = matrix_message(name, view.trace, view.layer, view.stages)
    if name == "weights" and not view.shown.units.is_plain:
        said = largest_link(view.shown, view.choice)
    _picture(view, name, f"{matrix.title} {matrix.symbol} of {whose(view, name)}. {said}")
    said = phrase_html(view.cell.say(name)) + (_left_out(view) if name == "weights" else "")
    st.html(Markup('<p class="says %s-edge">%s</p>') % (matrix.role, said))


def mixture(view: View) -> None:
    """The weights of a mean or of rollout, which no head computed: there is nothing before them and nothing after."""
    tex = mixture_formula(view.choice, view.palette)
    heading("A", "weight", "Weights", mixture_sentence(view.choice), tex)
    _picture(view, "weights", f"Weights of {view.choice.whose()}. {largest_link(view.shown, view.choice)}")


def tables(view: View, *names: str) -> None:
    """The numbers of some of the MATRICES, as far as they are shown, as tables and as CSV, made only when they are opened."""
    ready = {}
    for name in names:
        matrix, units, columns = _shown(view, name)
        more = {"columns": columns.tokens} if columns is not units and matrix_of(name).over_tokens else {}
        make = partial(export.table, name, matrix, units.tokens, units.places, **more)
        ready[matrix_of(name).symbol] = LazyTable(f"{file_name(view, name)}-{name}", make)
    numbers("-".join(names), ready, about=origin(view))


def _picture(view: View, name: str, alt: str) -> None:
    matrix, units, columns = _shown(view, name)
    places = None if units.is_plain else units.places
    more = {}
    if columns is not units and matrix_of(name).over_tokens:
        more = {"columns": columns.tokens, "column_places": None if columns.is_plain else columns.places}
    spec = matrix_spec(name, matrix, units.tokens, view.palette, places, **more)
    formula = f" · {_FORMULAS[name]}" if name in _FORMULAS and _holds(view, name) else ""
    title = f"{matrix_of(name).title}{formula} · {whose(view, name)}"
    chart(spec, key=f"chart-{name}", file=f"{file_name(view, name)}-{name}", alt=alt, title=title)


def _holds(view: View, name: str) -> bool:
    """Whether a formula is what the model computes here: it may scale otherwise, or have more BETWEEN scaled and weights."""
    if not view.is_head or name not in ("scaled", "weights"):
        return view.is_head
    return by_root(view.stages) and (name == "scaled" or BETWEEN.keys().isdisjoint(names_of(view.stages)))


def _shown(view: View, name: str) -> tuple[Tensor, Units, Units]:
    """What is shown of a matrix, and what its rows and its columns of tokens stand for."""
    rows, columns = view.shown.rows_of(name), view.shown.columns_of(name)
    if name == "weights":
        return view.shown.weights, rows, columns
    matrix = values(name, view.trace.layers[view.layer], view.stages)
    return view.shown.matrix(name, matrix), rows, columns


def _left_out(view: View) -> str:
    """Where the switches changed what a cell shows, its shown number beside the model's own."""
    if view.shown.units.is_plain:
        return ""
    row, column = view.shown.units.at(view.query), view.shown.columns.at(view.key)
    return f" The picture shows {percent(view.shown.weights[row, column].item())}, by the switches above."
