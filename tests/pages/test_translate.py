"""Translate shows the record's own numbers, of each attention, at each step, and takes whatever is typed."""

import re

import numpy as np
import pytest

from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values
from attention_core.translation.words import say_step, token_label
from attention_core.weights.comparison import align
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import plain
from pages.shared.parts.translations import translation_of, translator
from tests.pages.screen import cells, charts, choose, component, messages, open_page, pieces, written

TEXT = "The dog is hungry."


def page(**address):
    return open_page({"text": TEXT} | address, page="translate")


def record(text: str = TEXT, beam: int = 4, beginning: str = ""):
    return translation_of(text, beam, beginning)


def test_it_opens_on_i_am_good():
    at = open_page(page="translate")
    assert not at.exception
    assert at.text_input(key="text").value == "I am good."
    assert component(at, "facing-sentences")["french"]
    assert messages(at) == ""


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
@pytest.mark.parametrize(("layer", "head"), [(1, 1), (2, 5)])
def test_every_stage_is_the_records(kind, layer, head):
    at = page(attention=kind, block=str(layer), attention_head=str(head))
    assert not at.exception
    attentions = getattr(record(), kind)
    stages, found = attentions.stages(layer - 1, head - 1), charts(at)
    assert list(found) == ["alignment", *attention_matrices(kind)]
    for name in attention_matrices(kind):
        expected = matrix_values(name, attentions.layers[layer - 1], stages).numpy()
        if name == "masked":
            expected = np.where(np.isneginf(expected), np.nan, expected)
        assert np.array_equal(cells(found[name]), expected, equal_nan=True)
    assert bool(found.get("masked", {"layout": {}})["layout"].get("shapes")) == (kind == "decoder")


@pytest.mark.parametrize("lines", ["head", "mean"])
def test_lines_and_heatmap_show_the_cross_attention(lines):
    at = page(block="1", attention_head="3", lines=lines)
    cross = record().cross
    weights = cross.weights(0).mean(dim=0) if lines == "mean" else cross.stages(0, 2).weights
    data = component(at, "facing-sentences")
    assert np.allclose(data["rows"], weights.numpy(), atol=1e-6)
    assert np.array_equal(cells(charts(at)["alignment"]), weights.numpy())
    assert [word["label"] for word in data["french"]] == [token_label(token) for token in record().written]


def test_every_step_tells_its_likeliest_tokens():
    for step in range(len(record().steps)):
        at = page(step=str(step + 1))
        text, did = written(at), record().steps[step]
        assert plain(say_step(record(), step)) in text
        for candidate in did.likeliest[:3]:
            assert token_label(candidate.token) in text
            assert percent(candidate.probability) in text
        logit = record().logits()[step, did.chosen.token.id].item()
        assert number(logit) in text


def test_the_beams_alternatives_stand_there_with_their_probabilities():
    text = written(page(beam="3"))
    ways = record(beam=3).alternatives
    assert len(ways) == 3
    for way in ways:
        assert way.text in text
        assert percent(way.probability) in text


def test_a_french_beginning_is_taken_and_the_rest_is_the_decoders():
    at = choose(page(step="3"), beginning="Un chat")
    data = component(at, "facing-sentences")
    forced = record(beginning="Un chat")
    assert forced.french.startswith("Un chat")
    assert [word["label"] for word in data["french"]] == [token_label(token) for token in forced.written]
    assert [word["given"] for word in data["french"]].count(True) == forced.forced
    assert "probability after the beginning" in next(
        block.proto.body for block in at.get("html") if "the beam found" in block.proto.body
    )
    assert at.query_params["beginning"] in ("Un chat", ["Un chat"])
    assert at.slider(key="step").value == 1


def test_another_attention_or_head_keeps_the_step():
    at = page(step="2")
    choose(at, attention="decoder")
    assert not at.exception
    choose(at, attention_head=4)
    assert at.slider(key="step").value == 2
    assert at.query_params["attention_head"] in ("4", ["4"])


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
@pytest.mark.parametrize("name", ["q", "k", "v", "scores", "scaled", "weights", "z"])
def test_one_number_is_explained_in_every_attention(kind, name):
    at = page(attention=kind, panel="number", number=name, number_dimension="7", step="3", asking="3", asked="2")
    assert not at.exception
    attentions = getattr(record(), kind)
    stages = attentions.stages(1, 0)
    row = 1 if name in ("k", "v") else 2
    value = getattr(stages, name)[row, 1 if name in ("scores", "scaled", "weights") else 6].item()
    (formula,) = (element.value for element in at.markdown if "gathered" in element.value)
    (result,) = re.findall(r"= \\mathbf\{(.*?)\}\\end", formula.replace("{{", "{").replace("}}", "}"))
    shown = float(re.sub(r" ?\\cdot 10\^\{?(-?\d+)\}?", r"e\1", result.strip("{}")))
    assert shown == pytest.approx(value, rel=2e-2, abs=6e-3)


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
def test_the_rows_that_queries_and_keys_are_made_of_can_be_opened(kind):
    at = page(attention=kind, panel="number", number="x", step="3", asking="3", asked="2")
    layer = getattr(record(), kind).layers[1]
    rows = [trace["y"] for trace in charts(at)["rows"]["data"]]
    assert np.allclose(list(rows[0]), layer.x[2])
    assert len(rows) == (1 if kind == "cross" else 2)
    assert ("E" in at.button_group(key="number").options) == (kind == "cross")
    if kind == "cross":
        choose(at, number="source")
        assert not at.exception
        (row,) = [trace["y"] for trace in charts(at)["rows"]["data"]]
        assert np.allclose(list(row), layer.source[1])


