"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.shared.frame.fields import option

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core.model.traced import TracedModel

BEATS = ("0", "1", "2", "3", "4", "5", "6")


def stage_fields(model: TracedModel) -> dict[str, str]:
    """The beat at which the picture stands, as the address says it."""
    return {"beat": option("beat", BEATS)}
