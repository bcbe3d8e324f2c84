"""Two sentences side by side: what corresponds, what only one of them has, and how far the weights between it differ."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.weights.units import Units, identity

Pairs = Sequence[tuple[int, int]]  # positions in A and B, from 0


class Column(NamedTuple):
    """One place of two sentences written above each other: a unit of A, one of B, or both."""

    a: int | None
    b: int | None
    is_shared: bool  # whether the two correspond; else they only stand at the same place


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two sentences and which of their units correspond; `align_units` makes it. All numbers count from 0."""

    a: Units
    b: Units
    pairs: tuple[tuple[int, int], ...]  # units of A and B, rising in both

    @property
    def shares_a_word(self) -> bool:
        """Whether anything but special tokens corresponds."""
        return not all(token.is_special for token in self.tokens)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """What corresponds, as A spells it."""
        return tuple(self.a.tokens[row] for row, _ in self.pairs)

    @cached_property
    def members(self) -> list[tuple[int, ...]]:
        """The positions in A that each pair stands for."""
        return [self.a.members[row] for row, _ in self.pairs]

    @property
    def places(self) -> list[int]:
        """The position in A at which each pair begins."""
        return [positions[0] for positions in self.members]

    @cached_property
    def in_b(self) -> dict[int, int]:
        """The unit of B that corresponds to a unit of A, where there is one."""
        return dict(self.pairs)

    @property
    def rows_of_b(self) -> list[tuple[int, ...]]:
        """For each unit of B, the positions in A that it corresponds to; none for what A lacks."""
        rows: list[tuple[int, ...]] = [()] * len(self.b.tokens)
        for row, other in self.pairs:
            rows[other] = self.a.members[row]
        return rows

    @cached_property
    def columns(self) -> list[Column]:
        """Both sentences above each other, in columns where they correspond; what lies between fills up from the left."""
        found, row, column = [], 0, 0
        ends = len(self.a.tokens), len(self.b.tokens)
        for next_row, next_column in (*self.pairs, ends):
            for step in range(max(next_row - row, next_column - column)):
                above = row + step if row + step < next_row else None
                below = column + step if column + step < next_column else None
                found.append(Column(above, below, False))
            if (next_row, next_column) != ends:
                found.append(Column(next_row, next_column, True))
            row, column = next_row + 1, next_column + 1
        return found

    def alone(self, side: str) -> list[int]:
        """Which units of side 'a' or 'b' have no counterpart, in order."""
        paired = {pair["ab".index(side)] for pair in self.pairs}
        return [unit for unit in range(len(getattr(self, side).tokens)) if unit not in paired]

    def only_in(self, side: str) -> list[Token]:
        """What of side 'a' or 'b' has no counterpart, in order."""
        return [getattr(self, side).tokens[unit] for unit in self.alone(side)]


def align_units(a: Units, b: Units) -> Alignment:
    """What `align` finds of the units of two sentences."""
    return Alignment(a, b, align(a.tokens, b.tokens))


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


def weight_moved(change: Tensor) -> Tensor:
    """The share of weight that moved in a head, from 0 to 1: a difference of weights (..., T, S) → (...).

    The mean over all queries of half the sum of |change|: the total variation distance between two rows that sum to 1.
    """
    return change.abs().sum(dim=-1).mean(dim=-1) / 2


def head_changes(a: Trace, b: Trace, pairs: Pairs | None = None) -> Tensor:
    """How much each head's weights between aligned tokens change from A to B, (L, H), from 0 to 1.

    `pairs` are token positions, as from `align`; without them A and B are two readings of one sentence, compared position by
    position. What moved is found as `weight_moved` does, over the aligned queries and keys. Tokens without a counterpart are
    passed over, so weight that moved between an aligned key and such a token counts half. One layer is looked at after the
    other: 13 MB at 512 tokens, not 75. Raises ChoiceError if nothing is aligned, for a pair outside of the sentences, for
    readings of different lengths, and for traces of different models.
    """
    if pairs is None and len(a.rows) != len(b.rows):
        raise ChoiceError(
            f"Readings of {len(a.rows)} and {len(b.rows)} tokens cannot be compared position by position: "
            "give the pairs of positions that correspond."
        )
    if pairs is not None and not pairs:
        raise ChoiceError(
            "These two sentences have no token in common, so no weight of one corresponds to one of the other. "
            "Give two sentences that share some words."
        )
    sizes = [(len(trace.layers), trace.layers[0].heads) for trace in (a, b)]
    if sizes[0] != sizes[1]:
        kinds = " and ".join(f"{layers} layers of {heads} heads" for layers, heads in sizes)
        raise ChoiceError(f"Traces of models with {kinds} cannot be compared head by head: read both with one model.")

    def change(layer: int) -> Tensor:
        before, after = a.weights(layer), b.weights(layer)
        return after - before if pairs is None else difference(before, after, pairs, pairs)

    return torch.stack([weight_moved(change(layer)) for layer in range(len(a.layers))])


def head_distances(weights: Tensor, layer: int, head: int) -> Tensor:
    """How unlike one head every head is on one sentence, weights (L, H, T, T) → (L, H), from 0 to 1; layer and head from 0.

    What `weight_moved` says of the difference: the share of weight that would have to move.
    """
    own = weights[layer, head]
    return torch.stack([weight_moved(heads - own) for heads in weights])  # layer by layer, as in `head_changes`


def _positions(pairs: Pairs, side: int, count: int) -> Tensor:
    """One side of the pairs, each found to be a position below `count`."""
    positions = [pair[side] for pair in pairs]
    for position in positions:
        if not 0 <= position < count:
            raise no_such("position", position, count, "AB"[side])
    return torch.tensor(positions, dtype=torch.long)
