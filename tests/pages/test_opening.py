"""The page opens on its answer, and every example opens on its own."""

import re

import numpy as np
import pytest

from attention_core.matrices.names import values
from attention_core.palette import DARK, LIGHT
from attention_core.weights.link_strength import strongest_link
from pages.shared.frame.examples import examples
from tests.pages.screen import (
    CHARTS,
    ENTRIES,
    OPENING,
    assert_whole,
    cells,
    charts,
    choose,
    markdown,
    messages,
    open_page,
    type_text,
    view_from,
    view_of,
    written,
)


@pytest.fixture(params=ENTRIES)
def at(request):
    return open_page(entry=request.param)


def test_opens_on_the_first_example_with_all_eight_pictures(at):
    assert_whole(at, tokens=11)
    assert view_of(at) == view_from(OPENING)
    assert messages(at) == ""


def test_says_that_it_looks_at_dog(at):
    assert "it looks most at dog: 52.9 %" in written(at)


def test_opening_leaves_the_address_as_it_is(at):
    assert at.query_params == {}


def test_running_again_changes_nothing(at):
    before = written(at), charts(at), view_of(at)
    at.run()
    assert (written(at), charts(at), view_of(at)) == before
    assert at.query_params == {}


def test_pictures_show_the_models_own_numbers(at, trace):
    stages = trace.stages(3, 1)
    for name, spec in charts(at).items():
        shown = cells(spec)
        assert shown.dtype == np.float32
        np.testing.assert_array_equal(shown, values(name, trace.layers[3], stages).numpy())


def test_every_picture_has_an_alternative_text_of_its_own(at):
    texts = [element.proto.alt for element in at.get("plotly_chart")]
    assert len(set(texts)) == len(CHARTS)
    assert all("layer 4" in text for text in texts)
    assert sum("layer 4, head 2" in text for text in texts) == len(CHARTS) - 1  # x is the same for all heads


def test_every_stage_has_a_formula_with_this_sentences_shapes(at):
    assert sum(r"[11{\times}" in element.value for element in at.markdown) == len(CHARTS)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_example_opens_its_view_and_says_what_to_look_for(example):
    at = choose(open_page(), sentence_example=example.name)
    assert_whole(at)
    assert view_of(at) == view_from(example)
    assert messages(at) == ""
    assert any(example.look_for in text for text in (*markdown(at), written(at)))
    if example != OPENING:
        assert at.query_params == {name: str(value) for name, value in view_from(example).items()}


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_says_its_largest_share(model, example):
    at = choose(open_page(), sentence_example=example.name)
    weights = model.trace(example.text).stages(example.layer - 1, example.head - 1).weights
    np.testing.assert_array_equal(cells(charts(at)["weights"]), weights.numpy())
    asking, asked = (at.selectbox(key=name).options[getattr(example, name) - 1].split()[-1] for name in ("query", "key"))
    assert re.search(rf"{re.escape(asking)} looks most at (?:\d+ · )?{re.escape(asked)}", written(at))


def test_unmarking_the_present_example_changes_nothing(at):
    choose(at, sentence_example=None)
    assert_whole(at)
    assert view_of(at) == view_from(OPENING)


def test_returning_to_an_example_opens_its_view_again(at):
    choose(at, layer=6, head=12)
    choose(at, sentence_example=examples()[1].name)
    choose(at, sentence_example=OPENING.name)
    assert view_of(at) == view_from(OPENING)


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK), (None, LIGHT)])
def test_pictures_wear_the_theme_that_the_person_sees(theme, palette):
    at = open_page(theme=theme)
    assert_whole(at)
    for name, spec in charts(at).items():
        assert spec["layout"]["paper_bgcolor"] == palette.page
        colours = [colour for _, colour in spec["data"][0]["colorscale"]]
        assert colours == list(palette.share if name == "weights" else palette.signed)


def look_for(at):
    """What the page says to look for."""
    return [caption.value for caption in at.caption if caption.value.startswith("Look for")]


@pytest.mark.parametrize("other", [{"head": 3}, {"layer": 1}, {"show": "mean"}, {"show": "rollout"}])
def test_what_to_look_for_is_said_of_the_examples_own_head_alone(at, other):
    assert look_for(at) == [f"Look for: {OPENING.look_for}"]
    choose(at, **other)
    assert look_for(at) == []
    choose(at, sentence_example=None)  # as a click on the marked example does
    assert look_for(at) == ([] if "show" in other else [f"Look for: {OPENING.look_for}"])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The trophy does not fit into the suitcase because it is too big", "it"),
        ("Anna said that she was late", "she"),
        ("It rains", None),
        ("Dogs bark", None),
    ],
)
def test_a_sentence_of_ones_own_opens_on_its_pronoun(model, text, word):
    at = type_text(open_page(), text)
    trace = model.trace(text)
    weights = trace.stages(3, 1).weights
    texts = [token.text for token in trace.tokens]
    query, key = strongest_link(weights, trace.tokens, texts.index(word) if word else None)
    assert (view_of(at)["query"], view_of(at)["key"]) == (query + 1, key + 1)
