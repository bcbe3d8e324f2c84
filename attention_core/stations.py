"""The whole way of one sentence through the encoder, station by station, derived on demand from what its trace keeps.

Shapes: T tokens, H heads, d_model numbers a token, d_ff inside the feed-forward network. Layers and positions count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model import TracedModel
from attention_core.palette import Palette
from attention_core.trace import Trace


@dataclass(frozen=True, eq=False)
class Station:
    """One stop on the way: what is there, and what it is made by."""

    name: str
    symbol: str
    title: str
    badge: str  # what stands in the circle before its title
    role: str  # whose colour it wears
    sentence: str
    matrix: Tensor  # (T, d_model), or (T, d_ff) inside the feed-forward network


_GELU = "Each word alone, widened; GELU passes large numbers on and holds negative ones near 0."
_TEXTS = {  # name: symbol, title, badge, role, sentence
    "words": ("E_word", "Word", "1", "input", "One learned vector for each word of the vocabulary."),
    "positions": ("E_pos", "+ position", "2", "input", "One learned vector for each place: without it, order would be lost."),
    "types": ("E_type", "+ type", "3", "input", "Marks which of two texts a word belongs to; here there is one."),
    "embedded": ("E", "= their sum", "4", "input", "Word, place and type, added number by number."),
    "normed": ("X", "LayerNorm", "5", "input", "Each row brought to a common size: this is what layer 1 receives."),
    "received": ("X", "What comes in", "1", "input", "One row a word; all heads of the layer read the same."),
    "concatenated": ("C", "The heads side by side", "2", "value", "Every head’s Z beside the next: as wide as X again."),
    "mixed": ("O", "Mixed by W_O", "3", "value", "A learned matrix makes one vector of what the heads found."),
    "attention_sum": (
        "X + O",
        "Add (residual)",
        "4",
        "input",
        "What attention found is added to what was there: nothing is lost.",
    ),
    "attended": ("N", "LayerNorm", "5", "input", "Each row brought back to a common size."),
    "hidden": ("G", "Feed-forward, widened", "6", "input", _GELU),
    "forward": ("F", "Feed-forward, narrowed", "7", "input", "Back to the width of X: what each word finds by itself."),
    "forward_sum": ("N + F", "Add (residual)", "8", "input", "Added again to what was there before."),
    "output": ("Y", "LayerNorm", "9", "input", "The layer’s answer, in the shape of what came in."),
}


@torch.inference_mode()
def embedding(model: TracedModel, trace: Trace) -> tuple[Station, ...]:
    """From token ids to what the first layer receives: five stations, each (T, d_model) (Devlin et al. 2019, figure 2)."""
    encoder = model.encoder
    T = len(trace.tokens)
    words = encoder.words[torch.tensor([token.id for token in trace.tokens])]
    positions, types = encoder.positions[:T], encoder.types[:1].expand(T, -1)
    embedded = words + positions + types
    return _stations(words=words, positions=positions, types=types, embedded=embedded, normed=encoder.norm(embedded))


@torch.inference_mode()
def layer(model: TracedModel, trace: Trace, number: int) -> tuple[Station, ...]:
    """From x of a layer to x of the next: nine stations, (T, d_model) each but 'hidden', which is (T, d_ff).

    Post-norm as in Vaswani et al. 2017, section 3.1; GELU by Hendrycks & Gimpel 2016. The last station is exactly x of the
    next layer, or the trace's output. Raises ChoiceError for a layer that the model does not have.
    """
    _check("layer", number, len(trace.layers))
    block, layer = model.encoder.blocks[number], trace.layers[number]
    concatenated = block.concatenated(layer.q, layer.k, layer.v)
    mixed = block.attention_output(concatenated)
    attention_sum = layer.x + mixed
    attended = block.attention_norm(attention_sum)
    hidden = block.activation(block.widen(attended))
    forward = block.narrow(hidden)
    forward_sum = attended + forward
    return _stations(
        received=layer.x,
        concatenated=concatenated,
        mixed=mixed,
        attention_sum=attention_sum,
        attended=attended,
        hidden=hidden,
        forward=forward,
        forward_sum=forward_sum,
        output=block.output_norm(forward_sum),
    )


def head_parts(model: TracedModel, trace: Trace, number: int) -> Tensor:
    """What each head adds to each word through its rows of W_O, (H, T, d_model); with the bias they sum to 'mixed'."""
    _check("layer", number, len(trace.layers))
    block, layer = model.encoder.blocks[number], trace.layers[number]
    H, T, d_v = layer.v.shape
    z = block.concatenated(layer.q, layer.k, layer.v).view(T, H, d_v)
    return torch.einsum("thv,dhv->htd", z, block.attention_output.weight.view(-1, H, d_v))


def formula(station: Station, trace: Trace, model: TracedModel, number: int, palette: Palette) -> str:
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


def after(trace: Trace, layers: int) -> Tensor:
    """The words' vectors after so many layers, (T, d_model): 0 is what the first layer receives, all of them the output.

    Raises ChoiceError for more layers than the model has.
    """
    _check("number of layers", layers, len(trace.layers) + 1)
    return trace.output if layers == len(trace.layers) else trace.layers[layers].x


@dataclass(frozen=True, eq=False)
class Journey:
    """How one word's vector changes from layer to layer, as cosine similarities from −1 to 1."""

    to_start: Tensor  # (L + 1,)  of the vector after l layers to the word's own before the first
    to_words: Tensor  # (L + 1, T)  of the vector after l layers to every word's after l layers; 1 to itself


def journey(trace: Trace, position: int) -> Journey:
    """One word's way through the layers. Raises ChoiceError for a position that the sentence does not have."""
    _check("token", position, len(trace.tokens))
    vectors = F.normalize(torch.stack([after(trace, layers) for layers in range(len(trace.layers) + 1)]), dim=-1)
    own = vectors[:, position]  # (L + 1, d_model)
    return Journey(to_start=own @ own[0], to_words=torch.einsum("ld,ltd->lt", own, vectors))


def sentence_vector(trace: Trace) -> Tensor:
    """The mean of all words' final vectors, special tokens included, made of length 1: (d_model,).

    What this model was trained for (Reimers & Gurevych 2019): sentence-transformers computes the same for texts of up to
    256 tokens, and cuts longer ones.
    """
    return F.normalize(trace.output.mean(dim=0), dim=0)


def similarities(traces: Sequence[Trace]) -> Tensor:
    """The cosine similarity of each of n sentences with each, (n, n), from −1 to 1. Raises ChoiceError for no sentence."""
    if not traces:
        raise ChoiceError("There is no sentence to compare. Give at least one.")
    vectors = torch.stack([sentence_vector(trace) for trace in traces])
    return vectors @ vectors.T


def _stations(**matrices: Tensor) -> tuple[Station, ...]:
    return tuple(Station(name, *_TEXTS[name], matrix) for name, matrix in matrices.items())


def _check(what: str, value: int, count: int) -> None:
    if not 0 <= value < count:
        raise ChoiceError(f"There is no {what} {value}: there are {what}s 0 to {count - 1}, counted from 0.")
