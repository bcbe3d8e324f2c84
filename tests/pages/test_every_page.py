"""What every page of the registry does, whatever it shows; a page that joins the registry joins these tests."""

import re
from functools import cache

import pytest

from attention_core.matrices.names import MATRICES
from pages.shared.frame.registry import COMMON, DEFAULTS, PAGES, SENTENCE, SHOWING
from tests.pages.screen import (
    OPENING,
    assert_only_own_html,
    charts,
    choose,
    links,
    markdown,
    messages,
    open_page,
    pieces,
)

HOSTILE = {
    "tags": "<b>bold</b> <img src=https://x.y onerror=alert(1)> dog",
    "script": "</script><script>alert(1)</script> dog",
    "end of sequence": "dog </s>",
    "entities": "dog &lt;b&gt; &amp; &#60;",
    "markdown": "# **b** _i_ `c` [a](https://x.y) :red[x] ![i](https://x/y.png) dog",
    "tex": r"$x^2$ \frac{1}{2} {y} \href{https://x.y}{z} $$ dog",
    "lesson": "[x|query] {share} {share_of:dog} W_Q dog",
    "right to left": "\u202eשלום\u202c مرحبا dog",
    "zero width": "do\u200bgs \u2060ba\ufeffrk do\x00g",
    "quotes": "\"double\" 'single' \\ {x} dog",
    "a lone quote": '"dog',
    "another lone quote": "'dog",
}
# All kinds at once, for every page; the first page takes them one by one too.
EVERYTHING = " ".join(HOSTILE.values())
SIGNS = set("<>&\"'![*`$:\\{|")
# A value that no field of the address takes but those that hold any text. The last: half of a pair of UTF-16, as a browser
# may send it, and a field that is there twice.
JUNK = {
    "word": "wrong",
    "empty": "",
    "negative": "-1",
    "large": "999",
    "fraction": "1.5",
    "zero": "0",
    "none": "None",
    "markup": "<b>&lt;![i](https://x.y)",
    "very long": "9" * 5000,
    "other digits": "٣٣٣٣",
    "half a pair": b"\xed\xa0\x80",
    "twice": ["wrong", "worse"],
}
CHANGED = {"layer": "2", "head": "9", "query": "6", "key": "5", "special": "left-out", "words": "whole"}
# Where a page asks for a field only in a certain state: what else the address says then.
STATES = {
    "layers": {"show": "mean"},
    "heads": {"show": "mean"},
    "dimension": {"stage": "q"},
    "other_layer": {"sides": "heads"},
    "other_head": {"sides": "heads"},
    "second_text": {"attention": "decoder", "panel": "compare", "against": "sentence"},
    "size": {"experiment": "root"},
    "draw": {"experiment": "root"},
    **{name: {"experiment": "change"} for name in ("temperature", "causal", "silenced", "removed", "scope")},
    **{name: {"experiment": "change"} for name in ("look_layer", "look_head")},
}
# Not quoted where they are refused: too long, or somebody's secret.
ANY_TEXT = {"text", "other", "second", "third", "fourth", "sheet", "beginning", "second_text", "set"}
BEYOND = {  # one too many for the model, the opening sentence or the sheet
    **dict.fromkeys(("layer", "layers", "other_layer", "look_layer", "after"), "7"),
    **dict.fromkeys(("head", "heads", "other_head", "look_head"), "13"),
    **dict.fromkeys(("query", "key", "removed"), "12"),
    **{"dimension": "33", "card": "45", "row": "4", "column": "4", "draw": "100", "size": "2048", "temperature": "1.5"},
}
# What makes a page draw something else: a field, and its values beside the default.
LOOKS = {
    "show": ["mean", "rollout"],
    "stage": [name for name in MATRICES if name != DEFAULTS["stage"]],
    "part": ["embedding", "feed-forward"],
    "experiment": ["root", "additive", "change"],
    "sides": ["heads"],
    "order": ["stands-out"],
    "attention": ["encoder", "decoder"],
    "panel": ["next", "heads", "number", "compare"],
    "lines": ["mean"],
    "card": [str(number) for number in (*range(2, 33), 44)],
}
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def behind(page, address=None, theme=None):
    """The page behind the front door."""
    return open_page(address, theme=theme, page=page.name)


