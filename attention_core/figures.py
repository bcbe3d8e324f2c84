"""Matrices as Plotly heatmaps: data in, figure out.

Figures are built lean because a page draws many at once: no template, no colour bar (its legend is one line of
text), few tick labels, and no search for overflowing labels, which costs more than the cells.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from torch import Tensor

from attention_core.matrices import MATRICES
from attention_core.palette import Palette
from attention_core.tokens import Token, labels

NUMBERS_UP_TO = 16  # tokens; more would be too small to read and slow to draw
ALL_LABELS_UP_TO = 24  # tokens; beyond, about LABELS of them
LABELS = 16
LONGEST_LABEL = 14  # characters; the hover text has it whole
_CELL, _LOWEST, _HIGHEST = 26, 130, 420  # pixels
FONT = "'Source Sans', 'Source Sans Pro', 'Liberation Sans', Arial, sans-serif"


@dataclass(frozen=True)
class Scale:
    """What the two ends of a colour scale stand for, and what lies beyond them."""

    low: float
    high: float
    beyond: int = 0  # how many values are drawn in an end colour although they lie further out
    extreme: float = 0.0  # the largest |value|

    @property
    def remark(self) -> str:
        """What the scale leaves out, in words; empty if nothing."""
        return f"{self.beyond:,} beyond, to {significant(self.extreme)}" if self.beyond else ""


SHARES = Scale(0.0, 1.0)


def signed_scale(values: np.ndarray, whole: bool = False) -> Scale:
    """A scale centred on 0 that reaches the largest |value|, or their 99th percentile where a few outliers tower.

    A `whole` scale leaves nothing out: where a few values are all that there is to see.
    """
    size = np.abs(values).ravel()
    at = int(0.99 * (size.size - 1))
    ordered = np.partition(size, (at, -1))
    limit, extreme = float(ordered[at]), float(ordered[-1])
    if whole or extreme <= 1.5 * limit or limit == 0:
        limit = extreme or 1.0
    return Scale(-limit, limit, int((size > limit).sum()), extreme)


def number(value: float, decimals: int = 2) -> str:
    """A number as people write it: a true minus sign, and no minus before zero."""
    text = f"{value:.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text) == 0 else "−" + text[1:]
    return text


def significant(value: float) -> str:
    """A number with one decimal, or with two significant digits where it is below 1."""
    return number(value, 1 if abs(value) >= 1 or value == 0 else 1 - math.floor(math.log10(abs(value))))


def plotly_text(text: str) -> str:
    """The text with nothing left that Plotly would interpret as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def matrix_figure(name: str, values: Tensor, tokens: tuple[Token, ...], palette: Palette) -> go.Figure:
    """The heatmap of one of the MATRICES: (T, T) over tokens, or (T, d) over dimensions; first row on top."""
    return _figure(matrix_spec(name, values, tokens, palette))


def matrix_spec(
    name: str,
    values: Tensor,
    tokens: tuple[Token, ...],
    palette: Palette,
    places: Sequence[int] | None = None,
    numbers: bool = True,
) -> dict:
    """The same heatmap as a plain dict, which takes a tenth of the time: a page draws eight at every step.

    `places` are the tokens' positions in the sentence, from 0, where they are not all of its tokens; without `numbers` none
    stand in the cells of a short sentence, which is drawn in half the time.
    """
    return token_heatmap(name, MATRICES[name].symbol, name == "weights", values, tokens, palette, places, numbers=numbers)


def difference_spec(
    name: str, values: Tensor, tokens: tuple[Token, ...], palette: Palette, places: Sequence[int] | None = None
) -> dict:
    """The difference B − A of one of the MATRICES over the tokens that correspond, on a scale centred on 0.

    Where nothing changed in the digits shown, no number stands in the cell.
    """
    spec = token_heatmap(name, f"{MATRICES[name].symbol}, B − A", False, values, tokens, palette, places, whole=True)
    (trace,) = spec["data"]
    if "texttemplate" in trace:
        texts = [[number(value, MATRICES[name].decimals) for value in row] for row in values.tolist()]
        trace |= {"texttemplate": "%{text}", "text": [[text if text.strip("−0.") else "" for text in row] for row in texts]}
    return spec


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
) -> dict:
    """A matrix as a figure dict with its tokens' names; `shares` go from 0 to 1, a `whole` scale leaves no value out."""
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
        x = token_axis(shown) | {"autorange": False, "range": [-0.5, len(shown) - 0.5], "tickangle": -90}
        trace |= {"x": names, "hovertemplate": hover_text(symbol, "%{y} → %{x}")}
        below = label_room(shown)
        if numbers and len(tokens) <= NUMBERS_UP_TO:
            trace |= {"texttemplate": f"%{{z:.{matrix.decimals}f}}", "xgap": 1, "ygap": 1}
    else:
        x = {"visible": False}
        trace |= {"x0": 1, "hovertemplate": hover_text(symbol, "%{y}, dimension %{x}")}
        below = 6
    return framed([trace], {"xaxis": x, "yaxis": y}, len(tokens), label_room(shown), below, scale, palette)


