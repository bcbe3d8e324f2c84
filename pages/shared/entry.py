"""Which number is explained: the matrix, the entry, and the order of its terms."""

import streamlit as st

from attention_core import TracedModel
from attention_core.matrices.names import MATRICES
from pages.shared import link
from pages.shared.cell import pair_pickers
from pages.shared.opening import View

ORDERS = {"by-size": "Largest first", "in-order": "In order"}
_BY_DIMENSION = ("q", "k", "v", "z")


def fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    d_v = model.config.d_model // model.config.heads
    return {
        "stage": link.option("stage", list(MATRICES)),
        "dimension": link.choice("dimension", d_v, 1),
        "terms": link.option("terms", list(ORDERS)),
    }


def entry_pickers(view: View) -> None:
    """The pickers of the page: query, key, matrix, dimension where it has some, and the order of the terms."""
    with st.container(key="entry", horizontal=True, vertical_alignment="bottom"):
        pair_pickers(view)
        looks = {"required": True, "wrap": True}
        st.segmented_control("Matrix", list(MATRICES), key="stage", format_func=_TITLES.get, **looks)
        if view.own["stage"] in _BY_DIMENSION:
            st.number_input("Dimension", 1, view.stages.v.size(-1), key="dimension", width=130)
        if view.own["stage"] not in ("x", "scaled"):
            st.segmented_control("Terms", list(ORDERS), key="terms", format_func=ORDERS.get, required=True)


_TITLES = {name: matrix.symbol if name in "xqkvz" else f"{matrix.badge} {matrix.title}" for name, matrix in MATRICES.items()}
