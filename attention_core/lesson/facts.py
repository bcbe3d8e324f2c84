"""Facts of a sentence that a lesson may name: each is computed from the numbers on the screen."""

import math
from collections.abc import Callable, Collection

import torch
from torch import Tensor

from attention_core.lab.division import gradient_norm
from attention_core.lesson.parts import sizes
from attention_core.lesson.scene import Scene, find, others_give, spelled_out
from attention_core.lesson.translated import RENDERED_FACTS
from attention_core.writing.numbers import magnitude, number, percent
from attention_core.writing.phrases import Mark, Phrase


def _mix(scene: Scene) -> Phrase:
    """What z of the query is made of, as far as it matters."""
    largest, rest, left = scene.cell.mix(3)
    said: Phrase = ()
    for key, share in largest:
        said += (" + " if said else "", _whole(percent(share)), " of ", scene.cell.word(key, "value"))
    return (*said, f" + {_whole(percent(max(rest, 0)))} of the others") if left else said


def _row(scene: Scene, name: str):
    return getattr(scene.cell.stages, name)[scene.cell.query]


def _products(scene: Scene) -> str:
    """The two largest of the products that a score is the sum of, in digits."""
    stages, query, key = scene.cell.stages, scene.cell.query, scene.cell.key
    q, k = stages.q[query], stages.k[key]
    largest = (q * k).abs().topk(min(2, len(q))).indices.tolist()
    return "; ".join(_whole(f"{number(q[at])} × {number(k[at])} = {number(q[at] * k[at])}") for at in largest)


def _part(of: Tensor, which: Tensor) -> str:
    """Which share of a sum some of its terms have."""
    return percent((of[which].sum() / of.sum().clamp_min(1e-12)).item())


def _gradient(weights: Tensor) -> Mark:
    return _strong(number(gradient_norm(weights).item(), 3))