def projection_figure(part: str, weight: Tensor, bias: Tensor, palette: Palette) -> go.Figure:
    """A head's learned W (d_model, d_k) as a heatmap, its bias b (d_k,) as one row below, on the same scale."""
    return _figure(projection_spec(part, weight, bias, palette))


def projection_spec(part: str, weight: Tensor, bias: Tensor, palette: Palette) -> dict:
    """The same heatmap as a plain dict."""
    W, b = weight.numpy(), bias.numpy()[None]
    scale = signed_scale(np.concatenate([W, b]))
    letter = part.upper()
    hover = f"input %{{y}}, dimension %{{x}}<br>W<sub>{letter}</sub> = %{{z:.5f}}<extra></extra>"
    traces = [
        heatmap(W, scale, palette.signed) | {"x0": 1, "y0": 1, "hovertemplate": hover},
        heatmap(b, scale, palette.signed)
        | {"x0": 1, "yaxis": "y2", "hovertemplate": f"dimension %{{x}}<br>b<sub>{letter}</sub> = %{{z:.5f}}<extra></extra>"},
    ]
    plain = {"ticklabeloverflow": "allow", "ticks": "", "showgrid": False, "zeroline": False}
    layout = {
        "xaxis": {"visible": False},
        "yaxis": plain | {"autorange": "reversed", "domain": [0.08, 1]},
        "yaxis2": plain | {"domain": [0, 0.05], "tickvals": [0], "ticktext": ["b"]},
    }
    return framed(traces, layout, len(W), 34, 6, scale, palette)


def heatmap(array: np.ndarray, scale: Scale, colours: tuple[str, ...]) -> dict:
    """A heatmap trace with no words on it."""
    steps = len(colours) - 1
    return {
        "type": "heatmap",
        "z": array,
        "zmin": scale.low,
        "zmax": scale.high,
        "colorscale": [[step / steps, colour] for step, colour in enumerate(colours)],
        "showscale": False,
    }


def hover_text(symbol: str, place: str) -> str:
    """What a cell says under the pointer: its place, and its number with four decimals."""
    return f"{place}<br>{symbol} = %{{z:.4f}}<extra></extra>"


def token_axis(shown: list[str]) -> dict:
    """An axis of tokens, of many only some of them named."""
    T = len(shown)
    step = 1 if T <= ALL_LABELS_UP_TO else -(-T // LABELS)
    positions = list(range(0, T, step))
    return {
        "type": "category",
        "tickmode": "array",
        "tickvals": positions,
        "ticktext": [plotly_text(shortened(shown[position])) for position in positions],
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": 4,
        "automargin": False,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
    }


def shortened(text: str) -> str:
    """The text as long as a label may be."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def label_room(shown: list[str]) -> int:
    """Pixels that the longest label takes."""
    return 14 + round(6.3 * max(len(shortened(text)) for text in shown))


def _figure(spec: dict) -> go.Figure:
    figure = go.Figure(spec)
    figure.layout.template = None  # else Plotly's Python library adds its own
    return figure


def framed(traces: list[dict], axes: dict, rows: int, left: int, below: int, scale: Scale, palette: Palette) -> dict:
    """The traces as a figure of so many rows, with `left` and `below` pixels for labels, and its scale in one line of text."""
    colours = palette.share if scale is SHARES else palette.signed
    blocks = "".join(f'<span style="color:{colour}">█</span>' for colour in colours)
    ends = (significant(scale.low), significant(scale.high)) if scale is not SHARES else ("0", "1")
    legend = f"{ends[0]} {blocks} {ends[1]}" + (f" · {scale.remark}" if scale.remark else "")
    place = {"xref": "paper", "yref": "paper", "x": 1, "xanchor": "right", "y": 0, "yanchor": "top", "yshift": -below}
    plot_height = min(max(rows * _CELL, _LOWEST), _HIGHEST)
    layout = {
        "height": plot_height + 8 + below + 24,
        "margin": {"l": left, "r": 8, "t": 8, "b": below + 24},
        "font": {"family": FONT, "size": 11, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,  # a finger on the chart scrolls the page
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "annotations": [place | {"text": legend, "showarrow": False}],
        **axes,
    }
    return {"data": traces, "layout": layout}
