"""Which modules of a model are at work, what each was given, and so whose attention one is."""

import inspect
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

_SOURCES = ("key_value_states", "encoder_hidden_states", "key_value", "encoder_outputs", "key")
_RECEIVED = ("hidden_states", "hidden_state", "x", "input", "inputs", "query", "embeddings")


@dataclass(frozen=True, eq=False)
class Call:
    """A module that is at work, and what it was given by name."""

    path: str
    given: dict[str, Any]


@dataclass(eq=False)
class Calls:
    """The modules that are at work, the innermost last."""

    open: list[Call] = field(default_factory=list)
    answer: Tensor | None = None  # (T, d_model) the last vectors that a stack gave


CALLS: ContextVar[Calls | None] = ContextVar("calls", default=None)  # of this thread's watch, if there is one


def attach(model: nn.Module) -> None:
    """Let every module that holds others tell the watch of its thread, if there is one, what it is given."""
    for path, module in model.named_modules():
        if next(module.children(), None) is None:
            continue
        names = [name for name in inspect.signature(module.forward).parameters if name != "self"]

        def enters(_: nn.Module, args: tuple, kwargs: dict, path: str = path, names: list[str] = names) -> None:
            if calls := CALLS.get():
                calls.open.append(Call(path, dict(zip(names, args, strict=False)) | kwargs))

        def leaves(_: nn.Module, __: Any, output: Any) -> None:
            if calls := CALLS.get():
                calls.open.pop()
                last = getattr(output, "last_hidden_state", None)
                if isinstance(last, Tensor) and last.dim() == 3:
                    calls.answer = last.detach()[0]

        module.register_forward_pre_hook(enters, with_kwargs=True)
        module.register_forward_hook(leaves)


def place(calls: Calls, stacks: tuple[str, ...], T: int, S: int) -> tuple[str, str, Tensor, Tensor | None, Call]:
    """Stack, kind, what an attention received (T, d), what its keys come from (S, d) if not from that, and its module."""
    call = calls.open[-1]
    stack = "decoder" if len(stacks) > 1 and "decoder" in call.path.split(".") else stacks[0]
    x = None
    for each in reversed(calls.open):
        named = [each.given.get(name) for name in _RECEIVED] + list(each.given.values())
        x = next((rows for given in named if (rows := _rows(given, T)) is not None), None)
        if x is not None:
            break
    sources = (_rows(call.given.get(name), S) for name in _SOURCES)
    source = next((rows for rows in sources if rows is not None and not _is_same(rows, x)), None)
    kind = "self" if source is None or len(stacks) < 2 else "cross"
    return stack, kind, Tensor(T, 0) if x is None else x, source if kind == "cross" else None, call


def _is_same(one: Tensor, other: Tensor | None) -> bool:
    return other is not None and one.data_ptr() == other.data_ptr() and one.shape == other.shape


def _rows(value: object, count: int) -> Tensor | None:
    """A tensor (1, T, d), (T, 1, d) or (T, d) of floats as (T, d)."""
    if isinstance(value, Tensor) and value.is_floating_point() and value.dim() == 3 and value.shape[:2] == (count, 1):
        return value.detach()[:, 0]
    if isinstance(value, Tensor) and value.is_floating_point() and value.dim() in (2, 3) and value.size(-2) == count:
        return value.detach()[0] if value.dim() == 3 else value.detach()
    return None
