"""Lesson: every card shows the numbers of its sentence; buttons, links and names of lessons lead where they say."""

import html
import re

import pytest

from attention_core.lesson.cards import Card, asked, phrase, scene_of
from attention_core.lesson.facts import facts
from attention_core.lesson.lesson_file import read_lesson
from attention_core.lesson.quiz import question
from attention_core.lesson.scene import find
from attention_core.writing.phrases import plain
from pages.shared.lesson import files as lessons
from pages.shared.lesson.presentation import steps
from tests.core.lesson.rendered import translated
from tests.pages.forged import say
from tests.pages.screen import (
    OPENING,
    assert_only_own_html,
    choose,
    component,
    links,
    messages,
    open_page,
    pieces,
    read_html,
    type_text,
    written,
)

OWN = "The small cat sat on the warm mat"
LESSON = read_lesson((lessons.FOLDER / "lesson.toml").read_text("utf-8"), "lesson", 6, 12)
CARDS = LESSON.cards
WALK = steps(LESSON)
IN_CARDS = [step for step in WALK if step[0] <= len(CARDS)]
MINE = 'title = "Mine"\n[[cards]]\ntitle = "My card"\ntext = "{tokens} tokens"\npicture = "words"\n'


def open_lesson(address=None, theme=None):
    return open_page(address, theme=theme, page="lesson")


def title_of(at) -> str:
    (title,) = (read_html(found) for piece in pieces(at) for found in re.findall(r"<h1>.*?</h1>", piece))
    return title


def paragraphs(at) -> list[str]:
    (card,) = (piece for piece in pieces(at) if 'class="card' in piece)
    return [read_html(found).strip() for found in re.findall(r"<p.*?</p>", card)]


def spelled(text: str) -> str:
    """As the page writes W_Q, by hand."""
    return re.sub(r"\b([Wd])_(model|[QKVOk])\b", r"\1\2", text)


def expected_texts(model, card: Card, text: str, query: int | None) -> tuple[str, str]:
    """Question and text of a card, by the core alone."""
    at = scene_of(card, model, model.trace, text, (OPENING.layer - 1, OPENING.head - 1), query, translated)
    found = facts(at, asked(card))
    return spelled(plain(phrase(card.question, found))), spelled(plain(phrase(card.text, found)))


def assert_card(at, number: int, answer: str = "hidden"):
    """The page stands on this card, and on nothing else."""
    assert not at.exception
    assert not at.error
    card = CARDS[number - 1]
    assert title_of(at) == spelled(card.title)
    assert f"{number}\u2009/\u2009{len(CARDS)}" in written(at)
    assert component(at, "lesson-keys")["step"] == WALK.index((number, answer if card.question else "hidden"))
    assert_only_own_html(at)


def test_the_lesson_opens_on_its_first_card():
    at = open_lesson()
    assert_card(at, 1)
    assert at.query_params == {}
    assert messages(at) == ""
    assert at.text_input(key="text").value == OPENING.text
    assert at.button(key="lesson-back").disabled
    assert component(at, "lesson-keys")["steps"] == len(WALK)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_card_shows_what_the_core_says_of_the_sentence(model, theme):
    at = open_lesson(theme=theme)
    for number, answer in IN_CARDS:
        assert_card(at, number, answer)
        card = CARDS[number - 1]
        question, text = expected_texts(model, card, OPENING.text, OPENING.query - 1)
        shown = paragraphs(at)
        if card.question:
            assert question in shown
        if card.question and answer == "hidden":
            assert text not in shown
        else:
            assert text in shown
        assert messages(at) == ""
        at.button(key="lesson-next").click().run()
    assert "Type a sentence of your own" in written(at)


def test_back_goes_the_same_way():
    at = open_lesson({"card": str(IN_CARDS[-1][0]), "answer": IN_CARDS[-1][1]})
    for number, answer in reversed(IN_CARDS):
        assert_card(at, number, answer)
        if number > 1:
            at.button(key="lesson-back").click().run()
    assert at.button(key="lesson-back").disabled


def test_every_card_speaks_of_the_sentence_that_was_typed(model):
    at = type_text(open_lesson(), OWN)
    trace = model.trace(OWN)
    (query,) = (find(trace, word) for word in [trace.tokens[at.session_state["query"] - 1].text])
    for number, card in enumerate(CARDS, 1):
        choose(at, card=number)
        if card.question:
            at.button(key="lesson-next").click().run()
        assert_card(at, number, "shown")
        _, text = expected_texts(model, card, OWN, query)
        assert text in paragraphs(at), card.title
        assert at.text_input(key="text").value == OWN
        if card.sentence:
            own = any("a sentence of its own" in said or card.sentence in said for said in paragraphs(at))
            assert own or card.picture == "pair"


