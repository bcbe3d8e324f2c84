"""The sums behind single numbers are the model's own computation, and as they are written they add up."""

import math
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
import torch
from torch.testing import assert_close

from attention_core import ChoiceError, attend
from attention_core.arithmetic.ledger import SMALLEST, largest, scaled_ledger, softmax_ledger, sum_ledger, weight_text
from attention_core.arithmetic.sums import Sum, Term, contributions, entry, mixed, score, softmax, undivided
from attention_core.writing.digits import fixed

IT, DOG = 7, 2
PARTS = "qkv"


def random_stages(T=5, S=7, d_k=4, d_v=3, scale=1.0):
    generator = torch.Generator().manual_seed(0)
    return attend(*(scale * torch.randn(shape, generator=generator) for shape in ((T, d_k), (S, d_k), (S, d_v))))


def words(count: int) -> list[str]:
    return [f"word{index}" for index in range(count)]


def made(*values: float, bias: float | None = None) -> Sum:
    """A sum of terms with the given values, each a product with 1."""
    terms = tuple(Term(str(place + 1), place, (value, 1.0), value) for place, value in enumerate(values))
    return Sum("dimension", terms, math.fsum([*values, bias or 0.0]), bias)


def read(text: str) -> Decimal:
    """A number as it stands on the page."""
    digits, _, power = text.replace("−", "-").partition("·10")
    return Decimal(digits).scaleb(int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0))


def decimals(text: str) -> int:
    return len(text.partition("·")[0].partition(".")[2])


def distance(value: float | Decimal, text: str) -> Decimal:
    """How far a text is from a number, in halves of the unit of its last digit."""
    return 2 * abs(Decimal(value) - read(text)).scaleb(-read(text).as_tuple().exponent)


def is_written(value: float, text: str) -> bool:
    """Whether a text is the number, rounded to the digits that it has."""
    return distance(value, text) <= 1


def follows(calculated: Decimal, text: str) -> bool:
    """Whether a calculated number, rounded to the digits of a text, is that text, whichever way halves are rounded."""
    return distance(calculated, text) < 1


def check_ledger(sum: Sum) -> str:
    """A reader's calculator agrees with every line and the result, and the result is the model's; returns its text."""
    ledger = sum_ledger(sum)
    result = ledger.total[-1]
    assert is_written(sum.result, result)
    for line in ledger.lines:
        one, other, product = line.cells
        assert not one or follows(read(one) * read(other), product)
        assert decimals(product) > decimals(result)
    assert follows(sum_of(line.cells[-1] for line in ledger.lines), result)
    return result


def sum_of(texts) -> Decimal:
    return sum(map(read, texts), Decimal(0))


@pytest.fixture(scope="module")
def long(model, prose):
    """A text of 479 tokens, in which scaled scores reach 78."""
    return model.trace(prose[:2200])


@pytest.fixture(scope="module")
def heads(model, trace):
    """Every head of the opening sentence."""
    config = model.config
    return [(layer, head, trace.stages(layer, head)) for layer in range(config.layers) for head in range(config.heads)]


def test_a_score_worked_out_by_hand():
    q, k = torch.tensor([[1.0, -2.0, 0.5]]), torch.tensor([[3.0, 1.0, 4.0]])
    sum = score(attend(q, k, torch.ones(1, 1)), 0, 0)
    assert [term.factors for term in sum.terms] == [(1, 3), (-2, 1), (0.5, 4)]
    assert [term.value for term in sum.terms] == [3, -2, 2]
    assert [term.label for term in sum.terms] == ["1", "2", "3"]
    assert (sum.total, sum.result, sum.bias, sum.rest) == (3, 3, None, None)


def test_an_entry_worked_out_by_hand():
    weight = torch.tensor([[1.0, 5.0], [2.0, 7.0], [3.0, 1.0]])
    sum = entry(torch.tensor([1.0, 2.0, -1.0]), weight, torch.tensor([0.0, 0.5]), 1, 18.5)
    assert [term.value for term in sum.terms] == [5, 14, -1]
    assert (sum.bias, sum.total) == (0.5, 18.5)


def test_the_opening_score(trace):
    sum = score(trace.stages(3, 1), IT, DOG)
    assert len(sum.terms) == 32
    assert check_ledger(sum) == "18.219"
    assert (len(sum.above), len(sum.below)) == (19, 13)
    assert math.fsum(sum.above) + math.fsum(sum.below) == pytest.approx(sum.total, abs=1e-12)


