"""The formulas of the three attentions in TeX: in symbols, and in the shapes of this translation."""

from attention_core.model.attention import Attention
from attention_core.palette import Palette
from attention_core.translation.kinds import ATTENTION_KINDS
from attention_core.writing.tex import shape, two_lines


def attention_formula(name: str, kind: str, received: Attention, number: int, palette: Palette) -> str:
    """The formula of one matrix of one of the ATTENTION_KINDS; `number` is the layer's, from 1."""
    (T, d_model), S = received.x.shape, received.k.size(-2)
    d_k, d_v = received.q.size(-1), received.v.size(-1)
    root = f"{d_k**0.5:.2f}".removesuffix(".00")
    source = "E" if ATTENTION_KINDS[kind].has_source else "X"

    def ink(role: str, symbol: str) -> str:
        return rf"\textcolor{{{getattr(palette, role).ink}}}{{{symbol}}}"

    Q, K, V, A = ink("query", "Q"), ink("key", "K"), ink("value", "V"), ink("weight", "A")

    def projected(part: str, symbol: str, role: str, of: str, rows: int, d: int) -> tuple[str, str]:
        tex = rf"{symbol} = {of}\,{ink(role, f'W_{part}')} + {ink(role, f'b_{part}')}"
        return tex, rf"{shape(rows, d_model)}{{\cdot}}{shape(d_model, d)}{{+}}[{d}]{{\to}}{shape(rows, d)}"

    scaled = rf"{Q}\,{K}^{{\top}} \big/ \sqrt{{d_k}}"
    same = rf"{shape(T, S)} \to {shape(T, S)}"
    mask = " + M" if ATTENTION_KINDS[kind].is_masked else ""
    return two_lines(
        *{
            "x": (_input(kind, number), shape(T, d_model)),
            "source": (r"E = \mathrm{Encoder}(\mathrm{English})", shape(S, d_model)),
            "q": projected("Q", Q, "query", "X", T, d_k),
            "k": projected("K", K, "key", source, S, d_k),
            "v": projected("V", V, "value", source, S, d_v),
            "scores": (rf"{Q}\,{K}^{{\top}}", rf"{shape(T, d_k)}\cdot{shape(d_k, S)} \to {shape(T, S)}"),
            "scaled": (scaled, rf"{same},\; \sqrt{{{d_k}}} = {root}"),
            "masked": (rf"{scaled} + M", rf"{same},\; M_{{ij}} = -\infty \text{{ for }} j > i,\text{{ else }} 0"),
            "weights": (rf"{A} = \mathrm{{softmax}}\big({scaled}{mask}\big)", rf"{same}, \text{{ row by row}}"),
            "z": (rf"Z = {A}\,{V}", rf"{shape(T, S)}\cdot{shape(S, d_v)} \to {shape(T, d_v)}"),
        }[name]
    )


def _input(kind: str, number: int) -> str:
    """Where the rows come from that the queries are made of."""
    if kind == "cross":
        return rf"X = \mathrm{{LayerNorm}}\big(X_{{{number}}} + \mathrm{{Masked}}(X_{{{number}}})\big)"
    if number == 1:
        return r"X_1 = \sqrt{d_{\mathrm{model}}}\,E_{\mathrm{word}} + P_{\mathrm{position}}"
    return rf"X_{{{number}}} = \mathrm{{{kind.capitalize()}Layer}}_{{{number - 1}}}(X_{{{number - 1}}})"
