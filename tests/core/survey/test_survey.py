"""Many sentences at once give the numbers of each one alone, add up to means and spreads, and show who looks at whom."""

import json
import weakref

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from attention_core import ChoiceError, TextError, TextTooLongError, load_model
from attention_core.model.batches import AHEAD, TOGETHER, of_equal_length
from attention_core.model.encoder import Encoder
from attention_core.model.lengths import Lengths
from attention_core.survey.pattern_scores import NAMES, PatternScores, portion, read_patterns
from attention_core.survey.sentence_names import file_and_line, sentence_name
from attention_core.survey.strongest import Strongest
from attention_core.survey.totals import Survey
from attention_core.survey.word_links import LinkSearch, Place, WordLinks, find_links, link_search
from attention_core.weights.link_strength import link_scores
from attention_core.weights.mixtures import all_weights
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from tests.benchmarks.sentences import sentences
from tests.conftest import SENTENCE

# Groups of several, of one, of more than fit together, repeated ones, and none with more than special tokens.
TEXTS = [
    *sentences(12, 30),
    SENTENCE,
    "dog",
    *sentences(20, 3),
    "The bank, which raised its rates, closed: “never again”, it said.",
    SENTENCE,
    "",
    "Don’t unaffable",
    *sentences(40, 2),
    "[SEP] in the text, and again [SEP]",
]
FIELDS = ("x", "q", "k", "v")
IT = "A dog ate the food because it was hungry"


@pytest.fixture(scope="module")
def alone(model):
    """Each of TEXTS read by itself."""
    return [model.trace(text) for text in TEXTS]


@pytest.fixture(scope="module")
def scores(model):
    return read_patterns(model, TEXTS)


def made(*rows) -> PatternScores:
    """Pattern scores of so many sentences that are, for every pattern and head, one number each; 2 layers, 3 heads."""
    values = torch.tensor(rows, dtype=torch.float32)
    return PatternScores(Lengths((5,) * len(rows), (5,) * len(rows), (True,) * len(rows)), spread_out(values))


def spread_out(values):
    return values[:, None, None, None].expand(-1, len(NAMES), 2, 3).contiguous()


def random_batch(count, seed=0):
    scores = torch.rand(count, len(NAMES), 2, 3, generator=torch.Generator().manual_seed(seed))
    return PatternScores(Lengths((5,) * count, (5,) * count, (True,) * count), scores)


def test_traces_of_many_are_in_order_those_of_each_alone(model, alone):
    together = list(model.traces(TEXTS))
    assert [trace.text for trace in together] == TEXTS
    for one, other in zip(alone, together, strict=True):
        assert one.tokens == other.tokens
        assert_close(other.output, one.output, atol=1e-5, rtol=1e-5)
        for layer in range(model.config.layers):
            for field in FIELDS:
                mine, theirs = (getattr(trace.layers[layer], field) for trace in (one, other))
                assert mine.shape == theirs.shape
                assert_close(theirs, mine, atol=1e-5, rtol=1e-5)
            assert_close(other.weights(layer), one.weights(layer), atol=1e-5, rtol=1e-5)


def test_sentences_of_equal_length_are_computed_together(model, monkeypatch):
    shapes = []
    monkeypatch.setattr(
        Encoder, "__call__", lambda self, ids, whole=Encoder.__call__: shapes.append(ids.shape) or whole(self, ids)
    )
    texts = sentences(12, 50) + sentences(9, 2)
    list(model.traces(texts))
    assert sum(B for B, _ in shapes) == len(texts)
    assert shapes == [(21, 12), (21, 12), (8, 12), (2, 9)]
    assert all(B * T <= TOGETHER for B, T in shapes)


def test_a_batch_of_random_checkpoints_is_each_alone(tiny):
    encoder = load_model(tiny).encoder
    ids = torch.randint(5, 27, (6, 9), generator=torch.Generator().manual_seed(1))
    output, layers = encoder(ids)
    for row in range(6):
        expected, expected_layers = encoder(ids[row])
        assert_close(output[row], expected, atol=1e-5, rtol=1e-5)
        for layer, other in zip(layers, expected_layers, strict=True):
            for field in FIELDS:
                assert_close(getattr(layer, field)[row], getattr(other, field), atol=1e-5, rtol=1e-5)


