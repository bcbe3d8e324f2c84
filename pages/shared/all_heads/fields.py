"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_core.weights.patterns import PATTERNS
from pages.shared.frame.fields import option

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel

LINK = {"stands-out": "How far a link stands out", "link-weight": "The weight of a link"}
HEAD_ORDERS = {"layers": "Layer and head"} | {name: pattern.title for name, pattern in PATTERNS.items()} | LINK
_OF_TWO_TEXTS = ("layers", "broad", *LINK)  # what means something where rows and columns are of two texts


def head_orders(is_square: bool) -> dict[str, str]:
    """The orders that mean something: before, after, the same and near need one text."""
    return HEAD_ORDERS if is_square else {name: HEAD_ORDERS[name] for name in _OF_TWO_TEXTS}


def all_heads_fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    return {"order": option("order", list(HEAD_ORDERS))}
