"""The matrices of one attention head in the order they are computed: their names and what each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the names are needed before torch is
    from torch import Tensor

    from attention_core.model.attention import Attention, Stages


@dataclass(frozen=True)
class Matrix:
    """What is said of one matrix, whatever the sentence."""

    name: str  # as in Attention and Stages
    symbol: str  # as in its formula; it stands in the coloured badge before the title
    title: str
    role: str  # whose colour it wears
    sentence: str
    columns: str  # 'tokens' or 'dimensions'; rows are always tokens
    decimals: int  # of the numbers in its cells
    framed: tuple[str, ...] = ("query",)  # whose rows its picture frames

    @property
    def over_tokens(self) -> bool:
        """Whether its columns are tokens, not dimensions, so that the key's column is framed too."""
        return self.columns == "tokens"


_INPUT = "What the layer receives: one row a word; all its heads read the same."
_OUTPUT = "Each word’s new vector: all values, mixed by its row of weights."
_SCORES = "Each query meets each key: one dot product a cell, large where they point the same way."
_SCALED = "Divided by √d_k: a sum of more products spreads wider, and softmax would saturate sooner."
MATRICES = {
    matrix.name: matrix
    for matrix in (
        Matrix("x", "X", "Words as vectors", "input", _INPUT, "dimensions", 2, ("query", "key")),
        Matrix("q", "Q", "Queries", "query", "What each word asks for.", "dimensions", 2),
        Matrix("k", "K", "Keys", "key", "What each word offers to be found by.", "dimensions", 2, ("key",)),
        Matrix("v", "V", "Values", "value", "What each word passes on when looked at.", "dimensions", 2, ("key",)),
        Matrix("scores", "QKᵀ", "Raw scores", "weight", _SCORES, "tokens", 1),
        Matrix("scaled", "QKᵀ/√d_k", "Scaled scores", "weight", _SCALED, "tokens", 1),
        Matrix("weights", "A", "Softmax weights", "weight", "Each row becomes shares that sum to 1.", "tokens", 2),
        Matrix("z", "Z", "Output", "value", _OUTPUT, "dimensions", 2),
    )
}


_CAPPED = "Bent so that none lies beyond the softcap: large scores are drawn together, small ones stay."
_BIASED = "A learned number for each distance or pair is added: near and far are no longer alike."
_MASKED = "Hatched cells are closed: −∞, so their weight is exactly 0."
BETWEEN = {  # what some models do between scaled and weights, in this order
    matrix.name: matrix
    for matrix in (
        Matrix("capped", "S_cap", "Capped scores", "weight", _CAPPED, "tokens", 1),
        Matrix("biased", "S + B", "Biased scores", "weight", _BIASED, "tokens", 1),
        Matrix("masked", "S + M", "Masked scores", "weight", _MASKED, "tokens", 1),
    )
}
_LAST = ("weights", "z")


def matrix_of(name: str) -> Matrix:
    """What is said of one of the MATRICES or of what some models have BETWEEN them."""
    return MATRICES.get(name) or BETWEEN[name]


def names_of(stages: Stages) -> list[str]:
    """The matrices that a head has, in the order they are computed: the MATRICES, and of what is BETWEEN what there is."""
    between = [name for name in BETWEEN if getattr(stages, name) is not None]
    return [*(name for name in MATRICES if name not in _LAST), *between, *_LAST]


def values(name: str, attention: Attention, stages: Stages) -> Tensor:
    """The matrix of that name, 2-D: x is what the attention receives, all others come from the head's stages."""
    return attention.x if name == "x" else getattr(stages, name)
