"""A heatmap as a Plotly figure in plain dicts."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from attention_core.figures.inks import cell_numbers
from attention_core.figures.layout import base_layout, colour_legend, colour_scale, label_room, plotly_text, token_axis
from attention_core.figures.scales import Scale, share_scale, signed_scale
from attention_core.matrices.names import matrix_of
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.writing.numbers import number, significant
from attention_core.writing.text import labels

NUMBERS_UP_TO = 16  # tokens; more would be too small to read and slow to draw
_STRIPES_UP_TO = 128  # tokens
_CELL, _LOWEST, _HIGHEST = 26, 130, 420  # pixels
_ACROSS, _LETTER, _LARGEST = 310, 0.56, 11  # pixels for a row of cells where columns are narrow; of its size a digit is wide


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
    top: float | None = None,
    columns: tuple[Token, ...] | None = None,
    column_places: Sequence[int] | None = None,
) -> dict:
    """A matrix as a figure dict with its tokens' names; `shares` go from 0 to `top`, a `whole` scale leaves no value out.

    `columns` are the tokens that are looked at, where those are not the ones that ask. Cells of −∞ are closed: they are
    hatched, and have no number.
    """
    matrix = matrix_of(name)
    array = values.numpy()
    closed = np.isneginf(array) if name == "masked" else None
    finite = array if closed is None else array[~closed]
    scale = share_scale(array, top) if shares else signed_scale(finite, whole=whole)
    if closed is not None:
        array = np.where(closed, np.nan, array)
    shown = labels(tokens)
    y = token_axis(shown) | {"autorange": False, "range": [len(shown) - 0.5, -0.5]}
    names = _categories(shown, places)
    trace = heatmap(array, scale, palette.share if shares else palette.signed) | {"y": names}
    traces = [trace]
    if matrix.columns == "tokens":
        across = shown if columns is None else labels(columns)
        x = token_axis(across) | {"autorange": False, "range": [-0.5, len(across) - 0.5], "tickangle": -90}
        asked = names if columns is None else _categories(across, column_places)
        trace |= {"x": asked, "hovertemplate": hover_text(symbol, "%{y} → %{x}")}
        below = label_room(across)
        if numbers and max(len(tokens), len(across)) <= NUMBERS_UP_TO:
            trace |= {"xgap": 1, "ygap": 1}
            texts = [["" if np.isnan(value) else number(value, matrix.decimals) for value in row] for row in array.tolist()]
            traces.append(cell_numbers(trace, texts, asked, names, fitting_size(texts, len(across))))
        if closed is not None:
            told = [["−∞" if np.isnan(value) else f"{value:.4f}" for value in row] for row in array.tolist()]
            trace |= {"customdata": told, "hovertemplate": trace["hovertemplate"].replace("%{z:.4f}", "%{customdata}")}
    else:
        x = {"visible": False}
        trace |= {"x0": 1, "hovertemplate": hover_text(symbol, "%{y}, dimension %{x}")}
        below = 6
    axes = {"xaxis": x, "yaxis": y} | ({} if closed is None else {"shapes": _hatched(closed, palette)})
    return framed(traces, axes, len(tokens), label_room(shown), below, scale, palette)


def fitting_size(texts: Sequence[Sequence[str]], columns: int) -> float:
    """How large numbers are that have room in so many columns; as large beside each other, whatever their signs are."""
    longest = max(5, *(len(text) for line in texts for text in line))
    return round(min(_LARGEST, _ACROSS / columns / (_LETTER * longest)), 1)


def _categories(shown: list[str], places: Sequence[int] | None) -> list[str]:
    """Names of rows or columns that differ where words repeat; hovering shows their positions, the ticks only the words."""
    places = range(len(shown)) if places is None else places
    return [plotly_text(f"{place + 1} {text}") for place, text in zip(places, shown, strict=True)]


def _hatched(closed: np.ndarray, palette: Palette) -> list[dict]:
    """Stripes over the closed cells as one shape, which stands over names as over numbers; of very many cells, a grey tint."""
    ends = np.diff(np.pad(closed, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(ends == 1)
    stops = np.nonzero(ends == -1)[1]
    runs = [
        (row, start - 0.5, stop - 0.5) for row, start, stop in zip(*map(np.ndarray.tolist, (rows, starts, stops)), strict=True)
    ]
    look = {"type": "path", "layer": "above", "xref": "x", "yref": "y"}
    if max(closed.shape) > _STRIPES_UP_TO:
        path = "".join(f"M{left},{row - 0.5}H{right}V{row + 0.5}H{left}Z" for row, left, right in runs)
        return [look | {"path": path, "fillcolor": palette.faint, "opacity": 0.3, "line": {"width": 0}}] if runs else []
    apart = max(1 / 3, max(closed.shape) / 48)  # cells; lines of equal x + y, so that those of neighbours meet
    path = []
    for row, left, right in runs:
        top, bottom = row - 0.5, row + 0.5
        for line in np.arange(np.floor((left + top) / apart) + 1, (right + bottom) / apart - 1e-9) * apart:
            from_ = min(line - top, right)
            to = max(line - bottom, left)
            path.append(f"M{from_:.3f},{line - from_:.3f}L{to:.3f},{line - to:.3f}")
    return [look | {"path": "".join(path), "line": {"color": palette.faint, "width": 1}}] if path else []


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
    colours = palette.share if scale.of_shares else palette.signed
    ends = ("0", f"{scale.high:g}") if scale.of_shares else (significant(scale.low), significant(scale.high))
    high = ends[1] + (f" · {scale.remark}" if scale.remark else "")
    middle = "" if scale.of_shares else "0"
    plot_height = min(max(rows * _CELL, _LOWEST), _HIGHEST)
    layout = base_layout(palette, plot_height + 8 + below + 24, {"l": left, "r": 8, "t": 8, "b": below + 24}) | {
        "annotations": [colour_legend(colours, ends[0], high, below, middle)],
        **axes,
    }
    return {"data": traces, "layout": layout}
