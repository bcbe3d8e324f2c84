"""Numbers that are said in words, and whether they are right."""

import re

NUMBER = re.compile(r"(?:under |over )?−?\d[\d,]*(?:\.\d+)?(?:·10\^\d+)?(?: %)?")


def agrees(text: str, value: float) -> bool:
    """Whether a number as it was said is the value, to the digits that were said."""
    if text == "under 0.1 %":
        return 0 < value < 0.001
    if text == "over 99.9 %":
        return 0.999 < value < 1
    scale = 100 if text.endswith(" %") else 1
    digits, _, power = text.removesuffix(" %").replace("−", "-").replace(",", "").partition("·10^")
    unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    return abs(float(digits) * 10.0 ** int(power or 0) - scale * value) <= 0.5001 * unit + 1e-5 * abs(scale * value)
