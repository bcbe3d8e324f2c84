"""Which number is explained: the matrix, the entry, and the order of its terms."""

from functools import partial

import streamlit as st

from attention_core.matrices.formulas import matrix_formula
from attention_core.matrices.names import MATRICES
from pages.shared.frame.fields import TERM_ORDERS
from pages.shared.frame.view import View
from pages.shared.parts.cells import pair_pickers
from pages.shared.parts.explanation import Explained

WITHOUT_INSIDES = ("scores", "scaled", "weights", "z")  # numbers that need no more than what attention received
_BY_DIMENSION = ("q", "k", "v", "z")


def entry_pickers(view: View) -> None:
    """The pickers of the page: query, key, matrix, dimension where it has some, and the order of the terms."""
    with st.container(key="entry-bar", horizontal=True, vertical_alignment="bottom"):
        pair_pickers(view)
        matrices = WITHOUT_INSIDES if view.is_watched else list(MATRICES)
        if st.session_state["stage"] not in matrices:
            st.session_state["stage"] = view.own["stage"] = matrices[0]
        looks = {"required": True, "wrap": True}
        st.segmented_control(
            "Matrix",
            [name for name in MATRICES if not view.is_watched or name in WITHOUT_INSIDES],
            key="stage",
            format_func=_TITLES.get,
            **looks,
        )
        if view.own["stage"] in _BY_DIMENSION:
            st.number_input("Dimension", 1, view.stages.v.size(-1), key="dimension", width=130)
        if view.own["stage"] not in ("x", "scaled"):
            st.segmented_control("Terms", list(TERM_ORDERS), key="terms", format_func=TERM_ORDERS.get, required=True)


def explained(view: View) -> Explained:
    """What the numbers of the view's cell are made of."""
    layer = view.trace.layers[view.layer]
    formula = matrix_formula("x", layer, view.stages, view.layer + 1, view.palette)
    projection = partial(view.model.projection, view.layer, view.head)
    return Explained(view.cell, view.trace.columns, layer.x, layer.x, projection, view.palette, formula)


_TITLES = {name: matrix.symbol if name in "xqkvz" else matrix.title for name, matrix in MATRICES.items()}
