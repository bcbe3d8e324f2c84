"""What is said of a translation, its formulas and its pictures, held against the numbers of the record."""

import math
import re

import numpy as np
import pytest
import torch

from attention_core.arithmetic.sums import mixed, score, softmax
from attention_core.palette import DARK, LIGHT
from attention_core.translation.figures import alignment_spec, attention_spec
from attention_core.translation.formulas import attention_formula
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values, row_tokens
from attention_core.translation.overview import attention_overview
from attention_core.translation.words import (
    TranslationCell,
    attention_message,
    say_alignment,
    say_step,
    seen_keys,
    strongest_key,
    token_label,
)
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import plain
from attention_core.writing.text import labels

KINDS = tuple(ATTENTION_KINDS)


@pytest.fixture(scope="module")
def record(tiny):
    return tiny.translate("The dog is hungry.", beam=2, prefix="Le chien")


def cell(record, kind: str, query: int, key: int, layer: int = 1, head: int = 2) -> TranslationCell:
    attentions = getattr(record, kind)
    return TranslationCell(attentions, layer, head, query, key, attentions.stages(layer, head), kind)


def every_cell(record, kind: str):
    attentions = getattr(record, kind)
    for query in range(len(attentions.rows)):
        for key in range(len(attentions.columns)):
            yield cell(record, kind, query, key)


