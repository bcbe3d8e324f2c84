"""The learned matrices of a head, opened on demand."""

from functools import partial

import streamlit as st

from attention_core.export import matrices as export
from attention_core.figures.matrix import projection_spec
from attention_core.writing.numbers import number
from pages.shared.base.charts import chart
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.frame.view import View
from pages.shared.parts.provenance import file_name, origin, whose


def projections(view: View) -> None:
    """The learned matrices of the head, opened on demand."""
    with st.expander(
        "The learned matrices W and b of this head", icon=":material/grid_on:", on_change="rerun", key="head-projections"
    ) as body:
        if not body.open:
            return
        parts = {}
        for part, place in zip("qkv", st.columns(3), strict=True):
            weight, bias = view.model.projection(view.layer, view.head, part)
            letter = part.upper()
            file = f"{file_name(view)}-w_{part}"
            parts[f"W_{letter}, b_{letter}"] = LazyTable(file, partial(export.projection_table, weight, bias))
            with place:
                st.latex(rf"W_{letter}\;[{weight.size(0)}{{\times}}{weight.size(1)}] \quad b_{letter}\;[{bias.size(0)}]")
                chart(
                    projection_spec(part, weight, bias, view.palette),
                    key=f"chart-w-{part}",
                    file=file,
                    alt=f"The learned matrix W_{letter} and bias b_{letter} of {whose(view)}. "
                    f"Weights from {number(weight.min())} to {number(weight.max())}, biases to {number(bias.abs().max())}.",
                )
        numbers("projections", parts, about=origin(view))
