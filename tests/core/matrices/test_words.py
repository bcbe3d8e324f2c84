"""What is said in words is what the tensors hold."""

import math
import re

import pytest
import torch

from attention_core import Attention, Trace, attend
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import Cell, matrix_message
from attention_core.weights.link_strength import strongest_link
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import Mark, plain
from attention_core.writing.text import label
from tests.core.made import random, tokens
from tests.core.said import NUMBER, agrees

TEXTS = {
    "opening": "A dog ate the food because it was hungry",
    "one word": "dog",
    "repeated": "My cat likes fish, and your cat likes milk",
    "numbers": "In 1999 and 2024-05-01 she paid 10 for 1 % of 2.5",
    "pieces": "Internationalisation of tokenizers, naïvely",
    "longest": "the " * 510,
}
IT, DOG, FOOD = 7, 2, 5


def opening(trace, layer=3, head=1, query=IT, key=DOG) -> Cell:
    return Cell(trace, layer, head, query, key, trace.stages(layer, head))


def made(stages, trace, query=0, key=0) -> Cell:
    """A cell of stages that were made up; layer and head do not matter to them."""
    return Cell(trace, 0, 0, query, key, stages)


@pytest.fixture(scope="module")
def read(model):
    return {name: model.trace(text) for name, text in TEXTS.items()}


@pytest.fixture(params=TEXTS)
def cells(request, read):
    """Cells all over a sentence, in heads of different kinds."""
    trace = read[request.param]
    T = len(trace.tokens)
    chosen = []
    for layer, head in ((0, 2), (1, 7), (3, 1), (5, 11), (2, 0)):
        stages = trace.stages(layer, head)
        for query in sorted({0, 1, T // 2, T - 1}):
            keys = {0, T - 1, int(stages.weights[query].argmax()), int(stages.weights[query].argmin())}
            chosen += [Cell(trace, layer, head, query, key, stages) for key in sorted(keys)]
    return chosen


def named(trace, position: int) -> str:
    """The word, with its position from 1 where the sentence has it more than once."""
    words = [label(token) for token in trace.tokens]
    return f"{position + 1} · {words[position]}" if words.count(words[position]) > 1 else words[position]


def said(phrase) -> list[str]:
    """All numbers of a phrase, the words of the sentence left out."""
    return NUMBER.findall(
        plain(tuple(" " if isinstance(part, Mark) and part.role in ("query", "key") else part for part in phrase))
    )


CLARK = 2019  # the year of the paper that reads some keys as resting places


def check(phrase, needed: list[float], further: list[float]):
    """Every needed number is said, and none that is neither needed nor one of the further."""
    numbers = said(phrase)
    for value in needed:
        assert any(agrees(text, value) for text in numbers), f"{value} is not in: {plain(phrase)}"
    for text in numbers:
        assert any(agrees(text, value) for value in (*needed, *further)), f"{text} is wrong in: {plain(phrase)}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scores", ["it · dog = 18.22"]),
        ("scaled", ["18.22 ÷ 5.66 = 3.22", "52.9 %"]),
        ("weights", ["e^3.22", "52.9 %", "sums to 1.000"]),
        ("z", ["52.9 % of dog’s value"]),
        ("x", ["it", "384 numbers", "layer 3"]),
        ("q", ["query of it"]),
        ("k", ["key of dog"]),
        ("v", ["value of dog"]),
    ],
)
def test_the_opening_view_in_words(trace, name, words):
    phrase = plain(opening(trace).say(name))
    assert all(word in phrase for word in words), phrase


def test_the_opening_answer_is_dog(trace):
    answer = plain(opening(trace).answer())
    assert answer.startswith("it looks most at dog: 52.9 %")
    assert opening(trace, key=FOOD).weight == pytest.approx(0.051, abs=0.0005)


def test_what_singles_the_answer_out_is_the_mean_of_the_other_queries(trace):
    column = trace.stages(3, 1).weights[:, DOG].double()
    mean = (column.sum() - column[IT]) / 10
    assert plain(opening(trace).answer()).rpartition(". ")[2].count(percent(mean.item())) == 1


def test_query_and_key_are_marked_in_their_roles(trace):
    cell = opening(trace)
    assert (cell.asking, cell.asked) == (Mark("it", "query"), Mark("dog", "key"))
    for name in MATRICES:
        marks = [part for part in cell.say(name) if isinstance(part, Mark)]
        assert {mark.role for mark in marks} <= {"query", "key", "strong"}
        assert all(mark.text == "it" for mark in marks if mark.role == "query")


