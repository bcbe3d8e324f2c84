"""Stations, a word's way through the layers and the likeness of sentences as Plotly figures: data in, plain dicts out."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor

from attention_core.figures.heatmap import framed, heatmap, hover_text, token_heatmap
from attention_core.figures.layout import base_layout, plotly_text, shortened, token_axis
from attention_core.figures.scales import Scale
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.stations.stations import Station
from attention_core.stations.vectors import Journey, nearest_words
from attention_core.writing.text import cut, labels

MARKED = 3  # words whose line is named, besides the way from the start
_HEIGHT, _APART = 340, 0.075  # pixels; the least distance of two names, as cosine
_COSINE = Scale(-1.0, 1.0)
_ROW_NAME = 24  # characters of a sentence beside its row


def station_spec(station: Station, tokens: tuple[Token, ...], palette: Palette, head: int = 0, heads: int = 1) -> dict:
    """The station's matrix as a heatmap; where the heads stand side by side, with their numbers and `head`, from 0, framed."""
    if station.name != "concatenated":
        return token_heatmap("x", station.symbol, False, station.matrix, tokens, palette, None)
    spec = token_heatmap("x", station.symbol, False, station.matrix, tokens, palette, None)
    width = station.matrix.size(1) // heads
    axis = {
        "visible": True,
        "tickvals": [(index + 0.5) * width + 0.5 for index in range(heads)],
        "ticktext": [f"<b>{index + 1}</b>" if index == head else str(index + 1) for index in range(heads)],
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "automargin": False,
        "ticklabeloverflow": "allow",
    }
    edges = {"yref": "paper", "y0": 0, "y1": 1, "type": "line", "line": {"color": palette.page, "width": 1.5}}
    shapes = [edges | {"x0": index * width + 0.5, "x1": index * width + 0.5} for index in range(1, heads)]
    frame = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": palette.value.ink, "width": 3}}
    shapes.append(frame | {"x0": head * width + 0.5, "x1": (head + 1) * width + 0.5})
    layout = spec["layout"] | {"xaxis": axis, "shapes": shapes}
    below = 26  # the heads' numbers
    layout["margin"] = layout["margin"] | {"b": below + 24}
    layout["annotations"] = [note | {"yshift": -below} for note in layout["annotations"]]
    layout["height"] += below - 6
    return {"data": spec["data"], "layout": layout}


def journey_spec(
    way: Journey, tokens: tuple[Token, ...], position: int, layers: int, names: Sequence[str], palette: Palette
) -> dict:
    """A word's cosine to its own start (thick) and to every other word (thin) after 0, 1, … layers.

    The words that it is most alike after `layers` layers are named; `names` are the words as the page calls them.
    """
    steps = list(range(len(way.to_start)))
    nearest = nearest_words(way, position, layers)[:MARKED]
    words = labels(tokens)
    traces, ends = [], []
    for other in [*(place for place in range(len(tokens)) if place not in (position, *nearest)), *reversed(nearest)]:
        named = other in nearest
        line = {"color": palette.key.ink if named else palette.faint, "width": 2.5 if named else 1}
        line |= {"dash": ("solid", "dash", "dot")[nearest.index(other)]} if named else {}
        at = way.to_words[:, other].tolist()
        hover = f"to {other + 1} {plotly_text(words[other])}<br>after layer %{{x}}: %{{y:.4f}}<extra></extra>"
        traces.append(_line(steps, at, line, hover) | {"opacity": 1 if named else 0.45})
        if named:
            ends.append([at[-1], plotly_text(shortened(names[other])), palette.key.ink])
    start = way.to_start.tolist()
    hover = "to its own start<br>after layer %{x}: %{y:.4f}<extra></extra>"
    traces.append(_line(steps, start, {"color": palette.query.ink, "width": 4}, hover) | {"mode": "lines+markers"})
    ends.append([start[-1], "<b>its own start</b>", palette.query.ink])
    axis = {"showgrid": True, "gridcolor": palette.input.tint, "zeroline": False, "fixedrange": True}
    room = 24 + round(7 * max(len(text.removeprefix("<b>")[:14]) for _, text, _ in ends))
    layout = base_layout(palette, _HEIGHT, {"l": 44, "r": room, "t": 16, "b": 44}, 13) | {
        "showlegend": False,
        "xaxis": axis | {"tickvals": steps, "range": [-0.15, steps[-1] + 0.1], "title": {"text": "after layer", "standoff": 6}},
        "yaxis": axis | {"range": [min(-0.1, way.to_words.min().item() - 0.05), 1.06], "tickformat": ".1f"},
        "shapes": [
            {
                "type": "line",
                "x0": layers,
                "x1": layers,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": palette.text, "width": 1.5, "dash": "dot"},
            }
        ],
        "annotations": [
            {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": y, "text": text, "showarrow": False}
            | {"font": {"color": colour}}
            for y, text, colour in _spread(ends)
        ],
    }
    return {"data": traces, "layout": layout}


def likeness_spec(similarity: Tensor, letters: Sequence[str], texts: Sequence[str], palette: Palette) -> dict:
    """The cosine similarities of n sentences, (n, n), with a number in each cell; the texts name the rows."""
    places = list(range(len(letters)))
    rows = [f"{letter}  {text}" for letter, text in zip(letters, texts, strict=True)]
    trace = heatmap(similarity.clamp(-1, 1).numpy(), _COSINE, palette.signed) | {
        "x": places,
        "y": places,
        "hovertemplate": hover_text("cosine", "%{customdata}"),
        "customdata": [[f"{plotly_text(one)}<br>{plotly_text(other)}" for other in rows] for one in rows],
        "texttemplate": "%{z:.2f}",
        "textfont": {"size": 16},
        "xgap": 2,
        "ygap": 2,
    }
    plain = token_axis(list(letters)) | {"type": "linear"}
    named = [plotly_text(cut(row, _ROW_NAME)) for row in rows]
    axes = {
        "xaxis": plain | {"range": [-0.5, len(places) - 0.5], "tickangle": 0},
        "yaxis": plain | {"range": [len(places) - 0.5, -0.5], "ticktext": named},
    }
    spec = framed([trace], axes, len(places) * 3, 14 + round(6.6 * max(map(len, named))), 26, _COSINE, palette)
    spec["layout"]["font"] = spec["layout"]["font"] | {"size": 13}
    return spec


def _line(x: list[int], y: list[float], line: dict, hover: str) -> dict:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hovertemplate": hover}


def _spread(ends: list[list]) -> list[list]:
    """The names at the right edge, moved apart where they would cover each other."""
    ordered = sorted(ends, key=lambda end: -end[0])
    for above, below in pairwise(ordered):
        below[0] = min(below[0], above[0] - _APART)
    return ordered