def test_a_question_waits_for_its_answer():
    number = next(number for number, card in enumerate(CARDS, 1) if card.title == "From many steps to one")
    at = open_lesson({"card": str(number)})
    assert at.button(key="lesson-next").label == "Show the answer"
    assert "88.2" not in written(at)
    assert [element for element in at.get("bidi_component") if element.key == "lesson-words"] == []
    at.button(key="lesson-next").click().run()
    assert at.button(key="lesson-next").label == "Next →"
    assert "88.2" in written(at)
    assert component(at, "lesson-words")["rows"]["23"][2] == pytest.approx(0.882, abs=5e-4)
    assert (at.query_params["card"], at.query_params["answer"]) == (str(number), "shown")


def test_the_keys_lead_to_any_step():
    at = open_lesson()
    at.session_state["card"], at.session_state["answer"] = WALK[10]
    at.run()
    assert_card(at, *WALK[10])


@pytest.mark.parametrize("number", [1, 5, 18, len(CARDS)])
def test_every_card_has_a_link(number):
    assert_card(open_lesson({"card": str(number)}), number)
    assert_card(open_lesson({"card": str(number), "answer": "shown"}), number, "shown")


def test_another_lesson_opens_by_name():
    at = open_lesson({"lesson": "short"})
    assert title_of(at) == "Each word asks"
    at.button(key="lesson-next").click().run()
    assert title_of(at) == "Scores become shares"
    assert at.query_params["lesson"] == "short"


@pytest.mark.parametrize(
    "name",
    ["nope", "../lesson", "..", "/etc/passwd", "short.toml", "Short", "short/../short", "short\x00", "<b>", "a" * 5000, " "],
    ids=lambda name: name[:12],
)
def test_a_lesson_that_there_is_not_is_named_and_replaced(name):
    at = open_lesson({"lesson": name})
    assert_card(at, 1)
    assert "There is no lesson" in messages(at)
    assert "there is: short" in messages(at)
    assert len(messages(at)) < 400


@pytest.fixture
def folder(tmp_path, monkeypatch, fresh_cache):
    """A folder of lessons of one's own, beside the app's lesson."""
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lesson.toml").write_text((lessons.FOLDER / "lesson.toml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(lessons, "FOLDER", tmp_path)
    return tmp_path / "lessons"


