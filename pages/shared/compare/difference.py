"""One matrix of A, of B, and their difference: as pictures, as tables, and in the chosen cell."""

from dataclasses import replace
from functools import partial

import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.export import matrices as export
from attention_core.figures.scales import top_of_shares
from attention_core.matrices.names import MATRICES
from attention_core.weights.words import NO_COUNTERPART, cell_texts, say_largest_change
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.compare.sides import Both
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.parts.cells import arithmetic, chosen_entry, fold_button, foldable_pickers
from pages.shared.parts.matrix_picture import AxisWords, Look, draw_matrix, picked

_LARGE = 1.9  # times a small picture: as high as the two that it is between


def pictures_of_both(view: View, both: Both) -> None:
    """The matrix of A above that of B, and beside them, large, B − A; words without a counterpart are hatched."""
    title, name = MATRICES[both.name].title, both.name
    first, last = st.columns([1, 1.7], gap="medium")
    top = top_of_shares(max(len(matrix) for _, matrix in both.sides()))  # one scale for both
    for side, matrix in both.sides():
        with first:
            heading(side.letter, "weight", f"{title} of {side.letter}", side.choice.whose())
            units = side.units(name)
            members = units.members if side is both.a else both.rows.rows_of_b
            look = replace(
                _look(view, both),
                title=f"{title} of {side.letter}, {side.choice.whose()}",
                alt=f"{title} of {side.letter}, {side.choice.whose()}.",
                file=f"attention-{name}-{side.letter}",
                sentence=side.trace.text,
                top=top,
            )
            words = AxisWords(units.tokens, members, both.rows.alone("a" if side is both.a else "b"))
            _draw(view, name if side is both.a else "other", both.name, matrix, words, look)
    with last:
        heading("B − A", "weight", "The difference", "green: more in B; pink: more in A")
        look = replace(
            _look(view, both),
            title=f"{title}, B − A",
            alt=say_largest_change(both.change, both.rows.tokens, both.is_square),
            file=f"attention-{name}-difference",
            sentence=f"A: {both.a.trace.text} B: {both.b.trace.text}",
            symbol=f"{MATRICES[name].symbol}, B − A",
            is_share=False,
            is_whole=True,
            hides_zeros=True,
            tall=_LARGE,
        )
        _draw(view, "difference", name, both.change, AxisWords(both.rows.tokens, both.rows.members), look)


def _look(view: View, both: Both) -> Look:
    matrix = MATRICES[both.name]
    return Look(
        "", "", "", view.trace.text, matrix.symbol, both.name == "weights", matrix.decimals, hides_zeros=both.name == "weights"
    )


def _draw(view: View, key: str, name: str, values: Tensor, words: AxisWords, look: Look) -> None:
    chosen = {"query": view.query, "key": view.key, "dimension": session().dimension - 1}
    key = f"chart-{key}"
    draw_matrix(key, name, values, words, chosen, view.palette, look, partial(_choose, view, key))


def _choose(view: View, key: str) -> None:
    """Take over what was chosen in a picture."""
    chosen, state = picked(key, len(view.trace.tokens), view.model.config.d_model, MATRICES), st.session_state
    for field, position in (("query", chosen.query), ("key", chosen.key)):
        if position is not None and view.shown.pieces.at(position) is not None:
            state[field] = position + 1
    if chosen.dimension is not None:
        session().dimension = chosen.dimension + 1
    if chosen.name:
        session().stage = chosen.name
    if chosen.opens:
        leave_for("one_number", **chosen_entry())


def difference_tables(view: View, both: Both) -> None:
    """The numbers of the three pictures."""
    name, rows = both.name, both.rows
    ready = {
        side.letter: LazyTable(
            f"attention-{name}-{side.letter}",
            partial(export.table, name, matrix, side.units(name).tokens, side.units(name).places),
        )
        for side, matrix in both.sides()
    }
    ready["B − A"] = LazyTable(
        f"attention-{name}-difference", partial(export.table, name, both.change, rows.tokens, rows.places)
    )
    about = export.about(view.model, both.a.trace) | both.a.choice.changes()
    numbers(
        "compare", ready, about=about | {side.letter: f"{side.trace.text} ({side.choice.whose()})" for side, _ in both.sides()}
    )


def chosen_cell(view: View, both: Both) -> None:
    """The pickers of the chosen cell, with its numbers in A and in B."""
    with st.container(key="cell-bar", horizontal=True, vertical_alignment="bottom"):
        foldable_pickers(view)
        arithmetic(_cell(view, both))
        fold_button()


def _cell(view: View, both: Both) -> Markup:
    if not both.is_square:
        return Markup("Choose a word to mark its row in all pictures.")
    row, column = (both.rows.a.at(position) for position in (view.query, view.key))
    below, beside = both.rows.in_b.get(row), both.rows.in_b.get(column)
    after = None if below is None or beside is None else both.after[below, beside].item()
    said = Markup("<span>%s</span>") % phrase_html((view.cell.asking, " → ", view.cell.asked))
    for what, text in cell_texts(both.before[row, column].item(), after):
        said += Markup("<span><span class='op'>%s</span> <b>%s</b></span>") % (what, text)
    return said if after is not None else said + Markup("<span>%s</span>") % NO_COUNTERPART
