"""Measurements as Plotly figures: curves over the size of vectors, and one number a head.

Plain dicts as lean as those of `figures`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from attention_core.figures import _FONT, significant
from attention_core.narration import percent
from attention_core.palette import Palette


@dataclass(frozen=True)
class Curve:
    """One curve: its name (the page's own text), the numbers, its colour, and how it is told apart without colour."""

    name: str
    values: Sequence[float]
    colour: str
    symbol: str = "circle"  # none: a line without marks
    dash: str = "solid"


@dataclass(frozen=True)
class Axis:
    """One axis of a picture of curves: title, whether it is logarithmic, its ends if they are not the data's, and its unit."""

    title: str
    log: bool = True
    ends: tuple[float, float] | None = None
    percent: bool = False


def curves_spec(
    x: Sequence[float], curves: Sequence[Curve], across: Axis, up: Axis, palette: Palette, height: int = 300
) -> dict:
    """Curves over x, each named in the legend above; `x` is drawn at its own values, on a logarithmic axis."""
    traces = []
    for curve in curves:
        marks = curve.symbol != "none"
        text = [
            f"{across.title.split(',')[0]} = {at:,}<br>{curve.name}: {_said(value, up)}"
            for at, value in zip(x, curve.values, strict=True)
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if marks else "lines",
                "name": curve.name,
                "x": list(x),
                "y": list(curve.values),
                "line": {"color": curve.colour, "width": 2.5, "dash": curve.dash},
                "hovertext": text,
                "hoverinfo": "text",
            }
            | ({"marker": {"symbol": curve.symbol, "size": 8, "color": curve.colour}} if marks else {})
        )
    grid = "rgba(128,128,128,0.22)"
    plain = {"gridcolor": grid, "zeroline": False, "ticks": "", "automargin": False, "linecolor": palette.faint}
    sides = math.log10(min(x)) - 0.06, math.log10(max(x)) + 0.06
    ticks = list(x) if len(x) <= 6 else list(x)[::2]
    places = {"tickvals": ticks, "ticktext": [f"{tick:,}" for tick in ticks], "type": "log", "range": list(sides)}
    vertical = plain | {"type": "log" if up.log else "linear", "nticks": 6}
    if up.log:
        vertical |= {"dtick": 1} if _decades(curves) > 1.5 else {"dtick": "D2"}
        vertical |= {"tickformat": "~g"}
    if up.percent:
        vertical |= {"tickformat": ".0%"}
    if up.ends:
        vertical["range"] = [math.log10(end) for end in up.ends] if up.log else list(up.ends)
    layout = {
        "height": height,
        "margin": {"l": 50, "r": 12, "t": 24 + 20 * len(curves), "b": 44},
        "font": {"family": _FONT, "size": 13, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,  # a finger on the chart scrolls the page
        "hoverlabel": {"font": {"family": _FONT, "size": 13}},
        "legend": {"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"size": 13}, "itemclick": False},
        "xaxis": plain | places | {"title": {"text": across.title, "standoff": 6}},
        "yaxis": vertical,
        "annotations": [
            {
                "text": f"<b>{up.title}</b>",
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 4 + 20 * len(curves),
                "xshift": -40,
                "showarrow": False,
                "font": {"size": 14},
            }
        ],
    }
    return {"data": traces, "layout": layout}


def _decades(curves: Sequence[Curve]) -> float:
    values = [value for curve in curves for value in curve.values if value > 0]
    return math.log10(max(values) / min(values)) if values else 0.0


def _said(value: float, up: Axis) -> str:
    return percent(value) if up.percent else significant(value)


def heads_spec(changes: Tensor, chosen: tuple[int, int], changed: Sequence[tuple[int, int]], palette: Palette) -> dict:
    """How much each head's weights moved, (L, H) of shares: rows are layers, columns heads, the number in each cell.

    A frame marks the head that is looked at; a dot before the number marks those that were changed on purpose.
    """
    array = changes.float().numpy()
    L, H = array.shape
    top = float(array.max()) or 1.0
    steps = len(palette.share) - 1
    shown = {(layer, head) for layer, head in changed}
    text = [[_share(array[layer, head], (layer, head) in shown) for head in range(H)] for layer in range(L)]
    axis = {"ticks": "", "showgrid": False, "zeroline": False, "automargin": False, "ticklabeloverflow": "allow"}
    layer, head = chosen
    frame = {"type": "rect", "x0": head - 0.5, "x1": head + 0.5, "y0": layer - 0.5, "y1": layer + 0.5}
    blocks = "".join(f'<span style="color:{colour}">█</span>' for colour in palette.share)
    legend = {"xref": "paper", "yref": "paper", "x": 1, "xanchor": "right", "y": 0, "yanchor": "top", "yshift": -30}
    layout = {
        "height": 34 * L + 70,
        "margin": {"l": 56, "r": 8, "t": 8, "b": 58},
        "font": {"family": _FONT, "size": 12, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,
        "hoverlabel": {"font": {"family": _FONT, "size": 13}},
        "xaxis": axis
        | {"tickvals": list(range(H)), "ticktext": [str(at + 1) for at in range(H)], "title": {"text": "head", "standoff": 2}},
        "yaxis": axis
        | {"tickvals": list(range(L)), "ticktext": [f"layer {at + 1}" for at in range(L)], "autorange": "reversed"},
        "shapes": [frame | {"line": {"color": palette.key.ink, "width": 3}}],
        "annotations": [legend | {"text": f"0 % {blocks} {percent(top)}", "showarrow": False}],
    }
    trace = {
        "type": "heatmap",
        "z": array,
        "zmin": 0,
        "zmax": top,
        "colorscale": [[step / steps, colour] for step, colour in enumerate(palette.share)],
        "showscale": False,
        "text": text,
        "texttemplate": "%{text}",
        "xgap": 2,
        "ygap": 2,
        "hovertext": [
            [
                f"layer {row + 1}, head {column + 1}: {percent(float(array[row, column]))} of its weight moved"
                for column in range(H)
            ]
            for row in range(L)
        ],
        "hoverinfo": "text",
    }
    return {"data": [trace], "layout": layout}


def _share(share: float, changed: bool) -> str:
    text = "0" if share == 0 else "<1" if share < 0.005 else f"{100 * share:.0f}"
    return ("●" if changed else "") + text.replace("<", "&lt;")
