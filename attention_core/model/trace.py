"""What one sentence did in every layer of the model."""

from dataclasses import dataclass

from torch import Tensor

from attention_core.errors import no_such
from attention_core.model.attention import Stages, attend
from attention_core.model.tokens import Token


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer's attention received and made of it, before any query met a key."""

    x: Tensor  # (T, d_model)  what the layer receives
    q: Tensor  # (H, T, d_k)
    k: Tensor  # (H, T, d_k)
    v: Tensor  # (H, T, d_v)


@dataclass(frozen=True, eq=False)
class Trace:
    """What one sentence did in every layer; scores, scaled, weights and z are computed when asked for.

    Keeping only x, q, k and v makes memory grow with T, not with T².
    """

    text: str
    tokens: tuple[Token, ...]  # T of them
    layers: tuple[Layer, ...]  # L of them
    output: Tensor  # (T, d_model)  the encoder's answer

    def stages(self, layer: int, head: int) -> Stages:
        """Every matrix of one head, all 2-D; layer and head count from 0. Raises ChoiceError out of range."""
        chosen = self._layer(layer)
        if not 0 <= head < chosen.q.size(0):
            raise no_such("head", head, chosen.q.size(0), "this model")
        return attend(chosen.q[head], chosen.k[head], chosen.v[head])

    def weights(self, layer: int) -> Tensor:
        """The softmax weights of all heads of one layer, (H, T, T). Raises ChoiceError out of range."""
        chosen = self._layer(layer)
        return attend(chosen.q, chosen.k, chosen.v).weights

    def _layer(self, layer: int) -> Layer:
        if not 0 <= layer < len(self.layers):
            raise no_such("layer", layer, len(self.layers), "this model")
        return self.layers[layer]
