"""What is said of a single number, in words and in TeX, is what the tensors hold, and adds up as it is said."""

import functools
import math
import re
from decimal import Decimal

import pytest
import torch

from attention_core import Attention, Trace, attend
from attention_core.arithmetic.formulas import entry_formula, mixed_formula, scaled_formula, score_formula, weight_formula
from attention_core.arithmetic.ledger import largest, softmax_ledger
from attention_core.arithmetic.sums import Sum, contributions, entry, mixed, score, softmax
from attention_core.arithmetic.words import names, say_entry, say_mixed, say_scaled, say_score, say_weight, say_x
from attention_core.matrices.words import Cell
from attention_core.palette import DARK, LIGHT
from attention_core.writing.digits import fixed, scientific
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import Mark, plain
from tests.core.made import tokens, words

IT, DOG, FOOD, CLS = 7, 2, 5, 0


def opening(trace, key=DOG) -> Cell:
    return Cell(trace, 3, 1, IT, key, trace.stages(3, 1))


def made(q, k, v, query=0, key=0) -> Cell:
    """A cell of one made-up head; q, k and v are lists of rows."""
    stages = attend(*(torch.tensor(rows, dtype=torch.float32) for rows in (q, k, v)))
    layer = Attention(torch.zeros(len(k), 4), stages.q[None], stages.k[None], stages.v[None])
    trace = Trace("", words(len(k)), (layer,), torch.zeros(len(k), 4))
    return Cell(trace, 0, 0, query, key, stages)


