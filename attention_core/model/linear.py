"""The encoder's two learned layers of one step: a matrix product and a normalisation."""

import torch
import torch.nn.functional as F
from torch import Tensor


class Linear:
    """x Wᵀ + b, with W laid out once for oneDNN where torch has it.

    A sentence is short against the weights, so the usual kernel spends much of its time on rearranging W at every call.
    """

    def __init__(self, weight: Tensor, bias: Tensor):  # (d_out, d_in), (d_out,)
        self.bias = bias
        self.packed = torch.backends.mkldnn.is_available()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous()) if self.packed else weight

    @property
    def weight(self) -> Tensor:
        """W as the checkpoint has it, (d_out, d_in)."""
        return self._weight.to_dense() if self.packed else self._weight

    def __call__(self, x: Tensor) -> Tensor:  # (..., T, d_in) → (..., T, d_out)
        if self.packed:
            return torch.ops.mkldnn._linear_pointwise(x, self._weight, self.bias, "none", [], "")
        return F.linear(x, self._weight, self.bias)


class LayerNorm:
    """Each row shifted and scaled to mean 0 and variance 1, then by learned factors (Ba et al. 2016)."""

    def __init__(self, weight: Tensor, bias: Tensor, eps: float):
        self.weight, self.bias, self.eps = weight, bias, eps

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)