def test_traces_come_before_all_texts_are_read(model):
    asked = []

    def many():
        for _ in range(1000):
            asked.append(1)
            yield SENTENCE

    first = next(model.traces(many()))
    assert first.text == SENTENCE
    assert len(asked) <= AHEAD // 11 + 1


def test_one_trace_that_is_kept_holds_no_other_in_memory(model):
    kept = list(model.traces(sentences(12, 21)))[3]
    tensors = [kept.output, *(getattr(layer, field) for layer in kept.layers for field in FIELDS)]
    held = {storage.data_ptr(): storage.nbytes() for storage in (tensor.untyped_storage() for tensor in tensors)}
    assert sum(held.values()) <= (6 * 4 + 1) * 12 * 384 * 4


def test_traces_of_nothing_are_none(model):
    assert list(model.traces([])) == []


@pytest.mark.parametrize(("text", "error"), [("dog " * 600, TextTooLongError), ("half \ud83d", TextError)])
def test_a_text_that_cannot_be_traced_is_refused_among_many_too(model, text, error):
    with pytest.raises(error):
        list(model.traces([SENTENCE, text]))


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [
        ([], []),
        ([3, 4, 3, 3], [[0, 2, 3], [1]]),
        ([100] * 5, [[0, 1], [2, 3], [4]]),
        ([512, 512], [[0], [1]]),
    ],
)
def test_groups_are_of_one_length_and_of_bounded_size(lengths, groups):
    assert list(of_equal_length(lengths)) == groups


def test_scores_of_a_batch_are_those_of_each_sentence_alone(model, scores, alone):
    assert scores.scores.shape == (len(TEXTS), 8, 6, 12)
    for row, trace in enumerate(alone):
        expected = pattern_scores(all_weights(trace), trace.tokens)
        for place, name in enumerate(PATTERNS):
            assert_close(scores.scores[row, place], expected[name], atol=1e-5, rtol=1e-5)


def test_the_same_texts_give_the_same_scores_and_order_does_not_matter(model, scores):
    assert torch.equal(read_patterns(model, TEXTS).scores, scores.scores)
    turned = read_patterns(model, TEXTS[::-1])
    assert_close(turned.scores.flip(0), scores.scores, atol=1e-5, rtol=1e-5)


def test_lengths_are_told_and_a_sentence_that_is_too_long_is_read_to_the_limit(model):
    batch = read_patterns(model, ["dog", "dog " * 700, "", "\u200b"])
    assert batch.lengths == Lengths((3, 702, 2, 2), (3, 512, 2, 2), (True, True, False, False))
    assert_close(batch.scores[1], read_patterns(model, ["dog " * 510]).scores[0], atol=1e-5, rtol=1e-5)


def test_a_text_that_is_no_unicode_is_refused(model):
    with pytest.raises(TextError, match="surrogate"):
        read_patterns(model, ["dog", "half \ud83d"])


def test_no_texts_have_no_scores(model):
    assert read_patterns(model, []).scores.shape == (0, 8, 6, 12)


