"""What a component of the browser sends, held against what it was offered.

Anybody can send any JSON in a component's name, so a message is as foreign as a byte of a file: what does not fit is None, and
no callback does anything with it. Numbers are never True or False, and texts are ones that can be written as UTF-8.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar

import streamlit as st
from streamlit.components.v2.bidi_component import serialization
from streamlit.runtime.state import common

_Name = TypeVar("_Name", bound=str)


_LONGEST, _DEEPEST = 200_000, 16  # characters of a message, and lists and objects in each other


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON.")


def _loads(text: str) -> Any:
    """A message as Streamlit reads it before it calls anything of this app; None for what cannot be one.

    Text that is no JSON, numbers of thousands of digits, and lists in lists by the thousand would each end the run.
    """
    try:
        value = json.loads(text, parse_constant=_refuse) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None
    level = [value]
    for _ in range(_DEEPEST):
        level = [part for each in level if isinstance(each, list | dict) for part in _parts(each)]
        if not level:
            return value
    return None


def _parts(value: list | dict) -> Collection[Any]:
    return value if isinstance(value, list) else value.values()


for _module in (serialization, common):
    _module.json = SimpleNamespace(loads=_loads, dumps=json.dumps, JSONDecodeError=json.JSONDecodeError)


def sent(key: str, field: str) -> object:
    """What a component sent under a name of its own, unchecked; None where there is nothing."""
    state = st.session_state.get(key)
    return state.get(field) if isinstance(state, Mapping) else None


def fields(value: object) -> Mapping[str, object]:
    """The fields of an object; none where something else was sent."""
    return value if isinstance(value, dict) else {}


def whole(value: object, count: int) -> int | None:
    """A whole number from 0 to `count` − 1."""
    return value if type(value) is int and 0 <= value < count else None


def number_between(value: object, low: float, high: float) -> float | None:
    """A number between two ends, and never True or False."""
    is_number = type(value) in (int, float) and low <= value <= high  # false for what is no number
    return float(value) if is_number else None


def offered_name(value: object, names: Collection[_Name]) -> _Name | None:
    """One of the names that were offered."""
    if not isinstance(value, str):
        return None
    return next((name for name in names if name == value), None)


def texts(value: object, like: Sequence[str], longest: int) -> tuple[str, ...] | None:
    """As many texts as there are in `like`, each of at most so many characters."""
    if not isinstance(value, list) or len(value) != len(like):
        return None
    fit = all(isinstance(text, str) and len(text) <= longest for text in value)
    return tuple(value) if fit else None
