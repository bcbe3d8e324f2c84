"""One number a head as a heatmap of layers × heads."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

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
    # Written by themselves, in the ink that is read best on each cell: Plotly's own choice is too pale on some.
    numbers = {
        "type": "scatter",
        "mode": "text",
        "x": heads * L,
        "y": [layer for layer in layers for _ in heads],
        "text": [number(times * value, 1 if times * high >= 10 else 2) for value in array.ravel().tolist()],
        "textfont": {"size": 10.5, "color": [_ink(value / high, palette) for value in array.ravel().tolist()]},
        "hoverinfo": "skip",
        "showlegend": False,
    }
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
        "shapes": [frame | {"line": {"color": palette.key.ink, "width": 3}}],
        "annotations": [colour_legend(palette.share, "0 %", percent(top), 30)],
    }
    cells = _cells(array, top, palette, gap=2) | {
        "text": [[_share(array[row, column], (row, column) in dotted) for column in range(H)] for row in range(L)],
        "texttemplate": "%{text}",
        "hovertext": [
            [
                f"layer {row + 1}, head {column + 1}: {percent(float(array[row, column]))} of its weight moved"
                for column in range(H)
            ]
            for row in range(L)
        ],
        "hoverinfo": "text",
    }
    return {"data": [cells], "layout": layout}


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


def _ink(share: float, palette: Palette) -> str:
    """Which of page and text colour is read better on the colour of a share of the scale."""
    at = min(max(share, 0.0), 1.0) * (len(palette.share) - 1)
    low = min(int(at), len(palette.share) - 2)
    ends = [np.array(_channels(colour)) for colour in palette.share[low : low + 2]]
    cell = _luminance(ends[0] + (at - low) * (ends[1] - ends[0]))
    inks = (palette.text, palette.page)
    return max(inks, key=lambda ink: _contrast(cell, _luminance(np.array(_channels(ink)))))


def _channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _luminance(channels: np.ndarray) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
