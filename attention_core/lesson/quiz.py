"""The questions at the end of a lesson: drawn from a sentence, their answers computed, their wrong options real mistakes."""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attention_core.lesson.parts import sizes
from attention_core.lesson.predictions import Prediction, choice_asked
from attention_core.lesson.scene import Scene, others_give, scene
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.writing.numbers import magnitude, number, percent
from attention_core.writing.phrases import Mark, Phrase

OPTIONS = 4  # to choose from; fewer where mistakes lead to the same number


@dataclass(frozen=True)
class QuizEntry:
    """A question of a lesson file: one of QUESTIONS by its name, or the teacher's own words; and the card that explains it."""

    card: int  # from 1
    name: str = ""
    question: str = ""
    right: str = ""
    wrong: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Question:
    """A question as it is put: its words, what there is to choose, and why the right option is right."""

    text: Phrase
    asked: Prediction
    why: Phrase
    card: int


@dataclass(frozen=True)
class _Made:
    text: Phrase
    right: str
    wrong: Sequence[str]
    why: Phrase


def question(entry: QuizEntry, model: TracedModel, trace: Trace, head: tuple[int, int]) -> Question:
    """A question about a sentence; the same sentence always asks the same. `head` is (layer, head) from 0."""
    seed = f"{entry.name or entry.question} {trace.text}"
    if not entry.name:
        made = _Made((entry.question,), entry.right, entry.wrong, (entry.why,))
    else:
        draw = random.Random(zlib.crc32(seed.encode("utf-8", "surrogatepass")))
        words = [at for at, token in enumerate(trace.tokens) if not token.is_special] or [0]
        # A word early in the sentence would make some questions trivial: the later half asks.
        query = draw.choice(words[len(words) // 2 :])
        made = QUESTIONS[entry.name](scene(model, trace, (), head, query), draw)
    wrong = [text for text in dict.fromkeys(made.wrong) if text != made.right]
    return Question(made.text, choice_asked([made.right, *wrong[: OPTIONS - 1]], 0, seed), made.why, entry.card)


def _head(on: Scene) -> str:
    return f"layer {on.cell.layer + 1}, head {on.cell.head + 1}"


def _size(on: Scene) -> int:
    return len(on.cell.trace.tokens)


def _weight(on: Scene) -> float:
    return on.cell.weight


def _tokens(on: Scene, draw: random.Random) -> _Made:
    T, own, words = _size(on), int(on.special.sum()), len(on.cell.trace.text.split())
    text = (
        f"Your sentence has {words} word{'s' if words != 1 else ''}, parted by spaces. How many tokens does the model read?",
    )
    wrong = [str(count) for count in (words, T - own, len(on.cell.trace.text), T + own)]
    why = (f"{T - own} pieces of your text, and {own} special tokens that the model adds.",)
    return _Made(text, str(T), wrong, why)


def _shape_q(on: Scene, draw: random.Random) -> _Made:
    T, config = _size(on), on.model.config
    wrong = [sizes(config.d_model, config.d_k), sizes(T, config.d_model), sizes(T, T)]
    x, w = sizes(T, config.d_model), sizes(config.d_model, config.d_k)
    text = ("X is ", Mark(x, "input"), " and W_Q is ", Mark(w, "query"), ". What is the shape of Q = X·W_Q?")
    return _Made(text, sizes(T, config.d_k), wrong, ("As many rows as X has, as many columns as W_Q has.",))


def _distance(on: Scene, draw: random.Random) -> _Made:
    T, query = _size(on), on.cell.query
    # Neighbours are one step apart in both: a word further back asks more.
    before = [at for at in range(query - 1) if not on.special[at]]
    key = draw.choice(before) if before else on.cell.key
    steps = abs(query - key)
    first, last = on.cell.word(min(query, key), "key"), on.cell.word(max(query, key), "query")
    text = ("How many steps lead from ", first, " to ", last, " in a recurrent network, and in attention?")

    def said(one: int, other: int) -> str:
        return f"{one} and {other}"

    wrong = [said(1, steps), said(T, 1), said(steps, steps), said(steps + 1, 1), said(T, T)]
    return _Made(
        text, said(steps, 1), wrong, ("A recurrent network goes word by word. Attention joins any two words in one step.",)
    )


def _scaled(on: Scene, draw: random.Random) -> _Made:
    score, d_k = on.cell.stages.scores[on.cell.query, on.cell.key].item(), on.model.config.d_k
    root = d_k**0.5
    text = (
        on.cell.asking,
        " and ",
        on.cell.asked,
        f" have the score {number(score)} in {_head(on)}; d_k = {d_k}. The scaled score?",
    )
    wrong = [number(value) for value in (score / d_k, score * root, score - root, score / 2)]
    return _Made(text, number(score / root), wrong, (f"{number(score)} ÷ √{d_k} = {number(score)} ÷ {number(root)}.",))


def _softmax_share(on: Scene, draw: random.Random) -> _Made:
    row = on.cell.stages.scaled[on.cell.query].double()
    powers = row.exp()
    power, total = powers[on.cell.key].item(), powers.sum().item()
    text = (
        "e to the scaled score of ", on.cell.asking, " and ", on.cell.asked, f" is {magnitude(power)}. "
        f"All of the row add up to {magnitude(total)}. Which share does softmax give?",
    )  # fmt: skip
    odds, plain_share = power / max(total - power, 1e-9), row[on.cell.key].abs().item() / max(row.abs().sum().item(), 1e-9)
    wrong = [percent(min(odds, 9.99)), percent(plain_share), percent(1 / _size(on)), percent(1 - power / total)]
    return _Made(
        text, percent(power / total), wrong, (f"{magnitude(power)} ÷ {magnitude(total)}: the part, divided by the whole.",)
    )


def _row_column(on: Scene, draw: random.Random) -> _Made:
    weights, query, key = on.cell.stages.weights, on.cell.query, on.cell.key
    text = ("In A of ", _head(on), ", the row of ", on.cell.asking, " has at ", on.cell.asked, f" {percent(_weight(on))}. ",
            "What does this say?")  # fmt: skip
    asking, asked = on.cell.asking.text, on.cell.asked.text
    right = f"{asking} looks at {asked}: {percent(_weight(on))}"
    wrong = [
        f"{asked} looks at {asking}: {percent(_weight(on))}",
        f"{asking} and {asked} mean {percent(_weight(on))} the same",
        f"{percent(_weight(on))} of all words look at {asked}",
    ]
    if query == key:
        wrong = wrong[1:]
    other = percent(weights[key, query].item())
    return _Made(text, right, wrong, (f"A row asks, a column is asked. The other way round it is {other}.",))


def _undivided(on: Scene, draw: random.Random) -> _Made:
    row, root = on.cell.stages.scores[on.cell.query], on.model.config.d_k**0.5
    divided, undivided = (values.softmax(dim=-1).max().item() for values in (row / root, row))
    text = ("The largest share of ", on.cell.asking, f" is {percent(divided)}. What would it be without the division by √d_k?")
    wrong = [percent(divided), percent(divided / root), percent(1 / _size(on)), percent(divided / 2)]
    return _Made(text, percent(undivided), wrong, ("Larger scores make softmax more extreme: the largest share grows.",))


def _masked(on: Scene, draw: random.Random) -> _Made:
    T, place = _size(on), on.cell.query + 1
    text = (on.cell.asking, f" is token {place} of {T}. With a causal mask, how many tokens can it look at?")
    wrong = [str(count) for count in (place - 1, T, T - place, T - place + 1)]
    return _Made(text, str(place), wrong, ("All before it, and itself.",))


def _loudest(on: Scene, draw: random.Random) -> _Made:
    row = on.cell.stages.weights[on.cell.query]
    order = [on.most, *row.topk(min(OPTIONS + 1, len(row))).indices.tolist()]
    names = [on.cell.word(key, "value").text for key in order]
    text = ("In ", _head(on), ", which word adds most to Z of ", on.cell.asking, ", by |weight · value|?")
    lengths = [number(on.added[key].item()) for key in (on.loudest, on.most)]
    said = f"Its |a·v| is {lengths[0]}."
    if on.loudest != on.most:
        said += f" The largest weight is on {on.cell.word(on.most, 'key').text}, whose value is short: |a·v| is {lengths[1]}."
    return _Made(text, on.cell.word(on.loudest, "value").text, names, (said,))


def _count(on: Scene, draw: random.Random) -> _Made:
    T, L, H = _size(on), on.model.config.layers, on.model.config.heads
    text = (f"{L} layers of {H} heads read your {T} tokens. How many attention weights is that?",)
    wrong = [f"{count:,}" for count in (H * T * T, L * H * T, T * T, L * T * T)]
    return _Made(text, f"{L * H * T * T:,}", wrong, (f"Each of the {L * H} heads has a matrix A of {sizes(T, T)}.",))


def _cross_shape(on: Scene, draw: random.Random) -> _Made:
    T = _size(on)
    written = draw.choice([count for count in range(2, 8) if count != T])
    text = (f"A decoder has written {written} tokens; the encoder has read your {T}. Which shape has A of cross-attention?",)
    wrong = [sizes(T, written), sizes(T, T), sizes(written, written)]
    return _Made(
        text, sizes(written, T), wrong, ("A row for each query, from the decoder; a column for each key, from the encoder.",)
    )


def _stands_out(on: Scene, draw: random.Random) -> _Made:
    mean = others_give(on.cell.stages, on.cell.query, on.cell.key)
    text = (
        on.cell.asking, " gives ", on.cell.asked, f" {percent(_weight(on))}; the other words give it {percent(mean)} on "
        "average. By how many points does the link stand out?",
    )  # fmt: skip
    wrong = [number(100 * value, 1) for value in (_weight(on), _weight(on) + mean, mean, _weight(on) * mean)]
    why = ("The weight less what all others give: a word that everybody looks at shows no relation.",)
    return _Made(text, number(100 * (_weight(on) - mean), 1), wrong, why)


def _most(on: Scene, draw: random.Random) -> _Made:
    weights, query = on.cell.stages.weights, on.cell.query
    keys = (query, int(weights[:, query].argmax()), *weights[query].topk(min(4, _size(on))).indices.tolist())
    names = [on.cell.word(key, "key").text for key in keys]
    text = ("In ", _head(on), ", at which word does ", on.cell.asking, " look most?")
    return _Made(
        text,
        on.cell.word(on.most, "key").text,
        names,
        (f"Its row is largest there: {percent(weights[query, on.most].item())}.",),
    )


QUESTIONS: dict[str, Callable[[Scene, random.Random], _Made]] = {
    "tokens": _tokens,
    "shape_q": _shape_q,
    "distance": _distance,
    "scaled": _scaled,
    "softmax_share": _softmax_share,
    "row_column": _row_column,
    "undivided": _undivided,
    "masked": _masked,
    "loudest": _loudest,
    "count": _count,
    "cross_shape": _cross_shape,
    "stands_out": _stands_out,
    "most": _most,
}
