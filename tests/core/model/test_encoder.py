"""What the encoder computes is what Transformers computes from the same files, in every layer and head."""

import pytest
import torch
from torch.testing import assert_close

from attention_core import TextTooLongError, attend, load_model
from attention_core.model.encoder import ACTIVATIONS
from attention_core.model.tokens import tokenize
from tests.core.official import open_official, run_official
from tests.core.tiny import SIZES, write_tiny

TINY_IDS = torch.tensor([2, 5, 16, 9, 1, 25, 26, 14, 0, 4, 5, 3])


def assert_same(encoded, expected):
    """Every layer's input, every head's weights and the final vectors agree with Transformers' to 1e-5."""
    output, layers = encoded
    assert len(layers) == len(expected.attentions)
    for layer, x, weights in zip(layers, expected.hidden_states[:-1], expected.attentions, strict=True):
        assert_close(layer.x, x[0], atol=1e-5, rtol=1e-5)
        assert_close(attend(layer.q, layer.k, layer.v).weights, weights[0], atol=1e-5, rtol=1e-5)
    assert_close(output, expected.last_hidden_state[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("T", [3, 12, 64, 200, 512])
def test_real_weights_on_english_match_transformers(model, official_model, checkpoint, prose, T):
    with pytest.raises(TextTooLongError) as error:
        tokenize(prose, checkpoint.tokenizer, T)
    trace = model.trace(error.value.readable)
    assert len(trace.tokens) == T
    assert_same((trace.output, trace.layers), run_official(official_model, [token.id for token in trace.tokens]))


@pytest.mark.parametrize("T", [3, 12, 64, 200])
def test_real_weights_on_random_ids_match_transformers(model, official_model, T):
    ids = torch.randint(model.config.vocabulary, (T,), generator=torch.Generator().manual_seed(T))
    assert_same(model.encoder(ids), run_official(official_model, ids.tolist()))


@pytest.mark.parametrize(
    "config",
    [
        *({"hidden_act": name} for name in ACTIVATIONS),
        {"num_attention_heads": 1},
        {"num_attention_heads": 24},
        {"num_hidden_layers": 1, "type_vocab_size": 1},
        {"hidden_size": 12, "intermediate_size": 7},
        {"layer_norm_eps": 1e-12},
        {"stored": "half"},
        {"stored": "prefixed"},
        {"stored": "old names"},
    ],
    ids=lambda config: "-".join(f"{key}={value}" for key, value in config.items()),
)
def test_random_weights_match_transformers(tmp_path, config):
    folder = write_tiny(tmp_path / "tiny", **config)
    assert_same(load_model(folder).encoder(TINY_IDS), run_official(open_official(folder), TINY_IDS.tolist()))


@pytest.mark.parametrize("T", [1, 2, SIZES["max_position_embeddings"]])
def test_random_weights_match_transformers_at_every_position(tiny, T):
    ids = TINY_IDS.repeat(3)[:T]
    assert_same(load_model(tiny).encoder(ids), run_official(open_official(tiny), ids.tolist()))


def test_without_onednn_the_numbers_are_the_same(checkpoint, official_model, trace, monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    plain = load_model()
    assert not any(linear.packed for block in plain.encoder.blocks for linear in (block.query_key_value, block.widen))
    again = plain.trace(trace.text)
    assert_same((again.output, again.layers), run_official(official_model, [token.id for token in trace.tokens]))
    for part in ("q", "k", "v"):
        for mine, packed in zip(again.layers, trace.layers, strict=True):
            assert_close(getattr(mine, part), getattr(packed, part), atol=1e-5, rtol=1e-5)
