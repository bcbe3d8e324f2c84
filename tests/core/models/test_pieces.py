"""Tokens of every kind of tokenizer, against its own decode, on any text."""

import string

import pytest
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_core.model.tokens import Token
from attention_core.models.pieces import TokenPieces
from attention_core.weights.units import units
from attention_core.writing.text import visible
from tests.core.models.made_folders import KINDS, fast

READ = {kind: TokenPieces(fast(make())) for kind, make in KINDS.items()} | {"bytes": TokenPieces(transformers.ByT5Tokenizer())}
HOSTILE = [
    "</s><s>[CLS] [SEP] <pad>",
    "A dog 🐕 and a family 👩‍👩‍👧, naïve café, e\u0301",
    "  two  blanks\tand\na line ",
    "\u202eright to left\u202c مرحبا עברית",
    "x" * 300,
    "漢字かな ไทย हिन्दी",
    "‘quotes’ – dashes… ½ ﬁ ＡＢＣ",
    "▁Ġ ##ing",
]
texts = st.text(
    st.one_of(st.sampled_from(string.printable + "naïvé🐕👩‍漢"), st.characters(exclude_categories=["Cs"])), max_size=40
)


def check(kind: str, text: str) -> tuple[Token, ...]:
    pieces = READ[kind]
    tokens = pieces.tokens(text, 10_000)
    assert [token.id for token in tokens] == pieces.ids(text)
    assert tokens == pieces.tokens(text, 10_000)
    last_end, last_word = 0, -1
    for token in tokens:
        assert token.text != ""
        assert visible(token.text).strip() != ""
        if token.is_special:
            assert (token.word, token.span) == (None, None)
            continue
        start, end = token.span
        assert 0 <= start <= end <= len(text)
        assert end >= last_end or start == end or kind in ("unigram", "byte fallback")
        last_end = max(last_end, end)
        if token.word is not None:
            assert token.word >= last_word
            assert token.continues_word == (token.word == last_word)
            last_word = token.word
        else:
            assert not token.continues_word
    return tokens


@pytest.mark.parametrize("kind", READ)
@settings(max_examples=60)
@given(text=texts)
def test_tokens_of_any_text_hold_together(kind, text):
    if text.strip() or kind in ("unigram", "WordPiece", "byte fallback"):
        check(kind, text or "a")


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(kind, text):
    tokens = check(kind, text)
    assert sum(token.is_special for token in tokens) == sum(token.is_special for token in READ[kind].tokens("a", 100))


@pytest.mark.parametrize("kind", ["byte BPE", "bytes"])
@settings(max_examples=60)
@given(text=texts)
def test_what_keeps_every_byte_decodes_to_the_text(kind, text):
    pieces = READ[kind]
    if not text.strip():
        return
    tokens = [token for token in pieces.tokens(text, 10_000) if not token.is_special]
    assert pieces._decoded([token.id for token in tokens]) == text
    covered = set()
    for token in tokens:
        covered |= set(range(*token.span))
    assert {place for place, letter in enumerate(text) if not letter.isspace()} <= covered


@pytest.mark.parametrize("kind", READ)
def test_words_are_those_of_the_text(kind):
    text = "A dog ate the dogs, because it was hungry."
    tokens = READ[kind].tokens(text, 1000)
    words = units(text, tokens, special=False, whole_words=True).tokens
    spelled = [word.text.strip().lower() for word in words if word.text.strip()]
    assert spelled == ["a", "dog", "ate", "the", "dogs", ",", "because", "it", "was", "hungry", "."]


def test_one_emoji_in_several_pieces_says_so():
    for kind, count in (("byte BPE", 4), ("byte fallback", 4), ("bytes", 4)):
        shown = [token.text for token in READ[kind].tokens("a 🐕", 100) if "🐕" in token.text]
        assert shown == [f"🐕 {place}/{count}" for place in range(1, count + 1)], kind


def test_a_lone_blank_is_a_blank():
    for kind in ("byte BPE", "byte fallback", "bytes"):
        tokens = READ[kind].tokens("a  b", 100)
        assert any(visible(token.text) == "␣" for token in tokens), kind
