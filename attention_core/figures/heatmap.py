"""A heatmap as a Plotly figure in plain dicts."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from attention_core.figures.layout import base_layout, colour_legend, colour_scale, label_room, plotly_text, token_axis
from attention_core.figures.scales import SHARES, Scale, signed_scale
from attention_core.matrices.names import MATRICES
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.writing.numbers import significant
from attention_core.writing.text import labels

NUMBERS_UP_TO = 16  # tokens; more would be too small to read and slow to draw
_CELL, _LOWEST, _HIGHEST = 26, 130, 420  # pixels


def token_heatmap(
    name: str,
    symbol: str,
    shares: bool,
    values: Tensor,
    tokens: tuple[Token, ...],
    palette: Palette,
    places: Sequence[int] | None,
    whole: bool = False,
    numbers: bool = True,
    columns: tuple[Token, ...] | None = None,
) -> dict:
    """A matrix as a figure dict with its tokens' names; `shares` go from 0 to 1, a `whole` scale leaves no value out.

    `columns` are the tokens that are asked, where they are others than those that ask.
    """
    matrix = MATRICES[name]
    array = values.numpy()
    scale = SHARES if shares else signed_scale(array, whole=whole)
    shown = labels(tokens)
    y = token_axis(shown) | {"autorange": False, "range": [len(shown) - 0.5, -0.5]}
    # Positions make the categories differ where words repeat; hovering shows them, the ticks only the words.
    places = range(len(shown)) if places is None else places
    names = [plotly_text(f"{place + 1} {text}") for place, text in zip(places, shown, strict=True)]
    trace = heatmap(array, scale, palette.share if shares else palette.signed) | {"y": names}
    if matrix.columns == "tokens":
        across = shown if columns is None else labels(columns)
        x = token_axis(across) | {"autorange": False, "range": [-0.5, len(across) - 0.5], "tickangle": -90}
        asked = names if columns is None else [plotly_text(f"{place} {text}") for place, text in enumerate(across, 1)]
        trace |= {"x": asked, "hovertemplate": hover_text(symbol, "%{y} → %{x}")}
        below = label_room(across)
        if numbers and max(len(shown), len(across)) <= NUMBERS_UP_TO:
            trace |= {"texttemplate": f"%{{z:.{matrix.decimals}f}}", "xgap": 1, "ygap": 1}
    else:
        x = {"visible": False}
        trace |= {"x0": 1, "hovertemplate": hover_text(symbol, "%{y}, dimension %{x}")}
        below = 6
    return framed([trace], {"xaxis": x, "yaxis": y}, len(tokens), label_room(shown), below, scale, palette)


def heatmap(array: np.ndarray, scale: Scale, colours: tuple[str, ...]) -> dict:
    """A heatmap trace with no words on it."""
    return {
        "type": "heatmap",
        "z": array,
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": colour_scale(colours),
        "showscale": False,
    }


def hover_text(symbol: str, place: str) -> str:
    """What a cell says under the pointer: its place, and its number with four decimals."""
    return f"{place}<br>{symbol} = %{{z:.4f}}<extra></extra>"


def framed(traces: list[dict], axes: dict, rows: int, left: int, below: int, scale: Scale, palette: Palette) -> dict:
    """The traces as a figure of so many rows, with `left` and `below` pixels for labels, and its scale in one line of text."""
    colours = palette.share if scale is SHARES else palette.signed
    ends = (significant(scale.low), significant(scale.high)) if scale is not SHARES else ("0", "1")
    high = ends[1] + (f" · {scale.remark}" if scale.remark else "")
    plot_height = min(max(rows * _CELL, _LOWEST), _HIGHEST)
    layout = base_layout(palette, plot_height + 8 + below + 24, {"l": left, "r": 8, "t": 8, "b": below + 24}) | {
        "annotations": [colour_legend(colours, ends[0], high, below)],
        **axes,
    }
    return {"data": traces, "layout": layout}
