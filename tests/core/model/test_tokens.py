"""Tokens are the official tokenizer's, know where they come from, and can be shown safely."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_core import AttentionError, TextError, TextTooLongError, Token
from attention_core.model.tokens import tokenize
from attention_core.writing.text import label, labels, without_isolates

NO_LIMIT = 10**6
TEXTS = {
    "empty": "",
    "spaces": " \t\n  ",
    "ordinary": "A dog ate the food because it was hungry.",
    "pieces": "Unaffable antidisestablishmentarianism, embeddings and tokenizers!",
    "capitals": "ÀÉÎÕÜ ẞTRASSE İstanbul ΣΊΣΥΦΟΣ",
    "emoji": "I 💛 my 👩‍👩‍👧‍👦 and 🏳️‍🌈 👍🏽",
    "nul": "a\x00b \x00 c",
    "controls": "\x01\x07\x1b[31mred\x7f\x85 \r\n",
    "zero width": "zero\u200bwidth \u200d \ufeff joiner\u2060s",
    "odd spaces": "no\u00a0break\u2003em\u3000ideographic\u2028line",
    "right to left": "שלום עולם مرحبا بالعالم \u202eabc\u202c",
    "chinese": "我喜欢狗。日本語のテキスト",
    "korean": "안녕하세요 세계",
    "combining": "e\u0301 n\u0303 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ ि",
    "html": "<b>bold</b> &amp; <script>alert('x')</script>",
    "markdown": "![i](https://evil/x.png) **bold** `code` $x^2$ # heading",
    "typed special tokens": "a [SEP] b [MASK] c[CLS] [PAD] [UNK] [mask]",
    "number signs": "##ing # ## ###",
    "a long word": "x" * 10_000,
    "100 letters": "a" * 100 + " " + "a" * 101,
    "private use": "\ue000 \U0010ffff \ufffe",
}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MIXED_TEXT = st.lists(st.sampled_from(list(TEXTS.values())) | ANY_TEXT, max_size=5).map(" ".join)
ASCII_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126))
# Blank or without width of their own, though Unicode files them under letters, marks and symbols.
BLANK = {
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x2800,
    0x3164,
    0xFFA0,
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}


def assert_official(text, tokenizer, official):
    tokens = tokenize(text, tokenizer, NO_LIMIT)
    ids = official(text)["input_ids"]
    assert [token.id for token in tokens] == ids
    assert [token.text for token in tokens] == official.convert_ids_to_tokens(ids)


@pytest.mark.parametrize("name", TEXTS)
def test_tokens_are_the_official_ones_for(checkpoint, official_tokenizer, name):
    assert_official(TEXTS[name], checkpoint.tokenizer, official_tokenizer)


@given(text=ANY_TEXT | MIXED_TEXT)
def test_tokens_are_the_official_ones_for_any_unicode(checkpoint, official_tokenizer, text):
    assert_official(text, checkpoint.tokenizer, official_tokenizer)


@given(words=st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_tokens_are_the_official_ones_for_english(checkpoint, official_tokenizer, prose, words):
    vocabulary = prose.split()
    assert_official(" ".join(vocabulary[word % len(vocabulary)] for word in words), checkpoint.tokenizer, official_tokenizer)


@given(text=ANY_TEXT | MIXED_TEXT)
def test_only_the_first_and_last_token_are_special(checkpoint, text):
    first, *inner, last = tokenize(text, checkpoint.tokenizer, NO_LIMIT)
    assert first == Token("[CLS]", 101, is_special=True, word=None, span=None)
    assert last == Token("[SEP]", 102, is_special=True, word=None, span=None)
    assert not any(token.is_special for token in inner)


@given(text=ANY_TEXT | MIXED_TEXT)
def test_words_count_up_from_0_and_pieces_continue_them(checkpoint, text):
    word = -1
    for token in tokenize(text, checkpoint.tokenizer, NO_LIMIT)[1:-1]:
        assert token.continues_word == token.text.startswith("##")
        word += not token.continues_word
        assert token.word == word


@given(text=ANY_TEXT | MIXED_TEXT)
def test_spans_follow_one_another_within_the_text(checkpoint, text):
    reached = (0, 0)
    for token in tokenize(text, checkpoint.tokenizer, NO_LIMIT)[1:-1]:
        start, end = token.span
        assert 0 <= start < end <= len(text)
        # Pieces may share a character (a Korean syllable is several letters), but never go back.
        assert token.span >= reached
        reached = token.span


@given(text=ASCII_TEXT | st.sampled_from([text for text in TEXTS.values() if text.isascii() and text.isprintable()]))
def test_a_span_holds_exactly_the_piece_in_plain_text(checkpoint, text):
    for token in tokenize(text, checkpoint.tokenizer, NO_LIMIT)[1:-1]:
        source = text[slice(*token.span)]
        if token.text == "[UNK]" and source != "[UNK]":
            assert len(source) > 100  # the one kind of ASCII word that BERT does not split into pieces
        else:
            assert source.lower() == token.text.removeprefix("##" if token.continues_word else "").lower()


def test_a_word_in_pieces_keeps_one_number(model):
    tokens = model.trace("an unaffable dog").tokens
    assert [(token.text, token.word, token.span, token.continues_word) for token in tokens] == [
        ("[CLS]", None, None, False),
        ("an", 0, (0, 2), False),
        ("una", 1, (3, 6), False),
        ("##ffa", 1, (6, 9), True),
        ("##ble", 1, (9, 12), True),
        ("dog", 2, (13, 16), False),
        ("[SEP]", None, None, False),
    ]


def test_special_tokens_typed_by_a_person_are_read_as_such_but_stand_for_their_characters(model):
    tokens = model.trace("a [MASK] [SEP]").tokens
    assert [(token.text, token.id) for token in tokens[2:4]] == [("[MASK]", 103), ("[SEP]", 102)]
    assert [(token.is_special, token.word, token.span) for token in tokens[2:4]] == [(False, 1, (2, 8)), (False, 2, (9, 14))]


@pytest.mark.parametrize("text", ["\ud800", "dog \udfff", "\ude00\ud83d"])
def test_half_a_surrogate_pair_is_a_text_error(model, text):
    with pytest.raises(TextError, match="surrogate") as error:
        model.trace(text)
    assert isinstance(error.value, AttentionError)


def test_exactly_as_many_tokens_as_positions_are_read(model):
    assert len(model.trace("dog " * 510).tokens) == 512


@pytest.mark.parametrize("words", [511, 600, 20_000])
def test_more_tokens_than_positions_are_refused_with_both_counts(model, words):
    text = "dog " * words
    with pytest.raises(TextTooLongError, match=rf"{words + 2:,} tokens .*reads 512 at most.* of {len(text):,}") as error:
        model.trace(text)
    assert isinstance(error.value, TextError)
    assert len(model.trace(error.value.readable).tokens) == 512


def assert_readable_fits(text, tokenizer, limit):
    """The readable part has at most `limit` tokens, the whole text's first ones; the number of those that it has."""
    whole = tokenize(text, tokenizer, NO_LIMIT)
    with pytest.raises(TextTooLongError, match=f"{len(whole):,} tokens") as error:
        tokenize(text, tokenizer, limit)
    readable = error.value.readable
    fitting = tokenize(readable, tokenizer, limit)
    assert text.startswith(readable)
    assert fitting[:-1] == whole[: len(fitting) - 1]
    return len(fitting)


