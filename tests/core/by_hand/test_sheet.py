"""A sheet computes what one computes on paper, names every cell that holds no number, and survives a link."""

import math
import re
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from attention_core import AttentionError, ChoiceError, attend
from attention_core.by_hand.address import from_address, to_address
from attention_core.by_hand.figures import sheet_texts
from attention_core.by_hand.presets import ABOUT_PRESETS, OPENING, PRESETS
from attention_core.by_hand.sheet import (
    LARGEST,
    SCORES,
    SHEET_SIZES,
    VECTORS,
    WORDS,
    mended,
    problems,
    read_number,
    size_limits,
    work,
)
from attention_core.by_hand.words import plain_number, say_mix, say_number
from attention_core.writing.phrases import plain

STAGES = ("q", "k", "v", "scores", "scaled", "weights", "z")
GIVEN = PRESETS["From raw scores"]
BAD = {
    "abc": "is no number",
    "": "is empty",
    "  ": "is empty",
    "inf": "cannot be computed with",
    "-Infinity": "cannot be computed with",
    "nan": "is no number",
    "1e308": "is too large",
    "-1000001": "is too large",
    "1_000": "is no number",
    "٣": "is no number",
    "1 2": "is no number",
    "0x10": "is no number",
    "--1": "is no number",
    "1e9999": "is no number",
    "=1+1": "is no number",
    "<b>": "is no number",
}
GOOD = {"2": 2, "-3": -3, "−3": -3, "+4": 4, " 5 ": 5, "0.5": 0.5, ".5": 0.5, "0,5": 0.5, "1e3": 1000, "1E-2": 0.01, "-0": 0}


def typed(sheet, name, row, column, text):
    """The sheet with one cell typed anew."""
    lines = [list(line) for line in sheet.cells[name]]
    lines[row][column] = text
    return replace(sheet, cells=sheet.cells | {name: tuple(map(tuple, lines))})


# What is computed


@pytest.mark.parametrize("name", PRESETS)
def test_a_sheet_computes_with_the_same_attend_as_the_model(name):
    worked = work(PRESETS[name])
    stages = worked.stages
    again = attend(stages.q, stages.k, stages.v)
    for stage in STAGES:
        assert torch.equal(getattr(stages, stage), getattr(again, stage))
    assert [token.text for token in worked.tokens] == ["I", "am", "good"]
    assert set(ABOUT_PRESETS) == set(PRESETS)


def test_the_opening_sheet_is_small_whole_numbers_and_divides_by_2():
    worked = work(OPENING)
    assert OPENING.sizes == {"words": 3, "d_model": 4, "d_k": 4, "d_v": 3}
    x, w_q = (torch.tensor(worked.matrices[name], dtype=torch.float64) for name in ("x", "w_q"))
    assert torch.equal(worked.stages.q, x @ w_q)
    assert worked.stages.scores.tolist() == [[2, 4, 2], [8, 4, 10], [10, 4, 8]]
    assert worked.stages.scaled.tolist() == [[1, 2, 1], [4, 2, 5], [5, 2, 4]]
    assert worked.stages.weights.argmax(dim=-1).tolist() == [1, 2, 0]


def test_given_scores_are_divided_by_8_and_give_the_known_shares():
    stages = work(GIVEN).stages
    assert stages.scores.tolist() == [[110, 90, 80], [70, 99, 70], [90, 70, 100]]
    assert stages.scaled.tolist() == [[13.75, 11.25, 10], [8.75, 12.375, 8.75], [11.25, 8.75, 12.5]]
    rounded = [[0.90, 0.07, 0.03], [0.025, 0.95, 0.025], [0.21, 0.03, 0.76]]
    assert_close(stages.weights, torch.tensor(rounded, dtype=torch.float64), atol=0.013, rtol=0)
    exact = [1 / (1 + math.exp(-2.5) + math.exp(-3.75)), 1 / (math.exp(2.5) + 1 + math.exp(-1.25))]
    assert stages.weights[0, :2].tolist() == pytest.approx(exact, rel=1e-12)
    assert torch.equal(stages.z, stages.weights)  # V is the identity


def test_the_identity_makes_queries_keys_and_values_of_x():
    worked = work(PRESETS["Identity"])
    x = torch.tensor(worked.matrices["x"], dtype=torch.float64)
    assert all(torch.equal(getattr(worked.stages, part), x) for part in "qkv")


@pytest.mark.parametrize(("words", "d_model", "d_k", "d_v"), [(2, 2, 2, 2), (8, 16, 16, 16), (3, 5, 2, 7), (8, 2, 16, 2)])
def test_sizes_from_2_by_2_to_8_by_16_and_d_v_unlike_d_k(words, d_model, d_k, d_v):
    sheet = OPENING.with_sizes(words=words, d_model=d_model, d_k=d_k, d_v=d_v)
    stages = work(sheet).stages
    assert stages.q.shape == (words, d_k)
    assert stages.v.shape == stages.z.shape == (words, d_v)
    assert stages.scores.shape == (words, words)
    assert sheet.cells["x"][1][1] == OPENING.cells["x"][1][1]
    assert len(set(sheet.words)) == words


