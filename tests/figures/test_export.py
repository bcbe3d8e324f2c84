"""What is taken home is what was shown: the identical numbers, under names that differ and that no program runs."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
import torch

from attention_core import ChoiceError, export
from attention_core.matrices import MATRICES, values
from tests.figures.made import random, tokens

LAYER, HEAD = 3, 1


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def saved(model, trace):
    """The .npz of the opening view, read back."""
    with np.load(io.BytesIO(export.npz(model, trace, LAYER, HEAD)), allow_pickle=False) as file:
        return dict(file)


def matrix_of(trace, name):
    return values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def test_csv_reads_back_to_the_identical_numbers(trace, name):
    matrix = matrix_of(trace, name)
    frame = pd.read_csv(io.BytesIO(export.csv(export.table(name, matrix, trace.tokens))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), matrix.numpy())
    assert frame.shape == matrix.shape


@pytest.mark.parametrize("magnitude", [1e-38, 1e-30, 1e-6, 1, 1e7, 1e30])
def test_csv_keeps_every_digit_at_any_magnitude(magnitude):
    matrix = magnitude * random(6, 50)
    frame = pd.read_csv(io.BytesIO(export.csv(export.table("q", matrix, tokens(*"abcdef")))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), matrix.numpy())


def test_table_is_named_by_position_and_word(trace, name):
    frame = export.table(name, matrix_of(trace, name), trace.tokens)
    assert frame.index[7] == "8 it"
    assert frame.index.name == "token"
    if MATRICES[name].columns == "tokens":
        assert list(frame.columns) == list(frame.index)
    else:
        assert list(frame.columns) == [str(dimension) for dimension in range(1, frame.shape[1] + 1)]


def test_names_differ_where_words_repeat(model):
    repeated = model.trace("the cat and the dog and the cat")
    frame = export.table("weights", repeated.weights(0)[0], repeated.tokens)
    assert frame.index.is_unique
    assert frame.columns.is_unique


@pytest.mark.parametrize("text", ["=1+1", "+2", "-3", "@sum(a1)", "=cmd|' /c calc'!a0", '"=1"', "\t=1", "a,b", "'=1", ";=1"])
def test_no_name_begins_like_a_formula(model, text):
    """A spreadsheet runs cells that begin so."""
    read = model.trace(text)
    rows = cells(export.csv(export.table("scores", read.stages(LAYER, HEAD).scores, read.tokens)))
    names = rows[0] + [row[0] for row in rows]
    assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("text", ["=1", "+", "-", "@", "\n=1", "\r=1", '",=1', "\x00", "\u202e", ";", "a\tb"])
def test_any_token_stays_one_cell(text):
    rows = cells(export.csv(export.table("weights", torch.eye(3), tokens("[CLS]", text, "[SEP]"))))
    assert [len(row) for row in rows] == [4, 4, 4, 4]
    assert not [row[0] for row in rows if row[0].startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [row[1:] for row in rows[1:]] == [["1.0", "0.0", "0.0"], ["0.0", "1.0", "0.0"], ["0.0", "0.0", "1.0"]]


def test_every_other_cell_of_a_csv_is_a_number(trace, name):
    for row in cells(export.csv(export.table(name, matrix_of(trace, name), trace.tokens)))[1:]:
        assert all(np.isfinite(float(cell)) for cell in row[1:])


def test_longest_sentence_goes_through_csv(model):
    longest = model.trace("dog " * 510)
    weights = longest.stages(LAYER, HEAD).weights
    frame = pd.read_csv(io.BytesIO(export.csv(export.table("weights", weights, longest.tokens))), index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(dtype=np.float32), weights.numpy())


def test_npz_holds_every_stage_as_it_was(saved, trace, name):
    assert saved[name].dtype == np.float32
    np.testing.assert_array_equal(saved[name], matrix_of(trace, name).numpy())


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_npz_holds_the_learned_matrices(saved, model, part):
    weight, bias = model.projection(LAYER, HEAD, part)
    np.testing.assert_array_equal(saved[f"w_{part}"], weight.numpy())
    np.testing.assert_array_equal(saved[f"b_{part}"], bias.numpy())


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_x_times_w_plus_b_is_the_projection(saved, part):
    np.testing.assert_allclose(saved["x"] @ saved[f"w_{part}"] + saved[f"b_{part}"], saved[part], rtol=1e-5, atol=1e-5)


def test_the_stages_follow_from_one_another(saved):
    d_k = saved["q"].shape[1]
    np.testing.assert_allclose(saved["q"] @ saved["k"].T, saved["scores"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(saved["scores"] / np.sqrt(d_k), saved["scaled"], rtol=1e-5, atol=1e-6)
    powers = np.exp(saved["scaled"])
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), saved["weights"], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(saved["weights"] @ saved["v"], saved["z"], rtol=1e-5, atol=1e-5)


def test_npz_says_where_it_comes_from(saved, model, trace):
    assert str(saved["text"]) == trace.text
    assert str(saved["model"]) == model.name
    assert str(saved["sha256"]) == model.sha256
    assert saved["tokens"].tolist() == [token.text for token in trace.tokens]


def test_npz_counts_layer_and_head_from_1_as_the_page_does(saved):
    assert (int(saved["layer"]), int(saved["head"])) == (LAYER + 1, HEAD + 1)


def test_npz_holds_nothing_else(saved):
    learned = {f"{kind}_{part}" for kind in "wb" for part in "qkv"}
    assert set(saved) == {*MATRICES, *learned, "tokens", "text", "model", "sha256", "layer", "head"}


@pytest.mark.parametrize("text", ["NUL \x00 inside", "🙂 emoji", "שלום", "two\nlines", "<b>&amp;</b>", "=1+1", " spaces "])
def test_npz_gives_any_text_back(model, text):
    read = model.trace(text)
    with np.load(io.BytesIO(export.npz(model, read, 0, 0)), allow_pickle=False) as file:
        assert str(file["text"]) == text
        assert file["tokens"].tolist() == [token.text for token in read.tokens]


@pytest.mark.parametrize(("layer", "head"), [(6, 0), (-1, 0), (0, 12), (0, -1)])
def test_a_head_that_does_not_exist_is_refused(model, trace, layer, head):
    with pytest.raises(ChoiceError):
        export.npz(model, trace, layer, head)
