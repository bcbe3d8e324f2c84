"""Measurements as curves over the size of vectors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from attention_core.figures.layout import base_layout
from attention_core.palette import Palette
from attention_core.writing.numbers import percent, significant


@dataclass(frozen=True)
class Curve:
    """One curve: its name (the page's own text), the numbers, its colour, and how it is told apart without colour."""

    name: str
    values: Sequence[float]
    colour: str
    symbol: str = "circle"  # none: a line without marks
    dash: str = "solid"  # none: marks without a line


@dataclass(frozen=True)
class Axis:
    """The upright axis: its title, whether it is logarithmic, its ends if not the data's, and whether it has shares."""

    title: str
    log: bool = True
    ends: tuple[float, float] | None = None
    shares: bool = False


@dataclass(frozen=True)
class Here:
    """A place on the x-axis that is pointed out, and what it is called (the page's own text)."""

    x: float
    name: str


def curves_spec(
    x: Sequence[int],
    curves: Sequence[Curve],
    across: str,
    up: Axis,
    palette: Palette,
    here: Here | None = None,
    height: int = 300,
) -> dict:
    """Curves over x on a logarithmic axis with the title `across`, each named in the legend above."""
    shown = x if len(x) <= 6 else x[::2]
    plain = {
        "gridcolor": "rgba(128,128,128,0.22)",
        "zeroline": False,
        "ticks": "",
        "automargin": False,
        "linecolor": palette.faint,
    }
    above = 20 * len(curves)  # pixels of the legend
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    title = place | {"text": f"<b>{up.title}</b>", "xshift": -40, "yshift": above + 4, "font": {"size": 14}}
    layout = base_layout(palette, height, {"l": 50, "r": 12, "t": above + 24, "b": 44}, 13) | {
        "legend": {"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"size": 13}, "itemclick": False},
        "xaxis": plain
        | {
            "type": "log",
            "range": [math.log10(min(x)) - 0.06, math.log10(max(x)) + 0.06],
            "tickvals": list(shown),
            "ticktext": [f"{tick:,}" for tick in shown],
            "title": {"text": across, "standoff": 6},
        },
        "yaxis": plain | _upright(up, [value for curve in curves for value in curve.values]),
        "annotations": [title],
    }
    if here:
        line = {"type": "line", "x0": here.x, "x1": here.x, "y0": 0, "y1": 1, "yref": "y domain", "layer": "below"}
        layout["shapes"] = [line | {"line": {"color": palette.key.ink, "width": 1.5, "dash": "dot"}}]
        name = {"text": here.name, "x": math.log10(here.x), "y": 1, "yref": "y domain", "yanchor": "top", "xanchor": "left"}
        layout["annotations"].append(name | {"showarrow": False, "xshift": 3, "font": {"color": palette.key.ink, "size": 12}})
    return {"data": [_curve(x, curve, across, up) for curve in curves], "layout": layout}


def _curve(x: Sequence[int], curve: Curve, across: str, up: Axis) -> dict:
    letter = across.split(",")[0]
    said = percent if up.shares else significant
    text = [f"{letter} = {at:,}<br>{curve.name}: {said(value)}" for at, value in zip(x, curve.values, strict=True)]
    trace = {
        "type": "scatter",
        "name": curve.name,
        "x": list(x),
        "y": list(curve.values),
        "hovertext": text,
        "hoverinfo": "text",
    }
    parts = []
    if curve.dash != "none":
        parts.append("lines")
        trace["line"] = {"color": curve.colour, "width": 2.5, "dash": curve.dash}
    if curve.symbol != "none":
        parts.append("markers")
        trace["marker"] = {"symbol": curve.symbol, "size": 8, "color": curve.colour}
    return trace | {"mode": "+".join(parts)}


def _upright(up: Axis, values: Sequence[float]) -> dict:
    """The upright axis; a logarithmic one is labelled at powers of 2, or of 10 where it spans more than two of those."""
    if not up.log:
        ends = {"range": list(up.ends)} if up.ends else {}
        return {"type": "linear", "nticks": 6} | ({"tickformat": ".0%"} if up.shares else {}) | ends
    low, high = up.ends or (min(values), max(values))
    base = 10 if high / low > 100 else 2
    powers = range(math.floor(math.log(low, base)), math.ceil(math.log(high, base)) + 1)
    ticks = [base**power for power in powers]
    return {
        "type": "log",
        "range": [math.log10(low) - 0.1, math.log10(high) + 0.1],
        "tickvals": ticks,
        "ticktext": [f"{tick:,}" for tick in ticks],
    }
