"""Sentences of equally many tokens are computed together: which ones, and their weights layer by layer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from torch import Tensor

from attention_core.errors import TextError
from attention_core.model.attention import attend
from attention_core.model.encoder import Encoder

TOGETHER = 256  # tokens that are computed at once; the processor is as fast as it gets from some 60 rows of a matrix on
AHEAD = 2048  # tokens that are read ahead to find sentences of equal length: some 80 MB of traces of the embedded model


def of_equal_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of equal lengths, in groups of at most TOGETHER tokens, or of one."""
    places = defaultdict(list)
    for place, length in enumerate(lengths):
        places[length].append(place)
    for length, alike in places.items():
        size = max(1, TOGETHER // length)
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def weights_of_layers(encoder: Encoder, ids: Tensor) -> Iterator[Tensor]:
    """The softmax weights (B, H, T, T) of one layer after the other, of token ids (B, T).

    Of the last layer only the weights are computed: nobody asks what comes of them.
    """
    x = encoder.embed(ids)
    *earlier, last = encoder.blocks
    for block in earlier:
        x, received = block(x)
        yield _finite(attend(received.q, received.k, received.v).weights)
    received = last.received(x)
    yield _finite(attend(received.q, received.k, received.v).weights)


def _finite(weights: Tensor) -> Tensor:
    if not weights.sum().isfinite():
        raise TextError("What the model makes of a text is not finite: its weights are too large. Give another model.")
    return weights
