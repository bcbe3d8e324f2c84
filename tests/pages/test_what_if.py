"""What if?: every experiment shows what the core measures, only the chosen one is drawn, and a link opens the same."""

import numpy as np
import pytest

from attention_core.lab.division import SIZES, measure_spread, without_division
from attention_core.lab.interventions import Change, intervene, sentence_cosine
from attention_core.writing.numbers import percent
from pages.shared.what_if.change import _TRIES as TRIES
from pages.shared.what_if.fields import EXPERIMENTS
from tests.pages.screen import (
    OPENING,
    answer_of,
    assert_only_own_html,
    cells,
    charts,
    choose,
    messages,
    open_page,
    type_text,
    view_from,
    view_of,
    written,
)

DRAWN = {
    "division": ["weights", "undivided", "entropy"],
    "root": ["spread", "gradient", "softmax"],
    "additive": ["agreement", "saturation", "cost"],
    "change": ["weights", "after", "difference", "heads"],
}
HOSTILE = "<b>dog</b> ![i](https://x.y) $x^2$ </script>"


def open_lab(experiment="division", theme=None, **address):
    asked = {} if experiment == "division" else {"experiment": experiment}
    return open_page(asked | address, theme=theme, page="what_if")


def assert_drawn(at, experiment):
    assert not at.exception
    assert not at.error
    assert list(charts(at)) == DRAWN[experiment]


def attempt(at, name):
    """Try one of the changes."""
    (button,) = (button for button in at.button if button.label == name)
    button.click()
    return at.run()


def marked(at):
    """Which changes are marked as present."""
    return [button.label for button in at.button if button.label in TRIES and button.proto.type == "primary"]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_only_the_chosen_experiment_is_drawn(experiment):
    at = open_lab(experiment)
    assert_drawn(at, experiment)
    assert messages(at) == ""
    assert_only_own_html(at)
    assert view_of_lab(at) == view_from(OPENING)


def view_of_lab(at):
    """What the widgets hold; the experiments on random vectors have no words to choose."""
    keys = {widget.key for widget in at.selectbox}
    return view_of(at) if "query" in keys else view_from(OPENING)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_picture_says_its_message(experiment, theme):
    at = open_lab(experiment, theme=theme, temperature="0.3")
    texts = [element.proto.alt for element in at.get("plotly_chart")]
    assert len(set(texts)) == len(DRAWN[experiment])
    assert all(any(character.isdigit() for character in text) for text in texts)


# Without the division


def test_the_head_is_shown_with_the_division_and_without_it(trace):
    at = open_lab()
    found = without_division(trace.stages(3, 1))
    np.testing.assert_array_equal(cells(charts(at)["weights"]), found.weights.numpy())
    np.testing.assert_array_equal(cells(charts(at)["undivided"]), found.undivided.numpy())
    assert answer_of(at) == "With the division it gives dog 52.9 %. Without it it gives dog 99.8 %."
    assert "the mean entropy goes from 1.50 to 0.24 bits" in written(at)


def test_another_word_and_head_are_followed(model, trace):
    at = choose(open_lab(), layer=6, head=12, query=3)
    found = without_division(trace.stages(5, 11))
    assert answer_of(at).startswith(f"With the division dog gives {trace.tokens[int(found.weights[2].argmax())].text} ")


def test_long_sentences_and_hostile_ones_stand():
    for text in ("dog " * 300, HOSTILE):
        at = type_text(open_lab(), text)
        assert_drawn(at, "division")
        assert_only_own_html(at)


# Why √d_k, and dot product or additive


def test_the_spread_is_shown_against_theory():
    at = open_lab("root")
    theory, measured, divided = (trace["y"] for trace in charts(at)["spread"]["data"])
    assert theory == [d**0.5 for d in SIZES]
    assert measured == [measure_spread(d).deviation for d in SIZES]
    assert divided == pytest.approx([1] * len(SIZES), rel=0.03)
    assert "measured on 16,384 pairs" in answer_of(at)


def test_another_size_and_other_vectors_are_in_the_link():
    at = open_lab("root")
    at.select_slider(key="size").set_value("1024").run()
    assert answer_of(at).startswith("At d = 1,024 the variance of q·k is 10")
    at.button(key="draw-again").click().run()
    assert (at.query_params["size"], at.query_params["draw"]) == ("1024", "2")
    there = open_page(at.query_params, page="what_if")
    assert answer_of(there) == answer_of(at)


def test_the_cost_is_shown_against_both_sizes():
    at = open_lab("additive")
    assert len(charts(at)["cost"]["data"][0]["x"]) == 5
    first = answer_of(at)
    choose(at, **{"cost-against": "d"})
    assert answer_of(at) == first  # not measured again
    at.button(key="measure-again").click().run()
    assert_drawn(at, "additive")
    assert "took" in answer_of(at)


# Change the model


def test_the_experiment_opens_on_a_change():
    """Without one every number would be 0, and nobody would see what the page is for."""
    at = open_lab("change")
    assert marked(at) == ["Only look back"]
    assert (cells(charts(at)["difference"]) != 0).any()
    assert marked(choose(open_lab(), experiment="change")) == ["Only look back"]
    assert marked(open_lab("change", temperature="0.3")) == ["Sharper"]
    assert marked(open_lab("change", silenced="yes")) == ["Silence this head"]


