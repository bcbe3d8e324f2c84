"""Greedy and beam search: the decoder writes piece after piece, and keeps the likeliest few beginnings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.translation.transformer import DecoderPass, Transformer
from attention_core.translation.vocabulary import END, PAD, START


@dataclass(frozen=True)
class Hypothesis:
    """A way to translate a sentence."""

    ids: tuple[int, ...]  # without the marks of start and end
    log_probability: float  # of all pieces that were not forced, the end's too
    ended: bool  # False where the decoder had no more room

    @property
    def score(self) -> float:
        """Log-probability per piece, by which hypotheses of different lengths compare (Wu et al. 2016, α = 1)."""
        return self.log_probability / (len(self.ids) + 1)


@torch.inference_mode()
def search(model: Transformer, sources: Tensor, beam: int = 1, prefix: Sequence[int] = ()) -> list[list[Hypothesis]]:
    """The `beam` best translations of each source, best first; beam 1 is greedy.

    `sources` are ids (B, S), each with its end mark; every translation begins with the ids of `prefix`.
    """
    count = len(sources)
    memory, _ = model.encode(sources)  # (B, S, d_model)
    forced = torch.tensor([[START, *prefix]], device=sources.device).expand(count, -1)  # (B, 1 + prefix)
    x, kept = model.decode(forced, memory)
    live = [[Hypothesis(tuple(prefix), 0.0, False)] for _ in range(count)]
    done: list[list[Hypothesis]] = [[] for _ in range(count)]
    for _ in range(model.config.positions - forced.size(1)):
        width = len(live[0])
        logs = _log_probabilities(model, x[:, -1])  # (B · width, V)
        logs += torch.tensor([way.log_probability for ways in live for way in ways], device=logs.device)[:, None]
        top = logs.view(count, -1).topk(min(2 * beam, logs.size(1) * width))  # each (B, 2 · beam)
        came_from, chosen = [], []
        for place in range(count):
            ways, parents = _grown(live[place], done[place], top.values[place], top.indices[place], logs.size(1), beam)
            came_from += [place * width + parent for parent in parents]
            chosen += [way.ids[-1] for way in ways]
            live[place] = ways
        if all(len(ways) >= beam for ways in done):
            break
        rows = torch.tensor(came_from, device=sources.device)
        memory = memory[rows]
        last = torch.tensor(chosen, device=sources.device)[:, None]  # (B · beam, 1)
        x, kept = model.decode(last, memory, [_rows(did, rows) for did in kept])
    found = []
    for ended, unended in zip(done, live, strict=True):
        # Where the vocabulary has fewer beginnings than the beam is wide, impossible ones fill it up.
        possible = [way for way in unended if way.log_probability > -math.inf]
        found.append(sorted(ended + possible[: beam - len(ended)], key=lambda way: -way.score))
    return found


def _log_probabilities(model: Transformer, x: Tensor) -> Tensor:
    """What may come next, (..., V): no padding, and no second start."""
    logs = model.logits(x).float().log_softmax(-1)
    logs[..., [PAD, START]] = -math.inf
    return logs


def _grown(
    live: list[Hypothesis], done: list[Hypothesis], values: Tensor, indices: Tensor, vocabulary: int, beam: int
) -> tuple[list[Hypothesis], list[int]]:
    """The `beam` likeliest continuations and the place in `live` that each comes from; those that end go to `done`."""
    ways, parents = [], []
    for rank, (value, index) in enumerate(zip(values.tolist(), indices.tolist(), strict=True)):
        parent, id = divmod(index, vocabulary)
        if id != END:
            ways.append(Hypothesis((*live[parent].ids, id), value, False))
            parents.append(parent)
        elif rank < beam and len(done) < beam and value > -math.inf:
            done.append(Hypothesis(live[parent].ids, value, True))
        if len(ways) == beam:
            break
    return ways, parents


def _rows(did: DecoderPass, rows: Tensor) -> DecoderPass:
    """What a layer did, for other rows of the batch."""
    own, cross = did.self_attention, did.cross_attention
    return did._replace(
        self_attention=own._replace(k=own.k[rows], v=own.v[rows]),
        cross_attention=cross._replace(k=cross.k[rows], v=cross.v[rows]),
    )