def alone(page, address=None):
    """The page's file by itself, as a link to a fresh server runs it."""
    return open_page(address, f"pages/{page.name}.py")


def body(at) -> tuple:
    """What the page shows, without what it says of the address."""
    shown = [piece for piece in pieces(at) if 'class="note' not in piece]
    return shown, charts(at), [value for _, value in held(at)]


def held(at) -> list[tuple[str, object]]:
    """What each widget of the page holds."""
    kinds = (at.text_input, at.selectbox, at.button_group, at.number_input, at.select_slider)
    return [(widget.key, widget.value) for kind in kinds for widget in kind]


def assert_stands(at):
    """No exception, no box of an error, and nothing of a person's text is markup."""
    assert not at.exception
    assert not at.error
    assert_only_own_html(at)
    for spec in charts(at).values():
        if "values" in spec:  # painted on a canvas, where text is text
            continue
        layout = spec["layout"]
        ticks = [shown for name, axis in layout.items() if "axis" in name for shown in axis.get("ticktext", [])]
        notes = [note.get("text", "") for note in layout.get("annotations", [])]
        names = [trace.get("name", "") for trace in spec["data"]]
        for shown in map(str, (*ticks, *notes, *names)):
            bare = re.sub(r"</?(?:b|i|sub|sup|br)>|<span style=\"[a-z0-9#:;. -]*\">|</span>", "", shown)
            assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", bare), shown


@each_page
def test_it_opens_by_itself_as_behind_the_front_door(page):
    """With nothing in the address, with all that it can draw, and with texts that have nothing to show."""
    at = behind(page)
    assert_stands(at)
    assert messages(at) == ""
    assert pieces(at)
    view = {"text": OPENING.text} | CHANGED
    nothing = [{"text": text} for text in ("", "   ", "\x00\u200b")] + [{"text": "I am good", "other": "Dogs bark loudly"}]
    for address in ({}, *(view | look for look in looks(page)), *nothing):
        at, by_itself = behind(page, address), alone(page, address)
        for one in (at, by_itself):
            assert_stands(one)
            assert one.query_params == address
        assert body(by_itself) == body(at)
        assert messages(by_itself) == messages(at)


@each_page
def test_no_component_has_the_name_of_a_field_of_the_address(page):
    """Names of the address and keys of components share one state."""
    at = behind(page)
    keys = {element.key for kind in ("bidi_component", "plotly_chart") for element in at.get(kind)}
    assert keys
    assert not keys & {*DEFAULTS, *SENTENCE}


def looks(page) -> list[dict]:
    """An address for everything that a page draws."""
    own = {name: values for name, values in LOOKS.items() if name in (*page.defaults, *SHOWING)}
    shown = {"answer": "shown"} if "answer" in page.defaults else {}
    return [{}] + [{name: value} | shown for name, values in own.items() for value in values]


@cache
def drawn(name: str, look: tuple) -> list[str]:
    """The charts of a page for an ordinary sentence."""
    return list(charts(open_page({"text": OPENING.text} | dict(look), page=name)))


@pytest.mark.parametrize(
    ("page", "text"),
    [(PAGES[0], text) for text in HOSTILE.values()] + [(page, EVERYTHING) for page in PAGES],
    ids=[*HOSTILE, *(page.name for page in PAGES)],
)
def test_hostile_text_is_text(page, text):
    """In the sentence, in every field of the page's own, in whatever is drawn of it, and wherever it is asked from."""

    def assert_no_markup(at, look):
        assert_stands(at)
        assert not [said for said in markdown(at) if text in said]
        assert list(charts(at)) == drawn(page.name, tuple(look.items()))

    for open_one in (behind, alone):
        # Compare needs two sentences that differ.
        assert_no_markup(open_one(page, {"text": text} | dict.fromkeys(page.defaults, f"{text} too")), {})
    typed = {"text": text} | {name: f"{text} too" for name in page.defaults if name in ANY_TEXT and name != "sheet"}
    for look in looks(page):
        at = behind(page, typed | look)
        assert_no_markup(at, look)
        for box, value in typed.items():
            assert box not in dict(held(at)) or at.text_input(key=box).value == value
        pickers = {box.key: box for box in at.selectbox}
        if {"query", "key"} <= pickers.keys():
            words = {option.split(" · ")[-1]: place for place, option in enumerate(pickers["query"].options)}
            for place in (place for word, place in words.items() if SIGNS & set(word)):
                at.selectbox(key="query").select_index(place)
                at.selectbox(key="key").select_index(place)
                assert_no_markup(at.run(), look)
    at = behind(page)
    for box, value in typed.items():
        if box in dict(held(at)):
            at.text_input(key=box).set_value(value).run()
            assert at.text_input(key=box).value == value
            assert_no_markup(at, {})


