"""The whole way of one sentence through the encoder, station by station, derived on demand from what its trace keeps.

Shapes: T tokens, H heads, d_model numbers a token, d_ff inside the feed-forward network. Layers and positions count from 0.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import no_such
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel


@dataclass(frozen=True, eq=False)
class Station:
    """One stop on the way: what is there, and what it is made by."""

    name: str
    symbol: str
    title: str
    role: str  # whose colour it wears
    sentence: str
    matrix: Tensor  # (T, d_model), or (T, d_ff) inside the feed-forward network


_GELU = "Each word alone, widened; GELU passes large numbers on and holds negative ones near 0."
_TEXTS = {  # name: symbol, title, role, sentence
    "words": ("E_word", "Word", "input", "One learned vector for each word of the vocabulary."),
    "positions": ("E_pos", "+ position", "input", "One learned vector for each place: without it, order would be lost."),
    "types": ("E_type", "+ type", "input", "Marks which of two texts a word belongs to; here there is one."),
    "embedded": ("E", "= their sum", "input", "Word, place and type, added number by number."),
    "normed": ("X", "LayerNorm", "input", "Each row brought to a common size: this is what layer 1 receives."),
    "received": ("X", "What comes in", "input", "One row a word; all heads of the layer read the same."),
    "concatenated": ("C", "The heads side by side", "value", "Every head’s Z beside the next: as wide as X again."),
    "mixed": ("O", "Mixed by W_O", "value", "A learned matrix makes one vector of what the heads found."),
    "attention_sum": (
        "X + O",
        "Add (residual)",
        "input",
        "What attention found is added to what was there: nothing is lost.",
    ),
    "attended": ("N", "LayerNorm", "input", "Each row brought back to a common size."),
    "hidden": ("G", "Feed-forward, widened", "input", _GELU),
    "forward": ("F", "Feed-forward, narrowed", "input", "Back to the width of X: what each word finds by itself."),
    "forward_sum": ("N + F", "Add (residual)", "input", "Added again to what was there before."),
    "output": ("Y", "LayerNorm", "input", "The layer’s answer, in the shape of what came in."),
}


@torch.inference_mode()
def embedding(model: TracedModel, trace: Trace) -> tuple[Station, ...]:
    """From token ids to what the first layer receives: five stations, each (T, d_model) (Devlin et al. 2019, figure 2)."""
    encoder = model.encoder
    T = len(trace.tokens)
    words = encoder.words[torch.tensor([token.id for token in trace.tokens])]
    positions, types = encoder.positions[:T], encoder.types[:1].expand(T, -1)
    embedded = words + positions + types
    return _stations(words=words, positions=positions, types=types, embedded=embedded, normed=encoder.norm(embedded))


@torch.inference_mode()
def layer(model: TracedModel, trace: Trace, number: int) -> tuple[Station, ...]:
    """From x of a layer to x of the next: nine stations, (T, d_model) each but 'hidden', which is (T, d_ff).

    Post-norm as in Vaswani et al. 2017, section 3.1; GELU by Hendrycks & Gimpel 2016. The last station is exactly x of the
    next layer, or the trace's output. Raises ChoiceError for a layer that the model does not have.
    """
    check("layer", number, len(trace.layers))
    block, layer = model.encoder.blocks[number], trace.layers[number]
    concatenated = block.concatenated(layer.q, layer.k, layer.v)
    mixed = block.attention_output(concatenated)
    attention_sum = layer.x + mixed
    attended = block.attention_norm(attention_sum)
    hidden = block.activation(block.widen(attended))
    forward = block.narrow(hidden)
    forward_sum = attended + forward
    return _stations(
        received=layer.x,
        concatenated=concatenated,
        mixed=mixed,
        attention_sum=attention_sum,
        attended=attended,
        hidden=hidden,
        forward=forward,
        forward_sum=forward_sum,
        output=block.output_norm(forward_sum),
    )


def head_parts(model: TracedModel, trace: Trace, number: int) -> Tensor:
    """What each head adds to each word through its rows of W_O, (H, T, d_model); with the bias they sum to 'mixed'."""
    check("layer", number, len(trace.layers))
    block, layer = model.encoder.blocks[number], trace.layers[number]
    H, T, d_v = layer.v.shape
    z = block.concatenated(layer.q, layer.k, layer.v).view(T, H, d_v)
    return torch.einsum("thv,dhv->htd", z, block.attention_output.weight.view(-1, H, d_v))


def _stations(**matrices: Tensor) -> tuple[Station, ...]:
    return tuple(Station(name, *_TEXTS[name], matrix) for name, matrix in matrices.items())


def check(what: str, value: int, count: int) -> None:
    """Raises ChoiceError for an index that is none of 0 to `count` − 1."""
    if not 0 <= value < count:
        raise no_such(what, value, count)
