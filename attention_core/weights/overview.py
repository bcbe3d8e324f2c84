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

    pixels: Tensor  # (L, H, n, m) uint8; 255 stands for a weight of 1
    block: int  # how many tokens a pixel spans each way: it is the largest of block × block weights


@dataclass(frozen=True, eq=False)
class StrongestLinks:
    """The strongest link between two different words in every head."""

    query: Tensor  # (L, H) positions
    key: Tensor  # (L, H) positions
    weight: Tensor  # (L, H)


def tiles(weights: Tensor, at_most: int = PIXELS) -> Tiles:
    """Pictures of weights (L, H, T, S), at most `at_most` pixels a side; where one is larger, a pixel is a block's maximum."""
    L, H, T, S = weights.shape
    block = -(-max(T, S) // at_most)
    if block > 1:
        n, m = -(-T // block), -(-S // block)
        blocks = pad(weights, (0, m * block - S, 0, n * block - T)).view(L, H, n, block, m * block)
        weights = blocks.amax(dim=3).view(L, H, n, m, block).amax(dim=4)
    return Tiles((255 * weights).round().to(torch.uint8), block)


def strongest_links(weights: Tensor, tokens: tuple[Token, ...], columns: tuple[Token, ...] | None = None) -> StrongestLinks:
    """What `strongest_link` says of every head, from weights (L, H, T, S), at a fraction of its time."""
    L, H, T, S = weights.shape
    heads = weights.flatten(0, 1).numpy()
    special, passed = (np.array([token.is_special for token in side]) for side in (tokens, columns or tokens))
    own = columns is None or columns is tokens
    if (~special).sum() < 2 and own:  # no two words: the rule's order of what remains
        at = [query * S + key for query, key in (strongest_link(head, tokens) for head in weights.flatten(0, 1))]
    else:
        unwanted = np.zeros((T, S), np.float32)
        unwanted[special], unwanted[:, passed] = -2, -2
        if own:
            np.fill_diagonal(unwanted, -2)
        worth = np.empty_like(unwanted)  # one for all heads stays in the processor's cache
        at = [np.add(head, unwanted, out=worth).argmax() for head in heads]
    query, key = np.divmod(np.array(at), S)
    weight = heads[np.arange(L * H), query, key]
    return StrongestLinks(*(torch.from_numpy(each).view(L, H) for each in (query, key, weight)))
