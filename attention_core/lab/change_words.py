"""What a change of the model is, means and does, in words made from the numbers."""

from torch import Tensor

from attention_core.lab.interventions import Change
from attention_core.model.tokens import Token
from attention_core.weights.comparison import weight_moved
from attention_core.weights.link_strength import ranked
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase, joined, named, plain, strong


def say_change(change: Change, tokens: tuple[Token, ...], cosine: float) -> Phrase:
    """What is changed, where, and how far the sentence's final vector turned by it: `cosine` to the unchanged one."""
    if change.is_none:
        return (
            "Nothing is changed: these are the model’s own numbers, to the last bit. Cosine of the final vectors: ",
            strong("1"),
            ".",
        )
    return (
        f"In {_where(change)}: ",
        *joined(_parts(change, tokens), ", "),
        ". The sentence’s final vector then has a cosine of ",
        strong(cosine_text(cosine)),
        " to the unchanged one.",
    )


def short_words(change: Change, tokens: tuple[Token, ...]) -> str:
    """What is changed, as plain text for a file."""
    return plain(joined(_parts(change, tokens), ", ")) or "none"


def change_meaning(change: Change) -> str:
    """What the change means, and where it comes from."""
    said = []
    if change.temperature != 1:
        kind = "sharper: the largest take more" if change.temperature < 1 else "flatter: all take similar shares"
        said.append(f"τ = {change.temperature:g} makes rows {kind} (Hinton et al. 2015).")
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


def say_cell(before: Tensor, after: Tensor, tokens: tuple[Token, ...], query: int, key: int) -> Phrase:
    """What became of one cell of a head's weights, (T, T) before and after a change, and of the whole head."""
    asking, asked = named(tokens, query, "query"), named(tokens, key, "key")
    shares = [percent(weights[query, key].item()) for weights in (before, after)]
    change = after - before
    moved = weight_moved(change).item()
    said: Phrase = (asking, " → ", asked, f": {shares[0]} before, ", strong(shares[1]), " after.")
    if moved == 0:
        return (*said, " No weight of this head moved.")
    row, column = divmod(int(change.abs().argmax()), change.size(1))
    points = 100 * change[row, column].item()
    said += (
        f" On average {percent(moved)} of each row moved. The largest change is ",
        named(tokens, row, "query"),
        " → ",
        named(tokens, column, "key"),
        f": {'+' if points > 0 else ''}{number(points, 1)} points.",
    )
    if not after[query].any():
        said += (" ", asking, " has no key left to look at, so its z is 0.")
    return said


def say_moved(moved: Tensor) -> str:
    """In which head the most weight moved, from the shares (L, H)."""
    layer, head = ranked(moved)[0]
    most = moved[layer, head].item()
    if most > 0:
        return f"The most moved in layer {layer + 1}, head {head + 1}: {percent(most)}."
    return "No weight of any head moved."


def cosine_text(value: float) -> str:
    """A cosine with four decimals, and never 1 for what is less."""
    return "over 0.9999" if 0.99995 <= value < 1 - 1e-9 else number(value, 4)


def _where(change: Change) -> str:
    if change.layer is None:
        return "all heads of all layers"
    if change.head is None:
        return f"all heads of layer {change.layer + 1}"
    return f"layer {change.layer + 1}, head {change.head + 1}"


def _parts(change: Change, tokens: tuple[Token, ...]) -> list[Phrase]:
    parts: list[Phrase] = []
    if change.temperature != 1:
        parts.append((f"softmax of scaled ÷ {change.temperature:g}",))
    if change.causal:
        parts.append(("no word sees those after it",))
    if change.removed:
        parts.append(("nobody sees ", *joined([(named(tokens, at, "key"),) for at in change.removed], " ")))
    if change.silenced:
        parts.append(("z = 0",))
    return parts
