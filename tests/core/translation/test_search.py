"""Greedy and beam search find what they promise."""

import itertools

import pytest
import torch

from attention_core.translation.search import search
from attention_core.translation.vocabulary import END, PAD, START
from tests.core.translation.tiny import tiny_transformer


def log_probability(model, source, ids: tuple[int, ...], ended: bool, forced: int = 0) -> float:
    """Of a whole translation, by one full pass."""
    target = torch.tensor([[START, *ids, END]])
    logs = model.logits(model.decode(target[:, :-1], model.encode(source)[0])[0])[0].log_softmax(-1)
    steps = range(forced, len(ids) + ended)
    return sum(logs[place, target[0, place + 1]].item() for place in steps)


@pytest.mark.parametrize("seed", range(4))
def test_greedy_takes_the_likeliest_token_of_every_full_pass(seed):
    model = tiny_transformer(seed, vocabulary=12)
    source = torch.tensor([[5, 7, 4, END]])
    ids = [START]
    while len(ids) < 20:
        row = model.logits(model.decode(torch.tensor([ids]), model.encode(source)[0])[0])[0, -1]
        row[[PAD, START]] = -torch.inf
        ids.append(row.argmax().item())
        if ids[-1] == END:
            break
    way = search(model, source)[0][0]
    assert [START, *way.ids] + [END] * way.ended == ids
    assert way.log_probability == pytest.approx(log_probability(model, source, way.ids, way.ended), abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_finds_the_best_of_all_translations(seed):
    model = tiny_transformer(seed, vocabulary=6, positions=4)
    source = torch.tensor([[3, 4, 5, END]])
    every = [ids for length in range(4) for ids in itertools.product((3, 4, 5), repeat=length)]
    scores = {ids: log_probability(model, source, ids, True) / (len(ids) + 1) for ids in every if len(ids) < 3}
    found = search(model, source, beam=40)[0]
    ended = {way.ids: way for way in found if way.ended}
    assert max(ended, key=lambda ids: ended[ids].score) == max(scores, key=scores.get)
    for ids, way in ended.items():
        assert way.score == pytest.approx(scores[ids], abs=1e-4)


def test_alternatives_differ_and_come_best_first():
    ways = search(tiny_transformer(vocabulary=30), torch.tensor([[3, 9, END]]), beam=5)[0]
    assert len({way.ids for way in ways}) == len(ways) == 5
    assert [way.score for way in ways] == sorted((way.score for way in ways), reverse=True)


def test_sentences_of_a_batch_do_not_touch_each_other():
    model = tiny_transformer(vocabulary=30)
    sources = torch.randint(3, 30, (5, 4), generator=torch.Generator().manual_seed(0))
    together = search(model, sources, beam=3)
    for row, ways in zip(sources, together, strict=True):
        alone = search(model, row[None], beam=3)[0]
        assert ways[0].ids == alone[0].ids
        assert [way.score for way in ways] == pytest.approx([way.score for way in alone], abs=1e-5)


def test_a_forced_beginning_stands_and_does_not_count():
    model = tiny_transformer(vocabulary=30)
    source = torch.tensor([[3, 9, 12, END]])
    for way in search(model, source, beam=4, prefix=(7, 8, 9)):
        for found in way:
            assert found.ids[:3] == (7, 8, 9)
            expected = log_probability(model, source, found.ids, found.ended, forced=3)
            assert found.log_probability == pytest.approx(expected, abs=1e-4)


def test_a_translation_without_end_stops_where_there_is_no_more_room():
    model = tiny_transformer(vocabulary=30)
    model.embedding.weight[END] = 0  # its logit is 0, others' are far above
    way = search(model, torch.tensor([[3, 9, END]]))[0][0]
    assert not way.ended
    assert len(way.ids) == 19  # and the start mark: 20 positions
