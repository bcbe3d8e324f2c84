"""Whatever is typed, the page shows it rightly or says in one message why not, and stays usable."""

import re

import pytest

from attention_core.writing.text import labels
from tests.pages.screen import (
    OPENING,
    address_of,
    assert_only_own_html,
    assert_whole,
    charts,
    choose,
    markdown,
    messages,
    open_page,
    pieces,
    type_text,
    view_from,
    view_of,
    written,
)

NOTHING = {
    "empty": "",
    "spaces": "   ",
    "blanks": " \t\n\u00a0\u3000 ",
    "NUL": "\x00",
    "controls": "\x00\x01\x07\x1b\x7f",
    "zero-width": "\u200b\u200d\ufeff\u2060",
}
READ = {
    "punctuation": "?!... ;",
    "NUL within": "do\x00gs bark",
    "controls within": "dogs\x07 \x1b[31mbark",
    "zero-width within": "do\u200bgs ba\u200drk",
    "right-to-left": "\u202eשלום עולם\u202c مرحبا",
    "tags": "<b>bold</b> word",
    "link": '<a href="https://x.y/z" onclick="f()">here</a>',
    "end of sequence": "the end </s>",
    "script": "<script>alert(1)</script>",
    "image": "![i](https://x/y.png)",
    "formula": "$x^2$",
    "markdown": "# **b** _i_ `c` [a](https://x.y) :red[x] :material/home:",
    "entities": "&lt;b&gt; &amp; &#60;",
    "quotes": "\"double\" 'single' `back`",
    "special": "[SEP] [CLS] [MASK] [PAD]",
    "braces": r"{x} \frac{1}{2} %s {{y}} \n",
    "repeated": "the the the the",
    "numbers": "1 2 10 2024-05-01 1e5",
}
UNKNOWN = {"emoji": "😀 🎉", "a long word": "a" * 10_000, "emoji within": "I love 🦄 a lot"}
LONG = {"513": ("dog " * 511, "513"), "100,000": ("dog " * 99_998, "100,000")}
EVERY = NOTHING | READ | UNKNOWN | {name: text for name, (text, _) in LONG.items()}
HOW = ["typed", "linked"]


def read(text: str, how: str = "typed"):
    """The page after a text was typed, or opened by a link."""
    return type_text(open_page(), text) if how == "typed" else open_page({"text": text})


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_any_text_in_a_link_stands_in_the_box(text):
    at = read(text, "linked")
    assert not at.exception
    assert at.text_input(key="text").value == text


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_any_typed_text_stays_in_the_box_and_the_page_usable(text):
    at = read(text)
    assert not at.exception
    assert at.text_input(key="text").value == text
    choose(at, sentence_example="A question")
    assert_whole(at)
    assert messages(at) == ""
    assert view_of(at)["text"].startswith("Who ate")
    assert address_of(at) == view_of(at)
    type_text(at, OPENING.text)
    assert_whole(at, tokens=11)
    assert messages(at) == ""
    assert address_of(at) == view_of(at)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_a_text_without_a_word_gets_one_message_and_no_picture(text, how):
    at = read(text, how)
    assert charts(at) == {}
    assert len(messages(at).splitlines()) == 1
    assert "no word" in messages(at)
    assert not at.error
    assert not at.warning


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_a_text_with_something_to_read_is_shown_without_complaint(model, text):
    at = read(text)
    shown = labels(model.trace(text).tokens)
    assert_whole(at, tokens=len(shown))
    for name in ("query", "key"):
        for option, token in zip(at.selectbox(key=name).options, shown, strict=True):
            assert option.endswith(token)
    assert messages(at) == ""


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_vocabulary_lacks_is_named(model, text):
    at = read(text)
    read_as = model.trace(text)
    assert_whole(at, tokens=len(read_as.tokens))
    assert "[UNK]" in messages(at)
    (first, *_) = (text[slice(*token.span)] for token in read_as.tokens if token.text == "[UNK]")
    assert first[:10] in messages(at)
    assert len(messages(at)) < 500


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("text", "found"), LONG.values(), ids=LONG)
def test_a_text_beyond_the_limit_is_shown_as_far_as_it_is_read(text, found, how):
    at = read(text, how)
    assert_whole(at, tokens=512)
    assert found in messages(at)
    assert "512" in messages(at)
    assert f"{510 * 4 - 1:,}" in messages(at)  # where the 510th dog ends
    assert f"{len(text):,}" in messages(at)


def test_a_text_of_exactly_512_tokens_is_read_whole():
    at = read("dog " * 510)
    assert_whole(at, tokens=512)
    assert messages(at) == ""


def test_in_512_tokens_any_pair_and_head_can_be_chosen():
    at = choose(read("dog " * 510), layer=1, head=2, query=512, key=300)
    assert_whole(at, tokens=512)
    assert (view_of(at)["query"], view_of(at)["key"]) == (512, 300)
    assert len(at.selectbox(key="query").options) == 512


@pytest.mark.parametrize("text", [text for text in READ.values() if set("<>&") & set(text)])
def test_html_of_the_page_holds_no_unescaped_text(model, text):
    """Whichever sign is chosen, all that is left beside the page's own tags is text."""
    at = read(text)
    tokens = {token.text: position for position, token in enumerate(model.trace(text).tokens, 1)}
    for position in (position for token, position in tokens.items() if set("<>&\"'") & set(token)):
        choose(at, query=position, key=position)
        assert_only_own_html(at)
        assert not [piece for piece in pieces(at) if text in piece]


@pytest.mark.parametrize("text", ["a < b > c & d"])
def test_signs_that_html_uses_are_read_as_they_were_typed(model, text):
    at = read(text)
    for position, token in enumerate(model.trace(text).tokens, 1):
        choose(at, query=position, key=position)
        assert re.search(rf"z\((?:{position} · )?{re.escape(token.text)}\)", written(at))


@pytest.mark.parametrize("attack", ["![i](https://x/y.png)", "[a](https://x.y)", "$x^2$", "**b**", "`c`", ":red[x]"])
@pytest.mark.parametrize("where", ["alone", "unknown", "cut"])
def test_nothing_in_the_text_is_read_as_markdown(model, attack, where):
    """`cut` puts it where the message quotes the end of what is read."""
    size = len(model.trace(attack).tokens) - 2
    text = {"alone": attack, "unknown": f"😀{attack}🎉", "cut": "dog " * (510 - size) + attack + " dog" * 20}[where]
    at = read(text)
    assert_whole(at)
    assert not [found for found in markdown(at) if attack in found]


@pytest.mark.parametrize("text", [READ["tags"], READ["link"], READ["entities"], READ["script"]])
def test_charts_hold_no_markup_of_the_text(text):
    for spec in charts(read(text)).values():
        axes = [axis for name in ("xaxis", "yaxis") for axis in spec["layout"].get(name, {}).get("ticktext", [])]
        for shown in (*axes, *spec["data"][0]["y"]):
            assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", shown)


def test_a_sentence_of_one_word_asks_from_that_word():
    at = read("dog")
    assert_whole(at, tokens=3)
    assert view_of(at)["query"] == 2
    assert "dog looks most at" in written(at)


def test_typing_the_same_sentence_again_keeps_the_view():
    at = choose(type_text(open_page(), OPENING.text), layer=4)
    assert view_of(at) == view_from(OPENING)
