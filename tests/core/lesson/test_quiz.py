"""Questions are computed from the sentence; what is predicted is compared with the truth, and nothing else."""

import re
from pathlib import Path

import pytest

from attention_core.lesson.cards import Card, LessonError, asked, prediction_of, scene_of
from attention_core.lesson.facts import facts
from attention_core.lesson.lesson_file import read_lesson
from attention_core.lesson.predictions import ENDS, PREDICTED, judged
from attention_core.lesson.quiz import QUESTIONS, QuizEntry, question
from attention_core.lesson.scene import others_give, scene
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import plain
from tests.core.lesson.rendered import translated

LESSON = read_lesson((Path(__file__).parents[3] / "assets" / "lesson.toml").read_text("utf-8"), "lesson", 6, 12)
OPENING = "A dog ate the food because it was hungry"
TEXTS = [OPENING, "dog", "I am good", "The cat and the dog and the cat", "<b>bold</b> ![i](https://x.y) $x^2$ W_Q", "x " * 200]


def put(model, name: str, text: str = OPENING, head: tuple[int, int] = (3, 1)):
    return question(QuizEntry(1, name), model, model.trace(text), head)


def test_the_lesson_asks_twelve_questions_and_each_leads_back_to_a_card():
    assert len(LESSON.quiz) == 12
    assert len({entry.name for entry in LESSON.quiz}) == 12
    assert all(1 <= entry.card <= len(LESSON.cards) for entry in LESSON.quiz)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_one_right_answer_and_others_on_every_sentence(model, name, text):
    for head in ((3, 1), (0, 0), (5, 11)):
        made = put(model, name, text, head)
        assert 2 <= len(made.asked.options) <= 4
        assert len(set(made.asked.options)) == len(made.asked.options)
        assert all(option.strip() and "nan" not in option for option in made.asked.options)
        assert "nan" not in plain(made.text) + plain(made.why)
        assert judged(made.asked, made.asked.right)[0]
        assert not any(judged(made.asked, at)[0] for at in range(len(made.asked.options)) if at != made.asked.right)


def test_the_numbers_differ_from_sentence_to_sentence(model):
    for entry in LESSON.quiz:
        said = {
            plain(put(model, entry.name, text).text) + str(put(model, entry.name, text).asked.options) for text in TEXTS[:4]
        }
        assert len(said) >= 3, entry.name
    assert put(model, "scaled") == put(model, "scaled")


def test_the_right_answers_are_the_models(model):
    """Each is computed once more, from the trace alone, by what the question says."""
    trace = model.trace(OPENING)
    right = {}
    for name in QUESTIONS:
        made = put(model, name)
        right[name] = made.asked.options[int(made.asked.right)], plain(made.text)
    stages = trace.stages(3, 1)
    words = [token.text for token in trace.tokens]
    assert right["tokens"][0] == str(len(trace.tokens)) == "11"
    assert right["shape_q"][0] == "11\u00a0×\u00a032"
    assert right["count"][0] == f"{72 * 121:,}"
    asking, asked_for = re.match(r"(\S+) and (\S+) have the score", right["scaled"][1]).groups()
    row, column = words.index(asking), words.index(asked_for)
    assert right["scaled"][0] == number(stages.scaled[row, column])
    asking, asked_for = re.search(r"score of (\S+) and (\S+) is", right["softmax_share"][1]).groups()
    assert right["softmax_share"][0] == percent(stages.weights[words.index(asking), words.index(asked_for)].item())
    asking = re.search(r"largest share of (\S+) is", right["undivided"][1])[1]
    assert right["undivided"][0] == percent(stages.scores[words.index(asking)].softmax(dim=-1).max().item())
    asking = right["masked"][1].split(" is token ")[0]
    assert right["masked"][0] == str(words.index(asking) + 1)
    asking = re.search(r"Z of (\S+), by", right["loudest"][1])[1]
    added = stages.weights[words.index(asking)] * stages.v.norm(dim=1)
    assert right["loudest"][0] == words[int(added.argmax())]
    asking, asked_for = re.match(r"(\S+) gives (\S+) ", right["stands_out"][1]).groups()
    row, column = words.index(asking), words.index(asked_for)
    stands_out = stages.weights[row, column].item() - others_give(stages, row, column)
    assert right["stands_out"][0] == number(100 * stands_out, 1)
    asking = re.search(r"word does (\S+) look most", right["most"][1])[1]
    assert right["most"][0] == words[int(stages.weights[words.index(asking)].argmax())]
    written = int(re.search(r"written (\d) tokens", right["cross_shape"][1])[1])
    assert right["cross_shape"][0] == f"{written}\u00a0×\u00a011"
    first, last = re.search(r"from (\S+) to (\S+) in", right["distance"][1]).groups()
    steps = words.index(last) - words.index(first)
    assert right["distance"][0] == f"{steps} and 1"
    assert steps > 1