FIELDS = [(page, name) for page in PAGES for name in (*SENTENCE, *SHOWING, *page.defaults)]


@pytest.mark.parametrize(("page", "name"), FIELDS, ids=lambda part: getattr(part, "name", part))
def test_junk_in_a_field_of_the_address_is_told_or_passed_over(page, name):
    """What is shown is what is shown without it, or the value stands in a box of the page."""
    address = {"text": OPENING.text} | STATES.get(name, {})
    address.pop(name, None)
    expected = body(behind(page, address))
    # Fields that all pages share are taken apart in one place; of those a few kinds of junk do on each page.
    kinds = JUNK if name in page.defaults or page is PAGES[0] else ("word", "markup", "twice")
    for junk in (*(JUNK[kind] for kind in kinds), (DEFAULTS.get(name) or "none").upper(), BEYOND.get(name, "-0")):
        at = behind(page, address | {name: junk})
        assert_stands(at)
        value = junk[-1] if isinstance(junk, list) else junk if isinstance(junk, str) else junk.decode("utf-8", "replace")
        said = messages(at)
        assert len(said) < 600, said
        assert not [found for found in markdown(at) if len(value) > 2 and value[:20] in found]
        if dict(held(at)).get(name) == value or value == DEFAULTS.get(name):
            continue
        assert body(at) == expected, (name, value[:20])
        assert len(said.splitlines()) <= 1, said
        if is_asked_for(at, page, name):
            assert name.replace("_", " ") in said.replace("_", " "), (value[:20], said)
            assert value[:20] in said or name in ANY_TEXT, (value[:20], said)


def is_asked_for(at, page, name: str) -> bool:
    """Whether a page lets people choose this field, and so has to say why it does not show what was asked for."""
    if name in ("target", "attending"):  # only of a model of two stacks
        return name in dict(held(at))
    return page.takes_sentences or name in page.defaults or name in dict(held(at))


@each_page
def test_junk_in_all_fields_at_once_leaves_the_page_standing(page):
    fields = [*SENTENCE, *DEFAULTS]
    for open_one in (behind, alone):
        for junk in JUNK.values():
            assert_stands(open_one(page, dict.fromkeys(fields, junk)))


@each_page
def test_the_ways_to_other_pages_keep_the_view(page):
    address = {"text": OPENING.text} | CHANGED
    at = behind(page, address)
    assert_stands(at)
    assert_ways_keep(at, address)
    here = dict(held(at))
    chosen = {name: value for name, value in (("layer", 3), ("head", 4), ("query", 4), ("key", 3)) if name in here}
    if chosen:
        choose(at, **chosen)
        assert_ways_keep(at, address | {name: str(value) for name, value in chosen.items()})


def assert_ways_keep(at, address: dict):
    """Anchors lead to all pages on the present view, and take nothing along that is one page's own; links may change a head."""
    if any(element.key == "page-anchors" for element in at.get("bidi_component")):
        found = links(at)
        for other in PAGES:
            where, view = found[other.title]
            assert where == ("./" if other is PAGES[0] else other.name)
            assert view == address
    else:
        for _, view in links(at).values():
            assert view.keys() <= {*COMMON}
            assert view.items() >= {name: value for name, value in address.items() if name not in ("layer", "head")}.items()