def test_a_teachers_lesson_is_shown_as_it_is_written_now(folder):
    file = folder / "mine.toml"
    file.write_text(MINE, "utf-8")
    at = open_lesson({"lesson": "mine"})
    assert title_of(at) == "My card"
    assert "11 tokens" in written(at)
    file.write_text(MINE.replace("My card", "Another card"), "utf-8")
    assert title_of(at.run()) == "Another card"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINE.replace('"words"', '"film"'), "Lesson mine, card 1: picture is 'film'"),
        (MINE + "layer = 9", "Lesson mine, card 1: layer is 9"),
        (MINE + 'sentence = "A dog"\nquery = "cat"', "Lesson mine, card 1: query does not fit."),
        ("title = <b>", "Lesson mine is not readable as TOML"),
        (b"\xff\xfe", "Lesson mine cannot be read as UTF-8 text"),
    ],
)
def test_a_bad_lesson_is_told_by_card_and_field_and_replaced(folder, text, said):
    (folder / "mine.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    at = open_lesson({"lesson": "mine"})
    assert title_of(at) == CARDS[0].title
    assert said in messages(at)
    assert_only_own_html(at)


@pytest.mark.parametrize("text", ["", "   "])
def test_a_text_without_a_word_is_told_and_can_be_mended(text):
    at = type_text(open_lesson(), text)
    assert not at.exception
    assert "There is no word" in messages(at)
    assert_card(type_text(at, OWN), 1)


@pytest.mark.parametrize("count", [60, 510, 700])
def test_long_texts_keep_every_card_whole(count):
    at = type_text(open_lesson(), " ".join(["cat"] * count))
    for number, answer in IN_CARDS:
        at.session_state["card"], at.session_state["answer"] = number, answer
        assert_card(at.run(), number, answer)


def test_a_card_that_is_bound_to_no_head_shows_the_chosen_one(model):
    view = {"text": OPENING.text, "layer": "2", "head": "8", "query": "3", "key": "4"}
    at = open_lesson({"card": "30"} | view)
    assert "come first for dog" in written(at)
    assert links(at)["Step by step"][1]["head"] == "8"


def test_step_by_step_opens_on_the_head_of_the_card():
    at = open_lesson({"card": "13"})
    _, view = links(at)["Step by step"]
    assert (view["layer"], view["head"], view["text"]) == ("4", "2", OPENING.text)
    assert "card" not in view


def test_the_pictures_have_an_alternative_text():
    for number, card in enumerate(CARDS, 1):
        at = open_lesson({"card": str(number), "answer": "shown"})
        kinds = {element.key: component(at, element.key) for element in at.get("bidi_component")}
        if "lesson-heats" in kinds:
            assert html.unescape(kinds["lesson-heats"]["name"]).count("heatmap of") == len(kinds["lesson-heats"]["panels"])
        elif "lesson-words" in kinds:
            assert kinds["lesson-words"]["name"].startswith("The sentence; layer")
        elif "lesson-bars" in kinds:
            assert "52.9 %" in kinds["lesson-bars"]["table"]
        else:
            assert any('class="drawn"' in piece for piece in pieces(at)), card.title


def test_a_word_that_was_chosen_stays_through_the_lesson():
    at = open_lesson({"text": OPENING.text, "query": "6", "card": "13"})
    assert "food gives" in written(at)
    choose(at, card=15)
    assert "What does food take home?" in written(at)


def test_back_in_the_browser_opens_the_card_before(go_to):
    at = open_lesson()
    at.button(key="lesson-next").click().run()
    before = dict(at.query_params)
    at.button(key="lesson-next").click().run()
    go_to(at, before)
    assert_card(at, 2)


# What is predicted, and the quiz.


def predict(at, value):
    """The reader's browser sends a prediction."""
    return say(at, "lesson-guess", "guess", value)


def test_a_prediction_is_kept_and_compared_with_the_truth():
    at = open_lesson({"card": "9", "text": OPENING.text, "query": "8"})
    assert component(at, "lesson-guess")["options"][5] == "food"
    predict(at, 5)
    assert component(at, "lesson-guess")["given"] == 5
    assert "You predicted" not in written(at)
    at.button(key="lesson-next").click().run()
    assert "✗ You predicted food: not so." in written(at)
    at.button(key="lesson-back").click().run()
    predict(at, 2)
    at.button(key="lesson-next").click().run()
    assert "✓ You predicted dog: right." in written(at)
    type_text(at, OWN)
    assert "You predicted" not in written(at)  # of another sentence nothing was predicted


def test_a_number_is_predicted_between_its_ends_or_not_at_all():
    at = open_lesson({"card": "11", "text": OPENING.text, "query": "8"})
    for junk in (-1, 101, True, "50", None, [], float("nan"), 1e400):
        predict(at, junk)
        assert component(at, "lesson-guess")["given"] is None, junk
    predict(at, 60.5)
    at.button(key="lesson-next").click().run()
    assert "You predicted 60.50\u00a0%: 39.3 points away." in written(at)


def test_the_quiz_asks_explains_and_adds_up(model):
    first = len(CARDS) + 2
    at = open_lesson({"card": str(first)})
    right = 0
    for number, entry in enumerate(LESSON.quiz, 1):
        made = question(entry, model, model.trace(OPENING.text), (OPENING.layer - 1, OPENING.head - 1))
        assert spelled(plain(made.text)) in written(at)
        assert component(at, "lesson-guess")["options"] == list(made.asked.options)
        assert spelled(plain(made.why)) not in written(at)
        given = int(made.asked.right) if number % 3 else (int(made.asked.right) + 1) % len(made.asked.options)
        right += given == made.asked.right
        predict(at, given)
        assert spelled(plain(made.why)) in written(at)
        assert f"Card {entry.card}:" in written(at)
        assert component(at, "lesson-guess")["right"] == int(made.asked.right)
        assert ("✓" in written(at)) == (given == made.asked.right)
        predict(at, 0)  # what is answered stays
        at.button(key="lesson-next").click().run()
    assert f"{right} of 12 right" in written(at)
    assert at.button(key="lesson-next").disabled
    assert_only_own_html(at)
    at.button(key="lesson-again").click().run()
    assert component(at, "lesson-guess")["given"] is None
    assert at.session_state["card"] == first


def test_a_question_leads_back_to_the_card_that_explains_it():
    at = open_lesson({"card": str(len(CARDS) + 4), "answer": "shown"})
    at.button(key="lesson-see").click().run()
    assert_card(at, LESSON.quiz[2].card, "shown")


def test_a_sentence_can_be_typed_where_the_lesson_says_so():
    at = open_lesson({"card": str(len(CARDS) + 1)})
    assert {"By hand", "What if?", "Inside the encoder", "Step by step"} <= links(at).keys()
    at.text_input(key="lesson-own").set_value(OWN).run()
    assert at.text_input(key="text").value == OWN
    at.button(key="lesson-next").click().run()
    assert "Your sentence has 8 words" in written(at)


def test_a_picture_of_the_whole_translator_names_no_layer():
    at = open_lesson({"lesson": "translation", "card": "4", "answer": "shown"})
    assert "translator" in written(at)
    assert "layer 2" not in written(at)


def test_a_lesson_without_a_quiz_ends_with_its_last_card(folder):
    (folder / "mine.toml").write_text(MINE, "utf-8")
    at = open_lesson({"lesson": "mine"})
    assert at.button(key="lesson-next").disabled
    assert component(at, "lesson-keys")["steps"] == 1
