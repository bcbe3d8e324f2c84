"""Text that lies deeper in a value, and the dotted path to it: translation.en, messages[].content."""

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence

Step = str | None  # a key, or each item of a list
Path = tuple[Step, ...]
_DEEPEST = 8  # steps
_ITEMS = 20  # of a list that are looked at


def columns_of(values: Iterable[dict], most: int) -> dict[str, Path]:
    """The names of all texts, numbers and empty cells in these values, and the ways to them; at most one more than `most`.

    A key that holds a text somewhere is a column of its own, whatever it holds elsewhere.
    """
    found: dict[Path, bool] = {}  # whether there is something beside empty cells
    for value in values:
        for path, is_filled in _leaves(value, ()):
            found[path] = found.get(path, False) or is_filled
            if len(found) > 4 * most:
                break
        if len(found) > 4 * most:
            break
    plain = {path for path, is_filled in found.items() if is_filled}
    columns: dict[str, Path] = {}
    for path, is_filled in found.items():
        inside = any(path[:end] in plain for end in range(1, len(path)))
        hollow = not path or (not is_filled and any(len(other) > len(path) and other[: len(path)] == path for other in plain))
        if not inside and not hollow:
            columns[unlike(_name(path), columns)] = path
        if len(columns) > most:
            break
    return columns


def unlike(name: str, names: Container[str]) -> str:
    """The name, with a number where there is such a one: a key may have the dots of a path."""
    return next(each for count in itertools.count(1) if (each := name if count == 1 else f"{name} ({count})") not in names)


def cells_at(value: object, path: Path) -> Iterator[object]:
    """What lies at the end of a path: one cell, or one for each item of the lists on the way."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step is not None:
        yield from cells_at(value.get(step) if isinstance(value, dict) else None, rest)
        return
    items = _items(value)
    if items is None:
        yield value
    else:
        for item in items:
            yield from cells_at(item, rest)


def _items(value: object) -> Sequence[object] | None:
    """The items of a list, or of an object that counts them, as pandas writes columns."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(isinstance(key, str) and key.isdecimal() for key in value):
        return list(value.values())
    return None


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, bool]]:
    if len(path) < _DEEPEST:
        if (items := _items(value)) is not None and path:
            for item in items[:_ITEMS]:
                yield from _leaves(item, (*path, None))
            if items:
                return
        elif isinstance(value, dict) and value:
            for key, inner in value.items():
                yield from _leaves(inner, (*path, key))
            return
    yield path, value is not None and not isinstance(value, (list, dict))


def _name(path: Path) -> str:
    text = ""
    for step in path:
        text += "[]" if step is None else f".{step}" if text else step
    return text
