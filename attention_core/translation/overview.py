"""All heads of one attention of a translation at a glance: their weights as small pictures, and the strongest link of each."""

import torch

from attention_core.model.attention import seen
from attention_core.model.trace import Trace
from attention_core.weights.overview import StrongestLinks, Tiles


def attention_overview(attentions: Trace) -> tuple[Tiles, StrongestLinks]:
    """The weights of all heads as pictures (L, H, T, S), and every head's strongest link between two words.

    Marks, and a word's look at itself, are passed over while anything else is left; what the mask hides always is.
    """
    weights = torch.stack([attentions.weights(layer) for layer in range(len(attentions.layers))])  # (L, H, T, S)
    worth = weights.clone()
    worth[:, :, :, torch.tensor([token.is_special for token in attentions.columns])] -= 2
    worth[:, :, torch.tensor([token.is_special for token in attentions.rows])] -= 2
    S = weights.size(-1)
    if attentions.rows is attentions.columns:
        worth.diagonal(dim1=2, dim2=3).sub_(1)
    visible = attentions.layers[0].visible
    if visible is not None:
        worth.masked_fill_(~seen(visible, S), -9)
    at = worth.flatten(2).argmax(dim=-1)  # (L, H)
    found = StrongestLinks(at // S, at % S, weights.flatten(2).gather(2, at[..., None]).squeeze(-1))
    return Tiles((255 * weights).round().to(torch.uint8), 1), found
