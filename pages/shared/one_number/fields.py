"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_core.matrices.names import MATRICES
from pages.shared.frame.fields import TERM_ORDERS, choice, option

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel


def one_number_fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    d_v = model.config.d_k if hasattr(model.config, "family") else model.config.d_model // model.config.heads
    return {
        "stage": option("stage", list(MATRICES)),
        "dimension": choice("dimension", d_v, 1),
        "terms": option("terms", list(TERM_ORDERS)),
    }
