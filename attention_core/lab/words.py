"""What the experiments on the division by √d_k and on additive attention found, in words made from the numbers."""

import math

from attention_core.lab.additive import UNITS, Agreement, Cost
from attention_core.lab.division import KEYS, SIZES, Spread, Undivided
from attention_core.model.tokens import Token
from attention_core.writing.numbers import number, percent, significant
from attention_core.writing.phrases import Phrase, named, strong

_SATURATED = 0.95  # a row whose largest weight is above this has all but made up its mind


def say_division(found: Undivided, tokens: tuple[Token, ...], query: int) -> Phrase:
    """To which key the query gives most, with the division and without it."""
    asking, said = named(tokens, query, "query"), ()
    for when, weights in (("With the division ", found.weights), (" Without it ", found.undivided)):
        key = int(weights[query].argmax())
        share = strong(percent(weights[query, key].item()))
        said += (when, asking, " gives ", named(tokens, key, "key"), " ", share, ".")
    return said


def say_rows(found: Undivided) -> str:
    """What the division does to all rows of a head."""
    (with_it, without), T = found.entropies, found.weights.size(0)
    sure = [int((weights.amax(dim=-1) > _SATURATED).sum()) for weights in (found.weights, found.undivided)]
    most = found.weights.size(1)
    gradients = [gradient.mean().item() for gradient in found.gradients]
    return (
        f"Without the division the mean entropy goes from {number(with_it.mean())} to {number(without.mean())} bits "
        f"(equal shares of {most} words have {number(math.log2(most))}); rows with over {_SATURATED:.0%} on one word: "
        f"{sure[0]} of {T} become {sure[1]}. "
        f"The gradient’s mean size goes from {number(gradients[0], 3)} to {number(gradients[1], 3)}."
    )


def say_spread(here: Spread) -> Phrase:
    """What vectors of one size do to the variance of q·k, and to the best key's share."""
    return (
        f"At d = {here.d:,} the variance of q·k is ",
        strong(significant(here.variance)),
        f", measured on {here.pairs:,} pairs. Undivided, softmax over {KEYS} keys gives the best ",
        strong(percent(here.largest[1])),
        f" on average; divided by √d, {percent(here.largest[0])}.",
    )


def say_deviations(spreads: list[Spread]) -> str:
    """How near the measured variances come to the theory."""
    worst = max(abs(spread.variance / spread.d - 1) for spread in spreads)
    return f"Every measured variance is within {percent(worst)} of d; divided by √d, the spread stays at 1."


def say_gradients(spreads: list[Spread]) -> str:
    """How softmax's gradient falls from the smallest to the largest size, and that the division keeps it."""
    first, last = spreads[0].gradient[1], spreads[-1].gradient
    return (
        f"Undivided it falls from {number(first, 3)} at d = {spreads[0].d:,} to {number(last[1], 3)} at d = {spreads[-1].d:,}; "
        f"divided it stays near {number(last[0])}."
    )


def say_softmax(weights: list[float], undivided: list[float]) -> str:
    """The largest weight of one random query, with the division and without it."""
    return (
        f"The largest of {len(weights)} weights is {percent(max(weights))} with the division, "
        f"{percent(max(undivided))} without it."
    )


def say_agreement(measured: list[Agreement]) -> str:
    """How often an imitation of the dot product prefers the same key, at sizes it reaches and at one beyond."""
    reach = UNITS // 4
    small, far, last = (next(one for one in measured if one.d == d) for d in (2, reach, SIZES[-1]))
    return (
        f"Built to imitate q·k with {UNITS} hidden units, additive attention prefers the same key in {percent(small.same)} of "
        f"rows at d = {small.d} and {percent(far.same)} at d = {reach}. Built so, it needs four units a dimension, and beyond "
        f"that it cannot follow: {percent(last.same)} at d = {last.d:,}."
    )


def say_saturation(measured: list[Agreement]) -> str:
    """How softmax's gradient compares at the smallest and the largest size: dot product, scaled, additive."""
    first, last = measured[0], measured[-1]
    dot, scaled, additive = (number(value) for value in first.gradients)
    return (
        f"At d = {first.d} all three react alike ({dot}, {scaled}, {additive}). At d = {last.d:,} the plain dot product hardly "
        f"does ({number(last.gradients[0])}), additive attention still does ({number(last.gradients[2])}): tanh keeps its "
        f"scores small. Dividing by √d does the same for the dot product ({number(last.gradients[1])})."
    )


def say_cost(by_length: list[Cost]) -> Phrase:
    """How many times as long additive attention took for the longest text."""
    last = by_length[-1]
    return (
        f"For {last.T} words and d = {last.d}, additive attention just took ",
        strong(f"{last.additive / last.dot:,.0f} times"),
        f" as long as the dot product: {duration(last.additive)} against {duration(last.dot)}.",
    )


def say_costs(against: str, found: list[Cost]) -> str:
    """How long both take at the far end of T or d, and why they differ; `against` is 'T' or 'd'."""
    last = found[-1]
    return (
        f"At {against} = {getattr(last, against)} the dot products take {duration(last.dot)}, "
        f"additive attention {duration(last.additive)}. "
        "One matrix product is what computers are built for; tanh of every pair is not."
    )


def duration(seconds: float) -> str:
    """A short time in milliseconds, or in microseconds below one."""
    return f"{significant(seconds * 1e6)} µs" if seconds < 1e-3 else f"{significant(seconds * 1e3)} ms"
