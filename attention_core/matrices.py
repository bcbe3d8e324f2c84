"""The matrices of one attention head in the order they are computed: their names, sentences and formulas."""

from dataclasses import dataclass

from torch import Tensor

from attention_core.attention import Stages
from attention_core.palette import Palette
from attention_core.trace import Layer


@dataclass(frozen=True)
class Matrix:
    """What is said of one matrix, whatever the sentence."""

    name: str  # as in Layer and Stages
    symbol: str
    title: str
    role: str  # whose colour it wears
    badge: str  # what stands in the circle before its title
    sentence: str
    columns: str  # 'tokens' or 'dimensions'; rows are always tokens
    decimals: int  # of the numbers in its cells


_INPUT = "What the layer receives: one row a word; all its heads read the same."
_OUTPUT = "Each word’s new vector: all values, mixed by its row of weights."
_SCORES = "Each query meets each key: one dot product a cell, large where they point the same way."
_SCALED = "Divided by √d_k: a sum of more products spreads wider, and softmax would saturate sooner."
MATRICES = {
    matrix.name: matrix
    for matrix in (
        Matrix("x", "X", "Words as vectors", "input", "X", _INPUT, "dimensions", 2),
        Matrix("q", "Q", "Queries", "query", "Q", "What each word asks for.", "dimensions", 2),
        Matrix("k", "K", "Keys", "key", "K", "What each word offers to be found by.", "dimensions", 2),
        Matrix("v", "V", "Values", "value", "V", "What each word passes on when looked at.", "dimensions", 2),
        Matrix("scores", "QKᵀ", "Raw scores", "weight", "1", _SCORES, "tokens", 1),
        Matrix("scaled", "QKᵀ/√d_k", "Scaled scores", "weight", "2", _SCALED, "tokens", 1),
        Matrix("weights", "A", "Softmax weights", "weight", "3", "Each row becomes shares that sum to 1.", "tokens", 2),
        Matrix("z", "Z", "Output", "value", "4", _OUTPUT, "dimensions", 2),
    )
}


def values(name: str, layer: Layer, stages: Stages) -> Tensor:
    """The matrix of that name, 2-D: x comes from the layer, all others from the head's stages."""
    return layer.x if name == "x" else getattr(stages, name)


def formula(name: str, layer: Layer, stages: Stages, number: int, palette: Palette) -> str:
    """The matrix's formula and, below it, the same in this sentence's shapes, as TeX; `number` is the layer's, from 1."""
    if name != "x":
        return step_formula(name, layer.x.shape, stages, palette)
    before = r"\mathrm{LayerNorm}(E_{\mathrm{word}} + E_{\mathrm{position}} + E_{\mathrm{type}})"
    if number > 1:
        before = rf"\mathrm{{Layer}}_{{{number - 1}}}(X_{{{number - 1}}})"
    return _two_lines(rf"X_{{{number}}} = {before}", _shape(*layer.x.shape))


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
            rf"{_shape(T, d_model)}{{\cdot}}{_shape(d_model, d)}{f'{{+}}[{d}]' if bias else ''}{{\to}}{_shape(T, d)}",
        )
        for part, symbol, role, d in (("q", Q, "query", d_k), ("k", K, "key", d_k), ("v", V, "value", d_v))
    }
    tex, shapes = {
        **projected,
        "scores": (rf"{Q}\,{K}^{{\top}}", rf"{_shape(T, d_k)}\cdot{_shape(d_k, T)} \to {_shape(T, T)}"),
        "scaled": (rf"{Q}\,{K}^{{\top}} \big/ \sqrt{{d_k}}", rf"{_shape(T, T)} \to {_shape(T, T)},\; \sqrt{{{d_k}}} = {root}"),
        "weights": (
            rf"{A} = \mathrm{{softmax}}\big({Q}{K}^{{\top}} \big/ \sqrt{{d_k}}\big)",
            rf"{_shape(T, T)} \to {_shape(T, T)}, \text{{ row by row}}",
        ),
        "z": (rf"Z = {A}\,{V}", rf"{_shape(T, T)}\cdot{_shape(T, d_v)} \to {_shape(T, d_v)}"),
    }[name]
    return _two_lines(tex, shapes)


def _shape(rows: int, columns: int) -> str:
    return rf"[{rows}{{\times}}{columns}]"


def _two_lines(tex: str, shapes: str) -> str:
    return rf"\begin{{gathered}}{tex}\\[2pt]{{\footnotesize {shapes}}}\end{{gathered}}"
