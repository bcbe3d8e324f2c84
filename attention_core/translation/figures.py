"""The matrices of a translation as Plotly heatmaps: two sentences may meet, and hidden cells are hatched."""

from torch import Tensor

from attention_core.figures.heatmap import token_heatmap
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.translation.kinds import attention_matrices


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

    (T, S) over the tokens that ask and those that are asked, or (T, d) over dimensions. Cells of −∞ are hatched.
    """
    matrix = attention_matrices(kind)[name]
    return token_heatmap(
        "x" if name == "source" else name,
        matrix.symbol,
        name == "weights",
        values,
        rows,
        palette,
        None,
        numbers=numbers,
        columns=columns,
    )


def alignment_spec(weights: Tensor, written: tuple[Token, ...], source: tuple[Token, ...], palette: Palette) -> dict:
    """Which English words (columns) the decoder looks at while it writes each French one (rows), from weights (T, S).

    After Bahdanau et al. 2015, figure 3.
    """
    return token_heatmap("weights", "a", True, weights, written, palette, None, columns=source)


def weights_difference_spec(values: Tensor, rows: tuple[Token, ...], columns: tuple[Token, ...], palette: Palette) -> dict:
    """The difference B − A of the weights of two heads or sentences, on a scale centred on 0 that leaves nothing out."""
    return token_heatmap("weights", "B − A", False, values, rows, palette, None, whole=True, columns=columns)
