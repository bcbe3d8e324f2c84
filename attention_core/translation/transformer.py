"""The transformer that translates (Vaswani et al. 2017): an encoder reads, a decoder writes with masked and cross-attention.

Shapes: B sentences, T positions that ask, S positions that are asked, H heads, d_model = H · d_k, V pieces of the vocabulary.
Sentences whose sources differ in length never meet in one batch, so no source is padded; a target is padded at its end only,
where the mask of later positions hides the padding from everything before it.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class TransformerConfig:
    """The sizes of one encoder-decoder."""

    vocabulary: int
    d_model: int = 512
    heads: int = 8
    layers: int = 2  # of the encoder, and of the decoder
    d_ff: int = 1024
    positions: int = 60  # the longest source and the longest target, in tokens
    dropout: float = 0.1

    @property
    def d_k(self) -> int:
        """The length of one head's queries and keys."""
        return self.d_model // self.heads


class Attended(NamedTuple):
    """What one attention received: the queries come from x, the keys and values from the source."""

    x: Tensor  # (B, T, d_model)
    source: Tensor  # (B, S, d_model)  x itself in self-attention
    q: Tensor  # (B, H, T, d_k)
    k: Tensor  # (B, H, S, d_k)
    v: Tensor  # (B, H, S, d_k)


class Fed(NamedTuple):
    """What one feed-forward network received and made of it."""

    x: Tensor  # (B, T, d_model)
    hidden: Tensor  # (B, T, d_ff)  after ReLU
    output: Tensor  # (B, T, d_model)  before it is added to x


class EncoderPass(NamedTuple):
    """What one layer of the encoder did."""

    self_attention: Attended
    feed_forward: Fed


class DecoderPass(NamedTuple):
    """What one layer of the decoder did."""

    self_attention: Attended
    cross_attention: Attended
    feed_forward: Fed


class Dropout(nn.Module):
    """Sets some numbers to 0 in training and enlarges the others, so that their mean stays (Srivastava et al. 2014).

    One random byte decides on each number, so the rate is rounded to 1/256; PyTorch's own dropout draws eight times as many
    bytes, which takes a fifth of a training step on a CPU.
    """

    def __init__(self, rate: float):
        super().__init__()
        self.dropped = round(256 * rate)  # of 256 bytes

    def forward(self, x: Tensor) -> Tensor:
        """x, thinned out in training."""
        if not (self.training and self.dropped):
            return x
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        keep = words.view(torch.uint8)[: x.numel()].view(x.shape) >= self.dropped
        return x * keep.to(x.dtype).mul_(256 / (256 - self.dropped))


