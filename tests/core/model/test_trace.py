"""A trace keeps what every layer received, small and untouchable, and gives any head's stages when asked."""

import dataclasses

import pytest
import torch
from torch.testing import assert_close

from attention_core import AttentionError, ChoiceError

ALL_HEADS = [(layer, head) for layer in range(6) for head in range(12)]
FIELDS = ("x", "q", "k", "v")


def tensors_of(trace):
    return [trace.output, *(getattr(layer, field) for layer in trace.layers for field in FIELDS)]


def test_a_trace_has_the_sizes_of_its_sentence_and_model(model, trace):
    assert trace.text == "A dog ate the food because it was hungry"
    assert [token.text for token in trace.tokens] == ["[CLS]", *trace.text.lower().split(), "[SEP]"]
    assert model.config.layers == len(trace.layers) == 6
    assert trace.output.shape == (11, 384)
    for layer in trace.layers:
        assert layer.x.shape == (11, 384)
        assert layer.q.shape == layer.k.shape == layer.v.shape == (12, 11, 32)


def matrices_of(stages) -> dict[str, torch.Tensor]:
    """All that is a matrix in a head's stages."""
    return {name: value for name, value in vars(stages).items() if isinstance(value, torch.Tensor)}


@pytest.mark.parametrize("record", ["trace", "layer", "token"])
def test_a_traces_records_cannot_be_reassigned(trace, record):
    found = {"trace": trace, "layer": trace.layers[0], "token": trace.tokens[0]}[record]
    for field in dataclasses.fields(found):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(found, field.name, None)
    assert isinstance(trace.layers, tuple)
    assert isinstance(trace.tokens, tuple)


def test_every_tensor_is_float32_on_the_cpu_without_gradients(trace):
    for tensor in [*tensors_of(trace), *matrices_of(trace.stages(2, 3)).values(), trace.weights(1)]:
        assert tensor.dtype == torch.float32
        assert tensor.device.type == "cpu"
        assert not tensor.requires_grad
        assert torch.isfinite(tensor).all()


@pytest.mark.parametrize("text", ["dog", "A dog ate the food because it was hungry", "dog " * 510], ids=["3", "11", "512"])
def test_a_trace_holds_little_more_memory_than_its_x_q_k_and_v(model, text):
    trace = model.trace(text)
    held = {storage.data_ptr(): storage.nbytes() for storage in (tensor.untyped_storage() for tensor in tensors_of(trace))}
    needed = sum(getattr(layer, field).nbytes for layer in trace.layers for field in FIELDS)
    assert sum(held.values()) <= 1.1 * needed


def test_a_heads_stages_are_matrices_cut_from_its_layer(trace):
    for layer, head in ALL_HEADS:
        stages = trace.stages(layer, head)
        assert {name: tuple(matrix.shape) for name, matrix in matrices_of(stages).items()} == {
            **dict.fromkeys(("q", "k", "v", "z"), (11, 32)),
            **dict.fromkeys(("scores", "scaled", "weights"), (11, 11)),
        }
        for part in ("q", "k", "v"):
            assert torch.equal(getattr(stages, part), getattr(trace.layers[layer], part)[head])
        assert_close(trace.weights(layer)[head], stages.weights, atol=1e-6, rtol=1e-6)


def test_reading_a_sentence_twice_gives_the_same_numbers(model, trace):
    model.trace("Something else in between")
    for before, after in zip(tensors_of(trace), tensors_of(model.trace(trace.text)), strict=True):
        assert torch.equal(before, after)


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda model, trace: trace.stages(6, 0), ["layer 6", "0 to 5"]),
        (lambda model, trace: trace.stages(-1, 0), ["layer -1", "0 to 5"]),
        (lambda model, trace: trace.stages(0, 12), ["head 12", "0 to 11"]),
        (lambda model, trace: trace.stages(0, -1), ["head -1", "0 to 11"]),
        (lambda model, trace: trace.weights(6), ["layer 6", "0 to 5"]),
        (lambda model, trace: trace.weights(-6), ["layer -6", "0 to 5"]),
        (lambda model, trace: model.projection(6, 0, "q"), ["layer 6", "0 to 5"]),
        (lambda model, trace: model.projection(0, -1, "q"), ["head -1", "0 to 11"]),
        (lambda model, trace: model.projection(0, 0, "x"), ["'x'", "q, k and v"]),
        (lambda model, trace: model.projection(0, 0, "qk"), ["'qk'", "q, k and v"]),
    ],
)
def test_a_choice_out_of_range_is_named_with_the_range(model, trace, ask, named):
    with pytest.raises(ChoiceError) as error:
        ask(model, trace)
    assert isinstance(error.value, AttentionError)
    assert all(name in str(error.value) for name in named)


@pytest.mark.parametrize("part", ["q", "k", "v"])
@pytest.mark.parametrize(("layer", "head"), [(0, 0), (0, 2), (3, 1), (5, 11)])
def test_a_projection_takes_x_to_q_k_and_v(model, trace, layer, head, part):
    W, b = model.projection(layer, head, part)
    assert W.shape == (384, 32)
    assert b.shape == (32,)
    assert_close(trace.layers[layer].x @ W + b, getattr(trace.layers[layer], part)[head], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("part", "name"), [("q", "query"), ("k", "key"), ("v", "value")])
def test_a_projection_is_the_checkpoints_own_matrix_to_the_last_bit(model, official_model, part, name):
    for layer, head in ALL_HEADS[::7]:
        stored = getattr(official_model.encoder.layer[layer].attention.self, name)
        rows = slice(32 * head, 32 * (head + 1))
        W, b = model.projection(layer, head, part)
        assert torch.equal(W, stored.weight[rows].T)
        assert torch.equal(b, stored.bias[rows])
