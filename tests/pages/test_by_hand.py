"""By hand: the page shows what its sheet computes, names what it cannot read, and its link opens the same sheet."""

import numpy as np
import pytest

from attention_core.by_hand.address import from_address, to_address
from attention_core.by_hand.presets import ABOUT_PRESETS, OPENING, PRESETS
from attention_core.by_hand.sheet import work
from tests.pages.screen import (
    answer_of,
    assert_only_own_html,
    cells,
    charts,
    choose,
    component,
    links,
    messages,
    open_page,
    written,
)

FROM_VECTORS = ["q", "k", "v", "scores", "scaled", "weights", "z"]
FROM_SCORES = ["scores", "scaled", "weights", "z"]
GIVEN = PRESETS["From raw scores"]
JUNK = ["", "x", "~", "I am good", "~~~~", "a b~~٣~~1_2~3_4~~1_2~3_4", "<b>~~1", "9" * 5000, to_address(OPENING) + "~~1"]
HOSTILE = ["<b>I</b>", "![i](https://x.y)", "</script>", "$x^2$", "&lt;", "\u202egood"]


def open_by_hand(address=None, **more):
    return open_page(address, page="by_hand", **more)


def assert_computed(at, sheet):
    """The page stands and its pictures hold the numbers of a sheet."""
    assert not at.exception
    assert not at.error
    drawn = charts(at)
    assert list(drawn) == (FROM_VECTORS if "x" in sheet.cells else FROM_SCORES)
    stages = work(sheet).stages
    for name, spec in drawn.items():
        np.testing.assert_array_equal(cells(spec), getattr(stages, name).float().numpy())


def begin_with(at, name):
    """Choose a preset."""
    (button,) = (button for button in at.button if button.label == name)
    button.click()
    return at.run()


def marked(at):
    """Which presets are marked as present."""
    return [button.label for button in at.button if button.label in PRESETS and button.proto.type == "primary"]


@pytest.fixture
def at():
    return open_by_hand()


def test_opens_on_small_whole_numbers():
    at = open_by_hand()
    assert_computed(at, OPENING)
    assert answer_of(at) == "I looks most at am: 57.6 %."
    assert "q₁·k₂ = 1·4 + 0·0 + 0·0 + 1·0 = 4" in written(at)
    assert messages(at) == ""
    assert at.query_params == {}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_shows_its_own_numbers_and_says_what_it_is_for(at, name):
    begin_with(at, "Identity" if name != "Identity" else "From raw scores")
    begin_with(at, name)
    assert_computed(at, PRESETS[name])
    assert [caption.value for caption in at.caption] == [ABOUT_PRESETS[name]]
    assert_only_own_html(at)


def test_the_given_scores_are_divided_by_8_and_mix_the_values(at):
    begin_with(at, "From raw scores")
    said = written(at)
    assert "s₁₂ ÷ √dk = 90 ÷ √64 = 90 ÷ 8 = 11.25" in said
    assert "z₁ ≈ 0.9045 v(I) + 0.0742 v(am) + 0.0213 v(good)" in said
    assert "k₂ = 90, as typed" in said


def test_the_present_preset_is_marked_and_choosing_it_again_changes_nothing(at):
    begin_with(at, "Small whole numbers")
    assert_computed(at, OPENING)
    assert marked(at) == ["Small whole numbers"]
    choose(at, **{"size-words": 4})
    assert marked(at) == []


@pytest.mark.parametrize(
    "sizes", [{"words": 8, "d_model": 16, "d_k": 16, "d_v": 16}, {"words": 2, "d_model": 2, "d_k": 2, "d_v": 2}, {"d_v": 7}]
)
def test_sizes_change_the_sheet_and_keep_its_cells(at, sizes):
    for name, size in sizes.items():
        choose(at, **{f"size-{name}": size})
    expected = OPENING.with_sizes(**sizes)
    assert_computed(at, expected)
    assert from_address(at.query_params["sheet"]) == expected
    assert messages(at) == ""


def test_more_words_than_d_k_of_given_scores_raise_it(at):
    begin_with(at, "From raw scores")
    choose(at, **{"size-d_k": 3})
    choose(at, **{"size-words": 5})
    assert_computed(at, GIVEN.with_sizes(words=5, d_k=5))


def test_fewer_words_keep_the_choice_within_them(at):
    choose(at, row=3, column=3)
    choose(at, **{"size-words": 2})
    assert not at.exception
    assert messages(at) == ""
    assert (at.selectbox(key="row").value, at.selectbox(key="column").value) == (2, 2)


