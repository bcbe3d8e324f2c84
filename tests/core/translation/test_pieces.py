"""Text becomes tokens whose spans index it, and ids become text again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_core.errors import TextError
from attention_core.translation.pieces import read, write
from attention_core.translation.vocabulary import MARKS, clean, learn
from tests.core.translation.tiny import PAIRS, PIECES

TOKENIZER = learn((text for pair in PAIRS for text in pair), PIECES)
LETTERS = "a é e\u0301 🐕 ﬁ ½ \x00 \u200d \u202f ’ 's l' 日 \ufeff ß … ﷽ <s> <0x41> ! 1 \n"  # the tricky and the plain
TRICKY = st.sampled_from((*LETTERS.split(" "), " "))
TEXTS = st.lists(TRICKY, max_size=14).map("".join) | st.text(max_size=40)


def read_all(text: str):
    return read(text, TOKENIZER, 10**6)


@given(TEXTS, st.sampled_from([2, 3, 8, 60]))
def test_the_spans_of_any_text_index_it_in_order(text, limit):
    try:
        reading = read(text, TOKENIZER, limit)
    except TextError:
        return
    *content, end = reading.tokens
    assert (end.text, end.is_special, end.word, end.span) == ("</s>", True, None, None)
    assert 1 <= len(content) < limit
    starts = [token.span[0] for token in content]
    assert starts == sorted(starts)
    assert all(0 <= start < stop <= len(text) for start, stop in (token.span for token in content))
    assert text.endswith(reading.cut)
    words = [token.word for token in content]
    assert words == sorted(words)
    assert words[0] == 0


@given(TEXTS)
def test_ids_of_any_text_are_written_as_that_text(text):
    try:
        content = read_all(text).tokens[:-1]
    except TextError:
        return
    written, tokens = write([token.id for token in content], TOKENIZER)
    assert written == clean(text)
    assert [token.text for token in tokens] == [token.text for token in content]
    assert [token.word for token in tokens] == [token.word for token in content]


@given(st.lists(st.integers(3, PIECES - 1), max_size=30))
def test_any_ids_are_written_with_one_token_each(ids):
    written, tokens = write(ids, TOKENIZER)
    assert [token.id for token in tokens] == ids
    assert all(0 <= start <= stop <= len(written) for start, stop in (token.span for token in tokens))
    assert not any(token.is_special for token in tokens)


def test_words_carry_their_apostrophe_as_each_language_has_it():
    def words(text: str) -> list[str]:
        spans: dict[int, tuple[int, int]] = {}
        for token in read_all(text).tokens[:-1]:
            start, stop = token.span
            spans[token.word] = min(start, spans.get(token.word, (start, 0))[0]), stop
        return [text[start:stop].strip() for start, stop in spans.values()]

    assert words("I'm here, don't shout.") == ["I", "'m", "here", ",", "don", "'t", "shout", "."]
    assert words("L'arbre qu'il voit, est-il là ?") == ["L'", "arbre", "qu'", "il", "voit", ",", "est", "-", "il", "là", "?"]
    assert words("L’été 2026") == ["L’", "été", "2", "0", "2", "6"]


def test_a_piece_inside_a_word_says_so():
    tokens = read_all("The hungry tree").tokens
    inside = [token for token in tokens if token.continues_word]
    assert inside
    assert all(token.text.startswith("##") for token in inside)
    assert not any(token.text.startswith(("##", " ")) for token in tokens if not token.continues_word)


def test_unknown_characters_are_read_as_bytes():
    tokens = read_all("a 🐕").tokens[:-1]
    assert [token.text for token in tokens[-4:]] == ["<0xF0>", "<0x9F>", "<0x90>", "<0x95>"]
    assert {token.span for token in tokens[-4:]} == {(2, 3)}
    assert write([token.id for token in tokens[-2:]], TOKENIZER)[0] == "\N{REPLACEMENT CHARACTER}" * 2


def test_marks_that_are_typed_are_ordinary_text():
    typed = "<s> </s> <pad> <0x41>"
    tokens = read_all(typed).tokens[:-1]
    assert not any(token.is_special or token.text in (*MARKS, "<0x41>") for token in tokens)
    assert write([token.id for token in tokens], TOKENIZER)[0] == typed


def test_spaces_quotes_and_control_characters_are_made_one_kind():
    assert clean("\ufeff Où\u202f? \t«\u00a0l’été\u00a0»\n\x00") == "Où ? « l'été »"


def test_a_text_that_is_too_long_is_cut_before_a_word():
    text = "The dog sleeps. " * 30
    reading = read(text, TOKENIZER, 60)
    assert len(reading.tokens) <= 60
    assert text[: -len(reading.cut)].split() + reading.cut.split() == text.split()
    assert reading.cut.startswith(" ")


def test_an_endless_word_is_cut_between_characters():
    reading = read("x🐕" * 50_000, TOKENIZER, 60)
    last = reading.tokens[-2].span[1]
    assert reading.cut == ("x🐕" * 50_000)[last:]


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\u200b"])
def test_nothing_to_translate_is_said(text):
    with pytest.raises(TextError, match="nothing to translate"):
        read_all(text)


@pytest.mark.parametrize(("text", "said"), [("a\ud83d", "surrogate"), (None, "NoneType"), (b"dog", "bytes"), (7, "int")])
def test_what_is_no_text_is_refused_by_name(text, said):
    with pytest.raises(TextError, match=said):
        read_all(text)
