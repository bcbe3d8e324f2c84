"""What a reader predicts before a card tells it: what is asked, what would be right, and how near the guess came."""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attention_core.lesson.scene import Scene, spelled_out
from attention_core.translation.words import token_label
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase, plain
from attention_core.writing.text import labels

ENDS = {"percent": (0.0, 100.0), "count": (0.0, 10_000.0), "cosine": (-1.0, 1.0)}  # of a number that is typed
UNITS_TYPED = {"percent": "in %", "count": "a whole number", "cosine": "from −1 to 1"}


@dataclass(frozen=True)
class Prediction:
    """What can be predicted: one of some options, or a number between two ends."""

    kind: str  # "word" and "choice" have options; the others are one of ENDS
    right: float  # the place of the right option, from 0, or the number
    options: tuple[str, ...] = ()
    answer: Phrase = ()  # the truth as it is said


def word_asked(scene: Scene, right: int) -> Prediction:
    """A word of the sentence is asked for."""
    return Prediction("word", right, tuple(labels(scene.cell.trace.tokens)), (scene.cell.word(right, "key"),))


def choice_asked(options: Sequence[str], right: int, seed: str) -> Prediction:
    """One of some texts is asked for; equal ones stand once, in an order that only the seed decides."""
    truth = options[right]
    shown = list(dict.fromkeys(options))
    random.Random(zlib.crc32(seed.encode())).shuffle(shown)
    return Prediction("choice", shown.index(truth), tuple(shown), (Mark(truth, "strong"),))


def number_asked(kind: str, right: float) -> Prediction:
    """A number is asked for; `right` of a percentage is the share from 0 to 1."""
    said = {"percent": percent, "count": lambda value: f"{value:,.0f}", "cosine": number}[kind](right)
    return Prediction(kind, 100 * right if kind == "percent" else right, (), (Mark(said, "strong"),))


PREDICTED: dict[str, Callable[[Scene], Prediction]] = {
    "most": lambda on: word_asked(on, on.most),
    "loudest": lambda on: word_asked(on, on.loudest),
    "looks_at": lambda on: Prediction(
        "word",
        on.rendering.looked,
        tuple(map(token_label, on.rendering.translation.source)),
        (Mark(token_label(on.rendering.translation.source[on.rendering.looked]), "key"),),
    ),
    "reads_seen": lambda on: number_asked("count", on.rendering.row + 1),
    "tokens": lambda on: number_asked("count", len(on.cell.trace.tokens)),
    "seen": lambda on: number_asked("count", on.cell.query + 1),
    "undivided": lambda on: number_asked("percent", on.cell.stages.scores[on.cell.query].softmax(dim=-1).max().item()),
    "share": lambda on: number_asked("percent", on.cell.weight),
    "left": lambda on: number_asked("percent", on.carried.memory[-1].item()),
    "twin_last": lambda on: number_asked("cosine", on.twins[-1]),
    "closest": lambda on: choice_asked(
        [spelled_out(other.text) for other in on.others], max(range(len(on.others)), key=on.likeness.__getitem__), "closest"
    ),
}


def judged(prediction: Prediction, given: float) -> tuple[bool, Phrase]:
    """Whether a guess was right, and what is said of it: a number is right where it is near, a share within 5 points."""
    if prediction.options:
        said = prediction.options[int(given)]
        right = given == prediction.right
        return right, ("You predicted ", Mark(said, "strong"), ": right." if right else ": not so.")
    off = abs(given - prediction.right)
    near = {"percent": 5.0, "count": 0.0, "cosine": 0.05}[prediction.kind]
    unit = {"percent": "\u00a0%", "count": "", "cosine": ""}[prediction.kind]
    told = number(given, 0 if given == int(given) else 2) + unit
    how = number(off, {"percent": 1, "count": 0, "cosine": 2}[prediction.kind])
    if off == 0 or plain(prediction.answer).replace(" ", "\u00a0") == told:
        return True, ("You predicted ", Mark(told, "strong"), ": exactly.")
    points = " points" if prediction.kind == "percent" else ""
    return off <= near, (
        "You predicted ",
        Mark(told, "strong"),
        f": {how}{points} away",
        ", that is near." if off <= near else ".",
    )
