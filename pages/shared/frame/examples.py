"""The sentences, and pairs of sentences, that are one click away."""

import tomllib
from dataclasses import dataclass
from functools import cache

from pages.shared.base.assets import asset


@dataclass(frozen=True)
class Example:
    """A sentence, the view of it that shows something, and what to look for; everything counts from 1."""

    name: str
    text: str
    layer: int
    head: int
    query: int
    key: int
    look_for: str
    other: str = ""  # the sentence to compare it with


@cache
def examples(page: str = "") -> tuple[Example, ...]:
    """All examples of a page; the first is its opening view."""
    if page == "compare":
        entries = [entry | {"text": entry["a"]} for entry in tomllib.loads(asset("pairs.toml"))["pairs"]]
    elif page == "translate":
        entries = tomllib.loads(asset("translations.toml"))["examples"]
    else:
        entries = tomllib.loads(asset("examples.toml"))["examples"]
    return tuple(
        Example(
            name=entry["name"],
            text=entry["text"],
            layer=entry["layer"],
            head=entry["head"],
            query=entry["query_at"],
            key=entry["key_at"],
            look_for=entry["look_for"],
            other=entry.get("b", ""),
        )
        for entry in entries
    )
