"""What is computed of whole lists: patterns or links, as a batch, as a table, and as a total that can be merged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attention_core.model.traced import TracedModel
from attention_core.survey.pattern_scores import PatternScores, read_patterns
from attention_core.survey.strongest import Strongest
from attention_core.survey.tables import link_table, pattern_table
from attention_core.survey.totals import Survey
from attention_core.survey.word_links import LinkSearch, WordLinks, find_links

if TYPE_CHECKING:
    import pyarrow as pa
    from torch import Tensor

Packed = tuple[dict[str, "Tensor"], dict[str, str]]  # a total for a safetensors file: its tensors, and its metadata


@dataclass(frozen=True, eq=False)
class PatternComputation:
    """How much every head shows each of the PATTERNS."""

    model: TracedModel
    kind = "patterns"

    def read(self, texts: Sequence[str]) -> PatternScores:
        """What the model makes of some texts."""
        return read_patterns(self.model, texts)

    def table(self, batch: PatternScores, texts: Sequence[str], numbers: Sequence[int]) -> pa.Table:
        """That as rows; `numbers` are the lines of the texts."""
        return pattern_table(batch, texts, numbers)

    def total(self) -> Survey:
        """What sums up all batches, before the first."""
        return Survey()

    def packed(self, total: Survey) -> Packed:
        """A total as it is kept on disk."""
        return total.state(), {}

    def unpacked(self, tensors: dict[str, Tensor], metadata: dict[str, str]) -> Survey:
        """A total that was kept."""
        return Survey.of_state(tensors)


@dataclass(frozen=True, eq=False)
class LinkComputation:
    """How strongly every head links some words to others."""

    model: TracedModel
    search: LinkSearch
    kind = "links"

    def read(self, texts: Sequence[str]) -> WordLinks:
        """What the model makes of some texts."""
        return find_links(self.model, texts, self.search)

    def table(self, batch: WordLinks, texts: Sequence[str], numbers: Sequence[int]) -> pa.Table:
        """That as rows; `numbers` are the lines of the texts."""
        return link_table(batch, texts, numbers)

    def total(self) -> Strongest:
        """What sums up all batches, before the first."""
        return Strongest()

    def packed(self, total: Strongest) -> Packed:
        """A total as it is kept on disk."""
        return {}, {"links": json.dumps(total.state())}

    def unpacked(self, tensors: dict[str, Tensor], metadata: dict[str, str]) -> Strongest:
        """A total that was kept."""
        return Strongest.of_state(json.loads(metadata["links"]))


AnyComputation = PatternComputation | LinkComputation


def asked_of(search: LinkSearch | None) -> dict[str, object]:
    """What a table of links says of the search that it came from; nothing for patterns."""
    if search is None:
        return {}
    keys = "any word" if search.keys is None else sorted(search.keys)
    return {"from": sorted(search.queries), "to": keys, "before": "yes" if search.before else "no"}
