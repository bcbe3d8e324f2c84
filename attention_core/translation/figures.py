"""The matrices of a translation as Plotly heatmaps: two sentences may meet, and hidden cells have stripes."""

import numpy as np
from torch import Tensor

from attention_core.figures.heatmap import token_heatmap
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.translation.kinds import attention_matrices
from attention_core.writing.numbers import number

_STRIPES = 3  # lines through a hidden cell


def attention_spec(
    name: str,
    kind: str,
    values: Tensor,
    rows: tuple[Token, ...],
    columns: tuple[Token, ...],
    palette: Palette,
    numbers: bool = True,
) -> dict:
    """The heatmap of one matrix of one of the ATTENTION_KINDS as a figure dict, the first row on top.

    (T, S) over the tokens that ask and those that are asked, or (T, d) over dimensions. A cell of −∞ has stripes and no number.
    """
    matrix = attention_matrices(kind)[name]
    hidden = np.isneginf(values.numpy())
    drawn_as = {"masked": "scaled", "source": "x"}.get(name, name)  # the one of the MATRICES whose cells look alike
    spec = token_heatmap(
        drawn_as,
        matrix.symbol,
        name == "weights",
        values.masked_fill(values.isneginf(), 0.0),
        rows,
        palette,
        None,
        numbers=numbers,
        columns=columns,
    )
    return _striped(spec, values, hidden, palette) if hidden.any() else spec


def alignment_spec(weights: Tensor, written: tuple[Token, ...], source: tuple[Token, ...], palette: Palette) -> dict:
    """Which English words (columns) the decoder looks at while it writes each French one (rows), from weights (T, S).

    After Bahdanau et al. 2015, figure 3.
    """
    return token_heatmap("weights", "a", True, weights, written, palette, None, columns=source)


def difference_of_heads_spec(values: Tensor, rows: tuple[Token, ...], columns: tuple[Token, ...], palette: Palette) -> dict:
    """The difference B − A of the weights of two heads, on a scale centred on 0 that leaves nothing out."""
    return token_heatmap("weights", "B − A", False, values, rows, palette, None, whole=True, columns=columns)


def _striped(spec: dict, values: Tensor, hidden: np.ndarray, palette: Palette) -> dict:
    trace, *numbers = spec["data"]
    # What is under the pointer says −∞ as a text; in the cell itself stand stripes.
    told = [
        ["−∞" if gone else number(value, 4) for value, gone in zip(row, lost, strict=True)]
        for row, lost in zip(values.tolist(), hidden.tolist(), strict=True)
    ]
    trace = trace | {
        "z": np.where(hidden, np.nan, values.numpy()).astype(np.float32),
        "customdata": told,
        "hovertemplate": trace["hovertemplate"].replace("%{z:.4f}", "%{customdata}"),
    }
    for written in numbers:
        written["text"] = ["" if gone else text for text, gone in zip(written["text"], hidden.ravel().tolist(), strict=True)]
    # Lines through each hidden cell from its upper right to its lower left; those of neighbours meet.
    lines = []
    for row, column in np.argwhere(hidden).tolist():
        for line in range(2 * _STRIPES):
            at = (line + 0.5) / _STRIPES  # where the line meets the sum of both coordinates within the cell, 0 to 2
            start, end = min(at, 1.0), max(0.0, at - 1.0)
            left, top = column - 0.5, row - 0.5
            lines.append(f"M{left + start:.3f},{top + at - start:.3f}L{left + end:.3f},{top + at - end:.3f}")
    stripes = {
        "type": "path",
        "path": "".join(lines),
        "line": {"color": palette.faint, "width": 1},
        "layer": "above",
        "xref": "x",
        "yref": "y",
    }
    return {"data": [trace, *numbers], "layout": spec["layout"] | {"shapes": [stripes]}}
