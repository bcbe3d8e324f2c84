"""What all heads do on a list of sentences, as a heatmap of layers × heads with its numbers."""

import numpy as np
from torch import Tensor

from attention_core.figures import FONT, number, significant
from attention_core.palette import Palette

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
    steps = len(palette.share) - 1
    cells = {
        "type": "heatmap",
        "z": array,
        "x": heads,
        "y": layers,
        "zmin": 0,
        "zmax": high,
        "colorscale": [[step / steps, colour] for step, colour in enumerate(palette.share)],
        "showscale": False,
        "hovertemplate": "layer %{y}, head %{x}<br>%{z:.4f}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
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
    blocks = "".join(f'<span style="color:{colour}">█</span>' for colour in palette.share)
    end = str(times) if whole else significant(times * high)
    legend = f"{title} in {'%' if unit == 'share' else unit}: 0 {blocks} {end}"
    place = {"xref": "paper", "yref": "paper", "x": 1, "xanchor": "right", "y": 0, "yanchor": "top", "yshift": -4}
    axis = {"type": "category", "automargin": False, "ticks": "", "showgrid": False, "zeroline": False, "autorange": False}
    axis |= {"ticklabeloverflow": "allow", "ticklabelstandoff": 4, "dtick": 1}
    layout = {
        "height": L * _CELL + _TOP + _BELOW,
        "margin": {"l": _LEFT, "r": 8, "t": _TOP, "b": _BELOW},
        "font": {"family": FONT, "size": 11, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,  # a finger on the chart scrolls the page
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "xaxis": axis | {"side": "top", "title": {"text": "head", "standoff": 2}, "range": [-0.5, H - 0.5]},
        "yaxis": axis | {"title": {"text": "layer", "standoff": 4}, "range": [L - 0.5, -0.5]},
        "annotations": [place | {"text": legend, "showarrow": False}],
    }
    return {"data": [cells, numbers], "layout": layout}


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
