"""The pictures of a lesson's experiments: other sentences, silent heads, networks and matrices small enough to be made up."""

from collections.abc import Callable

from attention_core.lab.division import gradient_norm
from attention_core.lesson.parts import Bars, Picture, Quotes
from attention_core.lesson.scene import Scene, find, spelled_out
from attention_core.lesson.small_matrices import LOOKS_AFTER, learned_shares
from attention_core.model.trace import Trace
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import cut

MOST_STEPS = 5  # of a long way that are drawn, its ends not counted
_TITLE = 44  # characters of a sentence in a title


def _pair(scene: Scene) -> Picture:
    def line(trace: Trace, place: int) -> Phrase:
        start, end = trace.tokens[place].span or (0, 0)
        return (
            spelled_out(trace.text[:start]),
            Mark(spelled_out(trace.text[start:end]), "query"),
            spelled_out(trace.text[end:]),
        )

    others = (line(other, find(other, scene.word)) for other in scene.others)
    return (Quotes((line(scene.cell.trace, scene.cell.query), *others)),)


def _descent(scene: Scene) -> Picture:
    shares = learned_shares().tolist()
    lines = [
        ((f"after {mark} step" + ("s" if mark != 1 else ""),), share, percent(share))
        for mark, share in zip(LOOKS_AFTER, shares, strict=True)
    ]
    return (Bars(("what the right word gets",), "weight", lines),)


def _saturation(scene: Scene) -> Picture:
    stages, query = scene.cell.stages, scene.cell.query
    rows = stages.weights[query], stages.scores[query].softmax(dim=-1)
    both = [gradient_norm(row).item() for row in rows]
    largest = [row.max().item() for row in rows]
    names = ("÷ √d_k", "not divided")
    return (
        Bars(
            ("the largest share of ", scene.cell.asking),
            "weight",
            [((n,), s, percent(s)) for n, s in zip(names, largest, strict=True)],
        ),
        Bars(
            ("the gradient through softmax",),
            "query",
            [((name,), min(2 * size, 1.0), number(size, 3)) for name, size in zip(names, both, strict=True)],
        ),
    )


def _twin(scene: Scene) -> Picture:
    lines = [
        (("at the start",) if layer == 0 else (f"after layer {layer}",), max(cosine, 0.0), number(cosine))
        for layer, cosine in enumerate(scene.twins)
    ]
    return (Bars(("cosine of ", scene.cell.asking, " and ", scene.cell.asking), "query", lines),)


def _vanish(scene: Scene) -> Picture:
    steps = len(scene.carried.memory) - 1
    marks = sorted({0, *(4**power for power in range(MOST_STEPS) if 4**power < steps), steps})
    return tuple(
        Bars(
            (title,),
            role,
            [((_steps(mark),), min(left[mark].item(), 1.0), percent(min(left[mark].item(), 1.0))) for mark in marks],
        )
        for title, role, left in (
            ("left in memory", "value", scene.carried.memory),
            ("left of the gradient", "query", scene.carried.gradient),
        )
    )


def _steps(count: int) -> str:
    return "at the word" if count == 0 else f"{count} step" + ("s" if count > 1 else "")


def _similarity(scene: Scene) -> Picture:
    lines = [
        ((spelled_out(other.text),), max(cosine, 0.0), number(cosine))
        for other, cosine in zip(scene.others, scene.likeness, strict=True)
    ]
    text = spelled_out(scene.cell.trace.text)
    return (Bars((f"cosine to “{cut(text, _TITLE)}”",), "input", lines),)


def _trials(scene: Scene) -> Picture:
    words = [word for word in scene.words if word]

    def bars(trace: Trace) -> Bars:
        row = trace.stages(scene.cell.layer, scene.cell.head).weights[find(trace, scene.word)]
        lines = [
            ((Mark(word, "key"),), row[find(trace, word)].item(), percent(row[find(trace, word)].item())) for word in words
        ]
        return Bars((f"“… {' '.join(spelled_out(trace.text).split()[-2:])}”",), "weight", lines)

    return tuple(map(bars, (scene.cell.trace, *scene.others)))


def _silence(scene: Scene) -> Picture:
    heads = scene.cell, scene.against
    turned = [max(1 - cosine, 0.0) for cosine in scene.silent]
    most = max(*turned, 1e-9)
    lines = [
        ((f"layer {cell.layer + 1}, head {cell.head + 1}",), turn / most, number(turn, 4))
        for cell, turn in zip(heads, turned, strict=True)
    ]
    return (Bars(("how far the answer turns (1 − cosine)",), "input", lines),)


EXPERIMENT_PICTURES: dict[str, Callable[[Scene], Picture]] = {
    "pair": _pair,
    "descent": _descent,
    "saturation": _saturation,
    "twin": _twin,
    "vanish": _vanish,
    "similarity": _similarity,
    "trials": _trials,
    "silence": _silence,
}
OF_QUERY_ELSEWHERE = ("pair", "twin", "trials")  # they look for the query's word in the other sentences
