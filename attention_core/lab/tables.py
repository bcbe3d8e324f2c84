"""What the experiments measured, as tables with all digits."""

from collections.abc import Sequence
from typing import Any

from pandas import DataFrame, Index
from torch import Tensor

from attention_core.lab.additive import Agreement, Cost
from attention_core.lab.division import Spread, Undivided

ATTENTIONS = ("dot product", "dot product ÷ √d", "additive")  # in the order of an Agreement's numbers


def rows_table(found: Undivided, names: Sequence[str]) -> DataFrame:
    """Entropy and gradient of every row of a head, with the division and without it; `names` are the rows' words."""
    columns = {
        "entropy, divided": found.entropies[0].tolist(),
        "entropy, undivided": found.entropies[1].tolist(),
        "gradient, divided": found.gradients[0].tolist(),
        "gradient, undivided": found.gradients[1].tolist(),
    }
    return _table(columns, [f"{place} {name}" for place, name in enumerate(names, 1)], "token")


def spread_table(spreads: Sequence[Spread]) -> DataFrame:
    """What was measured of random vectors, a row a size."""
    columns = {
        "pairs": [spread.pairs for spread in spreads],
        "variance of q·k": [spread.variance for spread in spreads],
        "standard deviation": [spread.deviation for spread in spreads],
        "largest weight, divided": [spread.largest[0] for spread in spreads],
        "largest weight, undivided": [spread.largest[1] for spread in spreads],
        "gradient, divided": [spread.gradient[0] for spread in spreads],
        "gradient, undivided": [spread.gradient[1] for spread in spreads],
    }
    return _table(columns, [f"d = {spread.d}" for spread in spreads], "size")


def agreement_table(measured: Sequence[Agreement]) -> DataFrame:
    """How far dot-product and additive attention agree, a row a size."""
    columns: dict[str, list] = {
        "same first key": [one.same for one in measured],
        "correlation": [one.correlation for one in measured],
    }
    for at, name in enumerate(ATTENTIONS):
        columns |= {
            f"spread, {name}": [one.spreads[at] for one in measured],
            f"gradient, {name}": [one.gradients[at] for one in measured],
        }
    return _table(columns, [f"d = {one.d}" for one in measured], "size")


def cost_table(found: Sequence[Cost]) -> DataFrame:
    """How long both attentions take, in seconds, a row a pair of T and d."""
    columns = {"dot product, seconds": [cost.dot for cost in found], "additive, seconds": [cost.additive for cost in found]}
    return _table(columns, [f"T = {cost.T}, d = {cost.d}" for cost in found], "sizes")


def moved_table(moved: Tensor) -> DataFrame:
    """How much the weights of every head moved, (L, H)."""
    L, H = moved.shape
    columns = {f"head {head + 1}": moved[:, head].numpy() for head in range(H)}
    return _table(columns, [f"layer {layer}" for layer in range(1, L + 1)], "layer")


def cosines_table(cosines: Tensor, names: Sequence[str]) -> DataFrame:
    """The cosine of every word's final vector to its own before a change, (T,); `names` are the words."""
    return _table({"cosine": cosines.tolist()}, [f"{place} {name}" for place, name in enumerate(names, 1)], "token")


def _table(columns: dict[str, Any], rows: list[str], name: str) -> DataFrame:
    return DataFrame(columns, index=Index(rows, name=name))