def test_x_is_said_with_its_range(cells):
    for cell in cells:
        row = cell.trace.layers[cell.layer].x[cell.query]
        check(cell.say("x"), [len(row), row.min().item(), row.max().item()], [cell.layer])


def test_x_of_the_first_layer_comes_from_no_layer(trace):
    phrase = plain(opening(trace, layer=0).say("x"))
    assert "layer" not in phrase
    assert "position" in phrase


@pytest.mark.parametrize(("name", "whose"), [("q", "query"), ("k", "key"), ("v", "key")])
def test_vectors_are_said_with_length_and_largest_entry(cells, name, whose):
    for cell in cells:
        row = getattr(cell.stages, name)[getattr(cell, whose)]
        at = int(row.abs().argmax())
        check(cell.say(name), [row.norm().item(), row[at].item(), at + 1], [])


def test_scores_are_said_with_their_rank(cells):
    for cell in cells:
        row = cell.stages.scores[cell.query]
        rank = 1 + int((row > row[cell.key]).sum())
        needed = [row[cell.key].item()] + ([row.min().item()] if rank == 1 else [rank, row.max().item()])
        check(cell.say("scores"), needed, [len(row)])


def test_scores_name_the_first_of_the_row(trace):
    phrase = plain(opening(trace, key=FOOD).say("scores"))
    assert "first is dog with 18.22" in phrase


def test_division_is_said_with_both_sides_and_both_softmaxes(cells):
    for cell in cells:
        scores, scaled = cell.stages.scores.double(), cell.stages.scaled.double()
        pair = cell.query, cell.key
        undivided = cell.stages.scores[cell.query].softmax(dim=-1).max().item()
        needed = [scores[pair].item(), math.sqrt(32), scaled[pair].item(), scores.std().item(), scaled.std().item()]
        check(cell.say("scaled"), [*needed, undivided, cell.stages.weights[cell.query].max().item()], [])


def test_softmax_is_said_as_e_to_the_score_over_the_rows_total(cells):
    for cell in cells:
        row = cell.stages.scaled[cell.query].double()
        resting = cell.stages.weights.mean(dim=0).max().item()
        check(cell.say("weights"), [row[cell.key].item(), row.exp().sum().item(), cell.weight], [1.0, resting, CLARK])


def test_no_divisor_is_said_to_be_zero(trace):
    """A row of very negative scores has a total far below 0.01, and the quotient must still be right."""
    q, k = torch.full((11, 4), -4.0), torch.full((11, 4), 3.0) + random(11, 4).abs()
    stages = attend(q, k, random(11, 4))
    phrase = plain(made(stages, trace).say("weights"))
    exponent, total, share = re.search(r"e\^(\S+) ÷ (\S+) = ([\d.]+) %", phrase).groups()
    assert total != "0.00", phrase
    assert float(exponent.replace("−", "-")) < 0
    assert float(share) / 100 == pytest.approx(stages.weights[0, 0].item(), abs=0.0006)


def test_totals_too_large_for_plain_digits_are_powers_of_ten(trace):
    stages = attend(torch.full((11, 1), 10.0), 4.1 * torch.arange(11.0)[:, None], random(11, 4))
    phrase = plain(made(stages, trace, key=10).say("weights"))
    assert "e^410.00 ÷ 1.15·10^178 = 100.0 %" in phrase


def test_z_is_said_as_a_sum_of_shares(cells):
    for cell in cells:
        row = cell.stages.weights[cell.query].double()
        top = [share for share in row.topk(min(3, len(row))).values.tolist() if share >= 0.005]
        rest = max(row.sum().item() - sum(top), 1e-12)
        check(cell.say("z"), top, [rest, len(row) - len(top)])
        assert "=  +" not in plain(cell.say("z"))


def test_z_of_an_even_row_of_512_still_names_its_parts(read):
    """No key then has as much as half a percent."""
    q = torch.zeros(512, 32)
    phrase = plain(made(attend(q, q, random(512, 32)), read["longest"]).say("z"))
    assert re.search(r"=\s+\S", phrase)
    assert not re.search(r"=\s*\+", phrase), phrase


def test_z_says_100_percent_of_no_value_that_is_joined_by_others(trace):
    """Layer 1, head 3 gives one key over 99.9 %."""
    for query in range(11):
        phrase = plain(opening(trace, layer=0, head=2, query=query).say("z"))
        assert not ("100 % of" in phrase and " + " in phrase), phrase


def test_answer_names_the_three_largest_shares_and_the_mean_of_others(cells):
    for cell in cells:
        weights = cell.stages.weights.double()
        row = weights[cell.query]
        top = row.topk(min(3, len(row))).values.tolist()
        column = weights[:, int(cell.stages.weights[cell.query].argmax())]
        mean = ((column.sum() - column[cell.query]) / (len(row) - 1)).item()
        check(cell.answer(), [*top, mean], [])


