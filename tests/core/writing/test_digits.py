"""What is written adds up, multiplies and divides as it is written: checked with exact decimal arithmetic on the texts."""

import math
import random
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_core.writing.digits import DECIMALS, adding, fixed, multiplying, quotient, scientific, short, tex, written

FLOATS = st.floats(-500, 500, width=32)
SUMS = st.lists(FLOATS, min_size=1, max_size=40)


def read(text: str) -> Decimal:
    """A number in a text without powers, read independently of the code under test."""
    return Decimal(text.replace("−", "-"))


def rounded(value: Decimal, decimals: int, halves: str = ROUND_HALF_EVEN) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), halves)


def check_sum(values: list[float], result: float) -> tuple[int, int]:
    finer, coarser = adding(values, result)
    total = sum(read(fixed(value, finer)) for value in values)
    for halves in (ROUND_HALF_UP, ROUND_HALF_DOWN):  # people do either
        assert rounded(total, coarser, halves) == read(fixed(result, coarser))
    assert finer > coarser
    return finer, coarser


@given(SUMS)
def test_rounded_terms_add_up_to_the_rounded_result(values):
    check_sum(values, float(np.float32(math.fsum(values))))


@given(SUMS, st.floats(-2e-4, 2e-4))
def test_terms_add_up_to_a_result_that_was_rounded_on_its_way(values, error):
    check_sum(values, float(np.float32(math.fsum(values) + error)))


@given(st.lists(st.integers(-4000, 4000), min_size=2, max_size=30))
def test_terms_add_up_where_the_sum_lies_on_the_edge_between_two_roundings(thousandths):
    values = [number / 2000 for number in thousandths]
    check_sum(values, math.fsum(values))


def test_rounding_every_term_for_itself_would_not_do():
    """Otherwise the search for digits would be of no use."""
    generator = random.Random(0)
    off = 0
    for _ in range(200):
        values = [generator.gauss(0, 1) for _ in range(32)]
        off += fixed(sum(read(fixed(value, 3)) for value in values), 3) != fixed(math.fsum(values), 3)
    assert off > 100


def test_a_sum_is_written_with_three_decimals_and_its_terms_with_one_more():
    assert adding([1.0, 2.25, -0.125], 3.125) == (4, 3)
    assert DECIMALS == 3


def test_a_term_gets_more_digits_where_the_sum_needs_them():
    values = [0.00004] * 13  # each rounds to 0.0000, their sum to 0.001
    finer, coarser = check_sum(values, 0.00052)
    assert (finer, coarser) == (5, 3)


def test_a_result_on_the_other_side_of_an_edge_loses_a_decimal():
    assert check_sum([0.12344, 1.0], 1.1235001) == (3, 2)


def test_numbers_too_large_for_decimals_lose_digits_before_the_point():
    finer, coarser = check_sum([3e9, 4e9, 11.0], 7.0000005e9)
    assert coarser < 0
    assert fixed(7.0000005e9, coarser) == "7000000000"[: len(str(7 * 10**9))]
    assert finer > coarser


def test_numbers_that_do_not_add_up_at_all_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        adding([1e39], -1e39)


@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=12), st.integers(2, 5))
def test_factors_multiply_to_the_rounded_product(pairs, decimals):
    finer = multiplying(pairs, decimals)
    assert finer >= decimals
    for a, b in pairs:
        product = read(fixed(a, finer)) * read(fixed(b, finer))
        assert fixed(rounded(product, decimals), decimals) == fixed(a * b, decimals)


def test_factors_whose_product_is_half_way_between_two_roundings_need_no_more_digits_than_they_have():
    assert multiplying([(0.5, 0.3125)], 4) == 4  # 0.15625
    assert multiplying([(0.5, 0.31252)], 4) == 5  # 0.15626, which 0.5 · 0.3125 is half-way below


@given(st.lists(FLOATS, min_size=1, max_size=12), st.integers(1, 128))
def test_dividends_divide_to_the_rounded_quotient(values, d_k):
    root = math.sqrt(d_k)
    results = [float(np.float32(np.float32(value) / np.float32(root))) for value in values]
    dividend, divisor, decimals = quotient(zip(values, results, strict=True), root)
    for value, result in zip(values, results, strict=True):
        calculated = read(fixed(value, dividend)) / read(fixed(root, divisor))
        assert fixed(rounded(calculated, decimals), decimals) == fixed(result, decimals)
    assert 1 <= decimals <= DECIMALS


def test_quotients_of_other_numbers_are_refused():
    with pytest.raises(ValueError, match="not quotients"):
        quotient([(1e39, -1e39)], 2.0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.5289, 4, "0.5289"),
        (0.00933, 4, "0.0093"),
        (0.00093, 4, "9.30·10⁻⁴"),
        (9.3583e-14, 4, "9.36·10⁻¹⁴"),
        (-9.3583e-14, 4, "−9.36·10⁻¹⁴"),
        (0.0, 4, "0.0000"),
        (-0.00001, 1, "−1·10⁻⁵"),
    ],
)
def test_small_numbers_are_powers_of_ten(value, decimals, text):
    assert short(value, decimals) == text


@given(st.floats(-1e30, 1e30), st.integers(0, 8))
def test_what_is_written_reads_back(value, decimals):
    for text, digits in ((scientific(value, decimals), decimals), (short(value, decimals), max(0, decimals - 2))):
        error = abs(written(text) - Decimal(value))
        assert error <= max(Decimal("0.51") * abs(Decimal(value)).scaleb(-digits), Decimal("0.51").scaleb(-decimals))


@pytest.mark.parametrize(
    ("text", "after_operator", "expected"),
    [
        ("3.221", False, "{3.221}"),
        ("−3.221", False, "{-3.221}"),
        ("−3.221", True, "(-3.221)"),
        ("3.221", True, "{3.221}"),
        ("9.36·10⁻¹⁴", False, r"{9.36\cdot 10^{-14}}"),
        ("1.6·10¹⁸", False, r"{1.6\cdot 10^{18}}"),
    ],
)
def test_numbers_in_tex(text, after_operator, expected):
    assert tex(text, after_operator) == expected
