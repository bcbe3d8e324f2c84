"""Numbers written so that whoever calculates with what is written gets what is written.

Rounding each number for itself does not do: of thirty rounded terms, the sum is often off in its last digit. So a term gets
more decimals than its sum, a factor more than its product, and as many more as this very case needs.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from attention_core.writing.numbers import number

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
DECIMALS = 3  # of a result, where its own rounding in float32 does not show
_SPREAD = 5  # how many more decimals are tried for terms than their result has


def fixed(value: float | Decimal, decimals: int) -> str:
    """A number with so many decimals; where they are below 0, with as many zeros before the point."""
    return number(value, decimals) if decimals >= 0 else number(round(float(value), decimals), 0)


def short(value: float | Decimal, decimals: int) -> str:
    """A number with so many decimals, or as 9.36·10⁻¹⁴ where those would show less than two digits of it."""
    plain = value == 0 or abs(value) >= 10.0 ** (1 - decimals)
    return fixed(value, decimals) if plain else scientific(value, max(0, decimals - 2))


def scientific(value: float | Decimal, decimals: int) -> str:
    """A number as 9.36·10⁻¹⁴, with so many decimals before the power of ten."""
    digits, _, power = f"{value:.{decimals}e}".partition("e")
    return f"{digits}·10{str(int(power)).translate(_RAISED)}".replace("-", "−")


def written(text: str) -> Decimal:
    """What a text of `fixed` or `shown` stands for, exactly."""
    digits, _, power = text.replace("−", "-").partition("·10")
    return Decimal(digits).scaleb(int(power.translate(_LOWERED) or 0))


def tex(text: str, after_operator: bool = False) -> str:
    """A number that is written as text, in TeX; a negative number stands in brackets where it follows an operator."""
    digits, _, power = text.replace("−", "-").partition("·10")
    number = digits + (rf"\cdot 10^{{{power.translate(_LOWERED)}}}" if power else "")
    return f"({number})" if after_operator and number.startswith("-") else f"{{{number}}}"


def rounds_to(calculated: Decimal, text: str, decimals: int | None = None) -> bool:
    """Whether a calculated number, rounded to the digits of a text, is that text, whichever way halves are rounded.

    `decimals` says how many the text has where that is below 0, which its zeros do not show.
    """
    expected = written(text)
    unit = Decimal(1).scaleb(expected.as_tuple().exponent if decimals is None else -decimals)
    return 2 * abs(calculated - expected) < unit


def fewest(start: int, holds: Callable[[int], bool], most: int = 20) -> int:
    """The least number of decimals from `start` on with which something holds; `most` where it holds with none of them."""
    return next((decimals for decimals in range(start, most) if holds(decimals)), most)


def adding(values: Iterable[float], result: float) -> tuple[int, int]:
    """Decimals for the terms of a sum, and for its result at most DECIMALS, so that what is written adds up.

    The terms as written, added without error and rounded like the result, are the result as written. The result is the
    model's own, in float32: where that shows (a score of 400 may be off by 0.0001), both get fewer decimals. That always
    ends: two different numbers can lie on two sides of an edge between roundings, but hardly of the next coarser one too.
    """
    values = list(values)
    for decimals in range(DECIMALS, -40, -1):  # float32 ends at 3.4·10³⁸
        for finer in range(decimals + 1, decimals + _SPREAD):
            total = sum(written(fixed(value, finer)) for value in values)
            if rounds_to(total, fixed(result, decimals), decimals):
                return finer, decimals
    raise ValueError(f"The terms do not add up to {result}.")


def multiplying(pairs: Iterable[tuple[float, float]], decimals: int) -> int:
    """Decimals for factors, at least `decimals`, so that any two as written multiply to their product as written."""

    def multiplies(a: float, b: float, finer: int) -> bool:
        product = written(fixed(a, finer)) * written(fixed(b, finer))
        return rounds_to(product, fixed(a * b, decimals)) or product == Decimal(a * b)

    pairs = list(pairs)
    return fewest(decimals, lambda finer: all(multiplies(a, b, finer) for a, b in pairs))


def quotient(pairs: Iterable[tuple[float, float]], divisor: float) -> tuple[int, int, int]:
    """Decimals for dividends, their common divisor and quotients (at most DECIMALS), so that each comes out as written.

    `pairs` are dividends and the model's own quotients, in float32: where that shows, all get fewer decimals.
    """
    pairs = list(pairs)
    for decimals in range(DECIMALS, -40, -1):
        for finer in range(decimals, decimals + _SPREAD):
            by = written(fixed(divisor, finer + 1))
            if by and all(
                rounds_to(written(fixed(value, finer)) / by, fixed(result, decimals), decimals) for value, result in pairs
            ):
                return finer, finer + 1, decimals
    raise ValueError(f"The numbers are not quotients by {divisor}.")