def test_shrinking_keeps_what_is_left_and_growing_again_fills_with_small_numbers():
    small = OPENING.with_sizes(words=2, d_model=2)
    assert small.cells["x"] == (("1", "0"), ("0", "2"))
    grown = small.with_sizes(words=3)
    assert grown.words == ("I", "am", "good")
    assert {cell for line in grown.cells["x"][2:] for cell in line} <= {"0", "1", "2"}


@pytest.mark.parametrize(
    ("sheet", "sizes"),
    [(OPENING, {"words": 1}), (OPENING, {"words": 9}), (OPENING, {"d_k": 17}), (OPENING, {"d_model": 1}), (GIVEN, {"d_k": 2})],
)
def test_a_size_out_of_range_is_refused(sheet, sizes):
    with pytest.raises(ChoiceError, match="not possible here: give"):
        sheet.with_sizes(**sizes)


def test_the_limits_are_those_of_paper():
    assert size_limits(VECTORS, 3) == {"words": WORDS, "d_model": SHEET_SIZES, "d_k": SHEET_SIZES, "d_v": SHEET_SIZES}
    assert size_limits(SCORES, 5)["d_k"][0] == 5


def test_the_largest_numbers_leave_everything_finite():
    big = str(int(LARGEST))
    sheet = OPENING.with_sizes(words=8, d_model=16, d_k=16, d_v=16)
    cells = {name: tuple((big,) * len(line) for line in texts) for name, texts in sheet.cells.items()}
    sheet = replace(sheet, cells=cells)
    stages = work(sheet).stages
    for stage in STAGES:
        assert torch.isfinite(getattr(stages, stage).float()).all()


# What is typed


@pytest.mark.parametrize(("text", "value"), GOOD.items())
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text) == value
    assert math.copysign(1, read_number("-0")) == 1


@pytest.mark.parametrize(("text", "why"), BAD.items())
def test_what_is_no_number_is_named_with_its_cell_and_the_rest_stays(text, why):
    sheet = typed(OPENING, "x", 1, 2, text)
    (problem,) = problems(sheet)
    assert (problem.matrix, problem.row, problem.column) == ("x", 1, 2)
    assert str(problem).startswith("X, row of “am”, column 3: ")
    assert why in str(problem)
    assert mended(sheet, OPENING) == OPENING
    with pytest.raises(AttentionError, match=re.escape(str(problem))):
        work(sheet)


@pytest.mark.parametrize(
    ("sheet", "name", "place"),
    [
        (OPENING, "w_q", "W_Q, row 2, column 3"),
        (OPENING, "w_v", "W_V, row 2, column 3"),
        (GIVEN, "scores", "QKᵀ, row of “am”, column of “good”"),
        (GIVEN, "v", "V, row of “am”, column 3"),
    ],
)
def test_a_cell_is_named_by_its_word_where_it_has_one(sheet, name, place):
    assert problems(typed(sheet, name, 1, 2, "x"))[0].place == place


def test_every_problem_is_named_in_reading_order():
    sheet = typed(typed(typed(OPENING, "w_k", 0, 0, ""), "x", 2, 3, "q"), "x", 0, 1, "inf")
    assert [(one.matrix, one.row, one.column) for one in problems(sheet)] == [("x", 0, 1), ("x", 2, 3), ("w_k", 0, 0)]


@pytest.mark.parametrize("word", ["", " ", "two words", "a~b", "x" * 17])
def test_a_word_that_is_none_is_named(word):
    sheet = replace(OPENING, words=("I", word, "good"))
    assert str(problems(sheet)[0]).startswith("Word 2: ")
    assert mended(sheet, OPENING).words == OPENING.words


def test_where_nothing_stood_before_a_bad_cell_counts_as_0():
    sheet = typed(OPENING.with_sizes(words=4), "x", 3, 0, "abc")
    assert mended(sheet, OPENING).cells["x"][3][0] == "0"


# Links


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_from_its_link(name):
    assert from_address(to_address(PRESETS[name])) == PRESETS[name]


