"""The pictures of a lesson, as data: what to draw large enough for the last row, computed from the sentence on the screen."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from attention_core.figures.scales import SHARES, signed_scale
from attention_core.lesson.facts import Scene, others_give, spelled_out
from attention_core.lesson.parts import Bars, Heat, Picture, Stack, Words, sizes
from attention_core.lesson.translated import RENDERED_PICTURES
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import Cell
from attention_core.stations.vectors import similarities
from attention_core.weights.mixtures import all_weights
from attention_core.weights.overview import tiles
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import cut, labels

LINES = 8  # bars in a picture
WORDS_UP_TO = 100  # the width of a sentence that is drawn as words, in letters’ heights: two rows; of a longer one, bars are
CARD_NUMBERS_UP_TO = 12  # columns of a heatmap with a number in each cell
_TILE = 16  # cells a side of one head among all
_TITLE = 44  # characters of a sentence in a title


def picture(name: str, scene: Scene) -> Picture:
    """One of the PICTURES of a scene."""
    return PICTURES[name](scene)


def _matrix(name: str) -> Callable[[Scene], Picture]:
    return lambda scene: (_heat(name, scene),)


def _heat(name: str, scene: Scene, whole: bool = False) -> Heat:
    cell, matrix = scene.cell, MATRICES[name]
    found = values(name, cell.trace.layers[cell.layer], cell.stages)
    of_tokens = matrix.columns == "tokens"
    names = labels(cell.trace.tokens)
    title = (Mark(matrix.symbol, matrix.role), f"\u2002{sizes(*found.shape)}")
    scale = SHARES if name == "weights" else signed_scale(found.numpy(), whole=whole)
    if not of_tokens:
        of_key = name in ("k", "v")
        return Heat(title, found, scale, names, row=cell.key if of_key else cell.query, of_key=of_key)
    numbers = _percents(found) if name == "weights" else [[number(value, 0) for value in line] for line in found.tolist()]
    if name == "weights":
        title = (*title, ", in %")
    numbers = numbers if len(names) <= CARD_NUMBERS_UP_TO else ()
    return Heat(title, found, scale, names, names, row=cell.query, column=cell.key, numbers=numbers)


def _percents(shares: Tensor) -> list[list[str]]:
    """Whole per cent, nothing where that would be 0, and 100 only for all."""
    return [
        [str(math.floor(100 * share + (0.5 if share < 0.99 else 0))) if share >= 0.005 else "" for share in row]
        for row in shares.tolist()
    ]


def _learned(scene: Scene) -> Picture:
    heats = []
    for part in ("q", "k", "v"):
        weight, _ = scene.model.projection(scene.cell.layer, scene.cell.head, part)
        title = (Mark(f"W_{part.upper()}", MATRICES[part].role), f"\u2002{sizes(*weight.shape)}")
        heats.append(Heat(title, weight, signed_scale(weight.numpy(), whole=True)))
    return tuple(heats)


def _dot(scene: Scene) -> Picture:
    cell = scene.cell
    q, k = cell.stages.q[cell.query], cell.stages.k[cell.key]
    rows = torch.stack([q, k, q * k])
    names = [f"q({cell.asking.text})", f"k({cell.asked.text})", "q × k"]
    total = number(cell.stages.scores[cell.query, cell.key])
    title = ("the products add up to ", Mark(total, "strong"))
    return (Heat(title, rows, signed_scale(rows.numpy(), whole=True), names),)


def _reach(scene: Scene) -> Picture:
    names = labels(scene.cell.trace.tokens)
    whole = torch.ones(len(names), len(names))
    return tuple(
        Heat((Mark(title, "strong"),), reach, SHARES, names, names, is_mask=True)
        for title, reach in (("encoder: all words", whole), ("decoder: only back", whole.tril()))
    )


def _division(scene: Scene) -> Picture:
    cell = scene.cell
    row = cell.stages.scores[cell.query]
    undivided, divided = row.softmax(dim=-1), cell.stages.weights[cell.query]
    keys = divided.topk(min(4, len(row))).indices.tolist()
    return (
        Bars(("softmax of the scores",), "input", _shares(cell, undivided, keys)),
        Bars(("softmax of the scores ÷ √d_k",), "weight", _shares(cell, divided, keys)),
    )


def _softmax(scene: Scene) -> Picture:
    cell = scene.cell
    scaled, weights = cell.stages.scaled[cell.query], cell.stages.weights[cell.query]
    keys = weights.topk(min(LINES, len(weights))).indices.tolist()
    lines = [
        ((cell.word(key, "key"), f" e^{number(scaled[key], 1)}"), weights[key].item(), percent(weights[key].item()))
        for key in keys
    ]
    return (Bars(("the row of ", cell.asking), "weight", _with_rest(lines, weights, keys)),)


def _mix(scene: Scene) -> Picture:
    cell = scene.cell
    weights = cell.stages.weights[cell.query]
    keys = weights.topk(min(LINES - 1, len(weights))).indices.tolist()
    lines = [(("v(", cell.word(key, "value"), ")"), weights[key].item(), percent(weights[key].item())) for key in keys]
    return (Bars(("z(", cell.asking, ") is"), "value", _with_rest(lines, weights, keys)),)


def _lines(scene: Scene) -> Picture:
    cell = scene.cell
    if sum(0.6 * len(name) + 1 for name in labels(cell.trace.tokens)) <= WORDS_UP_TO:
        return (Words(lines=True),)
    weights = cell.stages.weights[cell.query]
    keys = weights.topk(LINES - 1).indices.tolist()
    return (Bars((cell.asking, " gives"), "weight", _with_rest(_shares(cell, weights, keys), weights, keys)),)


def _words(scene: Scene) -> Picture:
    return (Words(lines=False),)


def _heads(scene: Scene) -> Picture:
    cell = scene.cell
    small = tiles(all_weights(cell.trace), _TILE).pixels  # (L, H, n, n)
    L, H, n, _ = small.shape
    stitched = small.permute(0, 2, 1, 3).reshape(L * n, H * n).float() / 255
    rows, columns = [str(layer + 1) for layer in range(L)], [str(head + 1) for head in range(H)]
    frame = {"blocks": (L, H), "block": (cell.layer, cell.head), "row_title": "layer", "column_title": "head"}
    return (Heat((f"{L} layers of {H} heads",), stitched, SHARES, rows, columns, **frame),)


def _layers(scene: Scene) -> Picture:
    lines = [
        (("at the start",) if layer == 0 else (f"after layer {layer}",), max(cosine, 0.0), number(cosine))
        for layer, cosine in enumerate(scene.way.to_start.tolist())
    ]
    return (Bars((scene.cell.asking, ": cosine to its own start"), "query", lines),)


def _column(cell: Cell, most: int) -> Bars:
    """What the query gives the key, what the other words do on average, and the `most` of these that give it most."""
    column = cell.stages.weights[:, cell.key]
    order = [word for word in column.sort(descending=True, stable=True).indices.tolist() if word != cell.query]
    mean = others_give(cell.stages, cell.query, cell.key)
    found: list[tuple[Phrase, float]] = [((cell.asking,), cell.weight), ((Mark("mean of the others", "strong"),), mean)]
    found += [((cell.word(word, "input"),), column[word].item()) for word in order[:most]]
    lines = [(name, share, percent(share)) for name, share in found]
    return Bars((f"layer {cell.layer + 1}, head {cell.head + 1}: gives ", cell.asked), "weight", lines)


def _columns(scene: Scene) -> Picture:
    return (_column(scene.against, 2), _column(scene.cell, 2))


def _votes(scene: Scene) -> Picture:
    cell, count = scene.cell, sum(scene.votes.values())
    most = scene.votes.most_common(LINES - 1)
    lines = [((cell.word(key, "key"),), heads / count, f"{heads} of {count}") for key, heads in most]
    rest = count - sum(heads for _, heads in most)
    if rest:
        lines.append((("other words",), rest / count, f"{rest} of {count}"))
    return (Bars((cell.asking, " looks most at … in so many heads"), "weight", lines),)


def _similarity(scene: Scene) -> Picture:
    cosines = similarities([scene.cell.trace, *scene.others])[0, 1:].tolist()
    lines = [
        ((spelled_out(other.text),), max(cosine, 0.0), number(cosine))
        for other, cosine in zip(scene.others, cosines, strict=True)
    ]
    text = spelled_out(scene.cell.trace.text)
    return (Bars((f"cosine to “{cut(text, _TITLE)}”",), "input", lines),)


def _stack(scene: Scene) -> Picture:
    config, one = scene.model.config, sizes(len(scene.cell.trace.tokens), scene.model.config.d_model)
    layer = (
        (f"{config.heads} heads, side by side", one),
        ("add & norm", one),
        ("feed-forward", f"{config.d_model} → {config.d_ff:,} → {config.d_model}"),
        ("add & norm", one),
    )
    return (Stack((("words, places", one),), layer, config.layers, (("final vectors", one),)),)


def _shares(cell: Cell, weights: Tensor, keys: Sequence[int]) -> list[tuple[Phrase, float, str]]:
    return [((cell.word(key, "key"),), weights[key].item(), percent(weights[key].item())) for key in keys]


def _with_rest(lines: list, weights: Tensor, keys: Sequence[int]) -> list:
    """The lines and, where words are left out, one more for all of these."""
    left = len(weights) - len(keys)
    if not left:
        return lines
    rest = max(1 - weights[keys].sum().item(), 0.0)
    return [*lines, ((f"{left} other" + ("s" if left > 1 else ""),), rest, percent(rest))]


PICTURES: dict[str, Callable[[Scene], Picture]] = {
    "words": _words,
    "lines": _lines,
    **{name: _matrix(name) for name in MATRICES},
    "qkv": lambda scene: tuple(_heat(name, scene, whole=True) for name in "qkv"),
    "learned": _learned,
    "dot": _dot,
    "reach": _reach,
    "division": _division,
    "softmax": _softmax,
    "mix": _mix,
    "heads": _heads,
    "layers": _layers,
    "stack": _stack,
    "column": lambda scene: (_column(scene.cell, LINES - 2),),
    "columns": _columns,
    "votes": _votes,
    "similarity": _similarity,
    **{name: lambda scene, draw=draw: draw(scene.rendering) for name, draw in RENDERED_PICTURES.items()},
}