def test_no_change_shows_the_models_own_numbers_and_its_link_opens_it(trace):
    at = attempt(open_lab("change"), "No change")
    assert marked(open_page(at.query_params, page="what_if")) == ["No change"]
    weights = trace.stages(3, 1).weights.numpy()
    drawn = charts(at)
    np.testing.assert_array_equal(cells(drawn["weights"]), weights)
    np.testing.assert_array_equal(cells(drawn["after"]), weights)
    assert (cells(drawn["difference"]) == 0).all()
    assert (cells(drawn["heads"]) == 0).all()
    assert "Nothing is changed" in answer_of(at)
    assert marked(at) == ["No change"]


CHANGES = {
    "Sharper": Change(temperature=0.3, layer=3, head=1),
    "Flatter": Change(temperature=3.0),
    "Only look back": Change(causal=True),
    "Hide the key word": Change(removed=(2,)),
    "Silence this head": Change(silenced=True, layer=3, head=1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_shows_what_it_does_and_its_link_opens_it(model, trace, name):
    assert set(CHANGES) == set(TRIES) - {"No change"}
    at = attempt(open_lab("change"), name)
    assert_drawn(at, "change")
    changed = intervene(model, trace, CHANGES[name])
    assert marked(at) == [name]
    assert f"a cosine of {sentence_cosine(trace, changed):.4f}" in answer_of(at)
    layer, head = most_moved(at) if name == "Silence this head" else (3, 1)  # a silent head keeps its own weights
    said = f"below stands layer {layer + 1}, head {head + 1}, not the silent layer 4, head 2" in written(at)
    assert said == (name == "Silence this head")
    np.testing.assert_array_equal(cells(charts(at)["weights"]), trace.stages(layer, head).weights.numpy())
    np.testing.assert_array_equal(cells(charts(at)["after"]), changed.stages(layer, head).weights.numpy())
    there = open_page(at.query_params, page="what_if")
    assert charts(there) == charts(at)
    assert written(there) == written(at)


def most_moved(at):
    moved = cells(charts(at)["heads"])
    return divmod(int(moved.argmax()), moved.shape[1])


def test_the_pickers_change_the_model_as_the_tries_do():
    at = attempt(open_lab("change"), "No change")
    at.select_slider(key="temperature").set_value("0.3")
    choose(at, scope="head")
    assert marked(at) == ["Sharper"]
    choose(at, change_doing=["Causal mask"], scope="layer")
    assert "In all heads of layer 4: softmax of scaled ÷ 0.3, no word sees those after it" in answer_of(at)
    choose(at, removed=6)  # food
    assert "nobody sees food" in answer_of(at)
    assert {name: at.query_params[name] for name in ("temperature", "causal", "scope", "removed")} == {
        "temperature": "0.3",
        "causal": "yes",
        "scope": "layer",
        "removed": "6",
    }


def test_any_head_can_be_looked_at(model, trace):
    at = attempt(open_lab("change"), "Only look back")
    choose(at, look_at="6-12")
    changed = intervene(model, trace, Change(causal=True))
    np.testing.assert_array_equal(cells(charts(at)["after"]), changed.stages(5, 11).weights.numpy())
    assert (at.query_params["look_layer"], at.query_params["look_head"]) == ("6", "12")
    moved = cells(charts(at)["heads"])
    assert percent(float(moved[5, 11])) in written(at)


def test_all_pieces_of_a_removed_word_are_removed(model):
    text = "Tokenization splits unfamiliar words"
    trace = model.trace(text)
    pieces = [at for at, token in enumerate(trace.tokens) if token.word == 0]
    assert len(pieces) > 1
    at = open_lab("change", text=text, removed=str(pieces[1] + 1), scope="model")
    assert (cells(charts(at)["after"])[:, pieces] == 0).all()


def test_another_sentence_forgets_the_removed_word_without_complaint():
    at = attempt(open_lab("change"), "Hide the key word")
    choose(at, removed=11)
    type_text(at, "I am good")
    assert_drawn(at, "change")
    assert messages(at) == ""
    assert "Nothing is changed" in answer_of(at)


def test_a_query_that_sees_nothing_says_so():
    at = open_lab("change", text=OPENING.text, query="1", key="1", causal="yes", removed="1", scope="model")
    assert_drawn(at, "change")
    assert "[CLS] has no key left to look at" in written(at)


# Links


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_a_text_that_holds_no_word_leaves_the_page_usable(text):
    at = open_lab("change", text=text)
    assert not at.exception
    assert "no word" in messages(at)
    choose(at, sentence_example=OPENING.name)
    assert_drawn(at, "change")


def test_the_numbers_open_as_tables(trace):
    at = open_lab("division")
    at.session_state["numbers-division"] = True
    at.run()
    np.testing.assert_array_equal(at.dataframe[0].value.to_numpy(), trace.stages(3, 1).weights.numpy())
    for experiment, tables in {"root": 1, "additive": 2, "change": 5}.items():
        at = open_lab(experiment)
        at.session_state[f"numbers-{experiment}"] = True
        at.run()
        assert len(at.dataframe) == 1
        if tables > 1:
            assert len(at.button_group(key=f"numbers-of-{experiment}").options) == tables
