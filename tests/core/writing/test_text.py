"""Text is safe to show, whole letters stay whole, and right-to-left words stay where they are put."""

import pytest

from attention_core.model.tokens import Token
from attention_core.weights.units import units
from attention_core.writing.losses import losses
from attention_core.writing.phrases import named
from attention_core.writing.text import cut, isolated, label, labels, visible, without_isolates

FSI, PDI = "\u2068", "\u2069"


def token(text: str) -> Token:
    return Token(text, 5, False, 0, (0, len(text)))


@pytest.mark.parametrize("text", ["हिन्दी", "में", "nai\u0308ve", "cafe\u0301", "naïve", "שָׁלוֹם", "ไม่มี", "q\u0323\u0307"])
def test_a_mark_stands_on_its_letter(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ी", "◌ी"),
        ("##ी", "##◌ी"),
        ("\u0301a", "◌\u0301a"),
        (" \u0301", "␣◌\u0301"),
        ("\u200b\u0301\u0302", "U+200B◌\u0301\u0302"),
        ("\ufe0f", "U+FE0F"),
        ("a\ufe0f", "aU+FE0F"),
    ],
)
def test_a_mark_that_begins_stands_on_a_circle(text, shown):
    assert visible(text) == shown


def test_a_tower_of_marks_is_taken_down():
    shown = visible("a" + "\u0301" * 30)
    assert shown.count("\u0301") == 30
    assert max(len(floor) for floor in shown.split("◌")) <= 7


@pytest.mark.parametrize("text", ["हिन्दी", "में", "nai\u0308ve", "cafe\u0301", "naïve", "שָׁלוֹם", "Việt"])
def test_a_whole_word_is_spelled_as_in_the_sentence(model, text):
    for sentence in (text, f"a {text} b", f"{text}, {text}"):
        found = units(sentence, model.tokens(sentence), special=False, whole_words=True)
        words = [word for word in labels(found.tokens) if word not in "ab,"]
        assert [without_isolates(word) for word in words] == [text] * sentence.count(text)
        for word in found.tokens:
            assert sentence[slice(*word.span)] == word.text


@pytest.mark.parametrize("text", ["עברית", "##ת", "مرحبا", "؟", "a א"])
def test_a_word_from_right_to_left_is_isolated_wherever_it_is_named(text):
    tokens = (token(text), token(text), token("dog"))
    assert label(tokens[0]) == f"{FSI}{visible(text)}{PDI}"
    assert named(tokens, 1, "key").text == f"2 · {FSI}{visible(text)}{PDI}"
    assert named(tokens, 2, "key").text == "dog"


def test_what_is_cut_stays_isolated():
    assert cut(isolated("א" * 20), 5) == f"{FSI}{'א' * 4}…{PDI}"
    assert cut(isolated("א" * 5), 5) == isolated("א" * 5)
    assert cut("dog" * 9, 5) == "dogd…"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A dog ate the food", []),
        ("日本語 가나다", []),
        ("naïve", ["drops accents and vowel signs. It reads “naïve” as “naive”."]),
        ("nai\u0308ve", ["It reads “nai\u0308ve” as “naive”."]),
        ("में é è ê ë", ["It reads “में” as “म”, “é” as “e”, “è” as “e” and 2 more."]),
        ("I like 🫠", ["reads [UNK] instead: “🫠”."]),
        ("🫠 é", ["“é” as “e”", "[UNK]"]),
        ("dog " * 254, []),
        ("dog " * 255, ["257 tokens are read here, of the 512", "only the first 256"]),
        ("[UNK]", []),
    ],
)
def test_what_the_model_does_to_a_text_is_told(model, text, said):
    found = losses(model, model.trace(text))
    assert len(found) == len(said) if "only the first 256" not in said else len(found) == 1
    for part in said:
        assert any(part in sentence for sentence in found)