def test_every_score_of_every_head_adds_up(heads, trace):
    T = len(trace.tokens)
    seen = Counter()
    for _, _, stages in heads:
        for query in range(T):
            key = (query * 7 + 3) % T
            sum = score(stages, query, key)
            assert sum.result == stages.scores[query, key].item()
            seen[decimals(check_ledger(sum.shortened(8, key % 32)))] += 1
    assert seen[3] > 0.95 * seen.total()  # fewer only where float32 shows


def test_scores_of_a_long_text_add_up(long):
    """Scores reach 450 there, so float32 shows in the third decimal."""
    seen = Counter()
    for layer in range(6):
        for head in range(12):
            stages = long.stages(layer, head)
            for at in (stages.scores.argmax(), stages.scores.argmin(), stages.scores.abs().argmin()):
                sum = score(stages, *divmod(int(at), stages.scores.size(1)))
                seen[decimals(check_ledger(sum))] += 1
                seen[decimals(check_ledger(sum.shortened(8)))] += 1
                assert sum.total == pytest.approx(sum.result, abs=2e-4)
    assert set(seen) <= {2, 3}
    assert seen[3] > 0.8 * seen.total()


def test_every_entry_of_q_k_and_v_is_its_products_and_its_bias(model, long):
    for layer, read_by in enumerate(long.layers):
        for head in range(12):
            for part in PARTS:
                weight, bias = (tensor.double() for tensor in model.projection(layer, head, part))
                exact = read_by.x.double() @ weight + bias
                assert_close(exact, getattr(read_by, part)[head].double(), atol=2e-5, rtol=0)


def test_entries_of_q_k_and_v_add_up(model, trace, heads):
    for layer, head, stages in heads:
        for number, part in enumerate(PARTS):
            weight, bias = model.projection(layer, head, part)
            row, dimension = (layer + head + number) % 11, (5 * head + layer + 11 * number) % 32
            result = getattr(stages, part)[row, dimension].item()
            sum = entry(trace.layers[layer].x[row], weight, bias, dimension, result)
            assert len(sum.terms) == 384
            assert sum.bias == bias[dimension].item()
            check_ledger(sum.shortened(8))
            check_ledger(sum.shortened(12).by_size())


def test_entries_of_z_add_up(heads, trace):
    for layer, head, stages in heads:
        dimension, query = (3 * head + layer) % 32, (layer + head) % 11
        sum = mixed(stages, query, dimension, words(11))
        assert sum.result == stages.z[query, dimension].item()
        assert [term.factors[0] for term in sum.terms] == stages.weights[query].tolist()
        check_ledger(sum)
        check_ledger(sum.shortened(4, 10).by_size())


def test_entries_of_z_of_a_long_text_add_up(long):
    names = words(len(long.tokens))
    for layer in range(6):
        for head in range(0, 12, 3):
            stages = long.stages(layer, head)
            sum = mixed(stages, 100 + head, 2 * head, names)
            check_ledger(sum)
            check_ledger(sum.shortened(8, 5))


def test_scaled_scores_divide_as_written(heads, trace):
    root = math.sqrt(32)
    for _, _, stages in heads:
        for query in (0, IT):
            row = softmax(stages, query)
            places = largest(row.scaled, 8, DOG)
            scores = stages.scores[query].tolist()
            ledger = scaled_ledger(scores, row, undivided(stages, query), root, words(11), places)
            for place, line in zip(places, ledger.lines, strict=True):
                raw, scaled, *_ = line.cells
                assert follows(read(raw) / read(fixed(root, decimals(raw) + 1)), scaled)
                assert is_written(stages.scaled[query, place].item(), scaled)
                assert is_written(scores[place], raw)


def check_softmax(stages, query: int, places: list[int]) -> int:
    """Each column follows from the one before as written, and the last is the model's; returns the decimals of its total."""
    row = softmax(stages, query)
    ledger = softmax_ledger(row, words(len(row.weights)), places)
    total, whole = ledger.total[2:]
    top = fixed(max(row.scaled), decimals(ledger.lines[0].cells[0]))
    for line in ledger.lines:
        scaled, shifted, power, weight = line.cells
        if line.place is None:
            left = set(range(len(row.weights))) - set(places)
            own = math.fsum(stages.weights[query, place].item() for place in left)
        else:
            own = stages.weights[query, line.place].item()
            assert is_written(stages.scaled[query, line.place].item(), scaled)
            assert follows(read(scaled) - read(top), shifted)
            assert follows(read(shifted).exp(), power)
        assert is_written(own, weight) or own < SMALLEST
        assert follows(read(power) / read(total), weight) or own < SMALLEST
        assert read(weight) > 0 or own < 10.0 ** -decimals(weight)
    assert follows(sum_of(line.cells[2] for line in ledger.lines), total)
    assert follows(sum_of(line.cells[3] for line in ledger.lines), whole)
    assert read(whole) == 1
    return decimals(whole)


