"""What travels to the stage: the model's own numbers as bytes, and its own words."""

import numpy as np
import pytest
import torch

from attention_core.errors import ChoiceError
from attention_core.matrices.names import MATRICES
from attention_core.matrices.stage import (
    array_sizes,
    arrays,
    beat_texts,
    digits,
    link_in_every_head,
    sayings,
    stage_bytes,
)
from attention_core.matrices.words import Cell
from attention_core.writing.phrases import plain


@pytest.mark.parametrize("layer", range(6))
def test_the_bytes_are_the_queries_keys_and_values_of_the_layer(trace, layer):
    assert array_sizes(trace) == {"layers": 6, "heads": 12, "T": 11, "dk": 32, "dv": 32, "dx": 384}
    numbers = np.frombuffer(arrays(trace, layer), "<f4").reshape(4, 11 * 384)
    for part, sent in zip("xqkv", numbers, strict=True):
        assert np.array_equal(sent, getattr(trace.layers[layer], part).numpy().ravel())


@pytest.mark.parametrize("layer", [-1, 6, 99])
def test_a_layer_that_the_model_does_not_have_has_no_bytes(trace, layer):
    with pytest.raises(ChoiceError, match="layer"):
        arrays(trace, layer)


def test_the_bytes_of_a_head_are_the_stages_that_torch_computes(trace):
    stages = trace.stages(3, 1)
    expected = torch.cat([matrix.flatten() for matrix in (stages.scores, stages.scaled, stages.weights, stages.z)])
    assert np.array_equal(np.frombuffer(stage_bytes(stages), "<f4"), expected.numpy())


def test_a_link_has_the_weight_that_each_head_computes(trace):
    expected = [trace.stages(layer, head).weights[7, 2] for layer in range(6) for head in range(12)]
    torch.testing.assert_close(torch.tensor(link_in_every_head(trace, 7, 2)), torch.stack(expected), atol=2e-6, rtol=1e-5)


def test_the_words_are_those_of_the_page(trace):
    cell = Cell(trace, 3, 1, 7, 2, trace.stages(3, 1))
    assert digits(cell) == ("18.219", "3.221", "0.5289", "52.9 %")
    for name, said in sayings(cell).items():
        assert "".join(part if isinstance(part, str) else part[1] for part in said) == plain(cell.say(name))
    assert list(sayings(cell)) == list(MATRICES)


def test_each_beat_says_the_shapes_of_this_sentence(trace):
    beats = beat_texts(trace.stages(3, 1), 384)
    assert len(beats) == 7
    assert beats[2][2] == "Q 11×32 · Kᵀ 32×11 → 11×11"
