"""Whose weights a picture shows and how: one head, a mean or rollout; all tokens, words, special tokens or not."""

from dataclasses import dataclass, replace
from itertools import product

from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.trace import Trace
from attention_core.weights.mixtures import mean_weights, rollout
from attention_core.weights.units import Units, of_the_rest, units

MIXES = ("head", "mean", "rollout")
SPECIAL = ("kept", "left-out", "of-the-rest")
_SQUARE = ("scores", "scaled", "capped", "biased", "masked")  # the weights aside, what has columns of tokens


@dataclass(frozen=True)
class Choice:
    """What to show of any sentence; layers and heads count from 0.

    A mean is taken over all heads in `heads` of all layers in `layers`; rollout goes up to and including `layer`. With special
    tokens 'left-out' the other weights stay as they are, 'of-the-rest' makes each row's remaining weights sum to 1.
    """

    layer: int
    head: int
    mix: str = "head"  # one of MIXES
    layers: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()
    special: str = "kept"  # one of SPECIAL
    whole_words: bool = False

    def changes(self) -> dict[str, str]:
        """What was done to the weights before they were shown, for files; empty where they are as computed."""
        special = {"left-out": "left out", "of-the-rest": "left out; each row divided by its remaining sum"}
        said = {"special tokens": special[self.special]} if self.special in special else {}
        words = "whole words: weights to their pieces summed, from them averaged"
        return said | ({"words": words} if self.whole_words else {})

    def whose(self) -> str:
        """Whose weights these are, as people count."""
        if self.mix == "rollout":
            return f"rollout through layers 1 to {self.layer + 1}"
        if self.mix == "mean":
            return f"the mean of {_counted('head', self.heads)} in {_counted('layer', self.layers)}"
        return f"layer {self.layer + 1}, head {self.head + 1}"


@dataclass(frozen=True, eq=False)
class Shown:
    """The weights of one sentence as a picture shows them."""

    weights: Tensor  # (U, V)
    units: Units  # what stands for a row of the weights
    pieces: Units  # the same for all other matrices, which know no whole words
    columns: Units  # what stands for a column of the weights: `units` itself, save for cross-attention
    column_pieces: Units
    kept: Tensor  # (U,)  the share of each row's weight that goes to units that are shown

    def matrix(self, name: str, matrix: Tensor) -> Tensor:
        """The part of one of the matrices, weights excepted, that is shown: (T, S) → (P, R), (T, d) → (P, d)."""
        rows = self.rows_of(name).rows(matrix)
        return self.column_pieces.rows(rows.mT).mT if name in _SQUARE else rows

    def rows_of(self, name: str) -> Units:
        """What the rows of one of the matrices stand for: those of keys and values are what is looked at."""
        if name == "weights":
            return self.units
        return self.column_pieces if name in ("k", "v") else self.pieces

    def columns_of(self, name: str) -> Units:
        """What the columns of one of the matrices over tokens stand for."""
        return self.columns if name == "weights" else self.column_pieces


def show(trace: Trace, choice: Choice) -> Shown:
    """The weights of a sentence as chosen. Raises ChoiceError for a choice that this model or sentence does not have."""
    if choice.mix not in MIXES or choice.special not in SPECIAL:
        raise ChoiceError(
            f"There is no mix {choice.mix!r} with special tokens {choice.special!r}: "
            f"mixes are {', '.join(MIXES)}; special tokens are {', '.join(SPECIAL)}."
        )
    shown, columns, raw = units_shown(trace, choice), columns_shown(trace, choice), _weights(trace, choice)
    pieces, column_pieces = shown, columns
    if choice.whole_words:
        pieces, column_pieces = (of(trace, replace(choice, whole_words=False)) for of in (units_shown, columns_shown))
    seen = weights_shown(raw, shown, choice, columns)
    return Shown(seen, shown, pieces, columns or shown, column_pieces or pieces, shown.kept(raw, columns))


def units_shown(trace: Trace, choice: Choice) -> Units:
    """What stands for a row of the weights. Raises ChoiceError if nothing is left to show."""
    return units(trace.row_text, trace.rows, special=choice.special == "kept", whole_words=choice.whole_words)


def columns_shown(trace: Trace, choice: Choice) -> Units | None:
    """What stands for a column of the weights, where that is not what stands for a row: in cross-attention."""
    if trace.kind != "cross":
        return None
    return units(trace.column_text, trace.columns, special=choice.special == "kept", whole_words=choice.whole_words)


def weights_shown(weights: Tensor, shown: Units, choice: Choice, columns: Units | None = None) -> Tensor:
    """Any weights of the sentence, (..., T, S), as they are shown, (..., U, V)."""
    weights = shown.weights(weights, columns)
    return of_the_rest(weights) if choice.special == "of-the-rest" else weights


def _weights(trace: Trace, choice: Choice) -> Tensor:
    if choice.mix == "mean":
        return mean_weights(trace, product(choice.layers, choice.heads))
    if choice.mix == "rollout":
        return rollout(trace, choice.layer + 1)
    return trace.stages(choice.layer, choice.head).weights


def _counted(what: str, chosen: tuple[int, ...]) -> str:
    """'head 3', 'heads 1, 3 and 5', 'heads 1 to 12'."""
    numbers = [number + 1 for number in chosen]
    if len(numbers) == 1:
        return f"{what} {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{what}s {numbers[0]} to {numbers[-1]}"
    return f"{what}s {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