def test_every_row_of_weights_follows_from_its_scores(heads):
    seen = Counter(check_softmax(stages, query, [*range(11)]) for _, _, stages in heads for query in range(11))
    assert seen[2] > 0.98 * seen.total()


def test_rows_of_weights_of_a_long_text_follow_from_their_scores(long):
    """Weights go down to 10⁻⁵⁸ there, which float32 no longer holds."""
    smallest = 1.0
    for layer in range(6):
        for head in range(12):
            stages = long.stages(layer, head)
            for query in (0, 231, int(stages.scaled.min(dim=1).values.argmin())):
                least = int(stages.scaled[query].argmin())
                smallest = min(smallest, stages.weights[query, least].item())
                check_softmax(stages, query, largest(stages.scaled[query].tolist(), 8, least))
    assert smallest == 0


def test_a_row_of_weights_is_softmax_whatever_is_taken_off():
    stages = random_stages(scale=2.0)
    row = softmax(stages, 3)
    exact = stages.scaled[3].double().exp()
    assert row.largest == stages.scaled[3].max().item()
    assert max(row.powers) == 1
    for other in (0.0, 1.7, row.largest):  # any number taken off gives the same weights
        powers = [math.exp(value - other) for value in row.scaled]
        assert [power / math.fsum(powers) for power in powers] == pytest.approx((exact / exact.sum()).tolist(), rel=1e-12)
    assert [power / row.total for power in row.powers] == pytest.approx(row.weights, abs=1e-6)
    assert row.weights == stages.weights[3].tolist()


def test_large_scores_do_not_overflow():
    stages = attend(torch.tensor([[1e3]]), torch.tensor([[1e3], [0.0]]), torch.ones(2, 1))
    row = softmax(stages, 0)
    assert (row.powers, row.total, row.weights) == ([1.0, 0.0], 1.0, [1.0, 0.0])
    check_softmax(stages, 0, [0, 1])


@pytest.mark.parametrize(
    ("weight", "decimals", "text"),
    [
        (0.52891, 3, "0.529"),
        (0.001, 3, "0.001"),
        (0.00099, 3, "9.9·10⁻⁴"),
        (3.14e-14, 2, "3·10⁻¹⁴"),
        (1e-39, 3, "0.000"),  # float32 keeps only some digits of it
        (0.0, 3, "0.000"),
    ],
)
def test_a_weight_has_as_many_digits_as_float32_keeps(weight, decimals, text):
    assert weight_text(weight, decimals) == text


def test_one_key_alone_gets_everything():
    stages = random_stages(S=1)
    assert softmax(stages, 0).powers == [1.0]
    check_softmax(stages, 0, [0])
    assert undivided(stages, 0) == [1.0]


def test_weights_of_other_scores_are_refused():
    row = softmax(random_stages(), 0)
    wrong = type(row)(row.scaled, row.largest, row.shifted, row.powers, row.total, row.weights[::-1])
    with pytest.raises(ValueError, match="not the softmax"):
        softmax_ledger(wrong, words(7), range(7))


def test_undivided_weights_are_the_softmax_of_raw_scores(trace):
    stages = trace.stages(3, 1)
    assert undivided(stages, IT) == pytest.approx((stages.scores[IT].double().softmax(0)).tolist(), rel=1e-12)
    assert max(undivided(stages, IT)) == pytest.approx(0.998, abs=5e-4)


def test_contributions_add_up_to_z(heads):
    for _, _, stages in heads:
        for query in (0, IT):
            parts = contributions(stages, query)
            assert_close(parts.vectors.sum(dim=0), stages.z[query].double(), atol=1e-6, rtol=0)
            assert_close(parts.lengths, parts.weights * parts.values, atol=1e-12, rtol=1e-9)
            assert parts.shares.sum().item() == pytest.approx(1)
            assert torch.equal(parts.z, stages.z[query])


def test_a_long_value_brings_more_than_its_weight_and_none_brings_nothing():
    q, k = torch.zeros(1, 1), torch.zeros(3, 1)  # weights of a third each
    parts = contributions(attend(q, k, torch.tensor([[3.0, 4.0], [0.0, 1.0], [0.0, 0.0]])), 0)
    assert parts.values.tolist() == [5, 1, 0]
    assert_close(parts.shares, torch.tensor([5, 1, 0]).double() / 6)


