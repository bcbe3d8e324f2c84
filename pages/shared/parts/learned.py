"""The learned matrices of a head, opened on demand."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from torch import Tensor

from attention_core.export.matrices import projection_table
from attention_core.figures.matrix import projection_spec
from attention_core.palette import Palette
from attention_core.writing.numbers import number
from pages.shared.base.charts import chart
from pages.shared.base.tables import LazyTable, numbers


def learned_matrices(
    key: str,
    projection: Callable[[str], tuple[Tensor, Tensor]],
    file: str,
    whose: str,
    palette: Palette,
    about: Callable[[], dict],
) -> None:
    """W (d_model, d_k) and b (d_k,) of 'q', 'k' and 'v', which `projection` gives; `file` is the name of what is saved.

    `whose` says which head's they are, `about` where a saved table comes from.
    """
    title, icon = "The learned matrices W and b of this head", ":material/grid_on:"
    with st.expander(title, icon=icon, on_change="rerun", key=key) as body:
        if not body.open:
            return
        tables = {}
        for part, place in zip("qkv", st.columns(3), strict=True):
            weight, bias = projection(part)
            letter = part.upper()
            tables[f"W_{letter}, b_{letter}"] = LazyTable(f"{file}-w_{part}", partial(projection_table, weight, bias))
            with place:
                st.latex(rf"W_{letter}\;[{weight.size(0)}{{\times}}{weight.size(1)}] \quad b_{letter}\;[{bias.size(0)}]")
                chart(
                    projection_spec(part, weight, bias, palette),
                    key=f"chart-w-{part}",
                    file=f"{file}-w_{part}",
                    alt=f"The learned matrix W_{letter} and bias b_{letter} of {whose}. "
                    f"Weights from {number(weight.min())} to {number(weight.max())}, biases to {number(bias.abs().max())}.",
                )
        numbers("projections", tables, about=about())
