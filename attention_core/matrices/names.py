"""The matrices of one attention head in the order they are computed: their names and what each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the names are needed before torch is
    from torch import Tensor

    from attention_core.model.attention import Stages
    from attention_core.model.trace import Layer


@dataclass(frozen=True)
class Matrix:
    """What is said of one matrix, whatever the sentence."""

    name: str  # as in Layer and Stages
    symbol: str
    title: str
    role: str  # whose colour it wears
    badge: str  # what stands in the circle before its title
    sentence: str
    columns: str  # 'tokens' or 'dimensions'; rows are always tokens
    decimals: int  # of the numbers in its cells
    framed: tuple[str, ...] = ("query",)  # whose rows its picture frames

    @property
    def is_square(self) -> bool:
        """Whether a column stands for a token as a row does, so that the key's column is framed too."""
        return self.columns == "tokens"


_INPUT = "What the layer receives: one row a word; all its heads read the same."
_OUTPUT = "Each word’s new vector: all values, mixed by its row of weights."
_SCORES = "Each query meets each key: one dot product a cell, large where they point the same way."
_SCALED = "Divided by √d_k: a sum of more products spreads wider, and softmax would saturate sooner."
MATRICES = {
    matrix.name: matrix
    for matrix in (
        Matrix("x", "X", "Words as vectors", "input", "X", _INPUT, "dimensions", 2, ("query", "key")),
        Matrix("q", "Q", "Queries", "query", "Q", "What each word asks for.", "dimensions", 2),
        Matrix("k", "K", "Keys", "key", "K", "What each word offers to be found by.", "dimensions", 2, ("key",)),
        Matrix("v", "V", "Values", "value", "V", "What each word passes on when looked at.", "dimensions", 2, ("key",)),
        Matrix("scores", "QKᵀ", "Raw scores", "weight", "1", _SCORES, "tokens", 1),
        Matrix("scaled", "QKᵀ/√d_k", "Scaled scores", "weight", "2", _SCALED, "tokens", 1),
        Matrix("weights", "A", "Softmax weights", "weight", "3", "Each row becomes shares that sum to 1.", "tokens", 2),
        Matrix("z", "Z", "Output", "value", "4", _OUTPUT, "dimensions", 2),
    )
}


def values(name: str, layer: Layer, stages: Stages) -> Tensor:
    """The matrix of that name, 2-D: x comes from the layer, all others from the head's stages."""
    return layer.x if name == "x" else getattr(stages, name)
