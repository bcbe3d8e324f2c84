"""How far the record of an attention is from what the model itself computed."""

from collections.abc import Iterable

from attention_core.model.attention import Attention

WITHIN = 1e-5  # a right record is within 1e-6 in float32, a wrong one off by 2.5e-3 or more


def error(attention: Attention, head: int) -> float:
    """The largest difference between softmax(…) v of the record and the model's own z, over the largest |z|.

    0 for what was not watched, and for a silenced head, whose z is 0 on purpose.
    """
    if attention.z is None or head in attention.silenced:
        return 0.0
    own, again = attention.z[head], attention.stages(head).z
    if own.shape != again.shape:
        return float("inf")
    largest = own.abs().max().item()
    difference = (own - again).abs().max().item()
    return difference / largest if largest else difference  # nan stays nan


def worst_error(attentions: Iterable[Attention]) -> float:
    """The largest `error` of all heads; inf where one is no number."""
    found = [error(each, head) for each in attentions for head in range(each.heads)]
    return max((value if value == value else float("inf") for value in found), default=0.0)
