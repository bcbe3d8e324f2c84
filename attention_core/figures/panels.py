"""Bars in panels above each other, with one x-axis for several panels: the frame of the pictures of single numbers.

Plain dicts as lean as those of `figures`. Places on the x-axis are numbers, so no token can be taken for a number, a date or
the same place twice. Every bar has its arithmetic as hover text, and as `customdata` which dimension, input or key it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from attention_core.figures.layout import ALL_LABELS_UP_TO, LABELS, base_layout, label_room, plotly_text, shortened
from attention_core.palette import Palette

_TITLE, _LEFT = 34, 44  # pixels: above a panel for its title, left of it for its numbers
_DIMENSIONS_UP_TO = 40  # that are all numbered


@dataclass(frozen=True)
class Panel:
    """One picture among several above each other."""

    title: str  # the page's own text
    height: int  # pixels
    traces: list[dict]
    axis: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Panels that share an x-axis."""

    panels: list[Panel]
    ticks: Sequence[str]  # '' where a place needs no label
    chosen: int | None = None  # the marked place
    words: bool = False  # the ticks are words, not short numbers


def bars(values: Sequence[float], colour: str | list[str], hover: list[str], places: Sequence[int | None]) -> dict:
    """One bar a value, at 0, 1, 2 …; `hover` is plain text, `places` say what each bar stands for."""
    return {
        "type": "bar",
        "x": list(range(len(values))),
        "y": list(values),
        "marker": {"color": colour, "line": {"width": 0}},
        "customdata": list(places),
        "hovertext": [plotly_text(text) for text in hover],
        "hoverinfo": "text",
        "showlegend": False,
    }


def coloured(colour: str, text: str) -> str:
    """A part of a title in a colour; the text is the page's own."""
    return f'<span style="color:{colour}">{text}</span>'


def square(colour: str) -> str:
    """A legend's sign, to stand in a title."""
    return f'<span style="color:{colour};font-size:17px">■</span>'


def panels_spec(panels: list[Panel], ticks: Sequence[str], chosen: int | None, palette: Palette, words: bool = False) -> dict:
    """A figure of panels that all share one x-axis."""
    return groups_spec([Group(panels, ticks, chosen, words)], palette)


def groups_spec(groups: list[Group], palette: Palette, legend: int = 0) -> dict:
    """Groups above each other, with a band behind the chosen place of each; so many pixels are for a legend below."""
    below = [_room_below(group) for group in groups]
    # Plotly counts places from the bottom of the plots, in parts of the height that all of them take.
    height = sum(panel.height + _TITLE for group in groups for panel in group.panels) + sum(below[:-1])
    layout = base_layout(palette, height + below[-1] + legend, {"l": _LEFT, "r": 8, "t": 0, "b": below[-1] + legend}) | {
        "hovermode": "x",  # a small bar is found by its column
        "bargap": 0.15,
        "legend": {"orientation": "h", "x": 0, "y": -below[-1] / height, "yanchor": "top", "font": {"size": 13}},
    }
    plain = {"showgrid": False, "ticks": "", "ticklabeloverflow": "allow", "automargin": False, "zerolinecolor": palette.faint}
    traces, titles, bands, top, number = [], [], [], height, 0
    for group, room in zip(groups, below, strict=True):
        x = "x" if not number else f"x{number + 1}"
        for panel in group.panels:
            number += 1
            y = "y" if number == 1 else f"y{number}"
            high, top = (top - _TITLE) / height, top - _TITLE - panel.height
            axis = plain | {
                "anchor": x,
                "domain": [top / height, high],
                "nticks": 4 if panel.height < 100 else 5,
                "tickfont": {"size": 10},
                "zeroline": True,
            }
            layout[f"yaxis{y[1:]}"] = axis | panel.axis
            place = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "y": high, "yanchor": "bottom", "yshift": 5}
            titles.append(place | {"text": panel.title, "showarrow": False, "font": {"size": 13}})
            if group.chosen is not None:
                edges = {"x0": group.chosen - 0.5, "x1": group.chosen + 0.5, "y0": 0, "y1": 1, "xref": x, "yref": f"{y} domain"}
                bands.append(edges | {"type": "rect", "layer": "below", "fillcolor": palette.input.tint, "line": {"width": 0}})
            traces += [trace | {"xaxis": x, "yaxis": y} for trace in panel.traces]
        layout[f"xaxis{x[1:]}"] = plain | {"anchor": y} | _ticks(group)
        top -= room
    return {"data": traces, "layout": layout | {"annotations": titles, "shapes": bands}}


def _ticks(group: Group) -> dict:
    """The x-axis of a group, with as many labels as there is room for."""
    drawn = _labelled(group)
    return {
        "range": [-0.5, len(group.ticks) - 0.5],
        "zeroline": False,
        "tickvals": drawn,
        "ticktext": [plotly_text(shortened(group.ticks[position])) for position in drawn],
    } | ({"tickangle": -90} if group.words else {"tickfont": {"size": 10}})


def _labelled(group: Group) -> list[int]:
    count, most = len(group.ticks), ALL_LABELS_UP_TO if group.words else _DIMENSIONS_UP_TO
    positions = range(0, count, 1 if count <= most else -(-count // LABELS))
    return [position for position in positions if group.ticks[position]]


def _room_below(group: Group) -> int:
    """Pixels that the labels of the x-axis take."""
    return label_room([group.ticks[position] for position in _labelled(group)]) if group.words else 26
