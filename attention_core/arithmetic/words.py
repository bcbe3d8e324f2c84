"""What the arithmetic of one number says here, in plain sentences made from the numbers."""

import math
from collections import Counter
from decimal import Decimal

from attention_core.arithmetic.sums import Contributions, Softmax, Sum, undivided
from attention_core.matrices.formulas import by_root
from attention_core.matrices.words import Cell
from attention_core.model.tokens import Token
from attention_core.writing.digits import adding, fewest, fixed, scientific, short, written
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import labels

MOST = 0.8  # of all that is added or taken away, the part whose terms are counted
_SMALLEST = 2.0**-149  # above 0 in float32
_TELLING = 0.05  # by how much a word's part of z differs from its weight where that is worth a sentence


def names(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Each word's label, with its position from 1 where the sentence has it more than once."""
    texts = labels(tokens)
    often = Counter(texts)
    return tuple(text if often[text] == 1 else f"{position} · {text}" for position, text in enumerate(texts, 1))


def say_x(cell: Cell) -> Phrase:
    """What comes in, and what becomes of it."""
    made = "From its row, W_Q makes the query; from the row of ", cell.asked, ", W_K makes the key and W_V the value."
    return (*cell.say("x"), " ", *made)


def say_score(cell: Cell, sum: Sum) -> Phrase:
    """How the products of a score add up, which dimensions make most of it, and how the two vectors lie."""
    lengths = [vector.double().norm().item() for vector in (cell.stages.q[cell.query], cell.stages.k[cell.key])]
    said = (cell.asking, " · ", cell.asked, ": ", *_balance(sum), *_most(sum))
    if not all(lengths):
        return said
    angle = math.degrees(math.acos(max(-1.0, min(1.0, sum.total / math.prod(lengths)))))
    long = " and ".join(number(length, 1) for length in lengths)
    beyond = "; beyond 90° a score is below 0" if sum.total < 0 else ""
    return (*said, f" As arrows, query and key are {long} long and lie {angle:.0f}° apart{beyond}.")


def say_scaled(cell: Cell, row: Softmax) -> Phrase:
    """What the division is for, and what it does to the row."""
    d_k, root = cell.stages.q.size(-1), number(float(cell.stages.divisor))
    said: Phrase = (f"This model divides scores by {root}, a number of its own, not by √{d_k}.",)
    if by_root(cell.stages):
        spread = f"A sum of {d_k} independent products spreads √{d_k} = {root} times as wide as one"
        said = (f"{spread}; the division takes that back.",)
    if len(row.weights) == 1:
        return said
    before, after = max(undivided(cell.stages, cell.query)), max(row.weights)
    return (
        *said,
        " It is the same for every key of ",
        cell.asking,
        ", so their order stays, but the gaps between them shrink: undivided, softmax would give the first ",
        _strong(percent(before)),
        "; now it gives ",
        _strong(percent(after)),
        ".",
    )


def say_weight(cell: Cell, row: Softmax) -> Phrase:
    """What the subtraction of the maximum does, and how far the key lies behind the first."""
    first = max(range(len(row.scaled)), key=row.scaled.__getitem__)
    weight = row.weights[cell.key]
    said: Phrase = (
        "The largest scaled score of the row, m, is that of ",
        cell.word(first, "key"),
        ". It is taken off every score, so that no power overflows. That changes no weight: top and bottom of the fraction "
        "are both divided by the same e^m. ",
        cell.asked,
        " gets ",
        _strong(percent(weight)),
    )
    if weight < _SMALLEST:
        return (*said, f": {short(row.powers[cell.key] / row.total, 4)} is less than single precision can hold.")
    if len(row.weights) == 1:
        return (*said, ", as the only key.")
    if first == cell.key:
        second = sorted(range(len(row.scaled)), key=lambda key: -row.scaled[key])[1]
        gap, times = _ratio(-row.shifted[second])
        return (*said, f", e^{gap} = {times} times as much as the second, ", cell.word(second, "key"), ".")
    gap, times = _ratio(-row.shifted[cell.key])
    return (*said, f": it lies {gap} behind, so its weight is e^{gap} = {times} times smaller than the first.")


def say_mixed(cell: Cell, sum: Sum, parts: Contributions, dimension: int) -> Phrase:
    """How an entry of z adds up, and which words bring how much of the whole z, by weight and by length."""
    said = ("z of ", cell.asking, f" in dimension {dimension + 1}: ", *_balance(sum), *_most(sum, cell))
    if len(parts.shares) == 1:
        return said
    first = int(parts.shares.argmax())
    share, weight = parts.shares[first].item(), parts.weights[first].item()
    said += (
        f" Over all {parts.z.numel()} dimensions, ",
        cell.word(first, "key"),
        " brings most: the length of its a·v is ",
        _strong(percent(share)),
        f" of all such lengths together, with {percent(weight)} of the weight.",
    )
    return (*said, *_surprise(cell, parts, first), *_cancelled(parts))


def say_entry(cell: Cell, part: str, sum: Sum, dimension: int, source: str = "x") -> Phrase:
    """How an entry of q, k or v adds up, and which inputs make most of it; part is 'q', 'k' or 'v', made from `source`."""
    whose = cell.asking if part == "q" else cell.asked
    name = {"q": "The query", "k": "The key", "v": "The value"}[part]
    said = (f"{name} of ", whose, f" in dimension {dimension + 1}: ", *_balance(sum), *_most(sum))
    largest = max(sum.terms, key=lambda term: abs(term.value))
    x = largest.factors[0]
    usual = math.fsum(abs(term.factors[0]) for term in sum.terms) / len(sum.terms)
    if abs(x) > 4 * usual > 0:
        said += (
            f" Input {largest.label} towers: {source} is {number(x)} there, while |{source}| is {number(usual)} on average.",
        )
    return said


def _balance(sum: Sum) -> Phrase:
    """How many products are above 0 and below, what they add up to, and the result; the numbers agree as they are said."""
    above, below, bias = sum.above, sum.below, [] if sum.bias is None else [sum.bias]
    finer, coarser = adding([math.fsum(above), math.fsum(below), *bias], sum.result)
    up, down = (f"{'+' if part else ''}{fixed(math.fsum(part), finer)}" for part in (above, below))
    said = f"{len(above)} of {len(sum.terms)} products are above 0 ({up}), {len(below)} below ({down.removeprefix('+')})"
    if bias:
        said += f"; with the bias ({'+' if bias[0] > 0 else ''}{fixed(bias[0], finer)})"
    return (f"{said}{'' if bias else ','} they make ", _strong(fixed(sum.result, coarser)), ".")


def _most(sum: Sum, cell: Cell | None = None) -> Phrase:
    """How few terms make most of Σ |term|, and the largest; a cell names the words, where terms are words."""
    few = sum.making(MOST)
    if len(sum.terms) < 3 or not few:
        return ()
    which = cell.word(few[0].place, "key") if cell else f"{sum.what} {few[0].label}"
    alone = len(few) == 1
    said = f" {'One' if alone else len(few)} of {len(sum.terms)} {sum.what}s {'makes' if alone else 'make'} {100 * MOST:.0f} %"
    return (f"{said} of all that is added or taken away; the largest is ", which, f": {number(few[0].value, 3)}.")


def _surprise(cell: Cell, parts: Contributions, told: int) -> Phrase:
    """The word whose part of z differs most from its weight, where that is much."""
    differences = parts.shares - parts.weights
    at = int(differences.abs().argmax())
    if abs(differences[at]) < _TELLING:
        return ()
    short = differences[at] < 0
    # What decides is the mean length by weight, Σ a·‖v‖: a value shorter than that brings less than its weight says.
    mean = (parts.lengths.sum() / parts.weights.sum()).item()
    lengths = f"{number(parts.values[at], 1)}, where the mean by weight is {number(mean, 1)}"
    value = f"its value is {'short' if short else 'long'}: {lengths}"
    if at == told:
        return (f" The reason: {value}.",)
    weight, share = percent(parts.weights[at].item()), percent(parts.shares[at].item())
    brings = f"brings {'only ' if short else ''}{share}"
    return (" ", cell.word(at, "key"), f" has {weight} of the weight and {brings}, since {value}.")


def _cancelled(parts: Contributions) -> Phrase:
    """How much shorter z is than its parts together, where they point apart."""
    together, length = parts.lengths.sum().item(), parts.z.double().norm().item()
    if length > 0.8 * together:
        return ()
    return (f" The values point apart: the lengths add up to {number(together)}, z is {number(length)} long.",)


def _ratio(gap: float) -> tuple[str, str]:
    """A difference of scaled scores and e to it, as texts of which the second follows from the first."""
    decimals = fewest(3, lambda n: _times(written(fixed(gap, n))) == _times(gap))
    return fixed(gap, decimals), _times(gap)


def _times(gap: float | Decimal) -> str:
    times = Decimal(gap).exp()  # of any size
    return scientific(times, 1) if times >= 10_000 else fixed(times, 2)


def _strong(text: str) -> Mark:
    return Mark(text, "strong")
