"""Changes of the attention, made on purpose and carried through all later layers: what if a head saw, or weighed, otherwise?

Shapes: T tokens, H heads, L layers. Layers, heads and positions count from 0.
"""

import math
from dataclasses import dataclass, replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.attention import Attention
from attention_core.model.encoder import Block
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.stations.vectors import sentence_vector


@dataclass(frozen=True)
class Change:
    """What is changed, and where: in all heads of all layers unless `layer`, or `layer` and `head`, say otherwise."""

    temperature: float = 1.0  # softmax of scaled / temperature (Hinton et al. 2015)
    causal: bool = False  # no word sees those after it, as in a decoder (Vaswani et al. 2017, section 3.2.3)
    removed: tuple[int, ...] = ()  # positions whose keys no word sees; their own rows stay
    silenced: bool = False  # z is 0: the head adds nothing
    layer: int | None = None
    head: int | None = None

    @property
    def is_none(self) -> bool:
        """Whether everything stays as the model has it."""
        return not (self.acts_on_weights or self.silenced)

    @property
    def acts_on_weights(self) -> bool:
        """Whether the weights of the changed heads themselves become others."""
        return self.temperature != 1 or self.causal or bool(self.removed)

    def acts_in(self, layer: int) -> bool:
        """Whether heads of this layer are changed."""
        return not self.is_none and self.layer in (None, layer)

    def acts_on(self, layer: int, head: int) -> bool:
        """Whether this very head is changed."""
        return self.acts_in(layer) and self.head in (None, head)

    def applied(self, attention: Attention) -> Attention:
        """The attention of a layer with the change in the heads that it acts on, q (H, T, d_k).

        A query with no key left has weights and z of 0.
        """
        if not self.acts_in(attention.layer):
            return attention
        heads, changed = torch.arange(attention.heads), {}
        mine = (heads == self.head) if self.head is not None else torch.ones_like(heads, dtype=torch.bool)
        if self.temperature != 1:
            scale = torch.tensor(attention.q.size(-1) ** -0.5, dtype=torch.float64)
            changed["scale"] = torch.where(mine, scale / self.temperature, scale)[:, None, None]  # (H, 1, 1)
        if self.causal or self.removed:
            visible = ~self._blocked(attention.q.size(-2))  # (T, T)
            changed["visible"] = visible if self.head is None else visible | ~mine[:, None, None]  # or (H, T, T)
        if self.silenced:
            changed["silenced"] = tuple(heads[mine].tolist())
        return replace(attention, **changed)

    def _blocked(self, T: int) -> Tensor:
        """Which key no query may look at, (T, T) of bool."""
        blocked = torch.ones(T, T, dtype=torch.bool).triu(1) if self.causal else torch.zeros(T, T, dtype=torch.bool)
        blocked[:, list(self.removed)] = True
        return blocked


@dataclass(frozen=True, eq=False)
class ChangedTrace(Trace):
    """What one sentence did in every layer under a change; reads like any other trace."""

    change: Change = Change()


@torch.inference_mode()
def intervene(model: TracedModel, trace: Trace, change: Change) -> ChangedTrace:
    """Read the sentence of a trace again, with a change.

    All layers before the first changed one, and all heads that are not changed, run as in the model; so no change gives the
    trace's own numbers, identical to the last bit. Raises ChoiceError for a temperature that is not above 0, and for a layer,
    head or position that there is not.
    """
    _check(change, model, len(trace.tokens))
    layers: list[Attention] = []
    x, same = trace.layers[0].x, True
    for number, (block, own) in enumerate(zip(model.encoder.blocks, trace.layers, strict=True)):
        if same and not change.acts_in(number):
            layers.append(own)
            x = trace.output if number + 1 == len(trace.layers) else trace.layers[number + 1].x
            continue
        same = False
        x, attention = block(x, partial(_side_by_side, change) if change.acts_in(number) else None)
        layers.append(change.applied(attention))
    return ChangedTrace(trace.text, trace.tokens, tuple(layers), x, change=change)


def sentence_cosine(before: Trace, after: Trace) -> float:
    """The cosine between the mean-pooled final vectors of the two: 1 where nothing changed."""
    return F.cosine_similarity(sentence_vector(before).double(), sentence_vector(after).double(), dim=0).item()


def word_cosines(before: Trace, after: Trace) -> Tensor:
    """The cosine between each word's final vectors before and after a change: (T,), in float64."""
    return F.cosine_similarity(before.output.double(), after.output.double(), dim=-1)


def _side_by_side(change: Change, received: Attention) -> Tensor:
    """The heads of a changed layer, side by side: (T, d_model); those that are not changed run as in the model."""
    z = Block.concatenated(received.q, received.k, received.v)  # (T, d_model)
    z = z.view(len(z), received.heads, -1).clone()  # (T, H, d_v)
    changed = change.applied(received)
    for head in range(received.heads) if change.head is None else (change.head,):
        z[:, head] = changed.stages(head).z
    return z.flatten(1)


def _check(change: Change, model: TracedModel, T: int) -> None:
    if not (math.isfinite(change.temperature) and change.temperature > 0):
        raise ChoiceError(f"A temperature of {change.temperature} is not possible: give a number above 0; 1 changes nothing.")
    if change.head is not None and change.layer is None:
        raise ChoiceError(f"Head {change.head} of no layer is not possible: give its layer too, or no head for all of them.")
    asked = [("layer", change.layer, model.config.layers), ("head", change.head, model.config.heads)]
    asked += [("token", position, T) for position in change.removed]
    for what, value, count in asked:
        if value is not None and not 0 <= value < count:
            raise no_such(what, value, count)
