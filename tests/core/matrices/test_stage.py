"""What travels to the stage: the model's own numbers as bytes, and its own words."""

import numpy as np
import pytest
import torch

from attention_core.matrices.names import MATRICES
from attention_core.matrices.stage import (
    ALL_UP_TO,
    array_sizes,
    arrays,
    beat_texts,
    digits,
    layers_sent,
    link_in_every_head,
    sayings,
)
from attention_core.matrices.words import Cell
from attention_core.writing.phrases import plain


@pytest.mark.parametrize("layers", [range(6), range(3, 4)], ids=["all", "one"])
def test_the_bytes_are_the_queries_keys_and_values_of_the_layers(trace, layers):
    size = array_sizes(trace, layers)
    assert size == {"layers": len(layers), "heads": 12, "T": 11, "dk": 32, "dv": 32, "first": layers.start}
    numbers = np.frombuffer(arrays(trace, layers), "<f4").reshape(3, len(layers), 12, 11, 32)
    for part, sent in zip("qkv", numbers, strict=True):
        for layer, of_layer in zip(layers, sent, strict=True):
            assert np.array_equal(of_layer, getattr(trace.layers[layer], part).numpy())


def test_a_long_text_sends_only_the_shown_layer(model, trace):
    assert layers_sent(trace, 3) == range(6)
    long = model.trace("dog " * ALL_UP_TO)
    assert layers_sent(long, 3) == range(3, 4)


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
