"""What the person chose to see: the record that every page of a sentence works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core.matrices.words import Cell
    from attention_core.model.attention import Stages
    from attention_core.model.trace import Trace
    from attention_core.model.traced import TracedModel
    from attention_core.palette import Palette
    from attention_core.weights.choice import Choice, Shown

# What a page does to check the fields of its own: they come back as its address says them.
Fields = Callable[["TracedModel"], "dict[str, str | int | None]"]


class NothingToShow(Exception):  # noqa: N818  no error: the person has been told
    """Ends a run before there is anything to show, once a message says why.

    Streamlit's own stop would also leave out what still has to be drawn: nothing can be written after it.
    """


@dataclass(frozen=True, eq=False)
class View:
    """What the person chose to see; layer, head, query and key count from 0 here and from 1 on the page."""

    model: TracedModel
    trace: Trace
    layer: int
    head: int
    query: int
    key: int
    stages: Stages
    cell: Cell
    choice: Choice
    shown: Shown
    palette: Palette
    own: dict[str, str | int]  # what only this page lets people choose, as the address says it

    @property
    def is_head(self) -> bool:
        """Whether one head's own weights are shown, not a mixture of several."""
        return self.choice.mix == "head"

    @property
    def is_watched(self) -> bool:
        """Whether a model of another library is shown, of which no more is known than what its attention did."""
        return self.trace.layers[self.layer].is_watched
