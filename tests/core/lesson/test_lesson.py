"""The lessons say only what the numbers say, on any sentence; a bad lesson file is refused by card and field."""

import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from attention_core import ChoiceError
from attention_core.lab.interventions import Change, intervene
from attention_core.lesson.cards import Card, Lesson, LessonError, asked, phrase, prediction_of, scene_of
from attention_core.lesson.facts import FACTS, facts
from attention_core.lesson.lesson_file import CARDS, WORDS_A_CARD, check_sentences, read_lesson
from attention_core.lesson.parts import Bars, Heat, Stack, Words, describe
from attention_core.lesson.pictures import LINES, PICTURES, picture
from attention_core.lesson.recurrence import MEMORY, _fixed
from attention_core.lesson.scene import Scene, find, others_give, scene
from attention_core.lesson.small_matrices import _KEYS, RIGHT, learned_shares
from attention_core.lesson.translated import RENDERED_FACTS, Rendering
from attention_core.matrices.names import MATRICES, values
from attention_core.model.attention import attend
from attention_core.stations.vectors import after, sentence_vector
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import plain
from pages.shared.frame.examples import examples
from tests.core.lesson.rendered import translated

ASSETS = Path(__file__).parents[3] / "assets"
FILES = [ASSETS / "lesson.toml", *sorted((ASSETS / "lessons").glob("*.toml"))]
OPENING = "A dog ate the food because it was hungry"
TEXTS = [
    OPENING,
    "dog",
    "I am good",
    "The cat and the dog and the cat",
    "Tokenization splits unfamiliar words",
    "<b>bold</b> ![i](https://x.y) {query} [a|query] $x^2$ W_Q",
    examples()[-1].text,
]
CHAPTERS = [
    "Words",
    "Queries, keys, values",
    "Scores to weights",
    "What a word takes home",
    "Many heads, many layers",
    "Encoder and decoder",
    "What attention does not prove",
]
TOPICS = [  # what the app's lesson speaks of, in this order, by words of its cards
    "transformer.*attention",
    "token",
    "vector",
    "recurrent.*layer.*head",
    "query.*key.*value",
    "W_Q.*bias",
    "error.*gradient.*training",
    "dot product",
    "QKᵀ",
    "softmax",
    "√d_k",
    "saturated",
    "A\\|weight",
    "mask.*causal",
    "Z\\|value",
    "a·v",
    "Attention\\(.*softmax\\(",
    "One word back",
    "W_O",
    "residual.*feed-forward",
    "cosine",
    "vanishes",
    "BERT.*GPT.*T5",
    "cross-attention",
    "like meaning",
    "delicious",
    "stands out",
    "opposite",
    "zero",
    "Jain & Wallace.*Wiegreffe & Pinter",
]


def lesson_of(path: Path) -> Lesson:
    return read_lesson(path.read_text("utf-8"), path.stem, 6, 12)


LESSON = lesson_of(FILES[0])
ALL = [(path.stem, number, card) for path in FILES for number, card in enumerate(lesson_of(path).cards, 1)]


def on(model, card: Card, text: str = OPENING, query: int | None = None) -> Scene:
    """The scene of a card, for a person who typed the text and chose layer 4, head 2."""
    return scene_of(card, model, model.trace, text, (3, 1), query, translated)


def texts_of(card: Card, at: Scene) -> tuple[str, str]:
    found = facts(at, asked(card))
    return plain(phrase(card.question, found)), plain(phrase(card.text, found))


def by_title(title: str) -> Card:
    (card,) = (card for card in LESSON.cards if card.title == title)
    return card


# The files that come with the app.


def test_the_lesson_is_short_and_goes_through_its_topics_in_order():
    assert len(LESSON.cards) <= 30
    assert [title for title, _, _ in LESSON.chapters] == CHAPTERS
    assert sum(count for _, _, count in LESSON.chapters) == len(LESSON.cards)
    assert len(LESSON.cards) == len(TOPICS)
    for card, topic in zip(LESSON.cards, TOPICS, strict=True):
        assert re.search(topic, f"{card.question} {card.text}", re.DOTALL), card.title


