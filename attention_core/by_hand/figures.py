"""The numbers of a sheet's matrices as they stand in the cells of its pictures."""

from torch import Tensor

from attention_core.writing.numbers import number

_LARGE, _MIDDLE = 5, 8  # columns up to which a cell has room for long numbers, and for middling ones


def sheet_texts(name: str, values: Tensor) -> list[str]:
    """The numbers of one of the MATRICES, row after row: no zeros at their end, and a power of ten where they would not fit."""
    columns = values.size(1)
    fits = 6 if columns <= _LARGE else 4 if columns <= _MIDDLE else 2  # digits before the point
    decimals = 3 if columns <= _LARGE else 2 if columns <= _MIDDLE else 1
    if name == "weights":
        decimals = 4 if columns <= _LARGE else 3
    large = values.abs().max() >= 10**fits
    return [_power(value) if large else _trimmed(number(value, decimals)) for value in values.flatten().tolist()]


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _power(value: float) -> str:
    """A number with two digits and a power of ten: 1.2e5."""
    if abs(value) < 1000:
        return _trimmed(number(value, 0 if abs(value) >= 10 else 1))
    digits, power = f"{abs(value):.1e}".split("e")
    return f"{'−' if value < 0 else ''}{_trimmed(digits)}e{int(power)}"