def test_a_survey_has_the_mean_and_spread_of_all_sentences_however_they_are_portioned(scores):
    survey = Survey()
    for start, stop in ((0, 1), (1, 4), (4, 4), (4, len(TEXTS))):
        survey.add(PatternScores(scores.lengths, scores.scores[start:stop]))
    expected = scores.scores.double().numpy()
    assert survey.count == len(TEXTS)
    np.testing.assert_allclose(survey.mean, expected.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(survey.spread, expected.std(axis=0, ddof=1), rtol=1e-9)


def test_small_spreads_around_a_large_mean_are_not_lost():
    """The sum of squares less the square of the sum has no right digit left here."""
    survey = Survey()
    for _ in range(1000):
        survey.add(made(4096.0, 4096.0009765625))
    assert survey.spread[0, 0, 0].item() == pytest.approx(0.0009765625 / 2 * (2000 / 1999) ** 0.5, rel=1e-9)


def test_one_sentence_has_a_mean_and_no_spread():
    survey = Survey()
    survey.add(made(0.25))
    assert (survey.mean == 0.25).all()
    assert survey.spread.isnan().all()


def test_the_sentences_at_both_ends_are_found_in_order_across_portions():
    survey, values = Survey(ends=3), []
    for seed, count in enumerate((1, 1, 7, 2, 9)):
        batch = random_batch(count, seed)
        survey.add(batch)
        values.append(batch.scores)
    values = torch.cat(values)
    for place, name in enumerate(NAMES):
        for layer in range(2):
            for head in range(3):
                column = values[:, place, layer, head].tolist()
                order = sorted(range(20), key=column.__getitem__)
                assert survey.ends(name, layer, head, largest=False) == [(at, column[at]) for at in order[:3]]
                assert survey.ends(name, layer, head) == [(at, column[at]) for at in order[:-4:-1]]


def test_of_equal_sentences_the_first_ones_are_kept():
    survey = Survey(ends=2)
    for _ in range(3):
        survey.add(made(0.5, 0.5))
    assert survey.ends("same", 1, 2) == survey.ends("same", 1, 2, largest=False) == [(0, 0.5), (1, 0.5)]


def test_a_survey_keeps_no_batch_in_memory():
    survey, batch = Survey(ends=2), random_batch(50)
    gone = weakref.ref(batch.scores)
    survey.add(batch)
    del batch
    assert gone() is None
    assert all(tensor.untyped_storage().nbytes() <= 2 * 8 * 8 * 6 for tops in survey._top.values() for tensor in tops)


@pytest.mark.parametrize(
    "ask", [lambda s: s.mean, lambda s: s.spread, lambda s: s.ends("same", 0, 0)], ids=["mean", "spread", "ends"]
)
def test_a_survey_without_a_sentence_says_so(ask):
    with pytest.raises(ChoiceError, match="No sentence"):
        ask(Survey())


@pytest.mark.parametrize("asked", [("none", 0, 0), ("same", 2, 0), ("same", 0, 3), ("same", -1, 0)])
def test_ends_of_what_is_not_there_are_refused(asked):
    survey = Survey()
    survey.add(made(0.5))
    with pytest.raises(ChoiceError, match=r"previous.*layers 0 to 1, heads 0 to 2"):
        survey.ends(*asked)


def test_portions_go_through_all_texts_and_end():
    texts, taken = ["abcd", "x" * 90, "", "ef", "gh"], []
    while some := portion(texts, len(taken), characters=6):
        assert len(some) == 1 or sum(map(len, some[:-1])) < 6
        taken += some
    assert taken == texts


def test_links_are_those_of_one_sentence_alone(model, trace):
    found = find_links(model, ["no such word", IT], link_search(model, ["It"], ["dog", "FOOD", "cat"]))
    weights = all_weights(trace)
    assert found.places == (Place(1, 7, 2, "it", "dog"), Place(1, 7, 5, "it", "food"))
    for row, key in enumerate((2, 5)):
        expected = link_scores(weights, 7, key)
        assert_close(found.weight[row], expected.weight, atol=1e-5, rtol=1e-5)
        assert_close(found.stands_out[row], expected.stands_out, atol=1e-5, rtol=1e-5)
    assert found.stands_out[0, 3, 1].item() == pytest.approx(0.431, abs=0.0006)


def pairs(model, text, *search, **more):
    found = find_links(model, [text], link_search(model, *search, **more))
    return [(place.query_word, place.key_word) for place in found.places]


def test_without_keys_every_word_before_is_one_and_no_punctuation(model):
    assert pairs(model, "Well, a dog: it ran", ["it"]) == [("it", "Well"), ("it", "a"), ("it", "dog")]
    assert pairs(model, "It ran", ["it"]) == []
    assert pairs(model, "it and it", ["it"]) == [("it", "it"), ("it", "and")]
    assert pairs(model, "Well, it ran", ["it"], before=False) == [("it", "Well"), ("it", "ran")]


def test_keys_may_stand_on_both_sides_unless_only_those_before_are_asked_for(model):
    assert pairs(model, "dog it dog", ["it"], ["dog"]) == [("it", "dog"), ("it", "dog")]
    assert pairs(model, "dog it dog", ["it"], ["dog"], before=True) == [("it", "dog")]
    assert pairs(model, "it dog it", ["it"], ["it"]) == [("it", "it"), ("it", "it")]


def test_capitals_and_the_way_an_accent_is_written_do_not_count(model):
    assert pairs(model, "the CAFÉ and It", ["IT"], ["cafe\u0301"]) == [("It", "CAFÉ")]


def test_a_word_of_several_tokens_is_linked_as_one(model):
    text = "The unaffable dog met it"
    found = find_links(model, [text], link_search(model, ["it"], ["unaffable"]))
    trace = model.trace(text)
    pieces = [place for place, token in enumerate(trace.tokens) if token.word == 1]
    query = next(place for place, token in enumerate(trace.tokens) if token.text == "it")
    assert len(pieces) > 1
    assert found.places == (Place(0, query, pieces[0], "it", "unaffable"),)
    assert_close(found.weight[0], all_weights(trace)[:, :, query, pieces].sum(dim=-1), atol=1e-5, rtol=1e-5)


def test_of_a_sentence_that_is_too_long_the_part_that_is_read_is_searched(model):
    found = find_links(model, ["dog it " + "x " * 600 + "dog"], link_search(model, ["it"], ["dog"]))
    assert [place.key for place in found.places] == [1]
    assert found.lengths.tokens[0] == 605
    assert found.lengths.read[0] == 512


def test_where_nothing_is_found_links_are_none(model):
    found = find_links(model, ["a dog", ""], link_search(model, ["it"]))
    assert found.places == ()
    assert found.weight.shape == found.stands_out.shape == (0, 6, 12)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["New York"], "2 words to this model: new, york"),
        (["don't"], "3 words"),
        ([""], "no word"),
        ([" "], "no word"),
        ([], "Give at least one"),
    ],
)
@pytest.mark.parametrize("side", ["query", "key"])
def test_what_is_not_one_word_cannot_be_looked_for(model, words, told, side):
    with pytest.raises(ChoiceError, match=told):
        link_search(model, words) if side == "query" else link_search(model, ["it"], words)


