"""What a sheet computes for one query and key, written out in numbers that one can check on paper; `=` only where it is exact.

Indices count from 0 in the arguments and from 1 in what is said.
"""

import math
from collections.abc import Iterable
from decimal import Decimal

from attention_core.by_hand.sheet import Worked, root
from attention_core.writing.numbers import number
from attention_core.writing.phrases import Mark, Phrase, named

WEIGHT_DECIMALS = 4
_LARGEST_POWER = 10.0  # of e that is written out as it is: e^10 has five digits
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MATRIX = {"q": "w_q", "k": "w_k", "v": "w_v"}
_ROLES = {"q": "query", "k": "key", "v": "value", "z": "value"}


def plain_number(value: float, decimals: int = 3) -> str:
    """A number with at most so many decimals, without zeros at its end; a large one with a power of ten."""
    if abs(value) >= 1e9:
        digits, _, power = f"{value:.2e}".partition("e")
        return f"{digits}e{int(power)}".replace("-", "−")
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def say_number(worked: Worked, name: str, query: int, key: int, dimension: int) -> Phrase:
    """How one number of q, k, v, scores, scaled, weights or z comes about; `dimension` counts in q and k, or in v and z."""
    if name in _MATRIX:
        return _entry(worked, name, query if name == "q" else key, dimension)
    return {"scores": _score, "scaled": _scaled, "weights": _weight, "z": _mixed}[name](worked, query, key, dimension)


def say_mix(worked: Worked, query: int) -> Phrase:
    """z of a query as the sum of all values, each times its weight: z₁ ≈ 0.9045 v(I) + 0.0742 v(am) + 0.0213 v(good)."""
    said: Phrase = (_symbol("z", query), " ≈ ")
    for key, weight in enumerate(worked.stages.weights[query].tolist()):
        said += (" + " if key else "", f"{number(weight, WEIGHT_DECIMALS)} v(", named(worked.tokens, key, "value"), ")")
    return said


def _entry(worked: Worked, part: str, row: int, column: int) -> Phrase:
    result = getattr(worked.stages, part)[row, column].item()
    if "x" not in worked.matrices:  # the values of given scores are typed
        return (_symbol(part, row, column), f" = {plain_number(result)}, as typed.")
    x, weights = worked.matrices["x"][row], [line[column] for line in worked.matrices[_MATRIX[part]]]
    return (_symbol(part, row, column), *_sum(zip(x, weights, strict=True), result, 6))


def _score(worked: Worked, query: int, key: int, dimension: int) -> Phrase:
    stages = worked.stages
    result = stages.scores[query, key].item()
    pair = (_symbol("q", query), "·", _symbol("k", key))
    if "x" not in worked.matrices:
        return (*pair, f" = {plain_number(result)}, as typed.")
    return (*pair, *_sum(zip(stages.q[query].tolist(), stages.k[key].tolist(), strict=True), result, 4))


def _scaled(worked: Worked, query: int, key: int, dimension: int) -> Phrase:
    stages, d_k = worked.stages, worked.stages.q.size(-1)
    score, result = stages.scores[query, key].item(), stages.scaled[query, key].item()
    top, bottom, quotient = plain_number(score), root(d_k), plain_number(result)
    sign = "=" if Decimal(_written(top)) == Decimal(_written(quotient)) * Decimal(bottom) and _exact(score, top) else "≈"
    return (_symbol("s", query, key), f" ÷ √d_k = {top} ÷ √{d_k} = {top} ÷ {bottom} {sign} ", Mark(quotient, "strong"))


def _weight(worked: Worked, query: int, key: int, dimension: int) -> Phrase:
    scaled = worked.stages.scaled[query].tolist()
    # As everywhere in the app, e to each, divided by their sum. Only where that leaves what a computer can hold, each first
    # loses the row's largest, which changes no share.
    is_too_large = max(map(abs, scaled)) > _LARGEST_POWER
    shifted = [value - max(scaled) for value in scaled] if is_too_large else scaled
    powers = [math.exp(value) for value in shifted]
    exponents = " + ".join(f"e^{_bracketed(plain_number(value))}" for value in shifted)
    terms = " + ".join(map(plain_number, powers))
    above = f"e^{_bracketed(plain_number(shifted[key]))}"
    before = f"Each minus the row’s largest, {plain_number(max(scaled))}, which changes no share: " if is_too_large else ""
    return (
        f"{before}{above} ÷ ({exponents})",
        f" ≈ {plain_number(powers[key])} ÷ ({terms}) ≈ ",
        Mark(number(worked.stages.weights[query, key].item(), WEIGHT_DECIMALS), "strong"),
    )


def _mixed(worked: Worked, query: int, key: int, dimension: int) -> Phrase:
    stages = worked.stages
    pairs = zip(stages.weights[query].tolist(), stages.v[:, dimension].tolist(), strict=True)
    return (_symbol("z", query, dimension), *_sum(pairs, stages.z[query, dimension].item(), WEIGHT_DECIMALS))


def _sum(pairs: Iterable[tuple[float, float]], result: float, decimals: int = 3) -> Phrase:
    """= 1·0 + 2·1 = 2, with ≈ for = where rounding shows."""
    pairs = list(pairs)
    shown = [tuple(plain_number(factor, decimals) for factor in pair) for pair in pairs]
    total = plain_number(result, decimals)
    factors_exact = all(
        _exact(*both) for pair, texts in zip(pairs, shown, strict=True) for both in zip(pair, texts, strict=True)
    )
    added = sum(Decimal(_written(one)) * Decimal(_written(other)) for one, other in shown)
    first, last = ("=" if factors_exact else "≈"), ("=" if factors_exact and added == Decimal(_written(total)) else "≈")
    terms = " + ".join(f"{one}·{_bracketed(other)}" for one, other in shown)
    return (f" {first} {terms} {last} ", Mark(total, "strong"))


def _symbol(letter: str, row: int, column: int | None = None) -> Mark:
    """q₁, or its entry q₁[2]; a score has two indices below."""
    below = str(row + 1).translate(_LOWERED)
    if letter == "s":
        return Mark(f"s{below}{str(column + 1).translate(_LOWERED)}", "weight")
    return Mark(f"{letter}{below}" + ("" if column is None else f"[{column + 1}]"), _ROLES[letter])


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _written(text: str) -> str:
    return text.replace("−", "-")


def _exact(value: float, text: str) -> bool:
    return Decimal(value) == Decimal(_written(text)) or float(_written(text)) == value