@settings(max_examples=80)
@given(
    sizes=st.fixed_dictionaries({"words": st.integers(2, 8), "d_model": st.integers(2, 16), "d_k": st.integers(2, 16)}),
    value=st.floats(-1e6, 1e6),
    word=st.text(min_size=1, max_size=16).filter(lambda word: not re.search(r"[\s~]", word)),
)
def test_a_sheet_that_can_be_computed_comes_back_from_its_link(sizes, value, word):
    sized = OPENING.with_sizes(**sizes)
    sheet = replace(typed(sized, "w_k", 1, 1, repr(value)), words=(word, *sized.words[1:]))
    again = from_address(to_address(sheet))
    assert not problems(again)
    assert again.words == sheet.words
    for stage in STAGES:
        assert torch.equal(getattr(work(again).stages, stage), getattr(work(sheet).stages, stage))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "I am",
        "I am good~~1~~2~~3~~4",
        "I am good~~64~~1_2_3~4_5_6~~1_2~3_4~5_6",
        "I am~~٣~~1_2~3_4~~1_2~3_4",
        "I am~~99999~~1_2~3_4~~1_2~3_4",
        "I am~~~~1_2~3_4~~1_2~3_4",
        "I am~~1~~1_2~3_4~~1_2~3_4",
        "a b~~1_2~3_4~~1_2~3_4~~1_2_3~4_5_6~~1_2~3_4",
        to_address(OPENING) + "~~1",
        to_address(OPENING).replace("1_0_1_0", "1_0_1_" + "9" * 30),
        "~" * 500,
    ],
    ids=lambda text: text[:24],
)
def test_a_text_that_is_no_sheet_is_refused(text):
    with pytest.raises(ChoiceError):
        from_address(text)


# What is said


def test_the_dot_product_is_written_out_and_adds_up():
    assert plain(say_number(work(OPENING), "scores", 0, 1, 0)) == "q₁·k₂ = 1·4 + 0·0 + 0·0 + 1·0 = 4"
    assert plain(say_number(work(OPENING), "scaled", 0, 1, 0)) == "s₁₂ ÷ √d_k = 4 ÷ √4 = 4 ÷ 2 = 2"


def test_the_mix_of_given_scores_is_written_out():
    assert plain(say_mix(work(GIVEN), 0)) == "z₁ ≈ 0.9045 v(I) + 0.0742 v(am) + 0.0213 v(good)"
    said = plain(say_number(work(GIVEN), "weights", 0, 0, 0))
    assert said.endswith("e^0 ÷ (e^0 + e^(−2.5) + e^(−3.75)) ≈ 1 ÷ (1 + 0.082 + 0.024) ≈ 0.9045")


@given(
    numbers=st.lists(st.sampled_from(["0", "1", "-2", "0.5", "0.125", "3", "1e5", "0.0003", "7.77"]), min_size=12, max_size=12),
    query=st.integers(0, 2),
    key=st.integers(0, 2),
)
def test_what_is_written_with_an_equals_sign_is_exact(numbers, query, key):
    x = tuple(tuple(numbers[row * 4 : row * 4 + 4]) for row in range(3))
    worked = work(replace(OPENING, cells=OPENING.cells | {"x": x}))
    for stage in ("q", "k", "v", "scores", "z"):
        said = plain(say_number(worked, stage, query, key, 1)).replace("−", "-")
        if "≈" in said:
            continue
        _, products, result = said.split(" = ")
        factors = [product.replace("(", "").replace(")", "").split("·") for product in products.split(" + ")]
        assert sum(Fraction(one) * Fraction(other) for one, other in factors) == Fraction(result)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (-0.5, "−0.5"), (1 / 3, "0.333"), (0.0, "0"), (-0.00001, "0"), (4e27, "4.00e27"), (1e6, "1000000")],
)
def test_numbers_are_written_without_needless_digits(value, text):
    assert plain_number(value) == text


# What is drawn


@pytest.mark.parametrize("name", STAGES)
def test_the_numbers_in_the_cells_are_the_sheets(name):
    values = getattr(work(OPENING).stages, name)
    read = [float(text.replace("−", "-")) for text in sheet_texts(name, values)]
    assert_close(torch.tensor(read, dtype=torch.float64).view_as(values), values, atol=6e-4, rtol=0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/3", 1 / 3), ("-2/5", -0.4), ("−1 / 4", -0.25), ("1/-2", -0.5), ("0,5/2", 0.25), ("1e2/4", 25), ("0/7", 0)],
)
def test_fractions_are_numbers(text, value):
    assert read_number(text) == value
    sheet = typed(OPENING, "x", 0, 0, text)
    assert not problems(sheet)
    assert work(sheet).matrices["x"][0][0] == value
    assert work(from_address(to_address(sheet))).matrices["x"][0][0] == value


@pytest.mark.parametrize(
    ("text", "why"),
    [("1/0", "divides by 0"), ("1/", "is no number"), ("/3", "is no number"), ("1/2/3", "is no"), ("1/1e-9", "too large")],
)
def test_a_fraction_that_is_none_is_told(text, why):
    with pytest.raises(AttentionError, match=why):
        read_number(text)


def test_a_share_is_told_as_everywhere_e_to_each_divided_by_their_sum():
    said = plain(say_number(work(OPENING), "weights", 0, 1, 0))
    assert said == "e^2 ÷ (e^1 + e^2 + e^1) ≈ 7.389 ÷ (2.718 + 7.389 + 2.718) ≈ 0.5761"
    large = plain(say_number(work(GIVEN), "weights", 0, 0, 0))
    assert large.startswith("Each minus the row’s largest, 13.75, which changes no share: e^0 ÷ ")
