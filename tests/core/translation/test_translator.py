"""The record of a translation holds the numbers of the model, and says what was given, cut and chosen."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from attention_core.errors import AttentionError, ChoiceError, TextError, TextTooLongError
from attention_core.model.trace import Trace
from attention_core.translation.translator import Translator
from attention_core.translation.vocabulary import END, START
from tests.core.translation.tiny import tiny_translator

CLOSE = {"atol": 1e-5, "rtol": 1e-5, "check_dtype": False}
KINDS = "encoder", "decoder", "cross"


@pytest.fixture(scope="module", params=["tiny", "shipped"])
def translator(request) -> Translator:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def record(translator):
    return translator.translate("The dog is hungry.", beam=3)


def stages_in_float64(translator, kind: str, attentions: Trace, layer: int, head: int) -> tuple[Tensor, Tensor]:
    """Weights and z, from what the attention received and the learned matrices alone."""
    received = attentions.layers[layer]
    parts = {}
    source = received.x if received.source is None else received.source
    for part, x in (("q", received.x), ("k", source), ("v", source)):
        W, b = translator.projection(kind, layer, head, part)
        parts[part] = x.double() @ W.double() + b.double()
    T, S = len(received.x), len(source)
    weights = torch.zeros(T, S, dtype=torch.float64)
    for row in range(T):
        seen = row + 1 if kind == "decoder" else S
        powers = (parts["k"][:seen] @ parts["q"][row] / math.sqrt(translator.config.d_k)).exp()
        weights[row, :seen] = powers / powers.sum()
    return weights, weights @ parts["v"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_head_equals_attention_recomputed_from_its_inputs_in_float64(translator, record, kind):
    attentions = getattr(record, kind)
    for layer in range(translator.config.layers):
        for head in range(translator.config.heads):
            weights, z = stages_in_float64(translator, kind, attentions, layer, head)
            found = attentions.stages(layer, head)
            assert_close(found.weights, weights, **CLOSE)
            assert_close(found.z, z, **CLOSE)
            assert_close(attentions.weights(layer)[head], weights, **CLOSE)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_heads_give_is_what_the_layer_goes_on_with(translator, record, kind):
    attentions = getattr(record, kind)
    for layer in range(translator.config.layers):
        block = (translator.model.encoder if kind == "encoder" else translator.model.decoder)[layer]
        module, norm = (block.cross, block.cross_norm) if kind == "cross" else (block.attention, block.attention_norm)
        z = torch.cat([attentions.stages(layer, head).z for head in range(translator.config.heads)], -1)
        after = norm(attentions.layers[layer].x + module.output(z))
        fed = (record.encoder_feed_forward if kind == "encoder" else record.decoder_feed_forward)[layer]
        assert_close(after, record.cross.layers[layer].x if kind == "decoder" else fed.x, **CLOSE)


def test_feed_forward_leads_to_the_next_layer_and_to_the_answer(translator, record):
    sides = (
        (translator.model.encoder, record.encoder, record.encoder_feed_forward, record.memory),
        (translator.model.decoder, record.decoder, record.decoder_feed_forward, record.output),
    )
    for blocks, attentions, feed_forward, answer in sides:
        after = [*(layer.x for layer in attentions.layers[1:]), answer]
        for block, fed, expected in zip(blocks, feed_forward, after, strict=True):
            hidden = (fed.x @ block.feed_forward.widen.weight.T + block.feed_forward.widen.bias).clamp(min=0)
            assert_close(fed.hidden, hidden, **CLOSE)
            assert_close(block.feed_forward_norm(fed.x + fed.output), expected, **CLOSE)


def test_every_weight_on_a_later_position_is_exactly_zero(record):
    for layer in range(len(record.decoder.layers)):
        assert (record.decoder.weights(layer).triu(1) == 0).all()
        for head in range(record.decoder.layers[layer].q.size(0)):
            found = record.decoder.stages(layer, head)
            assert found.logits is found.masked
            later = torch.ones_like(found.masked, dtype=torch.bool).triu(1)
            assert (found.masked[later] == -math.inf).all()
            assert torch.equal(found.masked[~later], found.scaled[~later])
            assert found.scaled.isfinite().all()


def test_shapes_are_those_of_the_sentences(translator, record):
    S, T = len(record.source), len(record.target)
    H, d_k, d_model = translator.config.heads, translator.config.d_k, translator.config.d_model
    for kind, rows, columns in (("encoder", S, S), ("decoder", T, T), ("cross", T, S)):
        attentions = getattr(record, kind)
        assert (len(attentions.rows), len(attentions.columns)) == (rows, columns)
        for layer in attentions.layers:
            assert layer.x.shape == (rows, d_model)
            assert layer.source is None if kind != "cross" else layer.source.shape == (columns, d_model)
            assert layer.q.shape == (H, rows, d_k)
            assert layer.k.shape == layer.v.shape == (H, columns, d_k)
        assert attentions.weights(0).shape == (H, rows, columns)
        assert attentions.stages(1, 2).z.shape == (rows, d_k)
    assert record.logits().shape == (T, translator.config.vocabulary)
    assert record.memory.shape == (S, d_model)
    assert all(torch.equal(layer.source, record.memory) for layer in record.cross.layers)


def test_steps_tell_the_softmax_of_the_logits(record):
    probabilities = record.logits().double().softmax(-1)
    assert len(record.steps) == len(record.target) == len(record.written)
    for step, row, token in zip(record.steps, probabilities, record.written, strict=True):
        assert [found.token.id for found in step.likeliest] == row.topk(10).indices.tolist()
        for found in (*step.likeliest, step.chosen):
            assert found.probability == pytest.approx(row[found.token.id].item(), abs=1e-5)
        assert step.chosen.token == token


def test_the_decoder_reads_what_was_written_before(record):
    assert record.target[0].text == "<s>"
    assert record.target[1:] == record.written[:-1]
    assert [token.text for token in record.source][-1] == "</s>"


def test_the_alternatives_probabilities_are_the_product_of_their_steps(translator, record):
    assert record.alternatives[0].text == record.french
    assert len(record.alternatives) == 3
    memory = record.memory[None]
    for way in record.alternatives:
        ids = torch.tensor([[START, *way.ids, END][: len(way.ids) + 1 + way.ended]])
        probabilities = translator.model.logits(translator.model.decode(ids[:, :-1], memory)[0][0]).softmax(-1)
        product = math.prod(row[id].item() for row, id in zip(probabilities, ids[0, 1:].tolist(), strict=True))
        assert way.probability == pytest.approx(product, rel=1e-3, abs=1e-12)


def test_greedy_chooses_the_likeliest_of_every_step(translator):
    for step in translator.translate("Where is the cat?").steps:
        assert step.chosen == step.likeliest[0]
        assert not step.is_forced


def test_a_given_beginning_is_forced_and_the_rest_is_the_models(translator):
    record = translator.translate("The dog is hungry.", beam=2, prefix="Le chat")
    assert record.french.startswith("Le chat")
    assert record.forced > 0
    assert [step.is_forced for step in record.steps] == [True] * record.forced + [False] * (len(record.steps) - record.forced)
    free = translator.translate("The dog is hungry.", beam=2)
    for empty in ("", "  ", None):
        assert translator.translate("The dog is hungry.", beam=2, prefix=empty).french == free.french


def test_following_a_given_translation_forces_every_step(translator):
    record = translator.follow("The dog is hungry.", "Le chat a faim.")
    assert record.french == "Le chat a faim."
    assert all(step.is_forced for step in record.steps)
    assert record.written[-1].text == "</s>"
    own = translator.translate("The dog is hungry.")
    if own.steps[-1].chosen.token.text == "</s>":
        again = translator.follow(own.text, own.french)
        if [token.id for token in again.written] == [token.id for token in own.written]:
            assert_close(again.logits(), own.logits(), **CLOSE)


def test_what_has_no_room_is_cut_and_told(translator):
    text = "The dog is hungry. " * 40
    record = translator.translate(text)
    assert record.text == text
    assert record.cut
    assert text.endswith(record.cut)
    assert len(record.source) <= translator.config.positions
    assert len(record.target) <= translator.config.positions
    assert translator.translate("The dog is hungry.").cut == ""


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ({"text": ""}, TextError, "nothing to translate"),
        ({"text": None}, TextError, "NoneType"),
        ({"text": "a\udc00"}, TextError, "surrogate"),
        ({"text": "a", "beam": 0}, ChoiceError, "1 to 10"),
        ({"text": "a", "beam": 11}, ChoiceError, "1 to 10"),
        ({"text": "a", "beam": True}, ChoiceError, "1 to 10"),
        ({"text": "a", "beam": 2.0}, ChoiceError, "1 to 10"),
        ({"text": "a", "prefix": "a\udc00"}, TextError, "surrogate"),
        ({"text": "a", "prefix": 5}, TextError, "int"),
        ({"text": "a", "prefix": "le chat " * 60}, TextTooLongError, "room"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(translator, call, error, said):
    with pytest.raises(error, match=said):
        translator.translate(**call)


@pytest.mark.parametrize("kind", KINDS)
def test_layers_and_heads_that_are_not_there_are_refused(translator, record, kind):
    attentions = getattr(record, kind)
    for layer, head in ((-1, 0), (2, 0), (0, -1), (0, 8)):
        with pytest.raises(ChoiceError, match="There is no"):
            attentions.stages(layer, head)
        with pytest.raises(ChoiceError, match="There is no"):
            translator.projection(kind, layer, head, "q")
    with pytest.raises(ChoiceError, match="There is no"):
        translator.projection(kind, 0, 0, "x")


TINY = tiny_translator()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20) | st.none(), st.integers(1, 3))
def test_any_text_and_beginning_give_a_record_or_a_message(text, prefix, beam):
    try:
        record = TINY.translate(text, beam, prefix)
    except AttentionError:
        return
    for tokens, whole in ((record.source, text), (record.written, record.french)):
        for token in tokens:
            assert token.is_special or 0 <= token.span[0] <= token.span[1] <= len(whole)
    assert record.logits().isfinite().all()


@pytest.mark.parametrize(
    "text", ["🐕" * 100_000, "مرحبا بالعالم", "\x1b[31mdog\x07", "a" * 100_000, "dog " * 25_000, " " * 100_000 + "dog"]
)
def test_hostile_text_is_translated_as_far_as_it_is_read(translator, text):
    record = translator.translate(text)
    assert record.steps
    assert text.endswith(record.cut)