MINE = 'title = "M"\n[[cards]]\ntitle = "One"\ntext = "x"\npicture = "words"\n[[quiz]]\n'
OWN = 'question = "Q"\nright = "r"\nwrong = ["w", "v"]\nwhy = "so"\ncard = "One"\n'


def test_a_teacher_asks_in_words_of_their_own(model):
    (entry,) = read_lesson(MINE + OWN, "mine", 6, 12).quiz
    made = question(entry, model, model.trace("dog"), (0, 0))
    assert plain(made.text) == "Q"
    assert sorted(made.asked.options) == ["r", "v", "w"]
    assert made.asked.options[int(made.asked.right)] == "r"
    assert plain(made.why) == "so"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('name = "weather"\ncard = "One"', "question 1: a question that is computed"),
        ('name = "scaled"', "question 1: card is None"),
        ('name = "scaled"\ncard = "Two"', "question 1: card is 'Two', expected the title of a card"),
        (OWN.replace('why = "so"\n', ""), "question 1 has no why"),
        (OWN.replace('["w", "v"]', '["r"]'), "question 1: wrong is"),
        (OWN.replace('["w", "v"]', "[]"), "question 1: wrong is"),
        (OWN.replace('["w", "v"]', '"w"'), "question 1: wrong is"),
        (OWN.replace('"r"', '" "'), "question 1: right is"),
        (OWN + "colour = 1", "question 1 has a field 'colour'"),
    ],
)
def test_a_bad_question_is_refused_by_number_and_field(entry, said):
    with pytest.raises(LessonError) as error:
        read_lesson(MINE + entry, "mine", 6, 12)
    assert said in str(error.value)


def test_a_quiz_of_another_kind_is_refused():
    for quiz in ('quiz = "x"\n', "quiz = [1]\n"):
        with pytest.raises(LessonError, match=r"quiz should|question 1 is no table"):
            read_lesson(quiz + MINE.removesuffix("[[quiz]]\n"), "mine", 6, 12)


def test_everything_that_can_be_predicted_is_right_when_it_is_the_truth(model):
    for card in LESSON.cards:
        at = scene_of(card, model, model.trace, OPENING, (3, 1), 7, translated)
        found = prediction_of(card, at, facts(at, asked(card)))
        assert (found is not None) == bool(card.question), card.title
        if found:
            assert judged(found, found.right)[0], card.title
    assert sum(bool(card.question) for card in LESSON.cards) >= 15


def test_a_number_is_compared_with_the_truth(model):
    at = scene(model, model.trace(OPENING), (), (3, 1), 7)
    found = PREDICTED["undivided"](at)
    assert found.kind == "percent"
    assert ENDS["percent"] == (0, 100)
    assert plain(judged(found, 50)[1]) == "You predicted 50\u00a0%: 49.8 points away."
    assert plain(judged(found, 97)[1]) == "You predicted 97\u00a0%: 2.8 points away, that is near."
    assert judged(PREDICTED["tokens"](at), 11) == (True, judged(PREDICTED["tokens"](at), 11)[1])
    assert not judged(PREDICTED["tokens"](at), 9)[0]
    assert plain(judged(PREDICTED["most"](at), 5)[1]) == "You predicted food: not so."


def test_options_of_a_card_are_mixed_and_the_first_is_right(model):
    card = Card("T", "x", "words", question="q", options=("{tokens}", "9", "7"))
    at = scene_of(card, model, model.trace, OPENING, (3, 1), 7, translated)
    found = prediction_of(card, at, facts(at, asked(card)))
    assert sorted(found.options) == ["11", "7", "9"]
    assert found.options[int(found.right)] == "11"
