"""A link opens exactly the view it was taken from; a broken one opens something sensible and says so."""

import pytest

from tests.pages.screen import (
    ENTRIES,
    OPENING,
    address_of,
    assert_whole,
    charts,
    choose,
    messages,
    open_page,
    type_text,
    view_from,
    view_of,
    written,
)

GOOD = [
    {"text": "I am good", "layer": 1, "head": 3, "query": 4, "key": 3},
    {"text": OPENING.text, "layer": 6, "head": 12, "query": 8, "key": 3},
    {"text": "a & b = c? #1 + 100%; café/naïve", "layer": 2, "head": 8, "query": 1, "key": 1},
    {"text": "dog " * 510, "layer": 6, "head": 12, "query": 512, "key": 1},
]
TEXTS = [
    "Zoë said: “50 % off & free!”",
    "a+b=c&layer=6#x?y",
    " spaces  at both ends ",
    "%41%00 \\ / | ~",
    "😀 and 日本語",
    "line\nbreak\ttab",
    "NUL\x00inside",
    "\u200bzero\u202ewidth",
    "<b>bold</b> [a](https://x.y)",
]


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("view", GOOD, ids=lambda view: view["text"][:12])
def test_a_link_opens_its_view(entry, view):
    address = {name: str(value) for name, value in view.items()}
    at = open_page(address, entry)
    assert_whole(at)
    assert view_of(at) == view
    assert "does not fit" not in messages(at)
    assert at.query_params == address


@pytest.mark.parametrize("text", TEXTS)
def test_the_address_of_a_view_opens_the_same_view_elsewhere(text):
    here = choose(type_text(open_page(), text), layer=5, head=7, query=2, key=1)
    there = open_page(here.query_params)
    assert view_of(there) == view_of(here)
    assert view_of(there)["text"] == text
    assert charts(there) == charts(here)
    assert written(there) == written(here)


def test_a_link_without_a_pair_opens_on_the_strongest(model):
    at = open_page({"text": OPENING.text})
    assert view_of(at) == view_from(OPENING)


def test_a_link_without_a_text_opens_the_first_example():
    at = open_page({"layer": "6", "head": "12"})
    assert_whole(at)
    assert view_of(at) == view_from(OPENING) | {"layer": 6, "head": 12}


def test_several_bad_choices_are_named_together():
    at = open_page({"layer": "99", "head": "-1", "text": "I am good", "query": "77", "key": "abc"})
    assert_whole(at, tokens=5)
    assert all(part in messages(at) for part in ("99", "-1", "77", "abc", "layer", "head", "query", "key"))


def test_a_bad_choice_is_no_longer_named_after_a_change():
    at = open_page({"layer": "99"})
    assert messages(at) != ""
    choose(at, head=5)
    assert messages(at) == ""
    assert address_of(at) == view_from(OPENING) | {"head": 5}


def test_repeated_parameters_open_one_of_the_views():
    at = open_page({"layer": ["2", "5"], "head": ["1", "3"]})
    assert_whole(at)
    assert (view_of(at)["layer"], view_of(at)["head"]) in ((2, 1), (5, 3))


def test_unknown_parameters_are_passed_over():
    at = open_page({"utm_source": "x", "Layer": "5", "example": "nonsense", "numbers-x": "1", "embed": "false"})
    assert_whole(at, tokens=11)
    assert view_of(at) == view_from(OPENING)
    assert messages(at) == ""


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "�", "'; --", "layer=1&head=2", "<script>1</script>", "x" * 9000])
def test_junk_in_the_text_of_a_link_leaves_the_page_usable(entry, text):
    at = open_page({"layer": "99", "head": "-1", "text": text}, entry)
    assert not at.exception
    assert at.text_input(key="text").value == text
    choose(at, sentence_example=OPENING.name)
    assert_whole(at, tokens=11)
    assert view_of(at) == view_from(OPENING)


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_the_first_view_after_a_link_that_held_none_is_written_into_the_address(text):
    at = open_page({"text": text})
    choose(at, sentence_example="A question")
    assert_whole(at)
    assert address_of(at) == view_of(at)


def test_typing_after_a_text_that_held_no_word_writes_the_address():
    at = type_text(type_text(open_page(), ""), "I am good")
    assert address_of(at) == view_of(at)


def test_back_opens_the_view_before(go_to):
    at = choose(open_page(), layer=6)
    before = dict(at.query_params), view_of(at), written(at)
    type_text(choose(at, head=12), "I am good")
    go_to(at, before[0])
    assert (at.query_params, view_of(at), written(at)) == before


def test_back_to_the_bare_address_opens_the_opening_view(go_to):
    at = choose(open_page(), sentence_example="A question")
    go_to(at, {})
    assert view_of(at) == view_from(OPENING)
    assert at.query_params == {}


def test_forward_after_back_opens_the_later_view(go_to):
    at = choose(open_page(), layer=6)
    later = dict(at.query_params)
    go_to(at, {})
    go_to(at, later)
    assert address_of(at) == view_of(at)
    assert view_of(at)["layer"] == 6


def test_a_click_that_travels_with_an_older_address_is_kept():
    """As when somebody clicks twice, faster than the first answer arrives."""
    at = choose(open_page(), layer=6)
    older = dict(at.query_params)
    choose(at, head=7)
    at.query_params = older
    choose(at, head=9)
    assert (view_of(at)["layer"], view_of(at)["head"]) == (6, 9)
    assert address_of(at) == view_of(at)


def test_changing_back_to_what_a_link_showed_writes_the_address():
    at = open_page({"text": OPENING.text, "layer": "4", "head": "2", "query": "8", "key": "3"})
    choose(at, layer=5)
    choose(at, layer=4)
    assert address_of(at) == view_of(at) == view_from(OPENING)


def test_a_text_too_long_for_a_link_says_so_and_stays():
    text = "b" * 20_000 + " dog"
    at = type_text(open_page(), text)
    assert not at.exception
    assert "link" in messages(at)
    assert "text" not in at.query_params
    choose(at, layer=6)
    assert not at.exception
    assert view_of(at)["text"] == text
    assert at.query_params["layer"] == "6"
