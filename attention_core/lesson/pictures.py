"""The pictures of a lesson, as data: what to draw large enough for the last row, computed from the sentence on the screen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from attention_core.figures.scales import SHARES, signed_scale
from attention_core.lesson.experiment_pictures import EXPERIMENT_PICTURES
from attention_core.lesson.parts import CARD_NUMBERS_UP_TO, Bars, Heat, Move, Picture, Stack, Words, percents, sizes
from attention_core.lesson.scene import Scene, others_give
from attention_core.lesson.translated import RENDERED_PICTURES
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import Cell
from attention_core.stations.stations import embedding
from attention_core.weights.mixtures import all_weights
from attention_core.weights.overview import tiles
from attention_core.writing.numbers import magnitude, number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import labels

LINES = 8  # bars in a picture
WORDS_UP_TO = 100  # the width of a sentence that is drawn as words, in letters’ heights: two rows; of a longer one, bars are
_TILE = 16  # cells a side of one head among all
MIXED = 6  # values in the picture of a sum
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
    symbol = input_symbol(scene) if name == "x" else matrix.symbol
    title = (Mark(symbol, matrix.role), f"\u2002{sizes(*found.shape)}")
    scale = SHARES if name == "weights" else signed_scale(found.numpy(), whole=whole)
    if not of_tokens:
        of_key = name in ("k", "v")
        return Heat(title, found, scale, names, row=cell.key if of_key else cell.query, of_key=of_key)
    numbers = percents(found) if name == "weights" else [[number(value, 0) for value in line] for line in found.tolist()]
    if name == "weights":
        title = (*title, ", in %")
    numbers = numbers if len(names) <= CARD_NUMBERS_UP_TO else ()
    return Heat(title, found, scale, names, names, row=cell.query, column=cell.key, numbers=numbers)


def input_symbol(scene: Scene) -> str:
    """X with the number of its layer."""
    return f"X{scene.cell.layer + 1}".translate(_BELOW)


def _embedded(scene: Scene) -> Picture:
    cell = scene.cell
    way = embedding(scene.model, cell.trace)
    rows = torch.stack([station.matrix[cell.query] for station in way])
    *added, normalised = rows
    # Each on a scale of its own: on that of the normalised row, what is added would hardly be seen.
    parts, result = torch.stack(added), normalised.unsqueeze(0)
    names = ["token", "+ place", "+ type", "= sum"]
    return (
        Heat((cell.asking, ", three lists added"), parts, signed_scale(parts.numpy(), whole=True), names, row=3),
        Heat(("normalised",), result, signed_scale(result.numpy(), whole=True), row=0),
    )


def _projected(scene: Scene) -> Picture:
    x, q = (_heat(name, scene, whole=True) for name in "xq")
    weight, _ = scene.model.projection(scene.cell.layer, scene.cell.head, "q")
    title = ("· ", Mark("W_Q", "query"), f"\u2002{sizes(*weight.shape)}")
    w = Heat(title, weight, signed_scale(weight.numpy(), whole=True))
    return (x, w, replace(q, title=("+ b = ", *q.title)))


def _dot(scene: Scene) -> Picture:
    cell = scene.cell
    q, k = cell.stages.q[cell.query], cell.stages.k[cell.key]
    products = q * k
    rows = torch.stack([q, k, products])
    names = [f"q({cell.asking.text})", f"k({cell.asked.text})", "q × k"]
    total = number(cell.stages.scores[cell.query, cell.key])
    sums = products.double().cumsum(dim=0)
    moves = []
    for at in range(len(products)):
        shown = rows.clone()
        shown[2, at + 1 :] = 0
        sum_text = number(sums[at]) if at + 1 < len(products) else total
        moves.append(Move(shown, f"{number(q[at])} × {number(k[at])} = {number(products[at])}; the sum so far: {sum_text}"))
    title = ("the products add up to ", Mark(total, "strong"))
    return (Heat(title, rows, signed_scale(rows.numpy(), whole=True), names, moves=moves),)


def _masked(scene: Scene) -> Picture:
    heat = _heat("weights", scene)
    numbers = percents(scene.masked) if heat.numbers else ()
    title = (Mark("A", "weight"), " with a causal mask, in %")
    return (replace(heat, title=title, values=scene.masked, numbers=numbers),)


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
    scores, scaled, weights = (getattr(cell.stages, name)[cell.query] for name in ("scores", "scaled", "weights"))
    keys = weights.topk(min(LINES, len(weights))).indices.tolist()
    powers = scaled.double().exp()
    total = powers.sum().item()
    lines = [
        (
            (cell.word(key, "key"), f"\u2002{magnitude(powers[key].item())}"),
            weights[key].item(),
            percent(weights[key].item()),
        )
        for key in keys
    ]
    lines = _with_rest(lines, weights, keys)
    largest = max(scores.abs().max().item(), 1e-9), max(scaled.abs().max().item(), 1e-9), powers.max().item()
    steps = (
        ("the scores", [(abs(scores[key].item()) / largest[0], number(scores[key])) for key in keys]),
        ("each ÷ √d_k", [(abs(scaled[key].item()) / largest[1], number(scaled[key])) for key in keys]),
        ("e to each", [(powers[key].item() / largest[2], magnitude(powers[key].item())) for key in keys]),
        ("each ÷ their sum", [(size, text) for _, size, text in lines]),
    )
    moves = [(said, [*shown, *[(0.0, "")] * (len(lines) - len(shown))]) for said, shown in steps]
    return (Bars(("the row of ", cell.asking, f": each ÷ {magnitude(total)}"), "weight", lines, moves),)


def _mixed(scene: Scene) -> Picture:
    cell = scene.cell
    weights, values = cell.stages.weights[cell.query], cell.stages.v
    keys = weights.topk(min(MIXED, len(weights))).indices.tolist()
    parts = weights.unsqueeze(1) * values  # (T, d_v)
    rows, names = (
        [parts[key] for key in keys],
        [f"{_whole_percent(weights[key].item())} {cell.word(key, 'value').text}" for key in keys],
    )
    left = len(weights) - len(keys)
    if left:
        rows.append(cell.stages.z[cell.query] - parts[keys].sum(dim=0))
        names.append(f"{left} other" + ("s" if left > 1 else ""))
    z = cell.stages.z[cell.query]
    whole = torch.stack([*rows, z])
    moves = []
    for count in range(1, len(rows) + 1):
        shown = whole.clone()
        shown[count:-1] = 0
        shown[-1] = torch.stack(rows[:count]).sum(dim=0)
        moves.append(Move(shown, f"{'the first value' if count == 1 else f'{count} values added'}, each times its weight"))
    title = ("weight × value, added: ", Mark(f"z({cell.asking.text})", "value"))
    return (
        Heat(title, whole, signed_scale(whole.numpy(), whole=True), [*names, "= z"], row=len(rows), of_key=False, moves=moves),
    )


def _whole_percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%" if share >= 0.005 else "0\u00a0%"


def _contribution(scene: Scene) -> Picture:
    cell, added = scene.cell, scene.added
    weights = cell.stages.weights[cell.query]
    both = dict.fromkeys([*weights.topk(min(4, len(weights))).indices.tolist(), scene.loudest])
    keys = sorted(both, key=lambda key: -weights[key].item())
    largest = max(added.max().item(), 1e-12)
    lengths = [((cell.word(key, "value"),), added[key].item() / largest, number(added[key])) for key in keys]
    return (
        Bars(("the weight a",), "weight", _shares(cell, weights, keys)),
        Bars(("what it adds, |a·v|",), "value", lengths),
    )


def _formula(scene: Scene) -> Picture:
    a, v, z = (_heat(name, scene, whole=True) for name in ("weights", "v", "z"))
    return (replace(a, numbers=(), columns=()), replace(v, title=("· ", *v.title)), replace(z, title=("= ", *z.title)))


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


def _stack(scene: Scene) -> Picture:
    config, one = scene.model.config, sizes(len(scene.cell.trace.tokens), scene.model.config.d_model)
    layer = (
        (f"{config.heads} heads, joined, × W_O", one),
        ("+ what came in, normalised", ""),
        ("feed-forward network", f"→ {config.d_ff:,} →"),
        ("+ what came in, normalised", ""),
    )
    return (Stack((("token + place + type", one),), layer, config.layers, (("final vectors", one),)),)


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
    "embedded": _embedded,
    "projected": _projected,
    "dot": _dot,
    "division": _division,
    "softmax": _softmax,
    "masked": _masked,
    "mix": _mixed,
    "contribution": _contribution,
    "formula": _formula,
    "heads": _heads,
    "stack": _stack,
    "column": lambda scene: (_column(scene.cell, LINES - 2),),
    "columns": _columns,
    "votes": _votes,
    **EXPERIMENT_PICTURES,
    **{name: lambda scene, draw=draw: draw(scene.rendering) for name, draw in RENDERED_PICTURES.items()},
}
OF_ONE_HEAD = {  # pictures that show numbers of a single head, whose layer and head a card therefore names
    *("lines", "qkv", "projected", "dot", "division", "saturation", "softmax", "masked", "mix"),
    *("contribution", "formula", "column"),
    *MATRICES,
}
