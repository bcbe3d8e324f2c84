"""Inside the encoder: every station on the page is the model's, and so is what is said of it."""

import re

import numpy as np
import pytest

from attention_core.stations.stations import embedding, layer
from attention_core.stations.vectors import journey, similarities
from attention_core.stations.words import say_journey, say_likeness, say_station
from attention_core.writing.phrases import plain
from tests.pages.screen import (
    OPENING,
    answer_of,
    assert_only_own_html,
    cells,
    charts,
    choose,
    component,
    links,
    messages,
    open_page,
    pieces,
    rankings,
    read_html,
    type_text,
    written,
)

PARTS = {
    "embedding": ["words", "positions", "types", "embedded", "normed"],
    "attention": ["received", "concatenated", "mixed", "attention_sum", "attended"],
    "feed-forward": ["hidden", "forward", "forward_sum", "output"],
}


def open_inside(address=None):
    return open_page(address, page="inside")


@pytest.fixture
def at():
    return open_inside()


def assert_part(at, part: str, tokens: int | None = None):
    """The page stands: no exception, the part's stations, the way, and the likeness."""
    assert not at.exception
    assert not at.error
    assert list(charts(at)) == [*PARTS[part], "journey", "likeness"]
    assert len(charts(at)) <= 8
    assert tokens is None or len(cells(charts(at)[PARTS[part][0]])) == tokens


def says(at) -> list[str]:
    return [read_html(found) for piece in pieces(at) for found in re.findall(r'<p class="says.*?</p>', piece)]


def test_the_page_opens_on_attention_in_the_example():
    at = open_inside()
    assert_part(at, "attention", tokens=11)
    assert at.query_params == {}
    assert messages(at) == ""
    assert "Layer 4 of 6" in written(at)
    assert_only_own_html(at)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("number", [1, 4, 6])
def test_every_station_shows_the_models_numbers_and_says_them(at, model, part, number):
    choose(at, part=part, layer=number)
    assert_part(at, part)
    trace = model.trace(OPENING.text)
    found = embedding(model, trace) if part == "embedding" else layer(model, trace, number - 1)
    way = {station.name: station for station in found}
    for name in PARTS[part]:
        np.testing.assert_array_equal(cells(charts(at)[name]), way[name].matrix.numpy())
        assert plain(say_station(name, way, model, trace, OPENING.query - 1, number - 1, OPENING.head - 1)) in says(at)


def test_the_flow_has_the_shapes_of_the_sentence_and_marks_the_part(at):
    for part, marked in {"embedding": 2, "attention": 4, "feed-forward": 2}.items():
        choose(at, part=part)
        (flow,) = (piece for piece in pieces(at) if 'class="flow"' in piece)
        assert flow.count('class="stop chosen"') == marked
        for shape in ("11 tokens", "11 × 384", "each 11 × 32", "384 → 1,536 → 384", "one vector of 384"):
            assert shape in flow


@pytest.mark.parametrize("number", range(1, 7))
def test_the_layer_picker_walks_through_the_layers(at, number):
    choose(at, layer=number)
    assert f"Layer {number} of 6" in written(at)
    (flow,) = (piece for piece in pieces(at) if 'class="flow"' in piece)
    assert ("Final vectors" if number == 6 else f"Layer {number + 1}") in flow


def test_another_word_is_followed_everywhere(at, model):
    choose(at, query=3)
    trace = model.trace(OPENING.text)
    way = {station.name: station for station in layer(model, trace, 3)}
    assert plain(say_station("mixed", way, model, trace, 2, 3, 1)) in says(at)
    assert answer_of(at) == plain(say_journey(journey(trace, 2), trace, 2, 6))


@pytest.mark.parametrize("layers", range(7))
def test_the_slider_walks_a_word_through_the_layers(model, layers):
    at = open_inside({"after": str(layers)})
    trace = model.trace(OPENING.text)
    way = journey(trace, OPENING.query - 1)
    assert answer_of(at) == plain(say_journey(way, trace, OPENING.query - 1, layers))
    lines = charts(at)["journey"]["data"]
    assert lines[-1]["y"] == pytest.approx(way.to_start.tolist(), abs=1e-6)
    (title,) = rankings(at)
    assert title == f"Most alike after {layers}"
    shown = [float(number.replace("−", "-")) for _, number in rankings(at)[title]]
    others = sorted((value for place, value in enumerate(way.to_words[layers].tolist()) if place != 7), reverse=True)
    assert shown == pytest.approx(others[:6], abs=0.0051)


def test_the_slider_can_be_moved(at):
    at.select_slider(key="after").set_value("2").run()
    assert answer_of(at).startswith("After 2 layers")
    assert at.query_params["after"] == "2"


def test_sentences_are_compared_as_the_model_does(at, model):
    choose(at, second="The animal had its meal", third="", fourth="Stock prices fell")
    texts = [OPENING.text, "The animal had its meal", "Stock prices fell"]
    found = similarities([model.trace(text) for text in texts])
    np.testing.assert_allclose(cells(charts(at)["likeness"]), found.numpy(), atol=1e-6)
    assert plain(say_likeness(found, ["A", "B", "D"])) in says(at)


def test_nothing_to_compare_with_is_told(at):
    choose(at, second="", third=" ", fourth="")
    assert "at least one more sentence" in messages(at)
    assert "likeness" not in charts(at)
    assert not at.exception


@pytest.mark.parametrize("text", ["\x00", "\u200b"])
def test_a_further_sentence_without_a_word_is_named(at, text):
    choose(at, second=text)
    assert "Sentence B" in messages(at)
    assert len(cells(charts(at)["likeness"])) == 3


def test_the_address_opens_the_same_page_elsewhere(at):
    choose(at, part="feed-forward", layer=2, query=5, second="Another sentence")
    at.select_slider(key="after").set_value("4").run()
    there = open_inside(at.query_params)
    assert charts(there) == charts(at)
    assert written(there) == written(at)


def test_a_further_sentence_too_long_for_a_link_is_refused():
    at = open_inside({"second": "word " * 200})
    assert_part(at, "attention")
    assert "second" in messages(at)
    assert at.text_input(key="second").value.startswith("The animal")


@pytest.mark.parametrize("text", ["dog", "Tokenization splits unfamiliar words", "cat " * 300])
def test_sentences_of_any_length_stand(text):
    at = type_text(open_inside(), text)
    for part in PARTS:
        choose(at, part=part)
        assert_part(at, part)


def test_a_click_on_a_row_follows_its_word(at):
    told = {chart["key"]: chart for chart in component(at, "cell-marks")["charts"]}
    for name in PARTS["attention"]:
        assert told[f"chart-{name}"]["rows"] == ["query"]
        assert told[f"chart-{name}"]["members"] == [[position] for position in range(11)]


def test_switches_of_other_pages_are_kept_and_change_nothing_here():
    at = open_inside({"text": OPENING.text, "special": "left-out", "words": "whole", "query": "1"})
    assert_part(at, "attention", tokens=11)
    assert links(at)["Step by step"][1]["special"] == "left-out"
