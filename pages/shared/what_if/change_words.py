"""What a change of the model is, means and does, in words made from the numbers."""

from torch import Tensor

from attention_core.lab.interventions import Change, ChangedTrace, sentence_cosine
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase, named, plain
from pages.shared.frame.view import View


def say_change(view: View, change: Change, changed: ChangedTrace) -> Phrase:
    """What is changed, where, and how far the sentence's final vector turned by it."""
    if change.is_none:
        return (
            "Nothing is changed: these are the model’s own numbers, to the last bit. Cosine of the final vectors: ",
            Mark("1", "strong"),
            ".",
        )
    cosine = sentence_cosine(view.trace, changed)
    where = {
        "head": f"layer {view.layer + 1}, head {view.head + 1}",
        "layer": f"all heads of layer {view.layer + 1}",
        "model": "all heads of all layers",
    }
    said: Phrase = (f"In {where[view.own['scope']]}: ",)
    said += _joined(_parts(view, change))
    return (
        *said,
        ". The sentence’s final vector then has a cosine of ",
        Mark(cosine_text(cosine), "strong"),
        " to the unchanged one.",
    )


def _parts(view: View, change: Change) -> list[Phrase]:
    parts: list[Phrase] = []
    if change.temperature != 1:
        parts.append((f"softmax of scaled ÷ {view.own['temperature']}",))
    if change.causal:
        parts.append(("no word sees those after it",))
    if change.removed:
        words: Phrase = ()
        for at in change.removed:
            words += (*((" ",) if words else ()), named(view.trace.tokens, at, "key"))
        parts.append(("nobody sees ", *words))
    if change.silenced:
        parts.append(("z = 0",))
    return parts


def _joined(parts: list[Phrase]) -> Phrase:
    said: Phrase = ()
    for part in parts:
        said += (*((", ",) if said else ()), *part)
    return said


def explain(view: View, change: Change) -> str:
    """What the change means, and where it comes from."""
    said = []
    if change.temperature != 1:
        kind = "sharper: the largest take more" if change.temperature < 1 else "flatter: all take similar shares"
        said.append(f"τ = {view.own['temperature']} makes rows {kind} (Hinton et al. 2015).")
    if change.causal:
        said.append(
            "A causal mask is what decoders have, so that they cannot look at what they are to predict "
            "(Vaswani et al. 2017, section 3.2.3)."
        )
    if change.removed:
        said.append(
            "Its key is masked, and softmax shares its part out among the others; its own row stays, and so does its vector."
        )
    if change.silenced:
        said.append("A silent head adds nothing to the sum of heads; many can be silenced at little cost (Michel et al. 2019).")
    return " ".join(said) or "Choose a change, or try one of those above; it is carried through all later layers."


def say_cell(view: View, before: Tensor, after: Tensor) -> Phrase:
    """What became of the chosen cell, and of the whole head."""
    query, key = view.query, view.key
    shares = [percent(weights[query, key].item()) for weights in (before, after)]
    moved = (after - before).abs().sum(dim=-1).mean().item() / 2
    said: Phrase = (view.cell.asking, " → ", view.cell.asked, f": {shares[0]} before, ", Mark(shares[1], "strong"), " after.")
    if moved == 0:
        return (*said, " No weight of this head moved.")
    row, column = divmod(int((after - before).abs().argmax()), after.size(1))
    change = 100 * (after - before)[row, column].item()
    largest = (
        " The largest change is ",
        named(view.trace.tokens, row, "query"),
        " → ",
        named(view.trace.tokens, column, "key"),
    )
    said += (
        f" On average {percent(moved)} of each row moved.",
        *largest,
        f": {'+' if change > 0 else ''}{number(change, 1)} points.",
    )
    if not after[query].any():
        said += (" ", view.cell.asking, " has no key left to look at, so its z is 0.")
    return said


def cosine_text(value: float) -> str:
    """A cosine with four decimals, and never 1 for what is less."""
    return "over 0.9999" if 0.99995 <= value < 1 - 1e-9 else number(value, 4)


def short_words(view: View, change: Change) -> str:
    """What is changed, as plain text for a file."""
    return plain(_joined(_parts(view, change))) or "none"
