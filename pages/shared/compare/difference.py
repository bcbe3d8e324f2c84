"""One matrix of A, of B, and their difference: as pictures, as tables, and in the chosen cell."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.export import matrices as export
from attention_core.figures.matrix import difference_spec, matrix_spec
from attention_core.figures.scales import top_of_shares
from attention_core.matrices.names import MATRICES
from attention_core.weights.words import NO_COUNTERPART, cell_texts, say_largest_change
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.compare.sides import Both
from pages.shared.frame.view import View
from pages.shared.parts.cells import MarkedChart, arithmetic, fold_button, foldable_pickers, listen, pictures

_HEADING = 90  # pixels of what stands above a picture


def pictures_of_both(view: View, both: Both) -> None:
    """The matrix of A above that of B, and beside them, large, B − A."""
    title, name = MATRICES[both.name].title, both.name
    first, last = st.columns([1, 1.7], gap="medium")
    top = top_of_shares(max(len(matrix) for _, matrix in both.sides()))  # one scale for both
    for side, matrix in both.sides():
        with first:
            heading(side.letter, "weight", f"{title} of {side.letter}", side.choice.whose())
            units = side.units(name)
            chart(
                matrix_spec(name, matrix, units.tokens, view.palette, units.places, numbers=False, top=top),
                key=f"chart-{name}" if side is both.a else "chart-other",
                file=f"attention-{name}-{side.letter}",
                alt=f"{title} of {side.letter}, {side.choice.whose()}.",
            )
    with last:
        heading("B − A", "weight", "The difference", "green: more in B; pink: more in A")
        spec = difference_spec(name, both.change, both.rows.tokens, view.palette, both.rows.places)
        spec["layout"]["height"] = 2 * spec["layout"]["height"] + _HEADING
        chart(
            spec,
            key="chart-difference",
            file=f"attention-{name}-difference",
            alt=say_largest_change(both.change, both.rows.tokens, both.is_square),
        )


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
    """The pickers of the chosen cell with its numbers in A and in B, and the marks on the pictures."""
    with st.container(key="cell-bar", horizontal=True, vertical_alignment="bottom"):
        foldable_pickers(view)
        arithmetic(_cell(view, both))
        fold_button()
    others = [
        MarkedChart("chart-other", both.name, both.rows.rows_of_b),
        MarkedChart("chart-difference", both.name, both.rows.members),
    ]
    listen(view, [*pictures(view, both.name), *others])


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
