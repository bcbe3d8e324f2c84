"""What weights, links and comparisons say, in words made from the numbers."""

import math

from torch import Tensor

from attention_core.model.tokens import Token
from attention_core.weights.comparison import Alignment
from attention_core.weights.link_strength import LinkStrength, strongest_link
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase, named
from attention_core.writing.text import label

NO_COUNTERPART = "has no counterpart in B"
_EVERYBODY = 0.25  # of its weight each other word gives a key that nearly every word looks at


def value_text(value: float, unit: str) -> str:
    """What a head was measured to do: a share in percent, anything else with its unit."""
    return percent(value) if unit == "share" else f"{number(value)} {unit}"


def with_error(mean: float, error: float, unit: str) -> str:
    """A mean with its standard error; of a single sentence, whose error is nan, the mean alone."""
    if math.isnan(error):
        return value_text(mean, unit)
    return f"{value_text(mean, unit)} ± {_difference(error, unit)} (standard error)"


def _difference(value: float, unit: str) -> str:
    """A difference of what a head was measured to do, of shares in points."""
    return f"{100 * value:.1f} points" if unit == "share" else value_text(value, unit)


def give_or_take(spread: float, unit: str) -> str:
    """A standard deviation as the end of a sentence, of shares in points; '' where a single sentence has none, nan."""
    if math.isnan(spread):
        return ""
    return f", give or take {_difference(spread, unit)} (standard deviation)"


def stands_out_text(value: float) -> str:
    """How far a link stands out, with its sign."""
    return ("+" if value > 0 else "") + number(value)


def say_link(found: LinkStrength, out: tuple[int, int], heaviest: tuple[int, int], asking: Mark, asked: Mark) -> Phrase:
    """In which head a link stands out most and in which it is heaviest, and why a large weight alone is no relation.

    `out` and `heaviest` are the first (layer, head), from 0, by either number.
    """
    weight, above = found.weight[out].item(), found.stands_out[out].item()
    said: Phrase = (asking, " → ", asked, f" stands out most in {_head(out)}: ")
    said += (f"{percent(weight)}, where the other words give ", asked, f" {percent(weight - above)} on average.")
    if heaviest == out:
        return (*said, " It is the largest weight of this link, too.")
    weight, above = found.weight[heaviest].item(), found.stands_out[heaviest].item()
    said += (f" The largest weight is in {_head(heaviest)}: {percent(weight)}. There the others ",)
    said += (f"give it {percent(weight - above)} on average",)
    if weight - above > 0.5 * weight:
        seen = (": nearly every word looks at ", asked) if weight - above > _EVERYBODY else (", hardly less",)
        return (*said, *seen, ", so this weight is no relation between the two.")
    return (*said, ", so it stands out less.")


def say_looks(alignment: Alignment, a: Tensor, b: Tensor, row: int) -> Phrase:
    """Where a unit of A looks most, and where its counterpart in B does; `a` and `b` are the weights of both, (U, U)."""
    said: Phrase = ()
    sides = (("A", alignment.a, a, row), ("B", alignment.b, b, alignment.in_b.get(row)))
    for letter, units, weights, unit in sides:
        if unit is None:
            return (*said, " In B this word has no counterpart.")
        _, most = strongest_link(weights, units.tokens, unit)
        query, key = named(units.tokens, unit, "query", units.places), named(units.tokens, most, "key", units.places)
        share = percent(weights[unit, most].item())
        said += (f"{' ' if said else ''}In {letter} ", query, " looks most, of the other words, at ", key, f": {share}.")
    return said


def say_largest_change(change: Tensor, tokens: tuple[Token, ...], square: bool) -> str:
    """The largest entry of a difference B − A over what corresponds; its columns are words if it is square, else dimensions."""
    row, column = divmod(int(change.abs().argmax()), change.size(1))
    to = label(tokens[column]) if square else f"dimension {column + 1}"
    return f"The difference B − A: the largest is {number(change[row, column], 3)}, from {label(tokens[row])} to {to}."


def cell_texts(before: float, after: float | None) -> tuple[tuple[str, str], ...]:
    """A cell in A, in B, and their difference: what each is called, and its number; without a counterpart only A's."""
    texts = (("A", number(before, 4)),)
    if after is None:
        return texts
    return (*texts, ("B", number(after, 4)), ("B − A =", number(after - before, 4)))


def left_out_text(alignment: Alignment, most: int = 12) -> str:
    """Which words are not compared, for want of a counterpart; of many only the first `most` of a side. '' for none."""
    sides = []
    for side in "ab":
        alone = [label(token) for token in alignment.only_in(side)]
        if alone:
            sides.append(f"only in {side.upper()}: {', '.join(alone[:most])}{' …' if len(alone) > most else ''}")
    return f"Not compared, {'; '.join(sides)}." if sides else ""


def _head(place: tuple[int, int]) -> str:
    return f"layer {place[0] + 1}, head {place[1] + 1}"