def test_a_search_knows_whether_keys_stand_before(model):
    assert link_search(model, ["It"]) == LinkSearch(frozenset(["it"]), None, True)
    assert link_search(model, ["it"], ["Dog"]) == LinkSearch(frozenset(["it"]), frozenset(["dog"]), False)


def links_of(*strengths):
    """One sentence with so many links, each in 1 layer of 2 heads."""
    places = tuple(Place(0, row + 1, 0, "it", "dog") for row in range(len(strengths)))
    values = torch.tensor(strengths).view(-1, 1, 2)
    return WordLinks(Lengths((9,), (9,), (True,)), places, 1 - values, values)


def test_the_strongest_links_come_first_across_portions():
    strongest = Strongest(most=3)
    for batch in (links_of((0.1, 0.5)), links_of(), links_of((0.7, 0.2), (0.5, 0.6))):
        strongest.add(batch)
    assert strongest.sentences == 3
    assert strongest.found == 3
    best = [(link.place.sentence, link.place.query, link.head, round(link.stands_out, 6)) for link in strongest.best]
    assert best == [(2, 1, 0, 0.7), (2, 2, 1, 0.6), (0, 1, 1, 0.5)]
    assert strongest.best[0].weight == pytest.approx(0.3)


def test_each_heads_strongest_links_are_kept_the_best_head_first():
    strongest = Strongest(most=1)
    for batch in (links_of((0.1, 0.5)), links_of(), links_of((0.7, 0.2), (0.5, 0.6), (0.4, 0.3), (0.2, 0.1))):
        strongest.add(batch)
    found = [[(link.head, round(link.stands_out, 6)) for link in links] for links in strongest.by_head]
    assert found == [[(0, 0.7), (0, 0.5), (0, 0.4)], [(1, 0.6), (1, 0.5), (1, 0.3)]]


@pytest.mark.parametrize(
    ("step", "weights", "positional"), [(1, (0.9, 0.1), {0}), (-1, (0.6, 0.5), {0}), (2, (0.9, 0.9), set())]
)
def test_a_head_goes_by_position_if_it_gives_a_neighbour_more_than_half(step, weights, positional):
    strongest = Strongest()
    for _ in range(2):
        places = (Place(0, 4, 4 - step, "it", "dog"),)
        values = torch.tensor(weights).view(1, 1, 2)
        strongest.add(WordLinks(Lengths((9,), (9,), (True,)), places, values, values))
    assert strongest.positional == {(0, head) for head in positional}


def test_links_can_be_ordered_by_weight():
    strongest = Strongest(most=1, by="weight")
    strongest.add(links_of((0.1, 0.5)))
    assert [link.head for link in strongest.best] == [0]
    with pytest.raises(ChoiceError, match=r"'head'.*weight or stands_out"):
        Strongest(by="head")


