"""The translator's transformer computes what PyTorch's own layers compute with the same weights."""

import math

import pytest
import torch
from torch.testing import assert_close

from attention_core.translation.transformer import Dropout, sinusoids
from tests.core.translation.tiny import official, tiny_transformer

CLOSE = {"atol": 1e-5, "rtol": 1e-5, "check_dtype": False}


def random_ids(rows: int, count: int, seed: int = 1) -> torch.Tensor:
    return torch.randint(3, 340, (rows, count), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("S", "T"), [(1, 1), (7, 4), (3, 12)])
def test_encoder_and_decoder_equal_pytorchs_own_layers_in_float64(S, T):
    model = tiny_transformer()
    source, target = random_ids(2, S), random_ids(2, T, seed=2)
    expected_memory, expected = official(model, model.embed(source), model.embed(target))
    memory, _ = model.encode(source)
    x, _ = model.decode(target, memory)
    assert_close(memory, expected_memory, **CLOSE)
    assert_close(x, expected, **CLOSE)


def test_the_oracle_sees_a_change_of_every_parameter():
    model = tiny_transformer()
    source, target = random_ids(1, 5), random_ids(1, 4)
    before = official(model, model.embed(source), model.embed(target))[1]
    for name, parameter in model.named_parameters():
        if name.endswith("key.bias"):  # adds the same to every score of a row, which the softmax takes out
            continue
        parameter += 0.1 * torch.randn(parameter.shape)
        after = official(model, model.embed(source), model.embed(target))[1]
        x, _ = model.decode(target, model.encode(source)[0])
        assert not torch.allclose(before, after, atol=1e-6), name
        assert_close(x, after, **CLOSE)
        before = after


def test_position_by_position_equals_the_full_pass():
    model = tiny_transformer()
    target = random_ids(2, 9)
    memory, _ = model.encode(random_ids(2, 6, seed=3))
    expected, full = model.decode(target, memory)
    x, kept = model.decode(target[:, :1], memory)
    rows = [x]
    for place in range(1, 9):
        x, kept = model.decode(target[:, place : place + 1], memory, kept)
        rows.append(x)
    assert_close(torch.cat(rows, 1), expected, **CLOSE)
    for mine, theirs in zip(kept, full, strict=True):
        assert_close(mine.self_attention.k, theirs.self_attention.k, **CLOSE)
        assert_close(mine.cross_attention.v, theirs.cross_attention.v, **CLOSE)


def test_later_target_tokens_change_nothing_before_them():
    model = tiny_transformer()
    memory, _ = model.encode(random_ids(1, 6))
    target = random_ids(1, 8)
    changed = torch.cat((target[:, :5], random_ids(1, 3, seed=9)), 1)
    before, after = (model.decode(ids, memory)[0] for ids in (target, changed))
    assert_close(before[:, :5], after[:, :5], **CLOSE)
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_sinusoids_are_those_of_the_paper():
    found = sinusoids(60, 512)
    for position, i in ((0, 0), (1, 0), (7, 3), (59, 255)):
        angle = position / 10000 ** (2 * i / 512)
        assert found[position, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-5)
        assert found[position, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


def test_embeddings_are_scaled_by_the_root_of_d_model_and_moved_by_the_position():
    model = tiny_transformer()
    ids = random_ids(1, 5)
    assert_close(model.embed(ids)[0, 4], model.embedding.weight[ids[0, 4]] * 24**0.5 + sinusoids(5, 24)[4], **CLOSE)


def test_dropout_keeps_the_mean_and_drops_its_share_in_training_only():
    torch.manual_seed(0)
    x = torch.ones(1000, 1001)
    dropout = Dropout(0.1)
    thinned = dropout(x)
    assert thinned.mean().item() == pytest.approx(1, abs=0.002)
    assert (thinned == 0).float().mean().item() == pytest.approx(26 / 256, abs=0.001)
    assert_close(dropout.eval()(x), x)
