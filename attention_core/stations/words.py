"""What the stations' numbers say of one word, in words."""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.stations.stations import Station, head_parts
from attention_core.stations.vectors import Journey, nearest_words
from attention_core.writing.numbers import number
from attention_core.writing.phrases import Mark, Phrase, named
from attention_core.writing.text import label


def say_station(
    name: str, way: Mapping[str, Station], model: TracedModel, trace: Trace, position: int, layer: int, head: int
) -> Phrase:
    """What one station says of the word at a position, from the stations of its part of the way, by name; all from 0."""
    rows = {station: found.matrix[position] for station, found in way.items()}
    word = named(trace.tokens, position, "query")
    row = rows[name]
    match name:
        case "words":
            same = [place + 1 for place, token in enumerate(trace.tokens) if token.id == trace.tokens[position].id]
            again = f" The same vector stands at {_places(same)}." if len(same) > 1 else ""
            rank = f"{trace.tokens[position].id:,}"
            return (
                word,
                f" is number {rank} of {model.config.vocabulary:,} words; its vector has length {_length(row)}.{again}",
            )
        case "positions":
            return (
                f"Place {position + 1} has length {_length(row)}.",
                *_neighbours(model.encoder.positions, position, len(trace.tokens)),
            )
        case "types":
            return (f"Length {_length(row)}, the same in all {len(trace.tokens)} rows: it tells no word from another here.",)
        case "embedded":
            lengths = [_length(rows[part]) for part in ("words", "positions", "types")]
            return (word, f": lengths {lengths[0]}, {lengths[1]} and {lengths[2]} add up to a vector of length {_length(row)}.")
        case "normed":
            return _normed(word, rows["embedded"], row)
        case "received":
            source = "word, place and type alone" if layer == 0 else f"the answer of layer {layer}"
            return (word, f": {len(row)} numbers from {number(row.min())} to {number(row.max())}, {source}.")
        case "concatenated":
            lengths = row.view(model.config.heads, -1).norm(dim=-1)
            return ("In the row of ", word, *_most(lengths, head, "writes the longest part"))
        case "mixed":
            lengths = head_parts(model, trace, layer)[:, position].norm(dim=-1)
            return (f"Length {_length(row)}. Of it, in the row of ", word, *_most(lengths, head, "adds most"))
        case "attention_sum":
            return _added(word, rows["received"], rows["mixed"], row, "attention")
        case "attended":
            return _normed(word, rows["attention_sum"], row)
        case "hidden":
            on, at = int((row > 0).sum()), int(row.argmax())
            return (
                *(word, ": ", Mark(f"{on:,} of {len(row):,}", "strong"), " numbers are above 0; the largest is "),
                *(number(row[at]), f", at {at + 1:,}. None is below {number(row.min())}."),
            )
        case "forward":
            return (word, f": {len(rows['hidden']):,} numbers become {len(row)} again, of length {_length(row)}.")
        case "forward_sum":
            return _added(word, rows["attended"], rows["forward"], row, "the feed-forward network")
        case _:
            alike = Mark(number(_cosine(row, rows["received"])), "strong")
            return (*_normed(word, rows["forward_sum"], row), " To what came in it has cosine ", alike, ".")


def say_journey(way: Journey, trace: Trace, position: int, layers: int) -> Phrase:
    """How far a word has come after so many layers, and whom it resembles there."""
    word = named(trace.tokens, position, "query")
    if layers == 0:
        said: Phrase = ("Before the first layer, ", word, " is itself: cosine 1 to its own start.")
    else:
        alike = Mark(number(way.to_start[layers]), "strong")
        count = "1 layer" if layers == 1 else f"{layers} layers"
        said = (f"After {count}, ", word, " has cosine ", alike, " to its own start.")
    nearest = nearest_words(way, position, layers)
    if not nearest:
        return said
    return (
        *said,
        " It is most like ",
        named(trace.tokens, nearest[0], "key"),
        f" ({number(way.to_words[layers, nearest[0]])}).",
    )


def say_likeness(similarity: Tensor, names: Sequence[str]) -> Phrase:
    """Which two of at least two sentences are most alike, and which least."""
    pairs = [(similarity[one, other].item(), one, other) for one in range(len(names)) for other in range(one)]
    most, least = max(pairs), min(pairs)

    def both(pair: tuple[float, int, int]) -> str:
        return f"{names[pair[2]]} and {names[pair[1]]}"

    said: Phrase = ("Most alike are ", Mark(both(most), "strong"), f": cosine {number(most[0])}.")
    return said if len(pairs) == 1 else (*said, " Least alike are ", Mark(both(least), "strong"), f": {number(least[0])}.")


def station_message(station: Station, trace: Trace) -> str:
    """What the whole matrix says, in one plain sentence: the alternative text of its picture."""
    matrix = station.matrix
    row, column = divmod(int(matrix.argmax()), matrix.size(1))
    largest = f"the largest is at {label(trace.tokens[row])}, dimension {column + 1}"
    return (
        f"{matrix.size(0)} rows of {matrix.size(1):,}; values from {number(matrix.min())} to {number(matrix.max())}, {largest}."
    )


def _length(row: Tensor) -> str:
    return number(row.norm())


def _cosine(one: Tensor, other: Tensor) -> float:
    return F.cosine_similarity(one, other, dim=0).item()


def _places(places: Sequence[int]) -> str:
    return f"places {', '.join(map(str, places[:-1]))} and {places[-1]}"


def _neighbours(table: Tensor, position: int, count: int) -> Phrase:
    """How alike the vector of a place is to the next one's, and to that of the place furthest away in this sentence."""
    if count < 3:
        return ()
    beside = position + 1 if position + 1 < count else position - 1
    far = 0 if position >= count / 2 else count - 1
    near, away = (number(_cosine(table[position], table[place])) for place in (beside, far))
    return (f" Cosine to place {beside + 1} beside it: {near}; to place {far + 1}: {away}.",)


def _normed(word: Mark, before: Tensor, after: Tensor) -> Phrase:
    """LayerNorm moves and stretches a row; its learned factors come after that."""
    spreads = [number(row.std(correction=0)) for row in (before, after)]
    means = [number(row.mean(), 3) for row in (before, after)]
    return (word, f": mean {means[0]} → {means[1]}, spread {spreads[0]} → {spreads[1]}.")


def _added(word: Mark, before: Tensor, added: Tensor, after: Tensor, what: str) -> Phrase:
    share = Mark(number((added.norm() / before.norm()).item()), "strong")
    kept = number(_cosine(before, after))
    return (word, f" was {_length(before)} long; {what} adds ", share, f" times that. Before and after: cosine {kept}.")


def _most(lengths: Tensor, head: int, does: str) -> Phrase:
    """Which head does most, and how the chosen one compares; lengths (H,)."""
    first = int(torch.argmax(lengths))
    said: Phrase = (" head ", Mark(str(first + 1), "strong"), f" {does}: length {number(lengths[first])}")
    return (*said, ".") if first == head else (*said, f"; head {head + 1}: {number(lengths[head])}.")
