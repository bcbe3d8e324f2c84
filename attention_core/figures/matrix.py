"""The matrices of a head, the difference of two, and its learned projections as Plotly heatmaps: data in, figure out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from attention_core.figures.heatmap import framed, heatmap, token_heatmap
from attention_core.figures.scales import signed_scale
from attention_core.matrices.names import matrix_of
from attention_core.model.tokens import Token
from attention_core.palette import Palette

if TYPE_CHECKING:
    import plotly.graph_objects as go


def matrix_figure(
    name: str,
    values: Tensor,
    tokens: tuple[Token, ...],
    palette: Palette,
    places: Sequence[int] | None = None,
    columns: tuple[Token, ...] | None = None,
    column_places: Sequence[int] | None = None,
) -> go.Figure:
    """The heatmap of one of the MATRICES: (T, S) over tokens, or (T, d) over dimensions; first row on top.

    `places` are the tokens' positions in the sentence, from 0, where they are not all of its tokens; `columns` are the tokens
    that are looked at, where those are not the ones that ask.
    """
    return _figure(matrix_spec(name, values, tokens, palette, places, columns=columns, column_places=column_places))


def matrix_spec(
    name: str,
    values: Tensor,
    tokens: tuple[Token, ...],
    palette: Palette,
    places: Sequence[int] | None = None,
    numbers: bool = True,
    top: float | None = None,
    columns: tuple[Token, ...] | None = None,
    column_places: Sequence[int] | None = None,
) -> dict:
    """The heatmap of one of the MATRICES, (T, S) or (T, d), as a figure dict, which is made in a tenth of a Figure's time.

    `places` are the tokens' positions in the sentence, from 0, where they are not all of its tokens; without `numbers` none
    stand in the cells of a short sentence, which is drawn in half the time. `top` is the weight from which on the last colour
    stands, where two pictures are to have one scale. `columns` are the tokens that are looked at, where those are not the ones
    that ask.
    """
    more = {"numbers": numbers, "top": top, "columns": columns, "column_places": column_places}
    return token_heatmap(name, matrix_of(name).symbol, name == "weights", values, tokens, palette, places, **more)


def difference_spec(
    name: str, values: Tensor, tokens: tuple[Token, ...], palette: Palette, places: Sequence[int] | None = None
) -> dict:
    """The difference B − A of one of the MATRICES over the tokens that correspond, on a scale centred on 0.

    Where nothing changed in the digits shown, no number stands in the cell.
    """
    spec = token_heatmap(name, f"{matrix_of(name).symbol}, B − A", False, values, tokens, palette, places, whole=True)
    for written in spec["data"][1:]:
        written["text"] = [text if text.strip("−0.") else "" for text in written["text"]]
    return spec


def projection_figure(part: str, weight: Tensor, bias: Tensor, palette: Palette) -> go.Figure:
    """A head's learned W (d_model, d_k) as a heatmap, its bias b (d_k,) as one row below, on the same scale."""
    return _figure(projection_spec(part, weight, bias, palette))


def projection_spec(part: str, weight: Tensor, bias: Tensor, palette: Palette) -> dict:
    """A head's learned W (d_model, d_k) and its bias b (d_k,), one row below on one scale, as a figure dict."""
    W, b = weight.numpy(), bias.numpy()[None]
    scale = signed_scale(np.concatenate([W, b]))
    letter = part.upper()
    hover = f"input %{{y}}, dimension %{{x}}<br>W<sub>{letter}</sub> = %{{z:.5f}}<extra></extra>"
    traces = [
        heatmap(W, scale, palette.signed) | {"x0": 1, "y0": 1, "hovertemplate": hover},
        heatmap(b, scale, palette.signed)
        | {"x0": 1, "yaxis": "y2", "hovertemplate": f"dimension %{{x}}<br>b<sub>{letter}</sub> = %{{z:.5f}}<extra></extra>"},
    ]
    plain = {"ticklabeloverflow": "allow", "ticks": "", "showgrid": False, "zeroline": False}
    layout = {
        "xaxis": {"visible": False},
        "yaxis": plain | {"autorange": "reversed", "domain": [0.08, 1]},
        "yaxis2": plain | {"domain": [0, 0.05], "tickvals": [0], "ticktext": ["b"]},
    }
    return framed(traces, layout, len(W), 34, 6, scale, palette)


def _figure(spec: dict) -> go.Figure:
    import plotly.graph_objects as go  # the app draws from dicts and never needs it

    figure = go.Figure(spec)
    figure.layout.template = None  # else Plotly's Python library adds its own
    return figure