def test_words_of_the_answer_are_those_of_the_largest_weights(cells):
    for cell in cells:
        top = cell.stages.weights[cell.query].topk(min(3, len(cell.trace.tokens))).indices.tolist()
        names = [part.text for part in cell.answer() if isinstance(part, Mark) and part.role == "key"]
        first, *others = (named(cell.trace, key) for key in top)
        assert names == [first, *others, first]


def test_repeated_words_are_told_apart(read):
    trace = read["repeated"]
    cell = opening(trace, layer=2, head=9, query=8, key=2)
    assert (cell.asking.text, cell.asked.text) == ("9 · cat", "3 · cat")
    assert plain(cell.answer()).startswith("9 · cat looks most at 3 · cat: 85.9 %")


def test_no_share_is_said_with_a_minus_sign(read):
    """Weights cannot be negative; a rest found by subtraction could be."""
    for name in ("opening", "repeated", "one word"):
        trace = read[name]
        for layer in range(6):
            for head in range(12):
                stages = trace.stages(layer, head)
                for query in range(len(trace.tokens)):
                    phrase = plain(Cell(trace, layer, head, query, 0, stages).say("z"))
                    assert not re.search(r"[-−]\d", phrase), phrase


def test_the_resting_place_is_named_where_it_takes_much(trace):
    weights = trace.stages(3, 1).weights
    assert f"[CLS] takes {percent(weights[:, 0].mean().item())} of all weight" in plain(opening(trace).say("weights"))


def test_no_word_of_the_sentence_is_called_a_resting_place(trace):
    """Layer 1, head 3 looks one word back, and only special tokens are places of rest."""
    stages = attend(torch.full((11, 1), 9.0), torch.nn.functional.one_hot(torch.tensor(4), 11).float()[:, None], random(11, 4))
    assert stages.weights[:, 4].mean() > 0.9
    assert "takes" not in plain(made(stages, trace).say("weights"))


@pytest.mark.parametrize("name", MATRICES)
def test_every_phrase_is_one_paragraph_that_ends_in_a_full_stop(cells, name):
    for cell in cells:
        phrase = plain(cell.say(name))
        assert phrase.endswith(".")
        assert "\n" not in phrase
        assert not re.search(r"nan|inf\b|  ", phrase), phrase


def test_a_single_token_can_be_narrated():
    """No sentence is so short, but a matrix may be."""
    row = random(1, 4)
    trace = Trace("", tokens("dog"), (Attention(row, row[None], row[None], row[None]),), row)
    cell = made(trace.stages(0, 0), trace)
    assert all(plain(cell.say(name)).endswith(".") for name in MATRICES)
    assert "100.0 %" in plain(cell.answer())


@pytest.mark.parametrize("name", [name for name in MATRICES if name != "weights"])
@pytest.mark.parametrize("text", TEXTS)
def test_message_says_range_and_place_of_the_largest(read, name, text):
    trace = read[text]
    stages = trace.stages(3, 1)
    matrix = values(name, trace.layers[3], stages)
    low, high = (text for text in NUMBER.findall(matrix_message(name, trace, 3, stages))[:2])
    assert agrees(low, matrix.min().item())
    assert agrees(high, matrix.max().item())
    row, column = divmod(int(matrix.argmax()), matrix.size(1))
    place = matrix_message(name, trace, 3, stages).rpartition(" at ")[2]
    assert place.startswith(label(trace.tokens[row]))
    last = label(trace.tokens[column]) if MATRICES[name].columns == "tokens" else f"dimension {column + 1}"
    assert place.endswith(f"{last}.")


@pytest.mark.parametrize("text", [text for text in TEXTS if text != "one word"])
def test_message_of_weights_names_the_strongest_link_of_two_words(read, text):
    trace = read[text]
    stages = trace.stages(3, 1)
    query, key = strongest_link(stages.weights, trace.tokens)
    said = matrix_message("weights", trace, 3, stages)
    assert percent(stages.weights[query, key].item()) in said
    assert f"from {label(trace.tokens[query])} to {label(trace.tokens[key])}" in said


def test_message_of_a_single_word_calls_no_token_another_than_itself(read):
    trace = read["one word"]
    for head in range(12):
        said = matrix_message("weights", trace, 3, trace.stages(3, head))
        link = re.search(r"another .* from (\S+) to (\S+)\.", said)
        assert link is None or link[1] != link[2], said
