"""Two bars a word or key, side by side, as Plotly figures: what softmax makes of scores with the division and without it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attention_core.figures.layout import ALL_LABELS_UP_TO, LABELS, base_layout, label_room, plotly_text, shortened
from attention_core.palette import Palette
from attention_core.writing.numbers import percent, significant

_TITLE, _LEFT = 30, 44  # pixels: above a panel for its title, left of it for its numbers


@dataclass(frozen=True)
class Pair:
    """One picture of two bars a place: its title (the page's own text), and the numbers with the division and without it."""

    title: str
    divided: Sequence[float]
    undivided: Sequence[float]
    shares: bool = False  # of a whole: the axis goes from 0 to 100 %


def pairs_spec(pairs: Sequence[Pair], names: Sequence[str], chosen: int | None, palette: Palette, height: int = 120) -> dict:
    """The pictures above each other on one axis of names, `height` pixels each, with a band behind the chosen place.

    The bar with the division has the weights' colour, the one without it is grey and striped.
    """
    step = 1 if len(names) <= ALL_LABELS_UP_TO else -(-len(names) // LABELS)
    positions = list(range(0, len(names), step))
    below = label_room([names[position] for position in positions])
    inner = len(pairs) * (height + _TITLE)
    plain = {"showgrid": False, "ticks": "", "ticklabeloverflow": "allow", "automargin": False, "zerolinecolor": palette.faint}
    layout = base_layout(palette, inner + below + 22, {"l": _LEFT, "r": 8, "t": 22, "b": below}, 12) | {
        "bargap": 0.2,
        "legend": {"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"size": 13}},
        "xaxis": plain
        | {
            "anchor": "y" if len(pairs) == 1 else f"y{len(pairs)}",
            "range": [-0.5, len(names) - 0.5],
            "zeroline": False,
            "tickvals": positions,
            "ticktext": [plotly_text(shortened(names[position])) for position in positions],
            "tickangle": -90,
        },
    }
    traces, titles, bands, top = [], [], [], inner
    for number, pair in enumerate(pairs, 1):
        axis = "" if number == 1 else str(number)
        high, top = (top - _TITLE) / inner, top - _TITLE - height
        ends = {"range": [0, 1.02], "tickformat": ".0%"} if pair.shares else {"rangemode": "tozero"}
        layout[f"yaxis{axis}"] = plain | {"domain": [top / inner, high], "nticks": 5, "zeroline": True} | ends
        place = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "y": high, "yanchor": "bottom", "yshift": 4}
        titles.append(place | {"text": f"<b>{pair.title}</b>", "showarrow": False, "font": {"size": 13}})
        if chosen is not None:
            band = {"type": "rect", "layer": "below", "xref": "x", "yref": f"y{axis} domain", "y0": 0, "y1": 1}
            edges = {"x0": chosen - 0.5, "x1": chosen + 0.5, "line": {"width": 0}}
            bands.append(band | edges | {"fillcolor": palette.query.tint})
        traces += _bars(pair, names, f"y{axis}", number == 1, palette)
    return {"data": traces, "layout": layout | {"annotations": titles, "shapes": bands}}


def _bars(pair: Pair, names: Sequence[str], axis: str, legend: bool, palette: Palette) -> list[dict]:
    said: Callable[[float], str] = percent if pair.shares else significant
    hover = [
        plotly_text(f"{name}: {said(one)} divided, {said(other)} undivided")
        for name, one, other in zip(names, pair.divided, pair.undivided, strict=True)
    ]
    looks = (
        ("divided by √d<sub>k</sub>", pair.divided, {"color": palette.weight.ink}),
        ("undivided", pair.undivided, {"color": palette.faint, "pattern": {"shape": "/", "solidity": 0.35, "size": 6}}),
    )
    return [
        {
            "type": "bar",
            "name": name,
            "x": list(range(len(values))),
            "y": list(values),
            "yaxis": axis,
            "marker": look | {"line": {"width": 0}},
            "hovertext": hover,
            "hoverinfo": "text",
            "showlegend": legend,
        }
        for name, values, look in looks
    ]
