"""Two sentences side by side: which tokens correspond, and how far the weights between those differ."""

from collections.abc import Hashable, Sequence

import numpy as np
import torch
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.weights.units import identity

Pairs = Sequence[tuple[int, int]]  # positions in A and B, from 0


def align(a: tuple[Token, ...], b: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """The positions of equal tokens, or whole words, in the longest parts that two sentences share, in order.

    Takes the longest common run (of several, the first in A, then in B), then goes on to its left and right: the matching
    blocks of Ratcliff & Obershelp 1988. Tokens are equal if their ids are, whole words if they are also spelled alike, capitals
    aside. Pairs (position in A, position in B) count from 0 and rise in both.
    """
    runs = _runs([identity(token) for token in a], [identity(token) for token in b])
    pairs: list[tuple[int, int]] = []
    open_parts = [(0, len(a), 0, len(b))]
    while open_parts:
        top, bottom, left, right = open_parts.pop()
        if top == bottom or left == right:
            continue
        # A run may reach beyond the part that is looked at: count what lies within.
        within = np.minimum(runs[top:bottom, left:right], np.arange(right - left, 0, -1, dtype=runs.dtype))
        np.minimum(within, np.arange(bottom - top, 0, -1, dtype=runs.dtype)[:, None], out=within)
        row, column = divmod(int(within.argmax()), right - left)
        length = int(within[row, column])
        if not length:
            continue
        row, column = row + top, column + left
        pairs += [(row + step, column + step) for step in range(length)]
        open_parts += [(top, row, left, column), (row + length, bottom, column + length, right)]
    return tuple(sorted(pairs))


def _runs(a: Sequence[Hashable], b: Sequence[Hashable]) -> np.ndarray:
    """How many items from a[i] on equal those from b[j] on, (len(a), len(b)): found once, for all parts of `align`."""
    number: dict[Hashable, int] = {}
    first, second = (np.array([number.setdefault(item, len(number)) for item in items], dtype=np.int64) for items in (a, b))
    runs = np.zeros((len(a) + 1, len(b) + 1), dtype=np.min_scalar_type(max(len(a), len(b))))
    for i in range(len(a) - 1, -1, -1):
        runs[i, :-1] = (runs[i + 1, 1:] + 1) * (second == first[i])
    return runs[:-1, :-1]


def difference(a: Tensor, b: Tensor, rows: Pairs, columns: Pairs | None = None) -> Tensor:
    """B − A over what corresponds, (..., T_a, S_a) and (..., T_b, S_b) → (..., len(rows), len(columns)).

    Without `columns` the matrices are over dimensions, and every column meets the one of the same number. Raises ChoiceError
    for a pair outside of the matrices, and for matrices over different numbers of dimensions.
    """
    if columns is None and a.size(-1) != b.size(-1):
        raise ChoiceError(f"Matrices of {a.size(-1)} and {b.size(-1)} dimensions cannot be compared: give two of one kind.")

    def aligned(matrix: Tensor, side: int) -> Tensor:
        matrix = matrix.index_select(-2, _positions(rows, side, matrix.size(-2)))
        return matrix if columns is None else matrix.index_select(-1, _positions(columns, side, matrix.size(-1)))

    return aligned(b, 1) - aligned(a, 0)


def head_changes(a: Trace, b: Trace, pairs: Pairs) -> Tensor:
    """How much each head's weights between aligned tokens change from A to B, (L, H), from 0 to 1.

    `pairs` are token positions, as from `align`. For each aligned query, half the sum of |B − A| over the aligned keys; then
    the mean over the aligned queries. Where all keys are aligned, the half-sum is the total variation distance between the
    two rows: the share of weight that moved. Tokens without a counterpart are passed over, so weight that moved between an
    aligned key and such a token counts half. Raises ChoiceError if nothing is aligned, for a pair outside of the sentences,
    and for traces of different models.
    """
    if not pairs:
        raise ChoiceError(
            "These two sentences have no token in common, so no weight of one corresponds to one of the other. "
            "Give two sentences that share some words."
        )
    sizes = [(len(trace.layers), trace.layers[0].q.size(0)) for trace in (a, b)]
    if sizes[0] != sizes[1]:
        kinds = " and ".join(f"{layers} layers of {heads} heads" for layers, heads in sizes)
        raise ChoiceError(f"Traces of models with {kinds} cannot be compared head by head: read both with one model.")
    return torch.stack(
        [
            difference(a.weights(layer), b.weights(layer), pairs, pairs).abs().sum(dim=-1).mean(dim=-1) / 2
            for layer in range(len(a.layers))
        ]
    )


def head_distances(weights: Tensor, layer: int, head: int) -> Tensor:
    """How unlike one head every head is on one sentence, weights (L, H, T, T) → (L, H), from 0 to 1; layer and head from 0.

    The mean over all queries of the total variation distance between the two rows: the share of weight that would have to move.
    """
    return (weights - weights[layer, head]).abs().sum(dim=-1).mean(dim=-1) / 2


def _positions(pairs: Pairs, side: int, count: int) -> Tensor:
    """One side of the pairs, each found to be a position below `count`."""
    positions = [pair[side] for pair in pairs]
    for position in positions:
        if not 0 <= position < count:
            raise no_such("position", position, count, "AB"[side])
    return torch.tensor(positions, dtype=torch.long)
