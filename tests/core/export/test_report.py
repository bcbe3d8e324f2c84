"""The view as one HTML file: everything is in it, nothing is fetched, and no text of a person becomes part of the page."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from attention_core import ChoiceError
from attention_core.export.report import report
from attention_core.figures.matrix import matrix_figure
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import Cell, matrix_message
from attention_core.palette import DARK, LIGHT
from attention_core.weights.choice import Choice, show
from attention_core.weights.choice_words import remarks
from attention_core.writing.losses import losses
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import plain
from attention_core.writing.text import without_isolates

LAYER, HEAD, IT, DOG = 3, 1, 7, 2
PLAIN = Choice(LAYER, HEAD)
HOSTILE = """<b>bold</b> </script><script>alert(1)</script> ![i](https://example.com/a.png) $x$ <!-- "quoted" 'it' &amp; ]]>
\u202eturned \x00 naïve 漢字 שלום"""
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """An HTML document as what it shows: elements with their attributes, and the text in each."""

    def __init__(self, document: str):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1]["tag"] == tag, f"</{tag}> closes <{self.open[-1]['tag']}>"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag: str, **attributes) -> list[dict]:
        return [
            element
            for element in self.elements
            if element["tag"] == tag and all(element.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def words(self, tag: str, kind: str) -> list[str]:
        return [
            " ".join(one["text"].split()) for one in self.elements if one["tag"] == tag and kind in one.get("class", "").split()
        ]


@pytest.fixture(scope="module")
def document(model, trace):
    return report(model, trace, PLAIN, IT, DOG)


@pytest.fixture(scope="module")
def page(document):
    page = Page(document)
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def hostile(model):
    trace = model.trace(HOSTILE)
    return trace, report(model, trace, PLAIN, 2, 9)


def specs(page: Page) -> list[dict]:
    return [json.loads(data["text"]) for data in page.all("script", type="application/json")]


def cells(spec: dict) -> np.ndarray:
    """The numbers of a chart."""
    z = spec["data"][0]["z"]
    return np.frombuffer(base64.b64decode(z["bdata"]), z["dtype"]).reshape([int(size) for size in z["shape"].split(",")])


def test_it_has_every_stage_in_order_with_title_sentence_formula_and_chart(page):
    sections = [section["class"].split()[1] for section in page.all("section")]
    assert sections == list(MATRICES)
    titles = [matrix.symbol.replace("_", "") + matrix.title for matrix in MATRICES.values()]
    assert [title["text"] for title in page.all("h2")] == titles
    assert set(page.words("p", "hint")) >= {matrix.sentence for matrix in MATRICES.values()}
    assert len(page.all("math")) == len(specs(page)) == 8


def test_its_charts_hold_the_models_own_numbers(page, trace):
    for (name, matrix), spec in zip(MATRICES.items(), specs(page), strict=True):
        expected = values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))
        np.testing.assert_array_equal(cells(spec), expected.numpy())
        figure = json.loads(matrix_figure(matrix.name, expected, trace.tokens, LIGHT).to_json())
        del spec["layout"]["shapes"]
        assert spec == figure


def test_it_frames_the_chosen_rows_and_column(page):
    query, key = ("y", IT, LIGHT.query.ink), ("y", DOG, LIGHT.key.ink)
    both = [query, ("x", DOG, LIGHT.key.ink)]
    expected = {
        "x": [query, key],
        "q": [query],
        "k": [key],
        "v": [key],
        "scores": both,
        "scaled": both,
        "weights": both,
        "z": [query],
    }
    for name, spec in zip(MATRICES, specs(page), strict=True):
        found = []
        for shape in spec["layout"]["shapes"]:
            axis = "y" if shape.get("xref") == "paper" else "x"
            assert shape[f"{axis}1"] - shape[f"{axis}0"] == 1
            found.append((axis, (shape[f"{axis}0"] + shape[f"{axis}1"]) / 2, shape["line"]["color"]))
        assert found == expected[name]


def test_it_says_what_the_numbers_say(page, trace):
    cell = Cell(trace, LAYER, HEAD, IT, DOG, trace.stages(LAYER, HEAD))
    assert page.words("p", "answer") == [plain(cell.answer())]
    assert page.words("p", "says") == [plain(cell.say(name)) for name in MATRICES]
    (steps,) = page.words("p", "arithmetic")
    assert "18.219" in steps
    assert "÷ 5.66 = 3.221" in steps
    assert "0.5289" in steps
    assert "52.9 % of v(dog) goes into z(it)" in steps


def test_every_chart_has_an_alternative_text_that_states_its_message(page, trace):
    said = [chart["aria-label"] for chart in page.all("div", class_="chart", role="group")]
    for name, alt in zip(MATRICES, said, strict=True):
        assert matrix_message(name, trace, LAYER, trace.stages(LAYER, HEAD)) in alt
        assert ("layer 4, head 2" in alt) == (name != "x")
        assert "layer 4" in alt


def test_the_sentence_stands_in_words_with_the_shares_of_the_query(page, trace):
    words = [word for word in page.all("li") if "word" in word["class"].split()]
    shares = trace.stages(LAYER, HEAD).weights[IT].tolist()
    for position, (word, token, share) in enumerate(zip(words, trace.tokens, shares, strict=True)):
        role = {IT: "query", DOG: "key"}.get(position, "")
        assert word["text"] == role + token.text + percent(share)
        assert [kind for kind in ("query", "key") if kind in word["class"].split()] == [role] * bool(role)


def test_a_word_that_looks_at_itself_is_both_query_and_key(model, trace):
    words = [word["text"] for word in Page(report(model, trace, PLAIN, IT, IT)).all("li")]
    assert words[IT].startswith("query and keyit")


def test_of_many_words_it_says_which_shares_it_leaves_out(model):
    trace = model.trace("the old dog saw a red boat " * 8)
    page = Page(report(model, trace, PLAIN, 3, 4))
    shares = trace.stages(LAYER, HEAD).weights[3].tolist()
    written = page.words("span", "share")
    assert [bool(text) for text in written] == [share >= 0.005 for share in shares]
    assert "" in written
    assert "Words without a number get less than 0.5 %." in page.words("p", "hint")


def test_it_names_sentence_model_and_checksum(page, model, trace):
    said = dict(zip([term["text"] for term in page.all("dt")], [fact["text"] for fact in page.all("dd")], strict=True))
    assert said["Sentence"] == trace.text
    assert said["Model"].startswith(model.name)
    assert said["SHA-256 of its weights"] == model.sha256


def test_it_is_a_complete_page_for_any_screen(document, page):
    assert document.startswith("<!DOCTYPE html>")
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("meta", name="viewport")[0]["content"] == "width=device-width, initial-scale=1"
    assert page.all("title")[0]["text"] == "Layer 4, head 2: A dog ate the food because it was hungry · Attention Visualizer"
    assert [heading["text"] for heading in page.all("h1")] == ["Layer 4, head 2"]


def test_it_takes_the_colours_of_a_palette(model, trace):
    dark = Page(report(model, trace, PLAIN, IT, DOG, DARK))
    assert dark.all("meta", name="color-scheme")[0]["content"] == "dark"
    assert f"--page:{DARK.page};" in dark.all("style")[0]["text"]
    assert all(spec["layout"]["paper_bgcolor"] == DARK.page for spec in specs(dark))


def test_it_holds_plotly_once_and_little_else(document):
    assert len(document.encode()) < len(get_plotlyjs().encode()) + 100_000
    assert document.count("* plotly.js v") == 1


def test_it_refers_to_nothing_outside(page):
    loading = ("src", "href", "data", "poster", "srcset", "action", "background", "xlink:href")
    assert [element for element in page.elements if any(name in element for name in loading)] == []
    assert "url(" not in page.all("style")[0]["text"]
    assert "@import" not in page.all("style")[0]["text"]


def policy(page: Page) -> dict[str, list[str]]:
    (meta,) = (meta for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    return {name: sources for name, *sources in (rule.split() for rule in meta["content"].split(";"))}


def test_it_forbids_the_browser_to_fetch_anything_and_to_run_other_scripts(page):
    rules = policy(page)
    scripts = [script["text"] for script in page.all("script") if "type" not in script]
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    ]
    assert rules["img-src"] == ["data:", "blob:"]
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src"}


def test_hostile_text_adds_no_element(hostile, page):
    _, document = hostile
    read = Page(document)
    assert read.open == []
    assert {element["tag"] for element in read.elements} == {element["tag"] for element in page.elements}
    assert len(read.all("script")) == len(page.all("script")) == 10
    assert document.count("<!--") == 0
    assert [script["text"] for script in read.all("script") if "type" not in script] == [
        script["text"] for script in page.all("script") if "type" not in script
    ]


def test_hostile_text_is_shown_as_it_is(hostile):
    trace, document = hostile
    read = Page(document)
    assert read.all("bdi", class_="sentence")[0]["text"] == HOSTILE.replace("\u202e", "U+202E").replace("\x00", "U+0000")
    assert [without_isolates(word["text"]) for word in read.all("b")][: len(trace.tokens)] == [
        token.text for token in trace.tokens
    ]


@pytest.mark.parametrize(
    "token", ["</script>", "<script>", "<!--", "]]>", "\u2028", "</SCRIPT ", "&lt;/script>", '"><b>', "'><b>", '" onclick="x']
)
def test_no_token_breaks_out_of_where_it_stands(model, trace, page, token):
    """A vocabulary may hold any piece of text, so whole tags may be one token."""
    tokens = tuple(replace(one, text=token) for one in trace.tokens)
    read = Page(report(model, replace(trace, tokens=tokens), PLAIN, IT, DOG))
    assert read.open == []
    assert [set(element) for element in read.elements] == [set(element) for element in page.elements]
    assert len(specs(read)) == 8
    data = [script["text"] for script in read.all("script", type="application/json")]
    assert not [text for text in data if re.search("[<>]", text)]


@pytest.mark.parametrize("text", ["dog", "word " * 510, "a" * 5000, "\u202e" * 50 + " x"], ids=["short", "long", "wide", "odd"])
def test_short_long_and_odd_sentences_make_whole_pages(model, text):
    trace = model.trace(text)
    read = Page(report(model, trace, PLAIN, 0, len(trace.tokens) - 1))
    assert read.open == []
    assert len(specs(read)) == 8
    assert len(read.all("title")[0]["text"]) < 120


@pytest.mark.parametrize("choice", [Choice(6, 0), Choice(-1, 0), Choice(0, 12), Choice(0, -1), Choice(0, 0, "sum")])
def test_a_choice_that_does_not_exist_is_refused(model, trace, choice):
    with pytest.raises(ChoiceError, match="There is no"):
        report(model, trace, choice, 0, 0)


@pytest.mark.parametrize("place", [(11, 0), (0, 11), (-1, 0), (0, -1)])
def test_a_place_that_does_not_exist_is_refused(model, trace, place):
    with pytest.raises(ChoiceError, match="There is no"):
        report(model, trace, Choice(0, 0), *place)


# A choice of weights

UNBELIEVABLE = "The dogs unbelievably saw the dogs of Babylonia"
MIXES = {
    "mean": {"mix": "mean", "layers": (0, 1, 2), "heads": (0, 4)},
    "mean of all": {"mix": "mean", "layers": tuple(range(6)), "heads": tuple(range(12))},
    "rollout": {"mix": "rollout"},
}
SWITCHES = {
    "whole words": {"whole_words": True},
    "left out": {"special": "left-out"},
    "of the rest": {"special": "of-the-rest"},
    "words, of the rest": {"special": "of-the-rest", "whole_words": True},
}
NOT_PLAIN = {
    **MIXES,
    **SWITCHES,
    **{f"{mix}, {switch}": MIXES[mix] | SWITCHES[switch] for mix in ("mean", "rollout") for switch in SWITCHES},
}
SAW = "saw"


@pytest.fixture(scope="module")
def pieces(model):
    """A sentence with a word of several tokens and with one word twice."""
    trace = model.trace(UNBELIEVABLE)
    assert sum(token.continues_word for token in trace.tokens) >= 2
    return trace


@pytest.fixture(params=NOT_PLAIN.values(), ids=NOT_PLAIN)
def chosen(request, model, pieces):
    """A choice, what it shows, where its query and key stand, and the report of it."""
    choice = Choice(LAYER, HEAD, **request.param)
    query = next(index for index, token in enumerate(pieces.tokens) if token.text == SAW)
    key = next(index for index, token in enumerate(pieces.tokens) if token.continues_word)
    document = report(model, pieces, choice, query, key)
    read = Page(document)
    assert read.open == []
    return choice, show(pieces, choice), query, key, read


def test_the_weights_of_a_choice_are_those_that_are_shown(chosen):
    choice, shown, _, _, read = chosen
    sections = dict(zip([section["class"].split()[1] for section in read.all("section")], specs(read), strict=True))
    assert list(sections) == (list(MATRICES) if choice.mix == "head" else ["weights"])
    np.testing.assert_array_equal(cells(sections["weights"]), shown.weights.numpy())
    labels = [f"{place + 1} {token.text}" for place, token in zip(shown.units.places, shown.units.tokens, strict=True)]
    assert sections["weights"]["data"][0]["y"] == sections["weights"]["data"][0]["x"] == labels


def test_the_other_matrices_of_a_head_show_its_tokens(chosen, pieces):
    choice, shown, _, _, read = chosen
    if choice.mix != "head":
        assert len(read.all("math")) == 1
        assert read.words("p", "arithmetic") == read.words("p", "says") == []
        return
    stages = pieces.stages(LAYER, HEAD)
    labels = [f"{place + 1} {token.text}" for place, token in zip(shown.pieces.places, shown.pieces.tokens, strict=True)]
    for name, spec in zip(MATRICES, specs(read), strict=True):
        if name != "weights":
            own = values(name, pieces.layers[LAYER], stages).numpy()[shown.pieces.places]
            own = own[:, shown.pieces.places] if name in ("scores", "scaled") else own
            np.testing.assert_array_equal(cells(spec), own)
            assert spec["data"][0]["y"] == labels


def test_the_frames_and_tables_of_a_choice_are_at_its_rows(chosen):
    choice, shown, query, key, read = chosen
    names = list(MATRICES) if choice.mix == "head" else ["weights"]
    for name, spec, details in zip(names, specs(read), read.all("details"), strict=True):
        units = shown.units if name == "weights" else shown.pieces
        row, column = units.at(query), units.at(key)
        framed = {shape["line"]["color"]: [] for shape in spec["layout"]["shapes"]}
        for shape in spec["layout"]["shapes"]:
            axis = "y" if shape.get("xref") == "paper" else "x"
            framed[shape["line"]["color"]].append((shape[f"{axis}0"] + shape[f"{axis}1"]) / 2)
        assert framed.get(LIGHT.query.ink) == (None if name in ("k", "v") else [row])
        assert framed.get(LIGHT.key.ink) == (None if name in ("q", "z") else [column])
        assert int(details["data-row"]) == (column if name in ("k", "v") else row)


def test_the_sentence_and_the_answer_are_those_of_the_choice(chosen):
    _, shown, query, key, read = chosen
    row = shown.weights[shown.units.at(query)]
    words = [word for word in read.all("li") if "word" in word["class"].split()]
    for position, (word, token, share) in enumerate(zip(words, shown.units.tokens, row.tolist(), strict=True)):
        role = {shown.units.at(query): "query", shown.units.at(key): "key"}.get(position, "")
        assert word["text"] == role + token.text + percent(share).replace("under ", "<")
    (said,) = read.words("p", "answer")
    assert said.startswith(f"{SAW} looks most at ")
    assert f": {percent(row.max().item())}" in said


def test_the_file_says_whose_weights_these_are_and_what_was_changed(chosen):
    choice, shown, query, _, read = chosen
    whose = choice.whose()
    assert [title["text"] for title in read.all("h1")] == [whose[0].upper() + whose[1:]]
    said = [plain(remark) for remark in remarks(shown, choice, shown.units.at(query))]
    assert read.words("p", "remark") == [" ".join(said)]
    facts = dict(zip([term["text"] for term in read.all("dt")], [fact["text"] for fact in read.all("dd")], strict=True))
    assert facts["Sentence"] == UNBELIEVABLE
    assert {what: facts[what.capitalize()] for what in choice.changes()} == choice.changes()
    assert facts.get("Weights") == (None if choice.mix == "head" else whose)
    (alt,) = (chart["aria-label"] for chart in read.all("div", class_="chart") if chart["id"].endswith("-weights"))
    assert f"of {whose}. The largest shown is from" in alt
    assert all(f"{what.capitalize()}: {how}." in alt for what, how in choice.changes().items())
    own = choice.mix == "head" and not choice.whole_words and choice.special == "left-out"
    assert ("Every number is the model’s own." in read.all("footer")[0]["text"]) == own


def test_a_head_says_its_own_number_beside_the_one_that_is_shown(chosen, pieces):
    choice, shown, query, key, read = chosen
    if choice.mix == "head":
        cell = Cell(pieces, LAYER, HEAD, query, key, pieces.stages(LAYER, HEAD))
        share = percent(shown.weights[shown.units.at(query), shown.units.at(key)].item())
        expected = [plain(cell.say(name)) for name in MATRICES]
        expected[list(MATRICES).index("weights")] += f" The picture shows {share}, changed as said above."
        assert read.words("p", "says") == expected


def test_the_plain_view_says_nothing_of_changes(page):
    assert page.words("p", "remark") == []
    assert "changed" not in " ".join(page.words("p", "says"))
    assert "Every number is the model’s own." in page.all("footer")[0]["text"]


def test_the_file_of_a_choice_refers_to_nothing_outside_and_runs_the_same_scripts(chosen, page):
    *_, read = chosen
    test_it_refers_to_nothing_outside(read)
    test_it_forbids_the_browser_to_fetch_anything_and_to_run_other_scripts(read)
    assert policy(read) == policy(page)


@pytest.mark.parametrize("choice", [Choice(LAYER, HEAD, **SWITCHES["words, of the rest"]), Choice(LAYER, 0, "rollout")])
def test_hostile_text_stays_text_in_every_choice(model, page, choice):
    trace = model.trace(HOSTILE)
    document = report(model, trace, choice, 2, 9)
    read = Page(document)
    assert read.open == []
    known = {element["tag"] for element in page.elements} | {"mfrac", "msubsup"}
    assert {element["tag"] for element in read.elements} <= known
    assert read.all("bdi", class_="sentence")[0]["text"] == HOSTILE.replace("\u202e", "U+202E").replace("\x00", "U+0000")
    assert not [text["text"] for text in read.all("script", type="application/json") if re.search("[<>]", text["text"])]
    scripts = [script["text"] for script in read.all("script") if "type" not in script]
    assert scripts == [script["text"] for script in page.all("script") if "type" not in script]


@pytest.mark.parametrize(("query", "key"), [(0, 1), (1, 0)])
def test_a_word_that_is_left_out_can_be_neither_query_nor_key(model, trace, query, key):
    with pytest.raises(ChoiceError, match=re.escape("1 · [CLS] is left out of this view")):
        report(model, trace, Choice(LAYER, HEAD, special="left-out"), query, key)


def test_what_the_model_does_not_read_as_it_stands_is_told(model):
    trace = model.trace("Żółw \U0001fae0 naïve café")
    said = Page(report(model, trace, PLAIN, 1, 2)).words("p", "remark")
    assert said == losses(model, trace)
    assert "drops accents" in said[0]
    assert "reads [UNK] instead" in said[1]