def test_the_terms_of_a_sum_stand_in_either_order():
    at = page(panel="number", number="scores", number_terms="in-order")
    places = re.findall(r"<tr[^>]*><th>(\d+)</th>", "".join(pieces(at)))
    assert places == sorted(places, key=int)
    choose(at, number_terms="by-size")
    assert re.findall(r"<tr[^>]*><th>(\d+)</th>", "".join(pieces(at))) != places


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
def test_a_second_sentence_is_compared_over_what_corresponds(kind):
    at = page(attention=kind, panel="compare", against="sentence", second_text="The cat is hungry.")
    assert not at.exception
    mine, other = (getattr(found, kind) for found in (record(), translation_of("The cat is hungry.", 4, "")))
    found = charts(at)
    a, b = (trace.stages(1, 0).weights for trace in (mine, other))
    assert np.array_equal(cells(found["weights"]), a.numpy())
    assert np.array_equal(cells(found["second"]), b.numpy())
    rows, columns = (align(one, two) for one, two in ((mine.rows, other.rows), (mine.columns, other.columns)))
    assert 3 <= len(rows) < len(mine.rows) or kind == "encoder"
    expected = [[b[d, f] - a[c, e] for e, f in columns] for c, d in rows]
    assert np.allclose(cells(found["difference"]), np.array(expected), atol=1e-6)
    choose(at, second_text=" ")
    assert "Type another sentence as B" in written(at)
    assert not at.exception


def test_a_hidden_number_says_why_there_is_none():
    at = page(attention="decoder", panel="number", number="weights", step="1", asked="3")
    assert not at.exception
    assert "exactly 0" in written(at)
    at = page(attention="decoder", panel="number", number="weights", step="2", asked="1")
    assert "hidden" in written(at)


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
def test_all_heads_are_the_records(kind):
    at = page(attention=kind, panel="heads")
    assert not at.exception
    attentions = getattr(record(), kind)
    raw = component(at, "translation-heads-sentence")
    T, S = len(attentions.rows), len(attentions.columns)
    pixels = np.frombuffer(raw, np.uint8)[-16 * T * S :].reshape(2, 8, T, S)
    for layer in range(2):
        assert np.array_equal(pixels[layer], (255 * attentions.weights(layer)).round().numpy().astype(np.uint8))


def test_two_heads_are_compared_on_the_same_sentences():
    at = page(panel="compare", second_block="1", second_head="6")
    cross = record().cross
    before, after = cross.stages(1, 0).weights, cross.stages(0, 5).weights
    found = charts(at)
    assert np.array_equal(cells(found["weights"]), before.numpy())
    assert np.array_equal(cells(found["second"]), after.numpy())
    assert np.array_equal(cells(found["difference"]), (after - before).numpy())


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_feed_forward_and_the_answer_are_the_records(kind):
    at = page(attention=kind, panel="next", block="1")
    found = charts(at)
    fed = (record().encoder_feed_forward if kind == "encoder" else record().decoder_feed_forward)[0]
    for name in ("x", "hidden", "output"):
        assert np.array_equal(cells(found[f"feed-{name}"]), getattr(fed, name).numpy())
    assert np.array_equal(cells(found["decoder-output"]), record().output.numpy())


def test_a_text_too_long_is_told_and_its_first_part_translated():
    at = page(text="The dog is hungry. " * 40)
    assert not at.exception
    assert "Not read" in messages(at)
    assert len(component(at, "facing-sentences")["english"]) <= translator().config.positions


def test_a_beginning_too_long_is_told_and_cut():
    at = page(beginning="le chat " * 80)
    assert not at.exception
    assert "room" in messages(at)
    assert component(at, "facing-sentences")["french"]


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b"])
def test_nothing_to_translate_is_told_and_the_page_stays_usable(text):
    at = page(text=text)
    assert not at.exception
    assert "nothing to translate" in messages(at)
    at.text_input(key="text").set_value(TEXT).run()
    assert messages(at) == ""
    assert component(at, "facing-sentences")["english"]


def test_the_address_holds_the_whole_view():
    address = {
        "attention": "decoder",
        "block": "1",
        "attention_head": "7",
        "step": "4",
        "asked": "2",
        "beam": "2",
        "panel": "number",
    }
    at = page(**address)
    choose(at, attention_head=3)
    said = {name: value[0] if isinstance(value, list) else value for name, value in at.query_params.items()}
    kept = address | {"text": TEXT, "attention_head": "3"}
    assert kept.items() <= said.items()
    again = open_page(said, page="translate")
    assert charts(again) == charts(at)


def test_greedy_has_one_way():
    at = page(beam="1")
    assert "What the greedy search wrote" in written(at)