def test_the_chosen_cell_is_written_out(at):
    choose(at, row=2, column=3)
    choose(at, entry=4)
    said = written(at)
    assert "q₂·k₃ = 1·2 + 0·2 + 4·2 + 0·0 = 10" in said
    assert "q₂[4] = 0·1 + 2·0 + 0·0 + 1·0 = 0" in said
    assert "v₃[3]" in said  # the values have three dimensions only
    assert all((told["chosen"]["query"], told["chosen"]["key"]) == (1, 2) for told in charts(at).values())


def test_a_link_opens_its_sheet_and_its_place(at):
    begin_with(at, "Identity")
    choose(at, **{"size-words": 4})
    choose(at, row=4, column=1)
    there = open_by_hand(at.query_params)
    assert charts(there) == charts(at)
    assert written(there) == written(at)
    assert messages(there) == ""


@pytest.mark.parametrize("text", JUNK)
def test_a_broken_link_opens_the_first_sheet_and_says_so(text):
    at = open_by_hand({"sheet": text, "row": "99", "entry": "x"})
    assert_computed(at, OPENING)
    assert ("a sheet" in messages(at)) == bool(text)
    assert "row '99'" in messages(at)
    assert len(messages(at)) < 600
    assert_only_own_html(at)


@pytest.mark.parametrize("word", HOSTILE)
def test_a_word_is_shown_as_it_is(word):
    link = to_address(OPENING).replace("I am", f"{word} am", 1)
    at = open_by_hand({"sheet": link})
    assert not at.exception
    assert_only_own_html(at)
    assert component(at, "sheet-typing")["words"][0] == word


@pytest.mark.parametrize(("text", "why"), [("abc", "is no number"), ("", "is empty"), ("inf", "inf"), ("1e308", "too large")])
def test_a_cell_that_holds_no_number_is_named_and_the_rest_stays(text, why):
    at = open_by_hand({"sheet": to_address(OPENING).replace("0_2_0_1", f"0_{text}_0_1", 1)})
    assert "X, row of “am”, column 2" in messages(at)
    assert why in messages(at)
    assert_computed(at, OPENING)  # counts with what stood there before
    (x, *_) = component(at, "sheet-typing")["matrices"]
    assert x["cells"][1] == ["0", text, "0", "1"]
    assert x["bad"] == [[1, 1]]


@pytest.mark.parametrize("sizes", [{"words": 4}, {"words": 2}, {"d_k": 3}, {"words": 4, "d_v": 3}])
@pytest.mark.parametrize("text", ["abc", ""])
def test_a_cell_without_a_number_keeps_the_last_one_also_in_other_sizes(text, sizes):
    at = open_by_hand({"sheet": to_address(OPENING).replace("0_2_0_1", f"0_{text}_0_1", 1)})
    for done in range(len(sizes) + 1):
        assert "the pictures keep 2." in messages(at)
        assert_computed(at, OPENING.with_sizes(**dict(list(sizes.items())[:done])))
        if done < len(sizes):
            name, size = list(sizes.items())[done]
            choose(at, **{f"size-{name}": size})


def test_back_opens_the_sheet_before(at, go_to):
    begin_with(at, "Identity")
    before = dict(at.query_params)
    choose(at, **{"size-words": 5})
    go_to(at, before)
    assert_computed(at, PRESETS["Identity"])
    go_to(at, {})
    assert_computed(at, OPENING)


def test_links_to_other_pages_keep_their_sentence():
    view = {"text": "I am good", "layer": "6", "head": "12", "query": "2", "key": "3"}
    at = open_by_hand(view)
    begin_with(at, "Identity")
    assert links(at)["Step by step"][1] == view
    assert {name: at.query_params[name] for name in view} == view


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_picture_says_its_message(theme):
    at = open_by_hand(theme=theme)
    texts = [chart["alt"] for chart in charts(at).values()]
    assert len(set(texts)) == len(FROM_VECTORS)
    assert all(any(digit.isdigit() for digit in text) for text in texts)


def test_the_numbers_open_as_tables(at):
    at.session_state["numbers-sheet"] = True
    at.run()
    for name, values in {"X": work(OPENING).matrices["x"], "A": work(OPENING).stages.weights.numpy()}.items():
        choose(at, **{"numbers-of-sheet": name})
        np.testing.assert_array_equal(at.dataframe[0].value.to_numpy(), values)