def test_values_of_length_0_have_no_shares():
    assert contributions(attend(torch.zeros(1, 1), torch.zeros(2, 1), torch.zeros(2, 3)), 0).shares.tolist() == [0, 0]


def test_products_are_exact():
    """The factors are float32, and float64 holds all digits of a product of two."""
    for term in score(random_stages(d_k=64), 1, 2).terms:
        assert Fraction(term.value) == Fraction(term.factors[0]) * Fraction(term.factors[1])


def test_by_size_puts_the_largest_first_whatever_its_sign():
    sum = made(1.0, -5.0, 0.0, 3.0, bias=9.0).by_size()
    assert [term.value for term in sum.terms] == [-5, 3, 1, 0]
    assert [term.place for term in sum.terms] == [1, 3, 0, 2]
    assert sum.bias == 9


def test_a_shortened_sum_keeps_the_order_the_largest_and_the_wanted_term():
    sum = made(1.0, -5.0, 0.25, 3.0, 0.5, 2.0, bias=1.5)
    short = sum.shortened(2, keep=4)
    assert [term.place for term in short.terms] == [1, 3, 4]
    assert (short.rest.count, short.rest.value) == (3, 3.25)
    assert short.total == sum.total == 3.25
    assert [term.place for term in sum.shortened(2).terms] == [1, 3]
    assert sum.shortened(2, keep=1).terms == sum.shortened(2).terms


@pytest.mark.parametrize("most", [5, 6, 7])
def test_a_sum_that_is_short_already_stays_whole(most):
    """A rest of one term would take as much room as the term."""
    sum = made(1.0, -5.0, 0.25, 3.0, 0.5, 2.0)
    assert sum.shortened(most) == sum


def test_few_terms_make_most_of_what_is_added_or_taken_away():
    sum = made(1.0, -5.0, 0.5, 3.5)
    assert [term.value for term in sum.making(0.8)] == [-5, 3.5]
    assert [term.value for term in sum.making(0.5)] == [-5]
    assert [term.value for term in sum.making(0.86)] == [-5, 3.5, 1]
    assert len(sum.making(1.0)) == 4
    assert made(0.0, 0.0).making(0.8) == ()


def test_terms_that_cancel_count_with_their_size():
    """Of a sum of 0 no term makes a share, but of what is added and taken away it does."""
    assert len(made(4.0, -4.0, 1.0, -1.0).making(0.8)) == 2


@pytest.mark.parametrize(
    "choose",
    [
        lambda stages: score(stages, 5, 0),
        lambda stages: score(stages, 0, 7),
        lambda stages: score(stages, -1, 0),
        lambda stages: score(stages, 0, -1),
        lambda stages: mixed(stages, 5, 0, words(7)),
        lambda stages: mixed(stages, 0, 3, words(7)),
        lambda stages: mixed(stages, 0, -1, words(7)),
        lambda stages: softmax(stages, 5),
        lambda stages: contributions(stages, -1),
        lambda stages: undivided(stages, 5),
        lambda stages: entry(torch.ones(4), torch.ones(4, 3), torch.ones(3), 3, 0.0),
        lambda stages: entry(torch.ones(4), torch.ones(4, 3), torch.ones(3), -1, 0.0),
    ],
)
def test_a_choice_out_of_range_is_refused_by_name_and_limit(choose):
    with pytest.raises(ChoiceError, match=r"no (query|key|dimension) -?\d+.* 0 to [2346]"):
        choose(random_stages())


def test_the_rest_of_a_ledger_says_how_many_it_stands_for():
    lines = sum_ledger(made(*([0.5] * 10), bias=0.25).shortened(3)).lines
    assert [line.label for line in lines] == ["1", "2", "3", "7 others", "bias"]
    assert [line.place for line in lines] == [0, 1, 2, None, None]
    assert lines[3].cells == ("", "", "3.5000")


@pytest.mark.parametrize(
    ("most", "keep", "expected"),
    [(2, 3, [1, 3]), (2, 0, [1, 3, 0]), (3, 0, [1, 3, 2, 0]), (9, 0, [1, 3, 2, 0]), (1, 1, [1])],
)
def test_the_largest_places_and_one_to_keep(most, keep, expected):
    assert largest([0.1, 0.9, 0.2, 0.5], most, keep) == expected


def test_names_stay_plain_text():
    names = ["<b>x</b>", "=1+1", *words(5)]
    ledger = sum_ledger(mixed(random_stages(), 0, 0, names))
    assert [line.label for line in ledger.lines] == names
    assert not any(re.search("[<&]", cell) for line in ledger.lines for cell in line.cells)