@pytest.mark.parametrize(("file", "number", "card"), ALL, ids=lambda value: str(value) if isinstance(value, str | int) else "")
def test_every_card_is_short_and_its_claims_on_others_work_have_a_source(file, number, card):
    assert len(f"{card.question} {card.text}".split()) <= WORDS_A_CARD == 70
    for name in ("Vaswani", "Jain", "Wiegreffe", "Clark", "Reimers"):
        if name in card.text:
            assert name in card.source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_of_a_lesson_can_be_read_and_has_its_words(model, path):
    check_sentences(lesson_of(path), path.stem, model)


@pytest.mark.parametrize(("file", "number", "card"), ALL, ids=lambda value: str(value) if isinstance(value, str | int) else "")
def test_no_number_is_written_by_hand(file, number, card):
    """But the ends of a share and of a cosine, and T5, a name: all others are computed from the sentence on the screen."""
    written = re.sub(r"\{[^}]*\}|T5", "", f"{card.question} {card.text}")
    assert set(re.findall(r"\d[\d.,]*\d|\d", written)) <= {"1", "0"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
@pytest.mark.parametrize(("file", "number", "card"), ALL, ids=lambda value: str(value) if isinstance(value, str | int) else "")
def test_every_card_renders_on_every_sentence(model, file, number, card, text):
    trace = model.trace(card.sentence or text)
    for query in {None, 0, len(trace.tokens) - 1} if not card.sentence else {None}:
        at = on(model, card, text, query)
        for said in texts_of(card, at):
            assert "nan" not in said
            for left in re.findall(r"\{(\w+)", said):
                assert left in text  # typed by the person, not left over from the card
        drawn = picture(card.picture, at)
        assert drawn
        assert "nan" not in describe(drawn)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_every_picture_draws_every_sentence_in_every_layer(model, text):
    trace = model.trace(text)
    for layer in range(6):
        for query in (None, 0):
            word = trace.text[slice(*next(token.span for token in trace.tokens if token.span))]
            words = (word, word, word)
            rendering = Rendering(translated("I am good."), layer % 2, None if layer < 2 else layer)
            at = scene(model, trace, (trace,), (layer, 11 - layer), query, None, (0, 0), words, rendering)
            for name in PICTURES:
                for part in picture(name, at):
                    if isinstance(part, Bars):
                        assert 1 <= len(part.lines) <= LINES + 1
                        assert all(-1e-6 <= size <= 1 + 1e-6 for _, size, _ in part.lines)
                        assert all(len(shown) == len(part.lines) for _, shown in part.moves)
                    if isinstance(part, Heat):
                        assert torch.isfinite(part.values).all() or name in ("hidden", "three_attentions")


# What the cards claim of their own sentences, and of any.


def test_the_bridge_is_reached_in_one_step(model):
    at = on(model, by_title("From many steps to one"))
    assert (at.cell.asking.text, at.cell.asked.text) == ("it", "bridge")
    assert at.cell.weight == pytest.approx(0.882, abs=5e-4)
    assert at.most == at.cell.key
    assert at.cell.query - at.cell.key == 21


def test_the_division_makes_shares_less_extreme_on_every_sentence(model):
    """softmax(s) is at least as large at its maximum as softmax(s / √d_k)."""
    for text in TEXTS:
        trace = model.trace(text)
        for layer in range(6):
            for head in range(12):
                stages = trace.stages(layer, head)
                assert (stages.scores.softmax(dim=-1).amax(-1) >= stages.weights.amax(-1) - 1e-6).all()


def test_a_sum_of_independent_products_spreads_as_the_card_says(model):
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 200_000, 32, generator=generator)
    spread = (q * k).sum(-1).std() / (q[:, 0] * k[:, 0]).std()
    assert spread == pytest.approx(32**0.5, rel=0.02)
    assert facts(on(model, Card("", "", "words")), {"root"})["root"] == "5.66"


