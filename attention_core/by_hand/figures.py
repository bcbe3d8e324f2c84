"""The matrices of a sheet as Plotly figures: the model's own pictures, with the number in every cell."""

from torch import Tensor

from attention_core.figures.heatmap import token_heatmap
from attention_core.figures.inks import cell_numbers
from attention_core.matrices.names import MATRICES
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.writing.numbers import number

_LARGE, _MIDDLE = 5, 8  # columns up to which a cell has room for large numbers, and for middling ones
_UPRIGHT = 4  # words whose names stand below without being turned
_BELOW = 18  # pixels for the dimensions' numbers


def sheet_spec(name: str, values: Tensor, tokens: tuple[Token, ...], palette: Palette) -> dict:
    """One of the MATRICES of a sheet, (T, T) or (T, d), its dimensions numbered below it from 1."""
    # Of a few numbers none is an outlier: the scale reaches them all.
    shown = name, MATRICES[name].symbol, name == "weights", values.float(), tokens, palette, None
    spec = token_heatmap(*shown, whole=True)
    columns = values.size(1)
    (trace, *_), layout = spec["data"], spec["layout"]
    size = 14 if columns <= _LARGE else 12 if columns <= _MIDDLE else 10
    trace = trace | {"xgap": 1, "ygap": 1}
    across = trace["y"] if "x0" not in trace else range(1, columns + 1)
    spec["data"] = [trace, cell_numbers(trace, _texts(name, values), across, trace["y"], size)]
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


def _texts(name: str, values: Tensor) -> list[list[str]]:
    """The numbers in the cells: no zeros at their end, and a power of ten where they would not fit."""
    columns = values.size(1)
    fits = 6 if columns <= _LARGE else 4 if columns <= _MIDDLE else 2  # digits before the point
    decimals = 3 if columns <= _LARGE else 2 if columns <= _MIDDLE else 1
    if name == "weights":
        decimals = 4 if columns <= _LARGE else 3
    large = values.abs().max() >= 10**fits
    return [[_power(value) if large else _trimmed(number(value, decimals)) for value in row] for row in values.tolist()]


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _power(value: float) -> str:
    """A number with two digits and a power of ten: 1.2e5."""
    if abs(value) < 1000:
        return _trimmed(number(value, 0 if abs(value) >= 10 else 1))
    digits, power = f"{abs(value):.1e}".split("e")
    return f"{'−' if value < 0 else ''}{_trimmed(digits)}e{int(power)}"