def parted(total, batches, merged):
    """The batches, each added to a total of its own under names, and these merged in an order of their own."""
    parts = []
    for file, batch in enumerate(batches):
        part = total()
        names = [sentence_name(file, line) for line in range(1, len(batch.lengths.tokens) + 1)]
        part.add(batch, names)
        parts.append(part)
    whole = total()
    for place in merged:
        if isinstance(place, tuple):  # two that were merged before
            first, second = (parts[at] for at in place)
            first.merge(second)
            whole.merge(first)
        else:
            whole.merge(parts[place])
    return whole


ORDERS = [(0, 1, 2, 3), (3, 1, 2, 0), ((2, 0), 3, 1), (3, (1, 2), 0)]


@pytest.mark.parametrize("order", ORDERS)
def test_surveys_merged_in_any_order_are_that_of_all_sentences(order):
    """Rounded scores: many are equal, and of these the first by file and line are to be kept."""
    batches = [random_batch(count, seed) for seed, count in enumerate((1, 40, 0, 23))]
    for batch in batches:
        batch.scores.mul_(16).round_().div_(16)
    whole = Survey(ends=4)
    for file, batch in enumerate(batches):
        whole.add(batch, [sentence_name(file, line) for line in range(1, len(batch.scores) + 1)])
    found = parted(lambda: Survey(ends=4), batches, order)
    again = Survey.of_state(found.state(), ends=4)
    for survey in (found, again):
        assert survey.count == 64
        np.testing.assert_allclose(survey.mean, whole.mean, rtol=1e-9)
        np.testing.assert_allclose(survey.spread, whole.spread, rtol=1e-9)
        np.testing.assert_allclose(survey.means().uncertainty, whole.spread / 8, rtol=1e-9)
        for largest in (True, False):
            for name in NAMES:
                assert survey.ends(name, 1, 2, largest) == whole.ends(name, 1, 2, largest)
    values = torch.cat([batch.scores for batch in batches])[:, 0, 0, 0].tolist()
    places = [(file, line) for file, batch in enumerate(batches) for line in range(1, len(batch.scores) + 1)]
    expected = sorted(zip(values, places, strict=True), key=lambda each: (-each[0], each[1]))[:4]
    assert [(score, file_and_line(name)) for name, score in found.ends(NAMES[0], 0, 0)] == expected


@pytest.mark.parametrize("order", ORDERS)
def test_strongest_links_merged_in_any_order_are_those_of_all_sentences(order):
    chance = torch.Generator().manual_seed(0)
    batches = []
    for count in (3, 30, 0, 8):
        strengths = torch.rand(count, 2, generator=chance).mul(8).round().div(8)
        batches.append(links_of(*strengths.tolist()) if count else links_of())
    whole = Strongest(most=5)
    for file, batch in enumerate(batches):
        whole.add(batch, [sentence_name(file, 1)])
    found = parted(lambda: Strongest(most=5), batches, order)
    for strongest in (found, Strongest.of_state(json.loads(json.dumps(found.state())))):
        assert strongest.best == whole.best
        assert strongest.by_head == whole.by_head
        assert (strongest.sentences, strongest.found) == (4, 41)
        assert strongest.positional == whole.positional
        for step, (count, total) in whole._beside.items():
            assert strongest._beside[step][0] == count
            np.testing.assert_allclose(strongest._beside[step][1], total, rtol=1e-9)


@pytest.mark.parametrize(("total", "batch"), [(Survey, made(0.5)), (Strongest, links_of((0.1, 0.5)))])
def test_sentences_without_names_are_not_merged_and_nothing_changes(total, batch):
    named, unnamed = total(), total()
    named.add(batch, [sentence_name(0, 1)])
    unnamed.add(batch)
    for one, other in ((named, unnamed), (unnamed, named)):
        before = one.state()
        with pytest.raises(ChoiceError, match="give `names`"):
            one.merge(other)
        assert str(one.state()) == str(before)
    with pytest.raises(ChoiceError, match="give `names`"):
        named.add(batch)
    one, other = Strongest(), Strongest(by="weight")
    other.add(links_of((0.1, 0.5)), [1])
    with pytest.raises(ChoiceError, match="'weight'"):
        one.merge(other)


def test_names_are_in_the_order_of_files_and_lines():
    places = [(0, 1), (0, 2**40 - 1), (1, 0), (7, 12), (8, 3)]
    names = [sentence_name(*place) for place in places]
    assert names == sorted(names)
    assert [file_and_line(name) for name in names] == places
    for file, line in ((-1, 1), (1 << 23, 1), (0, 1 << 40)):
        with pytest.raises(ChoiceError, match="has no name"):
            sentence_name(file, line)
