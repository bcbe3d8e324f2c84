"""The file of one head holds every stage as it was, and says where it comes from."""

import io

import numpy as np
import pytest

from attention_core import ChoiceError
from attention_core.export import matrices as export
from attention_core.matrices.names import MATRICES
from tests.core.export.taken_home import HEAD, LAYER, TEXTS, matrix_of


@pytest.fixture(scope="module")
def saved(model, trace):
    """The .npz of the opening view, read back."""
    with np.load(io.BytesIO(export.npz(model, trace, LAYER, HEAD)), allow_pickle=False) as file:
        return dict(file)


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


@pytest.mark.parametrize("text", TEXTS)
def test_npz_gives_any_text_back(model, text):
    read = model.trace(text)
    with np.load(io.BytesIO(export.npz(model, read, 0, 0)), allow_pickle=False) as file:
        assert str(file["text"]) == text
        assert file["tokens"].tolist() == [token.text for token in read.tokens]


@pytest.mark.parametrize(("layer", "head"), [(6, 0), (-1, 0), (0, 12), (0, -1)])
def test_a_head_that_does_not_exist_is_refused(model, trace, layer, head):
    with pytest.raises(ChoiceError):
        export.npz(model, trace, layer, head)
