"""What every head does on each of many sentences: the PATTERNS, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.model.batches import of_equal_length
from attention_core.model.lengths import Lengths, fitted
from attention_core.model.traced import TracedModel
from attention_core.weights.pattern_measures import is_separator, measure
from attention_core.weights.patterns import PATTERNS

NAMES = tuple(PATTERNS)
PORTION = 6_000  # characters: a third of a second's work or so


@dataclass(frozen=True, eq=False)
class PatternScores:
    """What the heads do on some sentences, in their order."""

    lengths: Lengths
    scores: Tensor  # (N, P, L, H), P in the order of PATTERNS


def portion(texts: Sequence[str], start: int = 0, characters: int = PORTION) -> Sequence[str]:
    """The next few texts from `start` on that are about so many characters together; none where no text is left."""
    stop = start
    while stop < len(texts) and characters > 0:
        characters -= len(texts[stop])
        stop += 1
    return texts[start:stop]


@torch.inference_mode()
def read_patterns(model: TracedModel, texts: Sequence[str]) -> PatternScores:
    """How much every head shows each of the PATTERNS on every text; the same texts give the same numbers.

    Raises TextError for text that is no valid Unicode.
    """
    ids, lengths = fitted(model, texts)
    scores = torch.empty(len(texts), len(NAMES), model.config.layers, model.config.heads)
    separators = {id: is_separator(model.piece(id)) for id in set().union(*ids)}
    for group in of_equal_length(lengths.read):
        together = torch.tensor([ids[place] for place in group])  # (B, T)
        same = together[:, :, None] == together[:, None, :]
        separates = torch.tensor([[separators[id] for id in ids[place]] for place in group])
        for layer, weights in enumerate(model.layer_weights(together)):
            measured = measure(weights, same, separates)
            scores[group, :, layer] = torch.stack([measured[name] for name in NAMES], dim=1)
    return PatternScores(lengths, scores)