def test_a_saturated_softmax_has_almost_no_gradient():
    logits = torch.tensor([40.0, 0.0, 0.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(logits.softmax(dim=-1)[0], logits)
    assert gradient.abs().max() < 1e-8


def test_the_head_of_one_habit_looks_one_word_back_from_every_word(model):
    card = by_title("One head, one habit")
    weights = on(model, card).cell.stages.weights
    assert weights[3, 2] > 0.999
    assert all(weights[word, word - 1] > 0.9 for word in (1, 2, 3, 4))
    assert weights[0].argmax() == 0
    assert texts_of(card, on(model, card))[1].startswith("One word back: good gives am over\u00a099.9\u00a0%.")


def test_it_looks_most_at_the_dog_and_the_look_is_its_own(model):
    card = by_title("All pairs at once")
    at = on(model, card, query=7)
    assert at.most == at.cell.key == 2
    assert others_give(at.cell.stages, 7, 2) < 0.1
    question, text = texts_of(card, at)
    assert question.endswith("Whose key fits the query of it best?")
    assert text.startswith("That of dog. A row is one query with all keys; that of it goes from −8.2 to 18.2.")


def test_with_delicious_the_head_turns_to_the_food_and_most_goes_to_cls(model):
    card = by_title("Change one word")
    at = on(model, card)
    row = at.cell.stages.weights[at.cell.query]
    nouns = {word: row[find(at.cell.trace, word)].item() for word in ("dog", "food")}
    assert nouns["food"] > 2 * nouns["dog"]
    assert at.cell.trace.tokens[at.most].text == "[CLS]"
    before = model.trace(card.others[0]).stages(3, 1).weights[7]
    assert before[5] < 0.1 * before[2]
    question, text = texts_of(card, at)
    assert "here “it” gives “dog” 52.9\u00a0%, “food” 5.1\u00a0%" in question
    assert text.startswith("food: 25.1\u00a0%, and dog 10.4\u00a0%.")
    assert "most, 36.1\u00a0%, goes to [CLS]" in text


def test_a_large_weight_alone_is_no_relation(model):
    card = by_title("Is more weight more proof?")
    at = on(model, card)
    assert at.cell.weight > at.against.weight > 0.5
    assert (at.cell.stages.weights[:, 2] > 0.3).all()  # everybody looks at the dog
    heavy, special = (others_give(cell.stages, 7, 2) for cell in (at.cell, at.against))
    assert at.cell.weight - heavy < 0.05 < 0.4 < at.against.weight - special
    assert (
        "the others give it 57.8\u00a0% on average. In layer 4, head 2 they give it only 9.8\u00a0%." in texts_of(card, at)[1]
    )
    left, right = picture(card.picture, at)
    assert [text for _, _, text in left.lines][:2] == ["52.9 %", "9.8 %"]
    assert [text for _, _, text in right.lines][:2] == ["59.9 %", "57.8 %"]


def test_the_head_that_was_right_about_the_dog_is_wrong_about_the_suitcase(model):
    card = by_title("One good example proves little")
    at = on(model, card)
    row = at.cell.stages.weights[at.cell.query]
    trophy, suitcase = (row[find(at.cell.trace, word)] for word in ("trophy", "suitcase"))
    assert (at.cell.layer, at.cell.head) == (3, 1)
    assert at.most == at.cell.key
    assert trophy > 2 * suitcase
    small, big = picture(card.picture, at)
    assert [text for _, _, text in small.lines] == [percent(trophy.item()), percent(suitcase.item())]
    assert [text for _, _, text in big.lines] == ["57.6 %", percent(at.in_other(("suitcase",))[0])]


def test_the_same_word_begins_equal_in_two_sentences_and_ends_apart(model):
    at = on(model, by_title("The same word in two sentences"))
    first, last = (F.cosine_similarity(after(at.cell.trace, n)[5], after(at.others[0], n)[5], dim=0) for n in (0, 6))
    assert at.twins[0] == pytest.approx(first.item(), abs=1e-6) == pytest.approx(1, abs=1e-5)
    assert at.twins[-1] == pytest.approx(last.item(), abs=1e-6)
    assert last < 0.9


def test_the_head_that_marks_the_word_matters_less_to_the_answer_than_the_other(model):
    card = by_title("Silence a head")
    at = on(model, card)
    for cosine, head in zip(at.silent, ((3, 1), (5, 11)), strict=True):
        changed = intervene(model, at.cell.trace, Change(silenced=True, layer=head[0], head=head[1]))
        assert cosine == pytest.approx((sentence_vector(at.cell.trace) @ sentence_vector(changed)).item(), abs=1e-5)
    assert at.silent[1] < 0.95 < 0.99 < at.silent[0]
    assert "layer 6, head 12" in prediction_of(card, at, facts(at, asked(card))).answer[0].text


def test_what_a_value_adds_is_the_length_of_weight_times_value(model):
    """Kobayashi et al. 2020: the special tokens have a fifth of the weight of “it”, and hardly anything of what is added."""
    at = on(model, by_title("Weight is not contribution"), query=7)
    parts = at.cell.stages.weights[7, :, None] * at.cell.stages.v
    assert_close(at.added, parts.norm(dim=1))
    assert_close(parts.sum(dim=0), at.cell.stages.z[7])
    assert facts(at, {"special_share"})["special_share"].text == percent(
        at.cell.stages.weights[7, [0, 10]].sum().item()
    ).replace(" ", "\u00a0")
    assert at.added[[0, 10]].sum() < 0.05 * at.added.sum() < 0.2 * at.added.sum()


def test_a_recurrent_network_forgets_and_its_gradient_vanishes(model):
    """The closed form against steps of its own, and against PyTorch's gradient."""
    at = on(model, by_title("What is left after many steps"))
    carried, n = at.carried, at.cell.query - at.cell.key
    assert len(carried.memory) == n + 1 == 22
    assert carried.memory[-1] < 0.02
    assert carried.gradient[-1] < 0.02
    assert (carried.gradient.diff() < 0).all()
    w, u = _fixed(384)
    inputs = at.cell.trace.layers[0].x[at.cell.key : at.cell.key + 4].double()

    def last(h):
        for step in inputs[1:]:
            h = torch.tanh(w @ h + step @ u)
        return h

    jacobian = torch.autograd.functional.jacobian(last, torch.tanh(inputs[0] @ u))
    assert carried.gradient[3].item() == pytest.approx((jacobian.norm() / MEMORY**0.5).item(), abs=1e-6)
    whole = torch.tanh(inputs[0] @ u)
    assert carried.memory[3].item() == pytest.approx(((last(whole) - last(0 * whole)).norm() / whole.norm()).item(), abs=1e-6)


def test_the_small_attention_learns_by_its_own_gradient():
    shares = learned_shares()
    assert (shares.diff() > 0).all()
    assert shares[-1] > 0.8
    query = torch.tensor([[0.5, -0.5, -0.5]], requires_grad=True)
    (gradient,) = torch.autograd.grad(-attend(query, _KEYS, _KEYS).weights[0, RIGHT].log(), query)
    moved = attend(query - 0.5 * gradient, _KEYS, _KEYS).weights[0, RIGHT]
    assert shares[1].item() == pytest.approx(moved.item(), abs=1e-6)


def test_the_cards_on_encoder_and_decoder_say_what_the_translator_does(model):
    """Held against the record itself: softmax in float64 of its own scores, and what it writes."""
    found = translated("I am good.")
    assert found.french == "Je suis bon."
    at = on(model, by_title("A mask hides words"))
    stages = found.decoder.stages(1, 3)
    scaled, row = stages.scaled.double(), len(found.target) // 2
    question, said = texts_of(by_title("A mask hides words"), at)
    assert question.endswith(f"How many can {found.target[row].text} see?")
    later_share = percent(stages.scaled[row].softmax(-1)[row + 1 :].sum().item()).replace(" ", "\u00a0")
    assert f"would give {later_share} to" in said
    assert said.startswith(f"{row + 1}:")
    masked, weights = picture("hidden", at)
    later = torch.ones_like(masked.values, dtype=torch.bool).triu(1)
    assert torch.equal(masked.values.isneginf(), later)
    assert (weights.values[later] == 0).all()
    assert_close(weights.values.double(), scaled.masked_fill(later, -torch.inf).softmax(-1), atol=1e-6, rtol=0)
    assert [text == "" for line in masked.numbers for text in line] == later.flatten().tolist()
    assert "10 of them hatched" in describe((masked,))
    at = on(model, by_title("Cross-attention"))
    mean = torch.stack([found.cross.stages(1, head).weights for head in range(8)]).mean(dim=0)
    (heat,) = picture("alignment", at)
    assert_close(heat.values, mean)
    assert (heat.row, heat.column) == (2, 2)  # bon, good: the surest look of a word
    assert mean[:-1].max() == mean[2, 2]
    question, said = texts_of(by_title("Cross-attention"), at)
    assert "From “I am good.” the translator makes “Je suis bon.”" in question
    assert said.startswith(f"At good: {percent(mean[2, 2].item())}".replace(" %", "\u00a0%"))
    S, T, d_k = len(found.source), len(found.target), found.cross.layers[1].q.size(-1)
    shapes = f"Q is {T} × {d_k}, K and V are {S} × {d_k}, so A is {T} × {S}"
    assert shapes in said.replace("\u00a0", " ")
    encoder, decoder, both = picture("three_attentions", on(model, by_title("Readers, writers, and both")))
    assert_close(encoder.values, found.encoder.weights(1).mean(dim=0))
    assert torch.equal(decoder.values.isneginf(), later)
    assert_close(both.values, mean)


def test_the_first_token_has_the_probabilities_of_the_record(model):
    (card,) = (card for _, _, card in ALL if card.picture == "next_word")
    (bars,) = picture("next_word", on(model, card))
    probabilities = translated(card.translate).logits()[0].double().softmax(-1).sort(descending=True).values
    assert_close(torch.tensor([size for _, size, _ in bars.lines], dtype=torch.double), probabilities[:8], atol=1e-6, rtol=0)


def test_under_the_mask_no_word_sees_a_later_one(model):
    at = on(model, by_title("A mask hides words"), query=7)
    assert (at.masked.triu(1) == 0).all()
    assert_close(at.masked[7, :8], at.cell.stages.weights[7, :8] / at.cell.stages.weights[7, :8].sum())
    assert facts(at, {"seen"})["seen"].text == "8"


# Facts and pictures.


def test_the_facts_are_the_models_numbers(model):
    card = Card(
        "",
        "",
        "words",
        sentence=OPENING,
        query="it",
        key="dog",
        rival="food",
        layer=5,
        head=9,
        against=(6, 12),
        others=(OPENING,),
    )
    at = on(model, card)
    stages = at.cell.stages
    found = {
        name: plain((fact,) if not isinstance(fact, tuple) else fact)
        for name, fact in facts(at, set(FACTS) - set(RENDERED_FACTS)).items()
    }
    found = {name: text.replace("\u00a0", " ") for name, text in found.items()}
    row = stages.weights[7]
    assert found["share"] == percent(row[2].item()) == "39.5 %"
    assert found["most_share"] == percent(row.max().item())
    assert found["score"] == number(stages.q[7] @ stages.k[2])
    assert found["scaled"] == number(stages.q[7] @ stages.k[2] / 32**0.5)
    assert found["undivided"] == percent(stages.scores[7].softmax(-1).max().item())
    assert found["others_give"] == percent((stages.weights[:, 2].sum() - row[2]).item() / 10)
    assert found["against_share"] == "59.9 %"
    assert found["against_others"] == "57.8 %"
    assert found["distance"] == "5"
    tops = [at.cell.trace.stages(layer, head).weights[7].argmax().item() for layer in range(6) for head in range(12)]
    assert found["votes"] == str(tops.count(2)) == "5"
    assert found["voted"] == str(len(set(tops)))
    assert [found[name] for name in ("tokens", "layers", "heads", "all_heads")] == ["11", "6", "12", "72"]
    assert [found[name] for name in ("d_model", "d_k", "d_ff", "vocabulary")] == ["384", "32", "1,536", "30,522"]
    assert [found[f"shape_{name}"] for name in "xqwa"] == ["11 × 384", "11 × 32", "384 × 32", "11 × 11"]
    assert found["mix"].startswith("39.5 % of dog + ")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_the_parts_of_a_mix_sum_to_all(model, text):
    at = scene(model, model.trace(text), (), (3, 1))
    (heat,) = picture("mix", at)
    assert_close(heat.values[:-1].sum(dim=0), heat.values[-1], rtol=0, atol=1e-4)
    assert_close(heat.values[-1], at.cell.stages.z[at.cell.query])
    assert_close(heat.moves[-1].values, heat.values, rtol=0, atol=1e-4)
    (bars,) = picture("softmax", at)
    assert sum(size for _, size, _ in bars.lines) == pytest.approx(1, abs=1e-5)
    (bars,) = picture("votes", at)
    assert sum(size for _, size, _ in bars.lines) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", MATRICES)
def test_the_heatmaps_hold_the_matrices(model, trace, name):
    at = scene(model, trace, (), (3, 1), 7, 2)
    (heat,) = picture(name, at)
    assert_close(heat.values, values(name, trace.layers[3], at.cell.stages), rtol=0, atol=0)
    assert heat.row == (2 if name in ("k", "v") else 7)
    assert heat.column == (2 if MATRICES[name].columns == "tokens" else None)
    assert list(heat.rows)[:3] == ["[CLS]", "a", "dog"]


def test_numbers_in_cells_are_whole_and_never_0_for_what_is_not(model, trace):
    at = scene(model, trace, (), (3, 1))
    (weights,), (scores,) = picture("weights", at), picture("scores", at)
    for row, shares in zip(weights.numbers, weights.values.tolist(), strict=True):
        for text, share in zip(row, shares, strict=True):
            assert text == "" if share < 0.005 else abs(int(text) - 100 * share) <= 1
            assert text != "100" or share == 1
    assert scores.numbers[7][2] == "18"
    long = model.trace(examples()[-1].text)
    assert picture("weights", scene(model, long, (), (3, 1)))[0].numbers == ()


def test_a_sentence_too_long_for_words_becomes_bars(model):
    short, long = (model.trace(text) for text in (OPENING, examples()[-1].text))
    assert picture("lines", scene(model, short, (), (3, 1))) == (Words(lines=True),)
    at = scene(model, long, (), (3, 1), 45)
    (bars,) = picture("lines", at)
    assert plain(bars.lines[0][0]) == "lighthouse"
    assert bars.lines[0][2] == "86.5 %"


def test_the_other_pictures_are_the_models(model, trace):
    at = scene(model, trace, (model.trace("I am good"),), (3, 1), 7, 2)
    q, k, product = picture("dot", at)[0].values
    assert_close(q, at.cell.stages.q[7])
    assert_close(k, at.cell.stages.k[2])
    assert_close(product.sum(), at.cell.stages.scores[7, 2])
    x, w, projected = picture("projected", at)
    assert plain(x.title).startswith("X₄")
    assert_close(x.values, trace.layers[3].x, rtol=0, atol=0)
    assert_close(x.values @ w.values + model.projection(3, 1, "q")[1], projected.values, rtol=0, atol=1e-4)
    (heads,) = picture("heads", at)
    assert heads.values.shape == (66, 132)
    assert_close(heads.values[33:44, 11:22], at.cell.stages.weights, rtol=0, atol=1 / 255)
    assert heads.block == (3, 1)
    (likeness,) = picture("similarity", at)
    cosine = sentence_vector(trace) @ sentence_vector(at.others[0])
    assert likeness.lines[0][2] == number(cosine)
    (stack,) = picture("stack", at)
    assert isinstance(stack, Stack)
    assert stack.times == 6


def test_words_are_found_as_they_are_typed_or_read(model):
    trace = model.trace("The Dog and the dog")
    assert find(trace, "Dog") == find(trace, "dog") == 2
    assert find(trace, "the") == 1
    with pytest.raises(ChoiceError, match="no word “cat” in “The Dog"):
        find(trace, "cat")
    with pytest.raises(ChoiceError, match="no token 99"):
        scene(model, trace, (), (0, 0), 99)


# Files that a teacher writes.

GOOD = '[[cards]]\ntitle = "One"\ntext = "Text"\npicture = "words"\n'
SECOND = 'title = "L"\n' + GOOD + '[[cards]]\ntitle = "Two"\n'
OWN = 'text = "x"\npicture = "lines"\nsentence = "A dog"\n'


def test_a_lesson_can_be_as_short_as_a_title_and_one_card():
    lesson = read_lesson('title = "L"\n' + GOOD, "mine", 6, 12)
    assert lesson == Lesson("L", (Card("One", "Text", "words"),))


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "no TOML": ("title = ", "Lesson mine is not readable as TOML"),
        "no title": (GOOD, "title is None"),
        "empty title": ('title = " "\n' + GOOD, "title is ' '"),
        "unknown field": ('title = "L"\nauthor = "me"\n' + GOOD, "field 'author'"),
        "no cards": ('title = "L"', "cards should be 1 to 60"),
        "cards are no tables": ('title = "L"\ncards = "x"', "cards should be"),
        "too many cards": ('title = "L"\n' + GOOD * (CARDS + 1), "cards should be"),
        "card is no table": ('title = "L"\ncards = [1]', "card 1 is no table"),
        "no text": (SECOND + 'picture = "words"', "card 2 has no text"),
        "no picture": (SECOND + 'text = "x"', "card 2 has no picture"),
        "text is a number": (SECOND + 'text = 3\npicture = "words"', "card 2: text is 3"),
        "empty text": (SECOND + 'text = ""\npicture = "words"', "card 2: text is ''"),
        "unknown card field": (SECOND + 'text = "x"\npicture = "words"\ncolour = "red"', "card 2 has a field 'colour'"),
        "unknown picture": (SECOND + 'text = "x"\npicture = "film"', "card 2: picture is 'film', expected one of words, lines"),
        "layer too high": (SECOND + 'text = "x"\npicture = "words"\nlayer = 7', "card 2: layer is 7, expected a whole number"),
        "head no number": (SECOND + 'text = "x"\npicture = "words"\nhead = "2"', "card 2: head is '2'"),
        "head is true": (SECOND + 'text = "x"\npicture = "words"\nhead = true', "card 2: head is True"),
        "too many words": (SECOND + f'text = "{"word " * 71}"\npicture = "words"', "card 2: question and text have 71 words"),
        "unknown fact": (SECOND + 'text = "{weather}"\npicture = "words"', "card 2: text has '{weather}'"),
        "fact with no word": (SECOND + OWN.replace('"x"', '"{share_of}"'), "card 2: text has '{share_of}'"),
        "fact with a word": (SECOND + OWN.replace('"x"', '"{share:dog}"'), "card 2: text has '{share:dog}'"),
        "word of no sentence": (SECOND + 'text = "{share_of:dog}"\npicture = "words"', "no sentence of its own"),
        "unknown role": (SECOND + 'text = "[x|red]"\npicture = "words"', "card 2: text has the role 'red'"),
        "query without sentence": (SECOND + 'text = "x"\npicture = "lines"\nquery = "dog"', "card 2: query is 'dog'"),
        "key without query": (SECOND + OWN + 'key = "dog"', "card 2: key is 'dog'"),
        "nothing against": (SECOND + 'text = "x"\npicture = "columns"', "card 2 has no against"),
        "fact against nothing": (SECOND + 'text = "{against_share}"\npicture = "words"', "card 2 has no against"),
        "bad against": (SECOND + 'text = "x"\npicture = "columns"\nagainst = [4, 13]', "card 2: against is [4, 13]"),
        "against is true": (SECOND + 'text = "x"\npicture = "columns"\nagainst = [true, 1]', "card 2: against is [True, 1]"),
        "no others": (SECOND + 'text = "x"\npicture = "similarity"', "card 2 has no others"),
        "empty others": (SECOND + 'text = "x"\npicture = "similarity"\nothers = []', "card 2: others is []"),
        "others are numbers": (SECOND + 'text = "x"\npicture = "similarity"\nothers = [1]', "card 2: others is [1]"),
    }.values(),
)
def test_a_bad_file_is_refused_by_card_and_field(text, said):
    with pytest.raises(LessonError) as error:
        read_lesson(text, "mine", 6, 12)
    assert said in str(error.value)
    assert str(error.value).startswith("Lesson mine")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ('sentence = "A dog"\nquery = "cat"', "card 2: query does not fit. There is no word “cat” in “A dog”"),
        ('sentence = "A dog"\nquery = "dog"\nkey = "cat"', "card 2: key does not fit."),
        ('sentence = "' + "dog " * 600 + '"', "card 2: sentence does not fit. This text has 602 tokens"),
    ],
)
def test_a_sentence_without_its_words_is_refused_by_card_and_field(model, card, said):
    lesson = read_lesson(SECOND + f'text = "x"\npicture = "lines"\n{card}', "mine", 6, 12)
    with pytest.raises(LessonError) as error:
        check_sentences(lesson, "mine", model)
    assert said in str(error.value)


def test_a_share_of_a_word_that_is_not_there_is_refused(model):
    lesson = read_lesson(SECOND + OWN.replace('"x"', '"{share_of:cat}"'), "mine", 6, 12)
    with pytest.raises(LessonError, match=r"card 2: text does not fit. There is no word “cat”"):
        check_sentences(lesson, "mine", model)


def test_markup_becomes_roles_and_what_a_person_typed_does_not(model):
    at = scene(model, model.trace("a [b|key] {share} dog"), (), (0, 0), 1, 9)
    card = Card("", "[Q|query] and [much|strong]: {key}", "words")
    parts = phrase(card.text, facts(at, asked(card)))
    assert [(part.text, part.role) for part in parts if not isinstance(part, str)][:2] == [("Q", "query"), ("much", "strong")]
    assert plain(phrase("{query}", {"query": "{share} [x|key]"})) == "{share} [x|key]"
