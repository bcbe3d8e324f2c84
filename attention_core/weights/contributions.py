"""How much each word really adds to another: the length of weight · value, beside the weight alone."""

from torch import Tensor

from attention_core.model.attention import Stages


def added_lengths(stages: Stages, query: int) -> Tensor:
    """The length |a·v| of what each key's value adds to z of a query: (S,) (Kobayashi et al. 2020, section 3).

    A large weight on a short value adds little. `stages` are 2-D.
    """
    return stages.weights[query] * stages.v.norm(dim=-1)
