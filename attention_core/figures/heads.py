"""One number a head as a heatmap of layers × heads."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from attention_core.figures.inks import cell_numbers
from attention_core.figures.layout import base_layout, colour_legend, colour_scale
from attention_core.palette import Palette
from attention_core.writing.numbers import number, percent, significant

_CELL, _LEFT, _TOP, _BELOW = 30, 38, 44, 24  # pixels


def heads_spec(title: str, values: Tensor, unit: str, palette: Palette, whole: bool = False) -> dict:
    """One number a head, (L, H), as a plain dict; the first layer on top.

    Colours reach from 0 to the largest number, of a `whole` scale to 1. Of the unit 'share' the numbers are written in percent.
    """
    array = values.numpy().astype(np.float32)
    L, H = array.shape
    high = 1.0 if whole else float(array.max()) or 1.0
    times = 100 if unit == "share" else 1
    layers, heads = ([str(place + 1) for place in range(count)] for count in (L, H))
    cells = _cells(array, high, palette, gap=1) | {
        "x": heads,
        "y": layers,
        "hovertemplate": "layer %{y}, head %{x}<br>%{z:.4f}<extra></extra>",
    }
    texts = [[number(times * value, 1 if times * high >= 10 else 2) for value in row] for row in array.tolist()]
    numbers = cell_numbers(cells, texts, heads, layers, 10.5)
    low = f"{title} in {'%' if unit == 'share' else unit}: 0"
    axis = _AXIS | {"type": "category", "autorange": False, "ticklabelstandoff": 4, "dtick": 1}
    margin = {"l": _LEFT, "r": 8, "t": _TOP, "b": _BELOW}
    layout = base_layout(palette, L * _CELL + _TOP + _BELOW, margin) | {
        "xaxis": axis | _ACROSS | {"side": "top", "range": [-0.5, H - 0.5]},
        "yaxis": axis | {"title": {"text": "layer", "standoff": 4}, "range": [L - 0.5, -0.5]},
        "annotations": [colour_legend(palette.share, low, str(times) if whole else significant(times * high), 4)],
    }
    return {"data": [cells, numbers], "layout": layout}


def moved_spec(changes: Tensor, chosen: tuple[int, int], changed: Sequence[tuple[int, int]], palette: Palette) -> dict:
    """How much each head's weights moved, (L, H) of shares: rows are layers, columns heads, the number in each cell.

    A frame marks the head that is looked at, a dot before the number those that were changed on purpose, if not all were.
    """
    array = changes.float().numpy()
    L, H = array.shape
    top = float(array.max()) or 1.0
    dotted = set(changed) if len(changed) < changes.numel() else set()
    layer, head = chosen
    frame = {"type": "rect", "x0": head - 0.5, "x1": head + 0.5, "y0": layer - 0.5, "y1": layer + 0.5}
    layers = {"tickvals": list(range(L)), "ticktext": [f"layer {at + 1}" for at in range(L)]}
    heads = {"tickvals": list(range(H)), "ticktext": [str(at + 1) for at in range(H)]}
    layout = base_layout(palette, 34 * L + 70, {"l": 56, "r": 8, "t": 8, "b": 58}, 12) | {
        "xaxis": _AXIS | _ACROSS | heads,
        "yaxis": _AXIS | layers | {"autorange": "reversed"},
        "shapes": [frame | {"line": {"color": palette.text, "width": 3}}],
        "annotations": [colour_legend(palette.share, "0 %", percent(top), 30)],
    }
    texts = [[_share(array[row, column], (row, column) in dotted) for column in range(H)] for row in range(L)]
    cells = _cells(array, top, palette, gap=2) | {
        "hovertext": [
            [
                f"layer {row + 1}, head {column + 1}: {percent(float(array[row, column]))} of its weight moved"
                for column in range(H)
            ]
            for row in range(L)
        ],
        "hoverinfo": "text",
    }
    return {"data": [cells, cell_numbers(cells, texts, range(H), range(L), 12)], "layout": layout}


_AXIS = {"ticks": "", "showgrid": False, "zeroline": False, "automargin": False, "ticklabeloverflow": "allow"}
_ACROSS = {"title": {"text": "head", "standoff": 2}}


def _cells(array: np.ndarray, top: float, palette: Palette, gap: int) -> dict:
    """A heatmap trace of layers × heads, from 0 to `top`, with so many pixels between cells."""
    return {
        "type": "heatmap",
        "z": array,
        "zmin": 0,
        "zmax": top,
        "colorscale": colour_scale(palette.share),
        "showscale": False,
        "xgap": gap,
        "ygap": gap,
    }


def _share(share: float, changed: bool) -> str:
    text = "0" if share == 0 else "<1" if share < 0.005 else f"{100 * share:.0f}"
    return ("●" if changed else "") + text.replace("<", "&lt;")