Fact = str | Mark | Phrase
FACTS: dict[str, Callable[[Scene], Fact]] = {
    # The words that are looked at.
    "sentence": lambda on: spelled_out(on.cell.trace.text),
    "query": lambda on: on.cell.asking,
    "key": lambda on: on.cell.asked,
    "rival": lambda on: on.cell.word(on.rival, "key"),
    "most": lambda on: on.cell.word(on.most, "key"),
    "loudest": lambda on: on.cell.word(on.loudest, "value"),
    "distance": lambda on: str(abs(on.cell.query - on.cell.key)),
    # The head.
    "layer": lambda on: str(on.cell.layer + 1),
    "head": lambda on: str(on.cell.head + 1),
    "source": lambda on: f"layer {on.cell.layer} made" if on.cell.layer else "the sum of the lists gave",
    # Its numbers.
    "share": lambda on: _strong(percent(on.cell.weight)),
    "share_of": lambda on: "",  # with a word: see `facts`
    "most_share": lambda on: _strong(percent(_row(on, "weights")[on.most].item())),
    "rival_share": lambda on: _strong(percent(_row(on, "weights")[on.rival].item())),
    "others_give": lambda on: _strong(percent(others_give(on.cell.stages, on.cell.query, on.cell.key))),
    "products": _products,
    "score": lambda on: _strong(number(on.cell.stages.scores[on.cell.query, on.cell.key])),
    "scaled": lambda on: _strong(number(on.cell.stages.scaled[on.cell.query, on.cell.key])),
    "e": lambda on: number(math.e, 3),
    "power": lambda on: magnitude(_row(on, "scaled").double().exp()[on.cell.key].item()),
    "row_total": lambda on: magnitude(_row(on, "scaled").double().exp().sum().item()),
    "row_min": lambda on: number(_row(on, "scores").min(), 1),
    "row_max": lambda on: number(_row(on, "scores").max(), 1),
    "row_sum": lambda on: number(_row(on, "weights").sum(), 3),
    "column_sum": lambda on: _strong(number(on.cell.stages.weights[:, on.cell.key].sum())),
    "undivided": lambda on: _strong(percent(_row(on, "scores").softmax(dim=-1).max().item())),
    "divided": lambda on: _strong(percent(_row(on, "weights").max().item())),
    "gradient": lambda on: _gradient(_row(on, "weights")),
    "gradient_undivided": lambda on: _gradient(_row(on, "scores").softmax(dim=-1)),
    "seen": lambda on: _strong(str(on.cell.query + 1)),
    "masked_share": lambda on: _strong(percent(on.masked[on.cell.query, on.cell.key].item())),
    "mix": _mix,
    "special_share": lambda on: _strong(_part(_row(on, "weights"), on.special)),
    "special_part": lambda on: _strong(_part(on.added, on.special)),
    "loudest_share": lambda on: _strong(percent(_row(on, "weights")[on.loudest].item())),
    "loudest_part": lambda on: _strong(_part(on.added, torch.tensor([on.loudest]))),
    # Other heads, other sentences, and what a change does.
    "votes": lambda on: str(on.votes[on.cell.key]),
    "voted": lambda on: str(len(on.votes)),
    "against_layer": lambda on: str(on.against.layer + 1),
    "against_head": lambda on: str(on.against.head + 1),
    "against_share": lambda on: _strong(percent(on.against.weight)),
    "against_others": lambda on: _strong(percent(others_give(on.against.stages, on.cell.query, on.cell.key))),
    "silent": lambda on: _strong(number(on.silent[0], 4)),
    "against_silent": lambda on: _strong(number(on.silent[1], 4)),
    "other_share": lambda on: _strong(percent(on.in_other((on.words[0],))[0])),
    "other_rival": lambda on: _strong(percent(on.in_other((on.words[1],))[0])),
    "twin_first": lambda on: _strong(number(on.twins[0])),
    "twin_last": lambda on: _strong(number(on.twins[-1])),
    "closest": lambda on: f"“{spelled_out(on.others[max(range(len(on.others)), key=on.likeness.__getitem__)].text)}”",
    "closest_cosine": lambda on: _strong(number(max(on.likeness))),
    "left": lambda on: _strong(percent(on.carried.memory[-1].item())),
    "left_gradient": lambda on: _strong(percent(on.carried.gradient[-1].item())),
    # Sizes.
    "tokens": lambda on: str(len(on.cell.trace.tokens)),
    "special": lambda on: str(int(on.special.sum())),
    "layers": lambda on: str(on.model.config.layers),
    "heads": lambda on: str(on.model.config.heads),
    "all_heads": lambda on: str(on.model.config.layers * on.model.config.heads),
    "vocabulary": lambda on: f"{on.model.config.vocabulary:,}",
    "d_model": lambda on: str(on.model.config.d_model),
    "d_k": lambda on: str(on.model.config.d_k),
    "d_ff": lambda on: f"{on.model.config.d_ff:,}",
    "root": lambda on: number(float(on.cell.stages.divisor)),
    "shape_x": lambda on: sizes(len(on.cell.trace.tokens), on.model.config.d_model),
    "shape_q": lambda on: sizes(len(on.cell.trace.tokens), on.model.config.d_k),
    "shape_w": lambda on: sizes(on.model.config.d_model, on.model.config.d_k),
    "shape_a": lambda on: sizes(len(on.cell.trace.tokens), len(on.cell.trace.tokens)),
    **{name: lambda on, make=make: make(on.rendering) for name, make in RENDERED_FACTS.items()},
}
OF_OTHER_HEAD = ("against_layer", "against_head", "against_share", "against_others", "against_silent")
OF_RIVAL = ("rival", "rival_share", "other_rival")
OF_OTHERS = ("other_share", "other_rival", "twin_first", "twin_last", "closest", "closest_cosine")


def facts(scene: Scene, names: Collection[str]) -> dict[str, Fact]:
    """The facts of those names, in the scene; 'share_of:word' is the weight that the query gives the word.

    Raises ChoiceError for a word that the sentence does not have.
    """
    found: dict[str, Fact] = {}
    for name in names:
        plain, _, word = name.partition(":")
        if word:
            found[name] = _strong(percent(_row(scene, "weights")[find(scene.cell.trace, word)].item()))
        else:
            found[name] = FACTS[plain](scene)
    return found


def _strong(text: str) -> Mark:
    return Mark(_whole(text), "strong")


def _whole(text: str) -> str:
    """A number that stays on one line with its unit."""
    return text.replace(" ", "\u00a0")