@pytest.mark.parametrize("limit", range(2, 200, 6))
def test_the_readable_part_has_exactly_the_tokens_that_fit(checkpoint, prose, limit):
    assert assert_readable_fits(prose, checkpoint.tokenizer, limit) == limit


@given(text=ASCII_TEXT.filter(str.strip), limit=st.integers(2, 40))
def test_the_readable_part_of_any_plain_text_has_exactly_the_tokens_that_fit(checkpoint, text, limit):
    assert assert_readable_fits(text + " dog" * limit, checkpoint.tokenizer, limit) == limit


@given(text=ANY_TEXT | MIXED_TEXT, limit=st.integers(2, 40))
def test_the_readable_part_of_any_text_can_be_read(checkpoint, text, limit):
    assert_readable_fits(text + " dog" * limit, checkpoint.tokenizer, limit)


@pytest.mark.parametrize("limit", range(2, 9))
def test_the_readable_part_never_ends_in_the_middle_of_a_character(checkpoint, limit):
    # One Korean syllable is three tokens with the same span.
    assert max(2, limit - 2) <= assert_readable_fits("안녕하세요", checkpoint.tokenizer, limit) <= limit


def a_token(text):
    return Token(text, 0, is_special=False, word=0, span=(0, 1))


@given(text=st.text(min_size=1) | st.text(st.sampled_from([chr(code) for code in sorted(BLANK)]), min_size=1))
def test_a_label_shows_no_invisible_character(text):
    shown = without_isolates(label(a_token(text)))
    assert shown
    for character in shown:
        assert unicodedata.category(character)[0] not in "CZ"  # controls, zero-width, bidirectional, spaces
        assert ord(character) not in BLANK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dog", "dog"),
        ("##ing", "##ing"),
        ("[CLS]", "[CLS]"),
        ("é", "é"),
        ("犬", "犬"),
        ("ש", "ש"),
        ("a b", "a␣b"),
        ("\u00a0", "␣"),
        ("\x00", "U+0000"),
        ("\n", "U+000A"),
        ("\u200b", "U+200B"),
        ("\u202e", "U+202E"),
        ("\u2028", "U+2028"),
        ("\U000e0001", "U+E0001"),
        ("\u0301", "◌\u0301"),
        ("##ि", "##◌ि"),
    ],
)
def test_a_label_is_the_piece_with_the_invisible_made_visible(text, shown):
    assert without_isolates(label(a_token(text))) == shown


def test_labels_keep_order_and_repetition(model):
    assert labels(model.trace("the dog the").tokens) == ["[CLS]", "the", "dog", "the", "[SEP]"]
