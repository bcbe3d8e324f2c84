"""All heads at a glance: every head's weights as a small picture, and its strongest link."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from attention_core.model.tokens import Token
from attention_core.weights.link_strength import strongest_link

PIXELS = 64  # a side at most; 72 heads are then 288 KB on their way to the browser


@dataclass(frozen=True, eq=False)
class Tiles:
    """The weights of all heads as pictures, first query on top."""

    pixels: Tensor  # (L, H, n, n) uint8; 255 stands for a weight of 1
    block: int  # how many tokens a pixel spans each way: it is the largest of block × block weights


@dataclass(frozen=True, eq=False)
class StrongestLinks:
    """The strongest link between two different words in every head."""

    query: Tensor  # (L, H) positions
    key: Tensor  # (L, H) positions
    weight: Tensor  # (L, H)


def tiles(weights: Tensor, at_most: int = PIXELS) -> Tiles:
    """Pictures of weights (L, H, T, T), at most `at_most` pixels a side; where T is larger, a pixel is a block's maximum."""
    L, H, T, _ = weights.shape
    block = -(-T // at_most)
    if block > 1:
        n = -(-T // block)
        short = n * block - T
        blocks = pad(weights, (0, short, 0, short)).view(L, H, n, block, n * block)
        weights = blocks.amax(dim=3).view(L, H, n, n, block).amax(dim=4)
    return Tiles((255 * weights).round().to(torch.uint8), block)


def strongest_links(weights: Tensor, tokens: tuple[Token, ...]) -> StrongestLinks:
    """What `strongest_link` says of every head, from weights (L, H, T, T), at a fraction of its time."""
    L, H, T, _ = weights.shape
    heads = weights.flatten(0, 1).numpy()
    special = np.array([token.is_special for token in tokens])
    if (~special).sum() < 2:  # no two words: the rule's order of what remains
        at = [query * T + key for query, key in (strongest_link(head, tokens) for head in weights.flatten(0, 1))]
    else:
        unwanted = np.zeros((T, T), np.float32)
        unwanted[special], unwanted[:, special] = -2, -2
        np.fill_diagonal(unwanted, -2)
        worth = np.empty_like(unwanted)  # one for all heads stays in the processor's cache
        at = [np.add(head, unwanted, out=worth).argmax() for head in heads]
    query, key = np.divmod(np.array(at), T)
    weight = heads[np.arange(L * H), query, key]
    return StrongestLinks(*(torch.from_numpy(each).view(L, H) for each in (query, key, weight)))
