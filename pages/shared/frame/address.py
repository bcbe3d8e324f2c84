"""Addresses as data: what an address asks for, checked, and what it says of a view. Pure functions that know no Streamlit."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

LONGEST = 16_000  # characters of encoded text; servers refuse addresses of some 64,000
_NAMED = 30  # characters of a value that is refused


class Checked(NamedTuple):
    """A value that can be used, and what is to be said where another one was asked for."""

    value: object
    refused: str = ""


def whole_number(name: str, asked: object, count: int, default: int | None) -> Checked:
    """A whole number from 1 to `count`; the default for None, and for what is none."""
    if asked is None:
        return Checked(default)
    try:
        number = int(asked)
    except ValueError:
        number = 0
    if 1 <= number <= count:
        return Checked(number)
    what = name.replace("_", " ")
    shown = f"{what} {default} is shown" if default else "the strongest link is shown"
    return Checked(default, f"{what} {str(asked)[:_NAMED]!r}, but there is only {what} 1 to {count}: {shown}")


def one_of(name: str, asked: object, options: Sequence[str], default: str | None) -> Checked:
    """One of the options; the default for anything else."""
    if asked in options:
        return Checked(asked)
    there = ", ".join(options)
    return Checked(default, f"{name} {str(asked)[:_NAMED]!r}, but there is only {there}: {default} is shown")


def whole_numbers(name: str, asked: object, count: int) -> Checked:
    """Whole numbers from 1 to `count` in order, from a list or a text with commas; all of them for none and for 'all'."""
    everything = list(range(1, count + 1))
    parts = str(asked).split(",") if isinstance(asked, str) and asked != "all" else asked
    if not isinstance(parts, list) or not parts:
        return Checked(everything)
    wanted = {str(part) for part in parts}
    numbers = [number for number in everything if str(number) in wanted] or everything
    if wanted <= set(map(str, everything)):
        return Checked(numbers)
    return Checked(numbers, f"{name} {str(asked)[:_NAMED]!r}, but there are only {name} 1 to {count}")


def composed(text: str, values: Mapping[str, str | int | Sequence[int]], defaults: Mapping[str, str | None]) -> dict[str, str]:
    """The fields of an address that says this view, without what goes without saying."""
    said = {"text": text} | {name: _written(value) for name, value in values.items()}
    return {name: value for name, value in said.items() if value != defaults.get(name)}


def fields_of(asked: Mapping[str, object], known: Collection[str]) -> dict[str, str]:
    """The fields of a foreign address that this app knows, as texts; what they ask for is checked where it is used."""
    return {name: value for name, value in asked.items() if name in known and isinstance(value, str)}


def fits(*texts: str) -> bool:
    """Whether an address can hold these texts."""
    return sum(len(quote(text)) for text in texts) <= LONGEST


def _written(value: str | int | Sequence[int]) -> str:
    return str(value) if isinstance(value, str | int) else ",".join(map(str, value))
