"""The transformer encoder (Devlin et al. 2019), small, and open about what each layer's attention received.

Shapes: T tokens, H heads, d_model = H · d_k; "..." is nothing for one sentence, B for B sentences of equally many tokens.
Sentences of different lengths never meet, so there is no padding and no mask.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.model.attention import Attention
from attention_core.model.linear import LayerNorm, Linear


@dataclass(frozen=True)
class Config:
    """The sizes of one BERT-type encoder."""

    vocabulary: int
    d_model: int
    heads: int
    layers: int
    d_ff: int
    positions: int  # the longest sentence, in tokens
    types: int
    eps: float  # of every LayerNorm
    activation: str  # a name in ACTIVATIONS

    @property
    def d_k(self) -> int:
        """The length of one head's queries and keys."""
        return self.d_model // self.heads


ACTIVATIONS = {
    "gelu": F.gelu,  # Hendrycks & Gimpel 2016, exact form
    "gelu_new": lambda x: F.gelu(x, approximate="tanh"),
    "gelu_pytorch_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
}
Tensors = Mapping[str, Tensor]


def tensor_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The name and shape of every tensor that the encoder is made of, as BERT checkpoints name them."""
    d, d_ff = config.d_model, config.d_ff
    embeddings = ("word", config.vocabulary), ("position", config.positions), ("token_type", config.types)
    shapes = {f"embeddings.{name}_embeddings.weight": (count, d) for name, count in embeddings}

    def norm(name: str) -> None:
        shapes.update({f"{name}.weight": (d,), f"{name}.bias": (d,)})

    def linear(name: str, inputs: int, outputs: int) -> None:
        shapes.update({f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)})

    norm("embeddings.LayerNorm")
    for layer in range(config.layers):
        block = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            linear(f"{block}.attention.self.{part}", d, d)
        linear(f"{block}.attention.output.dense", d, d)
        norm(f"{block}.attention.output.LayerNorm")
        linear(f"{block}.intermediate.dense", d, d_ff)
        linear(f"{block}.output.dense", d_ff, d)
        norm(f"{block}.output.LayerNorm")
    return shapes


class Block:
    """One layer: multi-head attention and a feed-forward network, each with a residual and a LayerNorm after it."""

    def __init__(self, config: Config, tensors: Tensors, layer: int):
        def linear(*names: str) -> Linear:
            parts = [f"encoder.layer.{layer}.{name}" for name in names]
            return Linear(*(torch.cat([tensors[f"{part}.{kind}"] for part in parts]) for kind in ("weight", "bias")))

        def norm(name: str) -> LayerNorm:
            name = f"encoder.layer.{layer}.{name}.LayerNorm"
            return LayerNorm(tensors[f"{name}.weight"], tensors[f"{name}.bias"], config.eps)

        self.number = layer
        self.heads = config.heads
        self.query_key_value = linear("attention.self.query", "attention.self.key", "attention.self.value")
        self.attention_output = linear("attention.output.dense")
        self.attention_norm = norm("attention.output")
        self.widen = linear("intermediate.dense")
        self.narrow = linear("output.dense")
        self.output_norm = norm("output")
        self.activation = ACTIVATIONS[config.activation]

    def __call__(self, x: Tensor, heads: Callable[[Attention], Tensor] | None = None) -> tuple[Tensor, Attention]:
        """What the layer makes of x (..., T, d_model), and what its attention received.

        `heads` stands in for `concatenated` where the attention is changed on purpose.
        """
        received = self.received(x)  # q, k, v: (..., H, T, d_k)
        z = (
            heads(received) if heads else self.concatenated(received.q, received.k, received.v)
        )  # (..., H, T, d_k) → (..., T, d_model)
        attended = self.attention_norm(x + self.attention_output(z))  # (..., T, d_model)
        hidden = self.activation(self.widen(attended))  # (..., T, d_model) → (..., T, d_ff)
        output = self.output_norm(attended + self.narrow(hidden))  # (..., T, d_ff) → (..., T, d_model)
        return output, received

    def received(self, x: Tensor) -> Attention:
        """What the layer's attention receives of x (..., T, d_model), without what the layer makes of it."""
        projected = self.query_key_value(x)  # (..., T, d_model) → (..., T, 3 · d_model)
        parts = projected.view(*x.shape[:-1], 3, self.heads, -1)  # (..., T, 3, H, d_k)
        q, k, v = parts.movedim(-3, 0).transpose(-3, -2)  # (3, ..., H, T, d_k)
        return Attention(x, q, k, v, self.number)

    @staticmethod
    def concatenated(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """What the heads make of queries, keys and values, each (..., H, T, d_k), side by side: (..., T, d_model)."""
        batch = (part.view(-1, *part.shape[-3:]) for part in (q, k, v))  # each (B or 1, H, T, d_k): the fused kernel wants one
        z = F.scaled_dot_product_attention(*batch)  # (B or 1, H, T, d_k)
        z = z.transpose(-3, -2)  # (B or 1, T, H, d_k)
        return z.reshape(*q.shape[:-3], q.size(-2), -1)  # (..., T, d_model)

    def projection(self, part: str, head: int) -> tuple[Tensor, Tensor]:
        """W (d_model, d_k) and b (d_k,) of one head, so that q = x W + b; part is 'q', 'k' or 'v'."""
        index = ("q", "k", "v").index(part) * self.heads + head
        d_model = self.query_key_value.bias.numel() // 3
        d_k = d_model // self.heads
        rows = slice(index * d_k, (index + 1) * d_k)
        return self.query_key_value.weight[rows].T, self.query_key_value.bias[rows]


class Encoder:
    """Word, position and type embeddings, then N identical blocks."""

    def __init__(self, config: Config, tensors: Tensors):
        """The tensors are float32 and have the names and shapes of `tensor_shapes`."""
        self.config = config
        self.words, self.positions, self.types = (
            tensors[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        norm = "embeddings.LayerNorm"
        self.norm = LayerNorm(tensors[f"{norm}.weight"], tensors[f"{norm}.bias"], config.eps)
        self.blocks = [Block(config, tensors, layer) for layer in range(config.layers)]

    def embed(self, ids: Tensor) -> Tensor:
        """What the first layer receives: (..., T) token ids → (..., T, d_model)."""
        words = self.words[ids]  # (..., T) → (..., T, d_model)
        return self.norm(words + self.positions[: ids.size(-1)] + self.types[0])  # positions (T, d_model), one type (d_model,)

    @torch.inference_mode()
    def __call__(self, ids: Tensor) -> tuple[Tensor, tuple[Attention, ...]]:
        """The final vectors (..., T, d_model) of token ids (..., T), and what every layer's attention received."""
        x = self.embed(ids)
        received = []
        for block in self.blocks:
            x, attention = block(x)
            received.append(attention)
        return x, tuple(received)
