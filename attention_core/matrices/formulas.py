"""The formulas of the matrices in TeX: in symbols, and in the shapes of this sentence."""

from attention_core.model.attention import Stages
from attention_core.model.trace import Layer
from attention_core.palette import Palette
from attention_core.writing.tex import shape, two_lines


def matrix_formula(name: str, layer: Layer, stages: Stages, number: int, palette: Palette) -> str:
    """The matrix's formula and, below it, the same in this sentence's shapes, as TeX; `number` is the layer's, from 1."""
    if name != "x":
        return step_formula(name, layer.x.shape, stages, palette)
    before = r"\mathrm{LayerNorm}(E_{\mathrm{word}} + E_{\mathrm{position}} + E_{\mathrm{type}})"
    if number > 1:
        before = rf"\mathrm{{Layer}}_{{{number - 1}}}(X_{{{number - 1}}})"
    return two_lines(rf"X_{{{number}}} = {before}", shape(*layer.x.shape))


def step_formula(name: str, of_x: tuple[int, int], stages: Stages, palette: Palette, bias: bool = True) -> str:
    """The formula of any of the MATRICES but X, with or without a bias in the projections; `of_x` is (T, d_model)."""
    T, d_model = of_x
    d_k, d_v = stages.q.size(-1), stages.v.size(-1)
    root = f"{d_k**0.5:.2f}".removesuffix(".00")

    def ink(role: str, symbol: str) -> str:
        return rf"\textcolor{{{getattr(palette, role).ink}}}{{{symbol}}}"

    Q, K, V, A = ink("query", "Q"), ink("key", "K"), ink("value", "V"), ink("weight", "A")
    projected = {
        part: (
            rf"{symbol} = X\,{ink(role, f'W_{part.upper()}')}" + (rf" + {ink(role, f'b_{part.upper()}')}" if bias else ""),
            rf"{shape(T, d_model)}{{\cdot}}{shape(d_model, d)}{f'{{+}}[{d}]' if bias else ''}{{\to}}{shape(T, d)}",
        )
        for part, symbol, role, d in (("q", Q, "query", d_k), ("k", K, "key", d_k), ("v", V, "value", d_v))
    }
    tex, shapes = {
        **projected,
        "scores": (rf"{Q}\,{K}^{{\top}}", rf"{shape(T, d_k)}\cdot{shape(d_k, T)} \to {shape(T, T)}"),
        "scaled": (rf"{Q}\,{K}^{{\top}} \big/ \sqrt{{d_k}}", rf"{shape(T, T)} \to {shape(T, T)},\; \sqrt{{{d_k}}} = {root}"),
        "weights": (
            rf"{A} = \mathrm{{softmax}}\big({Q}{K}^{{\top}} \big/ \sqrt{{d_k}}\big)",
            rf"{shape(T, T)} \to {shape(T, T)}, \text{{ row by row}}",
        ),
        "z": (rf"Z = {A}\,{V}", rf"{shape(T, T)}\cdot{shape(T, d_v)} \to {shape(T, d_v)}"),
    }[name]
    return two_lines(tex, shapes)