def test_each_attention_has_its_matrices_in_the_order_they_are_computed():
    assert list(attention_matrices("encoder")) == ["x", "q", "k", "v", "scores", "scaled", "weights", "z"]
    assert list(attention_matrices("decoder")) == ["x", "q", "k", "v", "scores", "scaled", "masked", "weights", "z"]
    assert list(attention_matrices("cross")) == ["x", "source", "q", "k", "v", "scores", "scaled", "weights", "z"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_columns_have_the_names_of_their_sentences(record, kind):
    attentions = getattr(record, kind)
    for name, matrix in attention_matrices(kind).items():
        values = matrix_values(name, attentions.layers[0], attentions.stages(0, 0))
        assert len(values) == len(row_tokens(name, attentions))
        spec = attention_spec(name, kind, values, row_tokens(name, attentions), attentions.columns, LIGHT)
        names = [f"{place} {text}" for place, text in enumerate(labels(row_tokens(name, attentions)), 1)]
        assert [shown.replace("&lt;", "<").replace("&gt;", ">") for shown in spec["data"][0]["y"]] == names
        if matrix.columns == "tokens":
            columns = [f"{place} {text}" for place, text in enumerate(labels(attentions.columns), 1)]
            assert [shown.replace("&lt;", "<").replace("&gt;", ">") for shown in spec["data"][0]["x"]] == columns


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_hidden_cells_are_hatched_and_have_no_number(tiny, palette):
    attentions = tiny.follow("The dog is hungry.", "Le chien a faim.").decoder
    masked = attentions.stages(1, 0).masked
    T = len(attentions.rows)
    spec = attention_spec("masked", "decoder", masked, attentions.rows, attentions.rows, palette)
    (trace, written), (hatched,) = spec["data"], spec["layout"]["shapes"]
    later = np.triu(np.ones((T, T), bool), 1)
    assert np.array_equal(np.isnan(trace["z"]), later)
    assert np.array_equal(trace["z"][~later], masked.numpy()[~later])
    assert np.array_equal(np.array(written["text"]) == "", later.ravel())
    assert np.array_equal(np.array(trace["customdata"]) == "−∞", later)
    assert math.isfinite(trace["zmin"])
    assert math.isfinite(trace["zmax"])
    # Every stripe lies within hidden cells, and every hidden cell has some.
    striped = set()
    for x1, y1, x2, y2 in re.findall(r"M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)", hatched["path"]):
        for share in (0.01, 0.99):
            column, row = (round(float(a) + share * (float(b) - float(a))) for a, b in ((x1, x2), (y1, y2)))
            assert later[row, column]
            striped.add((row, column))
    assert len(striped) == later.sum()


def test_no_other_matrix_is_hatched(record):
    for kind in KINDS:
        attentions = getattr(record, kind)
        for name in set(attention_matrices(kind)) - {"masked"}:
            values = matrix_values(name, attentions.layers[0], attentions.stages(0, 0))
            spec = attention_spec(name, kind, values, row_tokens(name, attentions), attentions.columns, LIGHT)
            assert not spec["layout"].get("shapes")


def test_the_alignment_has_a_row_for_each_written_token(record):
    weights = record.cross.weights(1).mean(dim=0)
    trace, *_ = alignment_spec(weights, record.written, record.source, LIGHT)["data"]
    assert len(trace["y"]) == len(record.written)
    assert len(trace["x"]) == len(record.source)
    assert np.array_equal(trace["z"], weights.numpy())
    assert (trace["zmin"], trace["zmax"]) == (0, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_formulas_have_the_shapes_of_both_sentences(record, tiny, kind):
    attentions = getattr(record, kind)
    T, S, d_k, d_model = len(attentions.rows), len(attentions.columns), tiny.config.d_k, tiny.config.d_model
    received = attentions.layers[0]

    def formula(name: str) -> str:
        return attention_formula(name, kind, received, 1, LIGHT)

    assert rf"[{T}{{\times}}{d_k}]\cdot[{d_k}{{\times}}{S}] \to [{T}{{\times}}{S}]" in formula("scores")
    assert rf"[{T}{{\times}}{S}]\cdot[{S}{{\times}}{d_k}] \to [{T}{{\times}}{d_k}]" in formula("z")
    assert rf"[{S}{{\times}}{d_model}]" in formula("k")
    assert ("E" in formula("k")) == (kind == "cross")
    assert ("+ M" in formula("weights")) == (kind == "decoder")
    for name in attention_matrices(kind):
        assert formula(name).count("{") == formula(name).count("}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_matrix_says_something_of_every_cell(record, kind):
    for each in every_cell(record, kind):
        for name in attention_matrices(kind):
            said = plain(each.say(name))
            assert said.strip()
            assert "nan" not in said
            assert "inf" not in said
        assert percent(each.weight) in plain(each.say("weights")) or each.is_hidden


def test_a_hidden_word_gets_exactly_nothing(record):
    each = cell(record, "decoder", 0, 2)
    assert each.is_hidden
    assert each.weight == 0
    assert "−∞" in plain(each.say("masked"))
    assert "exactly 0" in plain(each.say("weights"))
    assert not cell(record, "decoder", 2, 2).is_hidden
    assert not cell(record, "cross", 0, 2).is_hidden
    assert not cell(record, "encoder", 0, 2).is_hidden


def test_of_the_keys_that_are_seen_the_arithmetic_is_that_of_every_attention(record):
    """Softmax and the mix of values go over the keys up to the query, in float64, and give the masked head's own numbers."""
    stages = record.decoder.stages(1, 1)
    for query in range(len(record.decoder.rows)):
        seen = seen_keys(stages, query)
        row = softmax(seen, query)
        assert len(row.weights) == query + 1
        for power, weight in zip(row.powers, stages.weights[query].tolist(), strict=False):
            assert power / row.total == pytest.approx(weight, abs=1e-6)
        assert row.weights == stages.weights[query, : query + 1].tolist()
        whole = mixed(seen, query, 3, ["a"] * (query + 1))
        assert whole.total == pytest.approx(stages.z[query, 3].item(), abs=1e-5)
        assert score(seen, query, query).total == pytest.approx(stages.scores[query, query].item(), abs=1e-4)


def test_the_strongest_key_is_no_mark_not_the_word_itself_and_not_hidden(record):
    for kind in KINDS:
        attentions = getattr(record, kind)
        weights = attentions.stages(0, 1).weights
        for query in range(len(attentions.rows)):
            key = strongest_key(weights, query, attentions)
            open_ = [place for place in range(len(attentions.columns)) if kind != "decoder" or place <= query]
            assert key in open_
            words = [place for place in open_ if not attentions.columns[place].is_special]
            others = [place for place in words if kind == "cross" or place != query]
            if others:
                assert key == max(others, key=lambda place: weights[query, place].item())


@pytest.mark.parametrize("kind", KINDS)
def test_the_overview_has_every_heads_weights_and_strongest_link(record, kind):
    attentions = getattr(record, kind)
    tiles, links = attention_overview(attentions)
    L, H = len(attentions.layers), attentions.layers[0].q.size(0)
    assert tiles.pixels.shape == (L, H, len(attentions.rows), len(attentions.columns))
    assert tiles.block == 1
    for layer in range(L):
        weights = attentions.weights(layer)
        assert torch.equal(tiles.pixels[layer], (255 * weights).round().to(torch.uint8))
        for head in range(H):
            query, key = links.query[layer, head].item(), links.key[layer, head].item()
            assert links.weight[layer, head] == weights[head, query, key]
            assert kind != "decoder" or key <= query


@pytest.mark.parametrize("kind", KINDS)
def test_the_alternative_text_of_a_picture_names_its_largest_number(record, kind):
    attentions = getattr(record, kind)
    stages = attentions.stages(0, 0)
    for name in attention_matrices(kind):
        said = attention_message(name, kind, attentions, 0, stages)
        values = matrix_values(name, attentions.layers[0], stages)
        finite = values[values.isfinite()]
        largest = finite.max().item()
        assert (percent(largest) if name == "weights" else number(largest)) in said
        assert ("hidden" in said) == (name == "masked")


def test_steps_say_what_was_chosen_and_how_likely_it_was(record, tiny):
    for step, did in enumerate(record.steps):
        said = plain(say_step(record, step))
        assert percent(did.chosen.probability) in said
        assert ("was given" in said) == did.is_forced
    greedy = tiny.translate("The cat is hungry.")
    assert all("is the likeliest" in plain(say_step(greedy, step)) for step in range(len(greedy.steps)))


def test_where_the_decoder_looks_is_said_with_the_word_that_it_writes(record):
    weights = record.cross.weights(1)[2]
    for step, token in enumerate(record.written):
        said = plain(say_alignment(record, weights, step))
        assert percent(weights[step].max().item()) in said
        assert token_label(token) in said
