"""The formulas of the matrices in TeX: in symbols, and in the shapes of this sentence."""

import math

from attention_core.matrices.names import BETWEEN, names_of, values
from attention_core.model.attention import Attention, Stages
from attention_core.palette import Palette
from attention_core.writing.numbers import significant
from attention_core.writing.tex import shape, two_lines


def matrix_formula(name: str, attention: Attention, stages: Stages, number: int, palette: Palette) -> str:
    """The matrix's formula and, below it, the same in this sentence's shapes, as TeX; `number` is the layer's, from 1."""
    if name in ("x", "q", "k", "v") and attention.is_watched:
        return shape(*values(name, attention, stages).shape)  # how it comes about is the model's own affair
    if name != "x":
        return step_formula(name, attention.x.shape, stages, palette)
    before = r"\mathrm{LayerNorm}(E_{\mathrm{word}} + E_{\mathrm{position}} + E_{\mathrm{type}})"
    if number > 1:
        before = rf"\mathrm{{Layer}}_{{{number - 1}}}(X_{{{number - 1}}})"
    return two_lines(rf"X_{{{number}}} = {before}", shape(*attention.x.shape))


def step_formula(name: str, of_x: tuple[int, int], stages: Stages, palette: Palette, bias: bool = True) -> str:
    """The formula of any of the MATRICES but X, with or without a bias in the projections; `of_x` is (T, d_model)."""
    T, d_model = of_x
    S, d_k, d_v = len(stages.k), stages.q.size(-1), stages.v.size(-1)
    root = f"{float(stages.divisor):.2f}".removesuffix(".00")

    def ink(role: str, symbol: str) -> str:
        return rf"\textcolor{{{getattr(palette, role).ink}}}{{{symbol}}}"

    Q, K, V, A = ink("query", "Q"), ink("key", "K"), ink("value", "V"), ink("weight", "A")
    projected = {
        part: (
            rf"{symbol} = X\,{ink(role, f'W_{part.upper()}')}" + (rf" + {ink(role, f'b_{part.upper()}')}" if bias else ""),
            rf"{shape(rows, d_model)}{{\cdot}}{shape(d_model, d)}{f'{{+}}[{d}]' if bias else ''}{{\to}}{shape(rows, d)}",
        )
        for part, symbol, role, rows, d in (
            ("q", Q, "query", T, d_k),
            ("k", K, "key", S, d_k),
            ("v", V, "value", S, d_v),
        )
    }
    if name in BETWEEN:
        return two_lines(*_between(name, stages, shape(T, S)))
    over, by = _division(stages, root)
    scaled = rf"{Q}{K}^{{\top}} {over}"
    tex, shapes = {
        **projected,
        "scores": (rf"{Q}\,{K}^{{\top}}", rf"{shape(T, d_k)}\cdot{shape(d_k, S)} \to {shape(T, S)}"),
        "scaled": (rf"{Q}\,{K}^{{\top}} {over}", rf"{shape(T, S)} \to {shape(T, S)},\; {by}"),
        "weights": (
            rf"{A} = \mathrm{{softmax}}\big({_inside(stages, scaled)}\big)",
            rf"{shape(T, S)} \to {shape(T, S)}, \text{{ row by row}}",
        ),
        "z": (rf"Z = {A}\,{V}", rf"{shape(T, S)}\cdot{shape(S, d_v)} \to {shape(T, d_v)}"),
    }[name]
    return two_lines(tex, shapes)


def by_root(stages: Stages) -> bool:
    """Whether scores are divided by √d_k, as in most models; else by a number of the model's own."""
    return math.isclose(float(stages.divisor), math.sqrt(stages.q.size(-1)), rel_tol=1e-6)


def _division(stages: Stages, root: str) -> tuple[str, str]:
    """The division of scores in symbols, and its divisor in numbers."""
    if by_root(stages):
        return r"\big/ \sqrt{d_k}", rf"\sqrt{{{stages.q.size(-1)}}} = {root}"
    return r"\big/ c", f"c = {root}"


_SYMBOLS = {"capped": r"S_{\mathrm{cap}}", "biased": "S_B", "masked": "S_M"}


def _between(name: str, stages: Stages, shapes: str) -> tuple[str, str]:
    """The formula of one of the matrices BETWEEN scaled and weights, and below it its numbers or shapes."""
    names = names_of(stages)
    before = _SYMBOLS.get(names[names.index(name) - 1], r"\hat{S}")
    if name == "capped":
        return rf"{_SYMBOLS[name]} = c \cdot \tanh({before} / c)", f"c = {significant(stages.softcap)}"
    if name == "biased":
        return rf"{_SYMBOLS[name]} = {before} + B", rf"{shapes} + {shapes} \to {shapes}"
    return rf"{_SYMBOLS[name]} = {before} + M", r"M_{ij} = 0 \text{ where open, } -\infty \text{ where closed}"


def _inside(stages: Stages, scaled: str) -> str:
    """What softmax is taken of: the last matrix before the weights, and a sink beside its rows where there is one."""
    last = names_of(stages)[-3]
    symbol = _SYMBOLS.get(last, scaled)
    return symbol if stages.sink is None else rf"[{symbol},\, \mathrm{{sink}}]"
