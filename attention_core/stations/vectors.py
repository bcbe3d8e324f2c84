"""A word's vector on its way through the layers, and sentences as one vector each."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.trace import Trace
from attention_core.stations.stations import check


def after(trace: Trace, layers: int) -> Tensor:
    """The words' vectors after so many layers, (T, d_model): 0 is what the first layer receives, all of them the output.

    Raises ChoiceError for more layers than the model has.
    """
    check("number of layers", layers, len(trace.layers) + 1)
    return trace.output if layers == len(trace.layers) else trace.layers[layers].x


@dataclass(frozen=True, eq=False)
class Journey:
    """How one word's vector changes from layer to layer, as cosine similarities from −1 to 1."""

    to_start: Tensor  # (L + 1,)  of the vector after l layers to the word's own before the first
    to_words: Tensor  # (L + 1, T)  of the vector after l layers to every word's after l layers; 1 to itself


def journey(trace: Trace, position: int) -> Journey:
    """One word's way through the layers. Raises ChoiceError for a position that the sentence does not have."""
    check("token", position, len(trace.tokens))
    vectors = F.normalize(torch.stack([after(trace, layers) for layers in range(len(trace.layers) + 1)]), dim=-1)
    own = vectors[:, position]  # (L + 1, d_model)
    return Journey(to_start=own @ own[0], to_words=torch.einsum("ld,ltd->lt", own, vectors))


def sentence_vector(trace: Trace) -> Tensor:
    """The mean of all words' final vectors, special tokens included, made of length 1: (d_model,).

    What this model was trained for (Reimers & Gurevych 2019): sentence-transformers computes the same for texts of up to
    256 tokens, and cuts longer ones.
    """
    return F.normalize(trace.output.mean(dim=0), dim=0)


def similarities(traces: Sequence[Trace]) -> Tensor:
    """The cosine similarity of each of n sentences with each, (n, n), from −1 to 1. Raises ChoiceError for no sentence."""
    if not traces:
        raise ChoiceError("There is no sentence to compare. Give at least one.")
    vectors = torch.stack([sentence_vector(trace) for trace in traces])
    return vectors @ vectors.T


def nearest_words(way: Journey, position: int, layers: int) -> list[int]:
    """The other words' positions after so many layers, most alike first."""
    order = way.to_words[layers].sort(descending=True, stable=True).indices.tolist()
    return [other for other in order if other != position]
