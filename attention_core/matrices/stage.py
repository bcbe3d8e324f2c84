"""What one moving picture of a head needs: all queries, keys and values as bytes, and what is said of the chosen cell."""

from collections import Counter
from collections.abc import Iterable

from torch import Tensor

from attention_core.errors import no_such
from attention_core.matrices.names import MATRICES
from attention_core.matrices.words import Cell
from attention_core.model.attention import Stages
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase
from attention_core.writing.text import label


def array_sizes(trace: Trace) -> dict[str, int]:
    """How many layers, heads and words there are, and numbers in a query or key, in a value, and in what a layer receives."""
    first = trace.layers[0]
    heads, T, d_k = first.q.shape
    return {"layers": len(trace.layers), "heads": heads, "T": T, "dk": d_k, "dv": first.v.size(-1), "dx": first.x.size(-1)}


def arrays(trace: Trace, layer: int) -> bytes:
    """X, (T, d_model), then Q, K and V of a layer, each (heads, T, d), as float32 with the lowest byte first.

    Raises ChoiceError for a layer that the model does not have.
    """
    if not 0 <= layer < len(trace.layers):
        raise no_such("layer", layer, len(trace.layers), "this model")
    return _packed(getattr(trace.layers[layer], part) for part in "xqkv")


def stage_bytes(stages: Stages) -> bytes:
    """Scores, scaled scores, weights and Z of a head, as torch computes them, as float32 with the lowest byte first."""
    return _packed((stages.scores, stages.scaled, stages.weights, stages.z))


def _packed(matrices: Iterable[Tensor]) -> bytes:
    return b"".join(matrix.contiguous().numpy().astype("<f4", copy=False).tobytes() for matrix in matrices)


def link_in_every_head(trace: Trace, query: int, key: int) -> list[float]:
    """The weight of one link, in every head of every layer."""
    found = []
    for layer in trace.layers:
        scores = (layer.k @ layer.q[:, query, :, None]).squeeze(-1)  # (H, T)
        found += (scores / layer.q.size(-1) ** 0.5).softmax(dim=-1)[:, key].tolist()
    return found


def plain_parts(phrase: Phrase) -> list[str | list[str]]:
    """A phrase as plain data: its texts, and [role, text] for what is marked."""
    return [part if isinstance(part, str) else [part.role, part.text] for part in phrase]


def sayings(cell: Cell) -> dict[str, list[str | list[str]]]:
    """What each of the MATRICES says about a cell."""
    return {name: plain_parts(cell.say(name)) for name in MATRICES}


def digits(cell: Cell) -> tuple[str, str, str, str]:
    """The cell's score, scaled score, weight, and share, as the page writes them."""
    stages, at = cell.stages, (cell.query, cell.key)
    return number(stages.scores[at], 3), number(stages.scaled[at], 3), number(stages.weights[at], 4), percent(cell.weight)


def words_with_places(tokens: Iterable[Token], places: Iterable[int]) -> list[str]:
    """The words, those that stand there more than once with their position from 1."""
    tokens = list(tokens)
    count = Counter(token.text for token in tokens)
    return [
        f"{place + 1} · {label(token)}" if count[token.text] > 1 else label(token)
        for token, place in zip(tokens, places, strict=True)
    ]


def beat_texts(stages: Stages, d_model: int) -> list[tuple[str, str, str]]:
    """For each of the seven beats its title, one sentence of what happens, and the shapes of this sentence."""
    T, d_k = stages.q.shape
    d_v = stages.v.size(-1)
    root = number(d_k**0.5)
    return [
        ("The result", "Lines are as thick as the shares that the chosen word gives.", f"A  {T}×{T}"),
        (
            "Words become queries, keys and values",
            "Each word’s vector, projected three times by what the model learned.",
            f"X {T}×{d_model} · W {d_model}×{d_k} + b → Q, K {T}×{d_k}, V {T}×{d_v}",
        ),
        ("A query meets a key", MATRICES["scores"].sentence, f"Q {T}×{d_k} · Kᵀ {d_k}×{T} → {T}×{T}"),
        ("Scores shrink", MATRICES["scaled"].sentence, f"QKᵀ ÷ √{d_k} = QKᵀ ÷ {root}"),
        ("Scores become shares", MATRICES["weights"].sentence, f"A = softmax(QKᵀ ÷ √{d_k}), row by row"),
        ("Values are mixed", MATRICES["z"].sentence, f"A {T}×{T} · V {T}×{d_v} → Z {T}×{d_v}"),
        ("At rest", "Point at a cell, a name or a head; pull the chosen score up or down.", f"Z = A·V  {T}×{d_v}"),
    ]
