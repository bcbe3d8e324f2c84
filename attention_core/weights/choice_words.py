"""What is said of weights as they are shown: whose they are, what the choice changed in them, and the largest of them."""

from attention_core.palette import Palette
from attention_core.weights.choice import Choice, Shown
from attention_core.weights.link_strength import strongest_link
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import Mark, Phrase, named
from attention_core.writing.text import label


def remarks(shown: Shown, choice: Choice, query: int) -> list[Phrase]:
    """What the choice changed in the numbers, so that no share is taken for the model's own; `query` is a unit, from 0."""
    said: list[Phrase] = []
    kept, asking = percent(shown.kept[query].item()), named(shown.units.tokens, query, "query", shown.units.places)
    if choice.special == "left-out":
        said.append(("Special tokens are left out: the row of ", asking, f" sums to {kept}."))
    elif choice.special == "of-the-rest":
        share = "Not the model’s own numbers: each is a share of what is left without special tokens, of "
        said.append((share, asking, f" {kept}."))
    if choice.whole_words:
        to, from_ = Mark("to", "stressed"), Mark("from", "stressed")
        said.append(("Whole words: weights ", to, " the pieces of a word are summed, ", from_, " them averaged."))
    if choice.mix == "rollout":
        rollout = (
            "Rollout estimates where information came from: in each layer the mean of all heads and the word itself in equal "
            "parts, multiplied through the layers (Abnar & Zuidema 2020). The model computes no such matrix."
        )
        said.append((rollout,))
    elif choice.mix == "mean":
        said.append((f"This is {choice.whose()}: no head of the model has these weights.",))
    return said


def largest_link(shown: Shown, choice: Choice) -> str:
    """The largest link of the weights as they are shown, and what was done to them: the alternative text of their picture."""
    query, key = strongest_link(shown.weights, shown.units.tokens, columns=shown.columns.tokens)
    words, asked = ([label(token) for token in units.tokens] for units in (shown.units, shown.columns))
    share = percent(shown.weights[query, key].item())
    changes = "".join(f" {what.capitalize()}: {how}." for what, how in choice.changes().items())
    return f"The largest shown is from {words[query]} to {asked[key]}: {share}.{changes}"


def mixture_sentence(choice: Choice) -> str:
    """How the weights of several heads became one matrix."""
    how = "The layers’ mean weights, with the word itself as half, multiplied from the first to the last."
    if choice.mix == "mean":
        how = "Each cell is the mean of the same cell of all chosen heads."
    return f"{how} Queries, keys, scores and values belong to one head each."


def mixture_formula(choice: Choice, palette: Palette) -> str:
    """The formula of a mean or of rollout, as TeX."""
    weights = rf"\textcolor{{{palette.weight.ink}}}{{A_{{l,h}}}}"
    if choice.mix == "mean":
        count = len(choice.layers) * len(choice.heads)
        return rf"\bar{{A}} = \tfrac{{1}}{{{count}}}\textstyle\sum_{{l,h}} {weights}"
    layers = rf"\textstyle\prod_{{l={choice.layer + 1}}}^{{1}}"
    return rf"R = {layers}\tfrac{{1}}{{2}}\big(I + \tfrac{{1}}{{H}}\sum_h {weights}\big)"
