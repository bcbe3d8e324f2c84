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

    weights: Tensor  # (U, U)
    units: Units  # what stands for a row and a column of the weights
    pieces: Units  # the same for all other matrices, which know no whole words
    kept: Tensor  # (U,)  the share of each row's weight that goes to units that are shown

    def matrix(self, name: str, matrix: Tensor) -> Tensor:
        """The part of one of the MATRICES, weights excepted, that is shown: (T, T) → (P, P), (T, d) → (P, d)."""
        rows = self.pieces.rows(matrix)
        return self.pieces.rows(rows.mT).mT if name in ("scores", "scaled") else rows


def show(trace: Trace, choice: Choice) -> Shown:
    """The weights of a sentence as chosen. Raises ChoiceError for a choice that this model or sentence does not have."""
    if choice.mix not in MIXES or choice.special not in SPECIAL:
        raise ChoiceError(
            f"There is no mix {choice.mix!r} with special tokens {choice.special!r}: "
            f"mixes are {', '.join(MIXES)}; special tokens are {', '.join(SPECIAL)}."
        )
    shown, raw = units_shown(trace, choice), _weights(trace, choice)
    pieces = units_shown(trace, replace(choice, whole_words=False)) if choice.whole_words else shown
    return Shown(weights_shown(raw, shown, choice), shown, pieces, shown.kept(raw))


def units_shown(trace: Trace, choice: Choice) -> Units:
    """What stands for a row and a column of the weights. Raises ChoiceError if nothing is left to show."""
    return units(trace.text, trace.tokens, special=choice.special == "kept", whole_words=choice.whole_words)


def weights_shown(weights: Tensor, shown: Units, choice: Choice) -> Tensor:
    """Any weights of the sentence, (..., T, T), as they are shown, (..., U, U)."""
    weights = shown.weights(weights)
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
