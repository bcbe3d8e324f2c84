"""Numbers as people write them."""

import math


def number(value: float, decimals: int = 2) -> str:
    """A number as people write it: a true minus sign, and no minus before zero; −∞ for what a mask hides."""
    text = f"{value:.{decimals}f}".replace("inf", "∞")
    if text.startswith("-"):
        size = text[1:]
        text = "−" + size if size.strip("0.") else size
    return text


def significant(value: float) -> str:
    """A number with one decimal, or with two significant digits where it is below 1."""
    return number(value, 1 if abs(value) >= 1 or value == 0 else 1 - math.floor(math.log10(abs(value))))


def percent(share: float) -> str:
    """A share as people read it: 52.9 %, and never 0 or 100 for what is neither."""
    if share < 0.0005:
        return "under 0.1 %" if share > 0 else "0.0 %"  # a rest found by subtraction may lie below 0
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    return f"{100 * share:.1f} %"


def magnitude(value: float) -> str:
    """A positive number of any size: with two decimals, or as 1.04·10^12."""
    if 0.1 <= value < 1e5:
        return number(value)
    digits, power = f"{value:.2e}".split("e")
    return f"{digits}·10^{int(power)}".replace("-", "−")
