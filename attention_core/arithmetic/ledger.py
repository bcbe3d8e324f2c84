"""Sums and softmax rows as lines of text that a reader can check with a calculator."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from attention_core.arithmetic.sums import Softmax, Sum
from attention_core.writing.digits import (
    DECIMALS,
    adding,
    fewest,
    fixed,
    multiplying,
    quotient,
    rounds_to,
    scientific,
    short,
    written,
)
from attention_core.writing.numbers import percent

SMALLEST = 2.0**-126  # below, float32 keeps fewer and fewer digits, and in the end none


@dataclass(frozen=True)
class LedgerLine:
    """One line of a ledger."""

    label: str  # plain text
    place: int | None  # which dimension, input or key; None where it stands for several
    cells: tuple[str, ...]  # numbers as text; empty where there is none


@dataclass(frozen=True)
class Ledger:
    """Lines, and below them what their columns add up to."""

    lines: tuple[LedgerLine, ...]
    total: tuple[str, ...]


def others(count: int) -> str:
    """What is not listed, as a label."""
    return "1 other" if count == 1 else f"{count} others"


def largest(values: Sequence[float], most: int, keep: int) -> list[int]:
    """The places of the `most` largest values and of one to keep, the largest first; all of them if one more would be all."""
    order = sorted(range(len(values)), key=lambda place: -values[place])
    if len(order) <= most + 1:
        return order
    return order[:most] if keep in order[:most] else [*order[:most], keep]


def sum_ledger(sum: Sum) -> Ledger:
    """The sum's terms as factor, factor, product, and its result."""
    finer, coarser = adding(sum.values, sum.result)
    factors = multiplying([term.factors for term in sum.terms], finer)
    lines = [
        LedgerLine(term.label, term.place, (*(fixed(factor, factors) for factor in term.factors), fixed(term.value, finer)))
        for term in sum.terms
    ]
    if sum.rest:
        lines.append(LedgerLine(others(sum.rest.count), None, ("", "", fixed(sum.rest.value, finer))))
    if sum.bias is not None:
        lines.append(LedgerLine("bias", None, ("", "", fixed(sum.bias, finer))))
    return Ledger(tuple(lines), ("", "", fixed(sum.result, coarser)))


def scaled_ledger(
    scores: Sequence[float], row: Softmax, undivided: Sequence[float], root: float, names: Sequence[str], places: Sequence[int]
) -> Ledger:
    """A row of scores as score, scaled score, and what softmax makes of each, for the keys at `places`."""
    score, _, scaled = quotient([(scores[place], row.scaled[place]) for place in places], root)
    lines = tuple(
        LedgerLine(
            names[place],
            place,
            (
                fixed(scores[place], score),
                fixed(row.scaled[place], scaled),
                percent(undivided[place]),
                percent(row.weights[place]),
            ),
        )
        for place in places
    )
    return Ledger(lines, ("", "", "", ""))


def softmax_ledger(row: Softmax, names: Sequence[str], places: Sequence[int]) -> Ledger:
    """A softmax row as s, s − m, e^(s−m) and weight, for the keys at `places`; all other keys share the last line.

    Each column follows from the one before as it is written: the difference, its power, the sum of powers, the quotient.
    Raises ValueError for weights that are not the softmax of the scores.
    """
    for decimals in range(DECIMALS, 0, -1):
        ledger = _softmax_ledger(row, names, places, decimals)
        if ledger:
            return ledger
    raise ValueError("The weights are not the softmax of the scaled scores.")


def _softmax_ledger(row: Softmax, names: Sequence[str], places: Sequence[int], decimals: int) -> Ledger | None:
    """A softmax row's ledger with so many decimals for the weights; None where a weight's own rounding in float32 shows."""
    listed = set(places)
    left = [place for place in range(len(row.powers)) if place not in listed]
    groups = [[place] for place in places] + ([left] if left else [])
    powers = [math.fsum(row.powers[place] for place in group) for group in groups]
    weights = [math.fsum(row.weights[place] for place in group) for group in groups]
    if row.sink is not None:
        powers, weights = [*powers, row.sink], [*weights, row.sink / row.total]

    def fits(finer: int) -> bool:
        texts = [written(short(power, finer)) for power in powers]
        total = written(fixed(row.total, finer - 1))
        return rounds_to(sum(texts), fixed(row.total, finer - 1)) and all(
            rounds_to(power / total, weight_text(weight, decimals))
            for power, weight in zip(texts, weights, strict=True)
            if weight >= SMALLEST
        )

    power = fewest(decimals + 1, fits, most=decimals + 5)
    if not fits(power):
        return None
    texts = [short(value, power) for value in powers]
    scaled, shifted = ([values[place] for place in places] for values in (row.scaled, row.shifted))
    pairs = list(zip(shifted, texts, strict=False))
    shift = fewest(3, lambda finer: all(rounds_to(written(fixed(s, finer)).exp(), text) for s, text in pairs))
    differences = list(zip(scaled, shifted, strict=True))

    def subtracts(finer: int) -> bool:
        m = written(fixed(row.largest, finer))
        written_differences = ((written(fixed(s, finer)) - m, difference) for s, difference in differences)
        return all(rounds_to(c, fixed(difference, shift)) or c == Decimal(difference) for c, difference in written_differences)

    score = fewest(shift, subtracts)
    lines = [
        LedgerLine(names[place], place, (fixed(s, score), fixed(difference, shift), text, weight_text(weight, decimals)))
        for place, (s, difference), text, weight in zip(places, differences, texts, weights, strict=False)
    ]
    summed = ([others(len(left))] if left else []) + (["sink"] if row.sink is not None else [])
    for name, text, weight in zip(summed, texts[len(lines) :], weights[len(lines) :], strict=True):
        lines.append(LedgerLine(name, None, ("", "", text, weight_text(weight, decimals))))
    return Ledger(tuple(lines), ("", "", fixed(row.total, power - 1), fixed(1.0, decimals - 1)))


def weight_text(weight: float, decimals: int) -> str:
    """A weight; as a power of ten where it is small, and 0 where float32 no longer holds its digits."""
    small = SMALLEST <= weight < 10.0**-decimals
    return scientific(weight, max(0, decimals - 2)) if small else fixed(weight, decimals)