class MultiHeadAttention(nn.Module):
    """Multi-head attention of x to a source; self-attention where the source is x, cross-attention where it is another's."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.d_model, config.d_model)
        self.key = nn.Linear(config.d_model, config.d_model)
        self.value = nn.Linear(config.d_model, config.d_model)
        self.output = nn.Linear(config.d_model, config.d_model)

    def forward(self, x: Tensor, source: Tensor, causal: bool = False, kept: Attended | None = None) -> tuple[Tensor, Attended]:
        """What x (B, T, d_model) takes from the source (B, S, d_model), and what the attention received.

        `causal` hides later positions; `kept` holds the keys and values of earlier calls, which stand before the source's.
        """
        q = self.split(self.query(x))  # (B, H, T, d_k)
        k = self.split(self.key(source))  # (B, H, S, d_k)
        v = self.split(self.value(source))  # (B, H, S, d_k)
        if kept is not None:
            k = torch.cat((kept.k, k), dim=2)  # (B, H, kept + S, d_k)
            v = torch.cat((kept.v, v), dim=2)  # (B, H, kept + S, d_k)
        # In float32 even where training computes in bfloat16: on a CPU that kernel's way back is fifteen times slower.
        with torch.autocast(x.device.type, enabled=False):
            z = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), is_causal=causal)  # (B, H, T, d_k)
        z = z.transpose(1, 2).flatten(2)  # (B, T, d_model)
        return self.output(z), Attended(x, source, q, k, v)

    def split(self, x: Tensor) -> Tensor:
        """One part a head: (B, T, d_model) → (B, H, T, d_k)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    """max(0, x W₁ + b₁) W₂ + b₂ at every position alone (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.widen = nn.Linear(config.d_model, config.d_ff)
        self.narrow = nn.Linear(config.d_ff, config.d_model)

    def forward(self, x: Tensor) -> Fed:
        """What the network makes of x (B, T, d_model)."""
        hidden = F.relu(self.widen(x))  # (B, T, d_ff)
        return Fed(x, hidden, self.narrow(hidden))


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each added to its input and then normed (post-norm)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.d_model)
        self.feed_forward = FeedForward(config)
        self.feed_forward_norm = nn.LayerNorm(config.d_model)
        self.dropout = Dropout(config.dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, EncoderPass]:
        """What the layer makes of x (B, S, d_model), and how."""
        taken, attended = self.attention(x, x)
        x = self.attention_norm(x + self.dropout(taken))
        fed = self.feed_forward(x)
        x = self.feed_forward_norm(x + self.dropout(fed.output))
        return x, EncoderPass(attended, fed)


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention to the encoder's answer, feed-forward; each added and normed (post-norm)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.attention = MultiHeadAttention(config)
        self.attention_norm = nn.LayerNorm(config.d_model)
        self.cross = MultiHeadAttention(config)
        self.cross_norm = nn.LayerNorm(config.d_model)
        self.feed_forward = FeedForward(config)
        self.feed_forward_norm = nn.LayerNorm(config.d_model)
        self.dropout = Dropout(config.dropout)

    def forward(self, x: Tensor, memory: Tensor, kept: DecoderPass | None = None) -> tuple[Tensor, DecoderPass]:
        """What the layer makes of x (B, T, d_model) and the encoder's answer (B, S, d_model), and how.

        With `kept`, what it did at all earlier positions, x is the one position after them.
        """
        if kept is None:
            taken, attended = self.attention(x, x, causal=True)
            x = self.attention_norm(x + self.dropout(taken))
            taken, crossed = self.cross(x, memory)
        else:
            taken, attended = self.attention(x, x, kept=kept.self_attention)
            x = self.attention_norm(x + self.dropout(taken))
            taken, crossed = self.cross(x, memory[:, :0], kept=kept.cross_attention)  # its keys and values are all there
        x = self.cross_norm(x + self.dropout(taken))
        fed = self.feed_forward(x)
        x = self.feed_forward_norm(x + self.dropout(fed.output))
        return x, DecoderPass(attended, crossed, fed)


class Transformer(nn.Module):
    """Encoder and decoder with one table of embeddings for source, target and output (Vaswani et al. 2017, section 3.4)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.d_model)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.dropout = Dropout(config.dropout)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.xavier_uniform_(parameter)
        nn.init.normal_(self.embedding.weight, std=config.d_model**-0.5)

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """What the first layer receives: ids (B, T) → √d_model · embedding + position, (B, T, d_model)."""
        d_model = self.config.d_model
        positions = sinusoids(start + ids.size(1), d_model)[start:].to(self.embedding.weight)  # (T, d_model)
        return self.dropout(self.embedding(ids) * math.sqrt(d_model) + positions)

    def encode(self, source: Tensor) -> tuple[Tensor, list[EncoderPass]]:
        """The encoder's answer (B, S, d_model) to source ids (B, S), and what each layer did."""
        x = self.embed(source)
        passes = []
        for layer in self.encoder:
            x, did = layer(x)
            passes.append(did)
        return x, passes

    def decode(self, target: Tensor, memory: Tensor, kept: list[DecoderPass] | None = None) -> tuple[Tensor, list[DecoderPass]]:
        """The decoder's answer (B, T, d_model) to target ids (B, T) and the encoder's answer, and what each layer did.

        With `kept`, what the layers did at all earlier positions, the target is the one id after them, (B, 1).
        """
        x = self.embed(target, start=kept[0].self_attention.k.size(2) if kept else 0)
        passes = []
        for place, layer in enumerate(self.decoder):
            x, did = layer(x, memory, kept[place] if kept else None)
            passes.append(did)
        return x, passes

    def logits(self, x: Tensor) -> Tensor:
        """One number a piece of the vocabulary: (..., d_model) → (..., V)."""
        return F.linear(x, self.embedding.weight)


def sinusoids(count: int, d_model: int) -> Tensor:
    """The positions' vectors (count, d_model): sin and cos of position / 10000^(2i / d_model) by turns (section 3.5)."""
    rates = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))  # (d_model / 2)
    angles = torch.arange(count)[:, None] * rates  # (count, d_model / 2)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)  # (count, d_model)
