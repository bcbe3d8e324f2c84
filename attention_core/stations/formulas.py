"""The formulas of the stations in TeX."""

from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.palette import Palette
from attention_core.stations.stations import Station


def station_formula(station: Station, trace: Trace, model: TracedModel, number: int, palette: Palette) -> str:
    """The station's formula and, below it, the same in this sentence's shapes, as TeX; `number` is the layer's, from 1."""
    config, T = model.config, len(trace.tokens)
    d_model, d_ff, H, d_v = config.d_model, config.d_ff, config.heads, config.d_k
    Z = rf"\textcolor{{{palette.value.ink}}}{{Z}}"

    def shape(*sizes: int) -> str:
        return "[" + r"{\times}".join(map(str, sizes)) + "]"

    def looked_up(what: str, index: str, rows: int) -> tuple[str, str]:
        return rf"E_{{\mathrm{{{what}}}}}[{index}]", rf"{shape(rows, d_model)} \to {shape(T, d_model)}"

    one = shape(T, d_model)
    same = rf"{one} + {one} \to {one}"
    source = r"E" if number == 1 else rf"\mathrm{{Layer}}_{{{number - 1}}}(X_{{{number - 1}}})"
    tex, shapes = {
        "words": looked_up("word", r"\mathrm{ids}", config.vocabulary),
        "positions": looked_up("position", rf"1 \ldots {T}", config.positions),
        "types": looked_up("type", "1", config.types),
        "embedded": (r"E = E_{\mathrm{word}} + E_{\mathrm{position}} + E_{\mathrm{type}}", rf"3 \cdot {one} \to {one}"),
        "normed": (r"X_1 = \mathrm{LayerNorm}(E)", rf"{one} \to {one}, \text{{ row by row}}"),
        "received": (rf"X_{{{number}}} = " + (r"\mathrm{LayerNorm}(E)" if number == 1 else source), one),
        "concatenated": (rf"C = [\,{Z}_1\,|\,\ldots\,|\,{Z}_{{{H}}}\,]", rf"{H} \cdot {shape(T, d_v)} \to {one}"),
        "mixed": (r"O = C\,W_O + b_O", rf"{one}{{\cdot}}{shape(d_model, d_model)}{{+}}[{d_model}] \to {one}"),
        "attention_sum": (rf"X_{{{number}}} + O", same),
        "attended": (rf"N = \mathrm{{LayerNorm}}(X_{{{number}}} + O)", rf"{one} \to {one}, \text{{ row by row}}"),
        "hidden": (
            r"G = \mathrm{GELU}(N\,W_1 + b_1)",
            rf"{one}{{\cdot}}{shape(d_model, d_ff)}{{+}}[{d_ff}] \to {shape(T, d_ff)}",
        ),
        "forward": (r"F = G\,W_2 + b_2", rf"{shape(T, d_ff)}{{\cdot}}{shape(d_ff, d_model)}{{+}}[{d_model}] \to {one}"),
        "forward_sum": (r"N + F", same),
        "output": (
            (rf"X_{{{number + 1}}}" if number < config.layers else "Y") + r" = \mathrm{LayerNorm}(N + F)",
            rf"{one} \to {one}, \text{{ row by row}}",
        ),
    }[station.name]
    return rf"\begin{{gathered}}{tex}\\[2pt]{{\footnotesize {shapes}}}\end{{gathered}}"