def read(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def added(parts: list[Decimal]) -> Decimal:
    return functools.reduce(Decimal.__add__, parts)


def check_balance(said: str, sum: Sum):
    """The sums above and below 0 and the bias are true, and add up to the model's number as they are said."""
    above, up, below, down = re.search(r"(\d+) of \d+ products are above 0 \((\S+)\), (\d+) below \((\S+)\)", said).groups()
    assert (int(above), int(below)) == (len(sum.above), len(sum.below))
    bias = re.search(r"with the bias \((\S+)\)", said)
    assert bool(bias) == (sum.bias is not None)
    parts = [read(up), read(down), *([read(bias[1])] if bias else [])]
    result = re.search(r"they make (−?[\d.]+\d)", said)[1]
    decimals = len(result.partition(".")[2])
    assert fixed(added(parts), decimals) == result == fixed(sum.result, decimals)
    true = [math.fsum(sum.above), math.fsum(sum.below), *([sum.bias] if bias else [])]
    assert [float(part) for part in parts] == pytest.approx(true, abs=10.0**-decimals)


def check_tex(tex: str) -> list[str]:
    """The formula is whole TeX, as KaTeX reads it; returns its lines."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert re.findall(r"\\begin\{(\w+)\}", tex) == re.findall(r"\\end\{(\w+)\}", tex)
    assert tex.isascii()
    assert not set(tex) & set("$%&~")
    return tex.split(r"\\[8pt]")


def numbers(tex: str) -> list[str]:
    """The numbers with decimals of a line, in order and as `fixed` writes them; indices and shapes have none."""
    return [text.replace("-", "−") for text in re.findall(r"-?\d+\.\d+", tex)]


def check_product(tex: str, one: float, other: float):
    """A line's two factors multiply to its product as a reader's calculator has it."""
    a, b, product = numbers(tex)
    assert fixed(read(a) * read(b), 4) == product == fixed(one * other, 4)
    assert (float(read(a)), float(read(b))) == pytest.approx((one, other), abs=1e-4)


def check_total(tex: str, sum: Sum):
    """The last line: above − below ± bias = result, as a reader adds it up."""
    parts = [read(sign + part) for sign, part in re.findall(r"(-?)\\underbrace\{\{([\d.]+)", tex)]
    result = numbers(tex)[-1]
    decimals = len(result.partition(".")[2])
    assert fixed(added(parts), decimals) == result == fixed(sum.result, decimals)
    assert tex.endswith(r"}}\end{gathered}")
    assert len(parts) == (2 if sum.bias is None else 3)


@pytest.fixture
def entries(model, trace):
    """Entries of q, k and v in several heads: part, cell, sum and dimension."""
    found = []
    for layer, head, dimension in ((3, 1, 4), (0, 0, 0), (5, 11, 31), (2, 6, 17)):
        for part in "qkv":
            cell = Cell(trace, layer, head, IT, DOG, trace.stages(layer, head))
            weight, bias = model.projection(layer, head, part)
            row = IT if part == "q" else DOG
            result = getattr(cell.stages, part)[row, dimension].item()
            found.append((part, cell, entry(trace.layers[layer].x[row], weight, bias, dimension, result), dimension))
    return found


def cells(trace):
    """Cells of heads of different kinds, with large and with tiny weights."""
    for layer, head in ((3, 1), (0, 2), (1, 7), (5, 11)):
        stages = trace.stages(layer, head)
        for query in (0, IT, 10):
            for key in {0, int(stages.weights[query].argmax()), int(stages.weights[query].argmin())}:
                yield Cell(trace, layer, head, query, key, stages)


def test_words_are_named_with_their_position_where_they_repeat():
    assert names(tokens("the", "cat", "the", "<b>")) == ("1 · the", "cat", "3 · the", "<b>")


def test_names_are_those_of_the_cell(trace):
    cell = opening(trace)
    assert names(trace.tokens) == tuple(cell.word(position, "key").text for position in range(len(trace.tokens)))


def test_the_opening_score_in_words(trace):
    cell = opening(trace)
    said = plain(say_score(cell, score(cell.stages, IT, DOG)))
    assert said.startswith("it · dog: 19 of 32 products are above 0 (+25.6518), 13 below (−7.4330), they make 18.219.")
    assert "15 of 32 dimensions make 80 % of all that is added or taken away; the largest is dimension 1: 4.178." in said
    assert "8.4 and 7.1 long and lie 72° apart." in said


def test_scores_are_said_as_they_are(trace):
    for cell in cells(trace):
        sum = score(cell.stages, cell.query, cell.key)
        said = plain(say_score(cell, sum))
        check_balance(said, sum)
        angle = int(re.search(r"lie (\d+)° apart", said)[1])
        q, k = cell.stages.q[cell.query], cell.stages.k[cell.key]
        assert math.cos(math.radians(angle)) == pytest.approx(torch.cosine_similarity(q, k, dim=0).item(), abs=0.01)
        assert ("below 0." in said) == (sum.total < 0)


def test_few_dimensions_are_counted_by_what_they_add_or_take(trace):
    for cell in cells(trace):
        sum = score(cell.stages, cell.query, cell.key)
        count = int(re.search(r"(\d+) of 32 dimensions make 80 %", plain(say_score(cell, sum)))[1])
        sizes = sorted((abs(term.value) for term in sum.terms), reverse=True)
        assert math.fsum(sizes[:count]) >= 0.8 * math.fsum(sizes) > math.fsum(sizes[: count - 1])


def test_one_dimension_alone_is_said_in_the_singular():
    cell = made([[9.0, 1.0, 0.1]], [[9.0, 1.0, 0.1]], [[1.0]])
    assert "One of 3 dimensions makes 80 %" in plain(say_score(cell, score(cell.stages, 0, 0)))


def test_a_query_of_zeros_has_no_angle():
    cell = made([[0.0, 0.0, 0.0]], [[1.0, 2.0, 3.0]], [[1.0]])
    said = plain(say_score(cell, score(cell.stages, 0, 0)))
    assert "°" not in said
    assert "they make 0.000." in said


def test_entries_are_said_as_they_are(entries):
    for part, cell, sum, dimension in entries:
        phrase = say_entry(cell, part, sum, dimension)
        said = plain(phrase)
        check_balance(said, sum)
        whose, mark = {"q": ("query", "it"), "k": ("key", "dog"), "v": ("value", "dog")}[part]
        assert said.startswith(f"The {whose} of {mark} in dimension {dimension + 1}: ")
        largest_term = max(sum.terms, key=lambda term: abs(term.value))
        assert f"the largest is input {largest_term.label}: {fixed(largest_term.value, 3)}." in said


def test_an_input_that_towers_is_told(entries):
    told = 0
    for part, cell, sum, dimension in entries:
        said = plain(say_entry(cell, part, sum, dimension))
        x = abs(max(sum.terms, key=lambda term: abs(term.value)).factors[0])
        usual = math.fsum(abs(term.factors[0]) for term in sum.terms) / 384
        assert ("towers" in said) == (x > 4 * usual)
        told += "towers" in said
    assert 0 < told < len(entries)


def test_the_division_is_said_with_what_softmax_would_do_without_it(trace):
    said = plain(say_scaled(opening(trace), softmax(trace.stages(3, 1), IT)))
    assert "√32 = 5.66" in said
    assert said.endswith("undivided, softmax would give the first 99.8 %; now it gives 52.9 %.")


def test_the_first_key_is_compared_with_the_second_and_others_with_the_first(trace):
    row = softmax(trace.stages(3, 1), IT)
    said = plain(say_weight(opening(trace), row))
    assert "m, is that of dog." in said
    assert said.endswith("dog gets 52.9 %, e^1.092 = 2.98 times as much as the second, [CLS].")
    said = plain(say_weight(opening(trace, FOOD), row))
    assert said.endswith(
        "food gets 5.1 %: it lies 2.331 behind, so its weight is e^2.331 = 10.29 times smaller than the first."
    )


def test_powers_of_e_are_true_as_they_are_said(trace):
    for cell in cells(trace):
        said = plain(say_weight(cell, softmax(cell.stages, cell.query)))
        gap, times = re.search(r"e\^([\d.]+) = (\S+) times", said).groups()
        digits, _, power = times.partition("·10")
        power = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) or 0)
        assert math.exp(float(gap)) / 10.0**power == pytest.approx(float(digits), abs=0.0501 if power else 0.00501)
        row = cell.stages.weights[cell.query].double()
        other = row.sort(descending=True).values[1] if cell.weight == row.max() else row[cell.key]
        assert (row.max() / other).item() == pytest.approx(math.exp(float(gap)), rel=2e-3)


def test_a_weight_that_float32_cannot_hold_is_told():
    keys, values = [[9.6], [0.0], [-5.0]], [[1.0], [2.0], [3.0]]
    cell = made([[9.6]], keys, values, key=1)
    assert 0 < cell.weight < 1e-39  # fewer digits than usual, but some
    assert "can hold" not in plain(say_weight(cell, softmax(cell.stages, 0)))
    cell = made([[9.6]], keys, values, key=2)
    assert cell.weight == 0
    true = math.exp(-9.6 * 9.6 - 9.6 * 5)
    said = plain(say_weight(cell, softmax(cell.stages, 0)))
    assert said.endswith(f"word2 gets {percent(0.0)}: {scientific(true, 2)} is less than single precision can hold.")


def test_a_single_key_is_told():
    cell = made([[2.0]], [[3.0]], [[1.0]])
    row = softmax(cell.stages, 0)
    assert plain(say_weight(cell, row)).endswith("word0 gets 100.0 %, as the only key.")
    assert "order" not in plain(say_scaled(cell, row))


def test_what_z_is_made_of_in_words(trace):
    cell = opening(trace)
    sum, parts = mixed(cell.stages, IT, 4, names(trace.tokens)), contributions(cell.stages, IT)
    said = plain(say_mixed(cell, sum, parts, 4))
    assert said.startswith("z of it in dimension 5: ")
    check_balance(said, sum)
    assert "5 of 11 words make 80 % of all that is added or taken away; the largest is dog: −0.084." in said
    assert "Over all 32 dimensions, dog brings most: the length of its a·v is 69.6 % of all such lengths together" in said
    assert f"with {percent(cell.weight)} of the weight" in said


def test_a_word_with_much_weight_and_a_short_value_is_told():
    cell = made([[0.0]], [[0.0]] * 3, [[4.0, 0.0], [3.0, 0.0], [0.2, 0.0]])
    said = plain(say_mixed(cell, mixed(cell.stages, 0, 0, "abc"), contributions(cell.stages, 0), 0))
    assert "word0 brings most" in said
    assert "word2 has 33.3 % of the weight and brings only 2.8 %, since its value is short: 0.2, where the mean" in said
    assert "mean by weight is 2.4" in said


def test_a_word_with_a_long_value_is_told():
    cell = made([[0.0], [2.0]], [[1.0], [0.0], [0.0], [0.0]], [[1.0], [2.0], [0.5], [0.5]], query=1)
    parts = contributions(cell.stages, 1)
    share, weight = parts.shares[1].item(), parts.weights[1].item()
    assert share - weight == max(parts.shares - parts.weights) > 0.05
    said = plain(say_mixed(cell, mixed(cell.stages, 1, 0, "abcd"), parts, 0))
    mean = (parts.weights * parts.values).sum().item()  # by weight: 1.1, where the plain mean is 1.0
    assert f"word1 has {percent(weight)} of the weight and brings {percent(share)}, since its value is long: 2.0" in said
    assert f"the mean by weight is {mean:.1f}." in said


def test_the_reason_is_told_for_the_first_word_itself(trace):
    cell = opening(trace)
    parts = contributions(cell.stages, IT)
    said = plain(say_mixed(cell, mixed(cell.stages, IT, 4, names(trace.tokens)), parts, 4))
    mean = (parts.weights * parts.values).sum().item()
    assert f"The reason: its value is long: {parts.values[DOG]:.1f}, where the mean by weight is {mean:.1f}." in said
    assert parts.values[DOG] > mean


def test_a_word_that_brings_what_its_weight_says_is_no_surprise():
    cell = made([[0.0]], [[0.0]] * 3, [[4.0], [4.0], [4.1]])
    said = plain(say_mixed(cell, mixed(cell.stages, 0, 0, "abc"), contributions(cell.stages, 0), 0))
    assert "short" not in said
    assert "long:" not in said
    assert "apart" not in said


def test_values_that_cancel_are_told():
    cell = made([[0.0]], [[0.0]] * 2, [[4.0, 0.0], [-3.0, 0.0]])
    said = plain(say_mixed(cell, mixed(cell.stages, 0, 0, "ab"), contributions(cell.stages, 0), 0))
    assert said.endswith("The values point apart: the lengths add up to 3.50, z is 0.50 long.")


def test_x_says_what_becomes_of_it(trace):
    said = plain(say_x(opening(trace)))
    assert said.startswith("it comes in as 384 numbers")
    assert said.endswith("from the row of dog, W_K makes the key and W_V the value.")


def test_words_of_the_sentence_stay_marked_and_numbers_stay_plain(trace):
    cell = opening(trace)
    row = softmax(cell.stages, IT)
    phrases = [
        say_score(cell, score(cell.stages, IT, DOG)),
        say_scaled(cell, row),
        say_weight(cell, row),
        say_mixed(cell, mixed(cell.stages, IT, 4, names(trace.tokens)), contributions(cell.stages, IT), 4),
        say_x(cell),
    ]
    for phrase in phrases:
        marks = [part for part in phrase if isinstance(part, Mark)]
        assert {mark.role for mark in marks} <= {"query", "key", "strong"}
        assert all(mark.text == "it" for mark in marks if mark.role == "query")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_formulas_of_sums_multiply_and_add_up(trace, palette):
    for cell in cells(trace):
        sum = score(cell.stages, cell.query, cell.key)
        _, one, total = check_tex(score_formula(sum, cell.query, cell.key, 4, palette))
        factors = cell.stages.q[cell.query, 4].item(), cell.stages.k[cell.key, 4].item()
        check_product(one, *factors)
        assert ("(-" in one) == (factors[1] < 0)  # no minus follows the sign of multiplication
        assert one.index(palette.query.ink) < one.index(palette.key.ink)
        check_total(total, sum)
        sum = mixed(cell.stages, cell.query, 30, names(trace.tokens))
        symbols, one, total = check_tex(mixed_formula(sum, cell.query, cell.key, 30, palette))
        check_product(one, cell.weight, cell.stages.v[cell.key, 30].item())
        assert f"z_{{{cell.query + 1}}}[31]" in symbols
        check_total(total, sum)


def test_formulas_of_entries_multiply_and_add_up(entries):
    for part, _, sum, dimension in entries:
        symbols, one, total = check_tex(entry_formula(part, sum, 7, dimension, LIGHT))
        assert f"W_{part.upper()}[c,{dimension + 1}]" in symbols
        term = max(sum.terms, key=lambda term: abs(term.value))
        assert one.strip().startswith(f"c={term.place + 1}{{:}}")
        check_product(one, *term.factors)
        check_total(total, sum)


def test_the_formula_of_a_scaled_score_divides(trace):
    for cell in cells(trace):
        _, line = check_tex(scaled_formula(cell.stages, cell.query, cell.key, LIGHT))
        top, again, root, result = numbers(line)
        assert top == again
        assert r"\sqrt{32}" in line
        decimals = len(result.partition(".")[2])
        assert fixed(read(top) / read(root), decimals) == result
        assert fixed(cell.stages.scaled[cell.query, cell.key].item(), decimals) == result


def test_the_formula_of_a_weight_subtracts_and_divides(trace):
    for cell in cells(trace):
        row = softmax(cell.stages, cell.query)
        ledger = softmax_ledger(row, names(trace.tokens), largest(row.scaled, 4, cell.key))
        _, difference, quotient = check_tex(weight_formula(row, ledger, cell.query, cell.key, LIGHT))
        scaled, top, shifted = numbers(difference)
        assert fixed(read(scaled) - read(top), len(shifted.partition(".")[2])) == shifted
        power, total, numerator, same_total, weight = numbers(quotient)
        assert (power, total) == (shifted, same_total)
        if r"\cdot" not in quotient:
            assert fixed(read(numerator) / read(total), 3) == weight == fixed(cell.weight, 3)


def test_no_token_is_part_of_a_formula():
    cell = made([[1.0, 2.0]], [[1.0, 2.0], [0.5, 1.0]], [[1.0], [2.0]])
    hostile = ["\\href{x}{y}", "$"]
    sum = mixed(cell.stages, 0, 0, hostile)
    assert "href" not in mixed_formula(sum, 0, 1, 0, LIGHT)
    row = softmax(cell.stages, 0)
    assert "href" not in weight_formula(row, softmax_ledger(row, hostile, [0, 1]), 0, 1, LIGHT)
