"""The matrices of a sheet as Plotly figures: the model's own pictures, with the number in every cell."""

from torch import Tensor

from attention_core.figures.heatmap import token_heatmap
from attention_core.matrices.names import MATRICES
from attention_core.model.tokens import Token
from attention_core.palette import Palette

_LARGE, _MIDDLE = 5, 8  # columns up to which a cell has room for large numbers, and for middling ones
_UPRIGHT = 4  # words whose names stand below without being turned
_BELOW = 18  # pixels for the dimensions' numbers


def sheet_spec(name: str, values: Tensor, tokens: tuple[Token, ...], palette: Palette) -> dict:
    """One of the MATRICES of a sheet, (T, T) or (T, d), its dimensions numbered below it from 1."""
    # Of a few numbers none is an outlier: the scale reaches them all.
    shown = name, MATRICES[name].symbol, name == "weights", values.float(), tokens, palette, None
    spec = token_heatmap(*shown, whole=True)
    columns = values.size(1)
    (trace,), layout = spec["data"], spec["layout"]
    size = 14 if columns <= _LARGE else 12 if columns <= _MIDDLE else 10
    look = {"texttemplate": _format(name, values), "textfont": {"size": size}, "xgap": 1, "ygap": 1}
    spec["data"] = [trace | look]
    layout["font"] = layout["font"] | {"size": 12}
    if "x0" not in trace and len(tokens) <= _UPRIGHT:
        shift = layout["margin"]["b"] - 24 - _BELOW - 6
        layout["xaxis"] = layout["xaxis"] | {"tickangle": 0}
        _lower(layout, -shift)
    if "x0" in trace:  # over dimensions
        plain = {"ticks": "", "showgrid": False, "zeroline": False, "automargin": False}
        layout["xaxis"] = plain | {"tickvals": list(range(1, columns + 1)), "range": [0.5, columns + 0.5]}
        _lower(layout, _BELOW)
    return spec


def _lower(layout: dict, by: int) -> None:
    """Move the legend down by some pixels."""
    layout["margin"] = layout["margin"] | {"b": layout["margin"]["b"] + by}
    layout["height"] += by
    layout["annotations"] = [one | {"yshift": one["yshift"] - by} for one in layout["annotations"]]


def _format(name: str, values: Tensor) -> str:
    """How a number is written in a cell, as d3 takes it: no zeros at its end, and a power of ten where it would not fit."""
    columns = values.size(1)
    fits = 6 if columns <= _LARGE else 4 if columns <= _MIDDLE else 2  # digits before the point
    if values.abs().max() >= 10**fits:
        return "%{z:.2~g}"
    decimals = 3 if columns <= _LARGE else 2 if columns <= _MIDDLE else 1
    if name == "weights":
        decimals = 4 if columns <= _LARGE else 3
    return f"%{{z:.{decimals}~f}}"
