"""Watches an unmodified model of another library while it computes, and records every attention that it sees.

Every torch function of a forward pass goes by a `TorchFunctionMode`. It sees either the fused attention, or q kᵀ on its way
through scalings, softcap, biases, masks and sinks to softmax and · v. A step that it does not know ends the way, and then
nothing is recorded. Hooks of the modules tell what each attention received. Nothing of the model is changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from attention_core.model.attention import Attention
from attention_core.models.calls import CALLS, Call, Calls, place
from attention_core.models.letters import Letters
from attention_core.models.scores import Scores, bias_and_mask, groups

Silenced = frozenset[tuple[str, str, int, int]]  # stack, kind, layer and head


@dataclass(frozen=True, eq=False)
class Seen:
    """An attention that was seen, and the module that computed it."""

    attention: Attention
    call: Call


class Watch(TorchFunctionMode):
    """Records the attentions of one forward pass of a model whose modules are `listening`."""

    def __init__(self, stacks: tuple[str, ...], silenced: Silenced = frozenset()):
        """`stacks` are the model's: ('encoder',), ('decoder',) or ('encoder', 'decoder')."""
        super().__init__()
        self.seen: list[Seen] = []
        self.calls = Calls()
        self._stacks, self._silenced = stacks, silenced
        self._scores: dict[
            int, tuple[Tensor, Scores]
        ] = {}  # by the tensor's id; the tensor is kept so that the id stays its own

    def __enter__(self) -> "Watch":
        self._token = CALLS.set(self.calls)
        return super().__enter__()

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        CALLS.reset(self._token)
        self._scores.clear()
        self.calls.open.clear()

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        result = function(*args, **(kwargs or {}))
        step = _STEPS.get(getattr(function, "__name__", ""))
        return result if step is None else step(self, result, *args, **(kwargs or {}))

    def _of(self, tensor: object) -> Scores | None:
        """What is known of a tensor that is made of q kᵀ."""
        found = self._scores.get(id(tensor))
        return found[1] if found else None

    def _keep(self, result: Tensor, scores: Scores | None) -> Tensor:
        if scores is None:
            self._scores.pop(id(result), None)  # a tensor that was changed in place is no longer known
        else:
            self._scores[id(result)] = result, scores
        return result

    def _product(self, result: Tensor, first: Tensor, second: Tensor, **_: Any) -> Tensor:
        scores = self._of(first)
        if scores and scores.is_softmax:
            return self._record(result, scores, second)
        if isinstance(first, Tensor) and isinstance(second, Tensor) and min(first.dim(), second.dim()) > 2:
            self._keep(result, Scores(first, second.mT))
        return result

    def _product_and_sum(
        self, result: Tensor, start: Tensor, batch1: Tensor, batch2: Tensor, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        return self._keep(result, Scores(batch1, batch2.mT, float(alpha)).plus(start, beta))

    def _einsum(self, result: Tensor, equation: str, *tensors: Tensor) -> Tensor:
        """A product of two tensors of four axes, whose letters say what of an attention it is."""
        if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
            tensors = tuple(tensors[0])
        letters = Letters.of(equation) if len(tensors) == 2 else None
        scores = self._of(tensors[0])
        if letters is None:
            return result
        if not (scores and scores.is_softmax):
            return self._keep(result, letters.scores(*tensors))
        if not letters.mixes_values:
            return result
        z, v = letters.output(result), letters.values(tensors[1])
        changed = self._record(z, scores, v)
        return result if changed is z else letters.put_back(changed)

    def _times(self, result: Tensor, first: Any, second: Any, **_: Any) -> Tensor:
        one, other = (first, second) if self._of(first) else (second, first)
        scores = self._of(one)
        return self._keep(result, scores.times(other)) if scores else result

    def _over(self, result: Tensor, first: Any, second: Any, **_: Any) -> Tensor:
        scores = self._of(first)
        return self._keep(result, scores.times(1 / second)) if scores else result

    def _plus(self, result: Tensor, first: Any, second: Any, alpha: float = 1, **_: Any) -> Tensor:
        one, other = (first, second) if self._of(first) else (second, first)
        scores = self._of(one)
        return self._keep(result, scores.plus(other, alpha)) if scores else result

    def _minus(self, result: Tensor, first: Any, second: Any, alpha: float = 1, **_: Any) -> Tensor:
        scores = self._of(first)
        return self._keep(result, scores.plus(second, -alpha)) if scores else result

    def _masked_fill(self, result: Tensor, first: Tensor, mask: Tensor, value: Any) -> Tensor:
        scores = self._of(first)
        return self._keep(result, scores.closed(mask, value)) if scores else result

    def _where(self, result: Any, condition: Tensor, *sides: Any) -> Any:
        if len(sides) != 2:
            return result
        if self._of(condition):  # as a method: scores.where(condition, other)
            condition, sides = sides[0], (condition, sides[1])
        for side, other, hidden in ((0, 1, lambda: ~condition), (1, 0, lambda: condition)):
            if scores := self._of(sides[side]):
                return self._keep(result, scores.closed(hidden(), sides[other]))
        return result

    def _tanh(self, result: Tensor, first: Tensor) -> Tensor:
        scores = self._of(first)
        return self._keep(result, scores.bent()) if scores else result

    def _cat(self, result: Tensor, tensors: Iterable[Tensor], dim: int = 0, **_: Any) -> Tensor:
        parts = tuple(tensors)
        scores = self._of(parts[0]) if parts else None
        if scores and not scores.is_softmax and len(parts) == 2 and dim in (-1, result.dim() - 1):
            return self._keep(result, scores.beside(parts[1]))
        return result

    def _item(self, result: Any, first: Tensor, index: Any) -> Any:
        """The weights without the sink's column, which is the last."""
        scores = self._of(first)
        if scores and scores.sink is not None and scores.is_softmax:
            return self._keep(result, scores if result.shape == (*first.shape[:-1], first.size(-1) - 1) else None)
        return result

    def _softmax(self, result: Tensor, first: Tensor, dim: int | None = None, *_: Any, **__: Any) -> Tensor:
        scores = self._of(first)
        if scores and dim in (-1, first.dim() - 1) and not scores.is_softmax:
            return self._keep(result, replace(scores, is_softmax=True))
        return result

    def _same(self, result: Any, first: Any, *_: Any, **__: Any) -> Any:
        """A step that changes no number: the rows and columns stay where they are."""
        scores = self._of(first)
        if scores and isinstance(result, Tensor):
            kept = result.shape[-2:] == first.shape[-2:] and result.numel() == first.numel()
            return self._keep(result, scores if kept else None)
        return result

    def _at_least(self, result: Any, first: Any, bound: Any = None, *rest: Any, min: Any = None, **__: Any) -> Any:
        """Scores that are kept from leaving what a float holds: a step that changes no number that counts."""
        lowest = bound if bound is not None else min
        lowest = lowest.item() if isinstance(lowest, Tensor) and lowest.numel() == 1 else lowest
        is_low = isinstance(lowest, float | int) and lowest < -1e30 and not rest
        return self._same(result, first) if is_low else result

    def _fused(
        self,
        result: Tensor,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        scores = Scores(query, key, query.size(-1) ** -0.5 if scale is None else scale, is_softmax=True)
        if attn_mask is not None:
            is_open = attn_mask.dtype == torch.bool
            scores = replace(scores, visible=attn_mask) if is_open else replace(scores, added=(attn_mask,))
        elif is_causal:
            causal = torch.ones(query.size(-2), key.size(-2), dtype=torch.bool).tril()
            scores = replace(scores, visible=causal)
        return self._record(result, scores, value)

    def _record(self, z: Tensor, scores: Scores, v: Tensor) -> Tensor:
        """Keep the attention that gave z, (..., T, d_v), and give z back: without the heads that are silenced."""
        self._scores.clear()
        if not self.calls.open or not all(isinstance(part, Tensor) for part in (z, v)) or z.dim() < 3:
            return z
        T, S = z.size(-2), v.size(-2)
        if scores.k.size(-2) != S:
            return z
        lead = z.shape[:-2]
        heads = lead.numel()

        def flat(part: Tensor) -> Tensor:  # (..., rows, columns) → (H or G or 1, rows, columns)
            if part.dim() > 2 and part.shape[:-2].numel() < heads and lead.numel() % part.shape[:-2].numel() == 0:
                return part.reshape(-1, *part.shape[-2:])
            return part.expand(*lead, *part.shape[-2:]).reshape(heads, *part.shape[-2:])

        q, k, values = flat(scores.q), flat(scores.k), flat(v)
        if len(k) == len(values) == heads:
            k, values = groups(k, values)
        stack, kind, x, source, call = place(self.calls, self._stacks, T, S)
        layer = sum((each.attention.stack, each.attention.kind) == (stack, kind) for each in self.seen)
        scale = scores.scale
        if isinstance(scale, float) and abs(scale * q.size(-1) ** 0.5 - 1) < 1e-7:
            scale = None
        bias, visible = bias_and_mask(scores, T, S, lead)
        bias = self._shared(bias)
        sinks = None if scores.sink is None else scores.sink.expand(*lead, T, 1).reshape(heads, T)[:, 0].clone()
        silenced = tuple(head for head in range(heads) if (stack, kind, layer, head) in self._silenced)
        own = z.reshape(heads, T, -1).clone()
        if silenced:
            own[list(silenced)] = 0
            z = own.reshape(z.shape)
        parts = (part.detach().float().clone() for part in (q, k, values))  # that nothing else changes or keeps alive
        more = {"softcap": scores.softcap, "bias": bias, "visible": visible, "sinks": sinks, "silenced": silenced, "z": own}
        attention = Attention(x, *parts, layer, stack, kind, source, scale, **more)
        self.seen.append(Seen(attention, call))
        return z

    def _shared(self, bias: Tensor | None) -> Tensor | None:
        """A bias, or the equal one of a layer before: one a stack is kept, not one a layer."""
        others = (each.attention.bias for each in reversed(self.seen))
        alike = (other for other in others if bias is not None and other is not None and other.shape == bias.shape)
        return next((other for other in alike if torch.equal(other, bias)), bias)


_PASSED = [
    "view",
    "reshape",
    "view_as",
    "float",
    "to",
    "type",
    "type_as",
    "contiguous",
    "dropout",
    "clone",
    "unsqueeze",
    "squeeze",
    "nan_to_num",
    "unflatten",
    "flatten",
    "detach",
    "feature_dropout",
    "expand",
]
_STEPS: dict[str, Callable] = {
    **dict.fromkeys(("matmul", "__matmul__", "bmm"), Watch._product),
    "baddbmm": Watch._product_and_sum,
    "einsum": Watch._einsum,
    **dict.fromkeys(("mul", "__mul__", "__rmul__", "mul_", "__imul__", "multiply"), Watch._times),
    **dict.fromkeys(("div", "__truediv__", "div_", "__itruediv__", "true_divide", "divide"), Watch._over),
    **dict.fromkeys(("add", "__add__", "__radd__", "add_", "__iadd__"), Watch._plus),
    **dict.fromkeys(("sub", "__sub__", "sub_", "__isub__", "subtract"), Watch._minus),
    **dict.fromkeys(("masked_fill", "masked_fill_"), Watch._masked_fill),
    "where": Watch._where,
    **dict.fromkeys(("tanh", "tanh_"), Watch._tanh),
    **dict.fromkeys(("cat", "concat", "concatenate"), Watch._cat),
    "__getitem__": Watch._item,
    "softmax": Watch._softmax,
    **dict.fromkeys(("max", "maximum", "clamp", "clamp_min", "clip"), Watch._at_least),
    **dict.fromkeys(_PASSED, Watch._same),
    "scaled_dot_product_attention": Watch._fused,
}
