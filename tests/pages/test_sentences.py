"""Your sentences: what is given is shown as text, read by all heads, and at hand on every page; what is wrong is said."""

import io
import time

import numpy as np
import pandas as pd
import pytest

from attention_core import TextError
from attention_core.survey.pattern_scores import NAMES, read_patterns
from attention_core.survey.strongest import Strongest
from attention_core.survey.totals import Survey
from attention_core.survey.word_links import find_links, link_search
from attention_core.weights.link_strength import ranked
from attention_core.weights.patterns import PATTERNS
from attention_core.writing.numbers import percent
from pages.shared.base import progress as progress_of_pages
from pages.shared.base import work as working
from pages.shared.base.work import Work
from pages.shared.sentences.privacy import KEPT
from tests.pages.screen import (
    OPENING,
    answer_of,
    assert_only_own_html,
    assert_whole,
    cells,
    charts,
    choose,
    component,
    markdown,
    messages,
    open_page,
    pieces,
    written,
)

OWN = [
    "The dog ate the food because it was hungry.",
    "The cat slept because it was tired.",
    "The child closed the door because it was late.",
    "The cat slept because it was tired.",
]
HOSTILE = [
    "<b>bold</b> <img src=https://evil.example/x.png onerror=alert(1)>",
    "![i](https://evil.example/x.png) **bold** $x^2$ :red[x] </p></table>",
    "مرحبا بالعالم",
    "left \u202eright\u202c",
    "&lt;i&gt; 'quoted' \"twice\"",
]
CSV = "id,text\n" + "".join(f'{place},"{text}"\n' for place, text in enumerate(OWN))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def open_sentences(address=None):
    return open_page(address, page="sentences")


def upload(at, name, data):
    at.file_uploader(key="list-upload").set_value((name, data if isinstance(data, bytes) else data.encode(), ""))
    return at.run()


def press(at, key):
    return at.button(key=key).click().run()


def use(at, lines=OWN):
    at.text_area(key="list-paste").set_value("\n".join(lines)).run()
    return press(press(at, "paste-look"), "list-use")


def listing_of(at):
    return at.session_state["-session"].listing


def rows_of(at, key="list-rows"):
    return [row["cells"] for row in component(at, key)["rows"]]


def excel(frame):
    file = io.BytesIO()
    frame.to_excel(file, index=False)
    return file.getvalue()


def parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


FRAME = pd.DataFrame({"id": range(len(OWN)), "text": OWN})
FILES = {
    "own.txt": "\n".join(OWN).encode(),
    "own.csv": CSV.encode(),
    "own.tsv": CSV.replace('"', "").replace(",", "\t").encode(),
    "own.jsonl": FRAME.to_json(orient="records", lines=True).encode(),
    "own.xlsx": excel(FRAME),
    "own.parquet": parquet(FRAME),
}


@pytest.fixture
def at():
    return use(open_sentences())


def test_opens_with_limits_said_and_nothing_read():
    at = open_sentences()
    assert not at.exception
    said = written(at)
    assert "at most 20 MB and 100,000 sentences" in said
    assert "512 tokens" in said
    assert KEPT in said
    assert listing_of(at) is None
    assert not charts(at)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_looked_at_and_then_used(name):
    at = upload(open_sentences(), name, FILES[name])
    assert not at.exception
    assert listing_of(at) is None
    assert f"{name}" in written(at)
    assert ("Encoding: UTF-8." in written(at)) == (name.rpartition(".")[2] in ("txt", "csv", "tsv", "jsonl"))
    assert ("from the column text. Its name says so" in written(at)) == (name != "own.txt")
    assert OWN[1] in written(at)
    press(at, "list-use")
    assert list(listing_of(at).sentences) == OWN
    assert [cells[1] for cells in rows_of(at)] == OWN
    assert "4 sentences from " + name in written(at)
    assert "1 repeated and kept" in written(at)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "latin-1"])
def test_the_encoding_is_found_and_said(codec):
    at = upload(open_sentences(), "own.txt", "Die Bären mögen Käse.\nÜber Nacht fiel Schnee.\n".encode(codec))
    assert {"utf-8-sig": "UTF-8 with BOM", "utf-16": "UTF-16", "latin-1": "Latin-1"}[codec] in written(at)
    press(at, "list-use")
    assert listing_of(at).sentences[0] == "Die Bären mögen Käse."


def test_another_column_can_be_chosen():
    at = upload(
        open_sentences(), "own.csv", "text,note\nThe dog barked loudly at me.,short one\nIt slept there all day.,two words\n"
    )
    at.selectbox(key="list-column").set_value(1).run()
    assert "Sentences from the column note. It was chosen." in written(at)
    press(at, "list-use")
    assert listing_of(at).sentences == ("short one", "two words")


def test_the_table_counts_the_tokens_the_model_reads(at, model):
    assert [cells[2] for cells in rows_of(at)] == [str(len(model.tokens(text))) for text in OWN]
    assert [cells[0] for cells in rows_of(at)] == ["1", "2", "3", "4"]


def test_a_sentence_that_is_too_long_is_flagged_with_its_length():
    at = use(open_sentences(), ["dog " * 600, OWN[0]])
    assert rows_of(at)[0][2] == "602, 512 read"
    assert "1 longer than 512 tokens and read to there" in written(at)


def test_search_and_order_are_the_servers(at):
    at.text_input(key="list-search").set_value("CAT sl").run()
    assert [cells[1] for cells in rows_of(at)] == [OWN[1], OWN[3]]
    at.text_input(key="list-search").set_value("").run()
    listing_of(at).table.order = ("tokens", True)
    counts = [int(cells[2]) for cells in rows_of(at.run())]
    assert counts == sorted(counts, reverse=True)
    assert component(at, "list-rows")["columns"][2]["sort"] == "descending"
    at.text_input(key="list-search").set_value("nowhere").run()
    assert "No sentence holds these words." in written(at)


def test_a_long_list_travels_a_page_at_a_time():
    lines = [f"Sentence number {number} is here." for number in range(1, 121)]
    at = use(open_sentences(), lines)
    assert [cells[1] for cells in rows_of(at)] == lines[:50]
    at.number_input(key="list-page").set_value(3).run()
    assert [cells[1] for cells in rows_of(at)] == lines[100:]
    at.text_input(key="list-search").set_value("number 11").run()
    assert len(rows_of(at)) == 11
    assert not at.number_input


def test_the_list_is_at_hand_on_every_page(at):
    for page in ("step_by_step", "all_heads", "one_number", "compare", "inside", "what_if"):
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception
        assert at.button(key="next-sentence").label.endswith("of 4")
    at.switch_page("pages/step_by_step.py").run()
    assert at.text_input(key="text").value == OWN[0]
    assert at.button(key="previous-sentence").disabled
    for place in (1, 2, 3):
        press(at, "next-sentence")
        assert_whole(at)
        assert at.query_params["text"] == at.text_input(key="text").value == OWN[place]
    assert at.button(key="next-sentence").label == "4 of 4"
    assert at.button(key="next-sentence").disabled
    press(at, "previous-sentence")
    assert at.button(key="next-sentence").label == "3 of 4"
    choose(at, text=OPENING.text)
    assert at.button(key="next-sentence").label == "– of 4"
    press(at, "next-sentence")
    assert at.text_input(key="text").value == OWN[2]


def test_no_list_no_buttons_and_no_list_of_another_session(at):
    other = open_page()
    assert "next-sentence" not in [button.key for button in other.button]
    assert listing_of(other) is None


def test_two_marked_sentences_open_in_compare(at):
    listing_of(at).table.a = 2
    at.run()
    assert at.button(key="compare-marked").disabled
    listing_of(at).table.b = 0
    press(at.run(), "compare-marked")
    assert not at.exception
    assert at.text_input(key="text").value == at.query_params["text"] == OWN[2]
    assert at.text_input(key="other").value == at.query_params["other"] == OWN[0]


def test_a_pair_too_long_for_a_link_opens_all_the_same():
    lines = ["dog " * 3000, "ein großer Bär " * 1500]
    at = use(open_sentences(), lines)
    listing_of(at).table.a, listing_of(at).table.b = 0, 1
    press(at.run(), "compare-marked")
    assert not at.exception
    assert at.text_input(key="text").value.strip() == lines[0].strip()
    assert at.text_input(key="other").value.strip() == lines[1].strip()


@pytest.mark.parametrize("pattern", ["previous", "broad", "distance"])
def test_the_survey_shows_mean_spread_and_both_ends(at, model, pattern):
    survey = Survey()
    survey.add(read_patterns(model, OWN))
    press(at, "begin-survey")
    choose(at, **{"list-pattern": pattern})
    choose(at, layer=1, head=3)
    place = NAMES.index(pattern)
    drawn = charts(at)
    np.testing.assert_allclose(cells(drawn["mean"]), survey.mean[place], atol=1e-5)
    np.testing.assert_allclose(cells(drawn["spread"]), survey.spread[place], atol=1e-5)
    (layer, head), *_ = ranked(survey.mean[place])
    assert answer_of(at).startswith(f"Layer {layer + 1}, head {head + 1} {PATTERNS[pattern].high} most of all heads")
    assert PATTERNS[pattern].definition in written(at)
    assert PATTERNS[pattern].source in written(at)
    for largest, key in ((True, "ends-most"), (False, "ends-least")):
        expected = [OWN[number] for number, _ in survey.ends(pattern, 0, 2, largest)]
        assert [cells[1] for cells in rows_of(at, key)] == expected


def test_a_survey_at_work_shows_its_means_and_how_sure_they_are(at, model):
    """A second lies between two pictures: at most two a second are wanted."""
    survey, listing = Survey(), listing_of(at)
    survey.add(read_patterns(model, OWN))
    press(at, "begin-survey")
    assert listing.so_far.count == len(OWN)
    np.testing.assert_allclose(listing.so_far.mean, survey.mean, atol=1e-5)
    listing.surveying = worked(lambda texts: time.sleep(0.02), count=4000)
    listing.surveying.go_on(patience=0)
    at.session_state["list-pattern"] = "first"
    at.run()
    place, drawn = NAMES.index("first"), charts(at)
    listing.surveying.stop()
    assert not at.exception
    np.testing.assert_allclose(cells(drawn["mean-so-far"]), survey.mean[place], atol=1e-5)
    expected = survey.spread[place] / len(OWN) ** 0.5
    np.testing.assert_allclose(cells(drawn["error-so-far"]), expected, atol=1e-5)
    layer, head = ranked(survey.mean[place])[0]
    said = answer_of(at)
    assert f"So far, over {len(OWN)} sentences, layer {layer + 1}, head {head + 1}" in said
    assert f"{percent(survey.mean[place, layer, head].item())} ± {100 * expected[layer, head]:.1f} points" in said
    assert progress_of_pages._EVERY >= 0.5


def test_the_head_that_does_it_most_is_one_click_away(at):
    press(at, "begin-survey")
    first = at.button_group(key="list-best").options[0]
    assert first.startswith("L1 H3 · ")
    choose(at, **{"list-best": first})
    assert "layer 1, head 3 does it most and least" in written(at)
    assert (at.query_params["layer"], at.query_params["head"]) == ("1", "3")


def test_one_sentence_has_no_spread():
    at = press(use(open_sentences(), OWN[:1]), "begin-survey")
    assert list(charts(at)) == ["mean"]
    assert "nan" not in written(at)
    assert "Of one sentence there is no spread." in written(at)


def test_links_are_found_strongest_first(at, model):
    strongest = Strongest()
    strongest.add(find_links(model, OWN, link_search(model, ["it"], ["dog", "cat"])))
    at.text_input(key="link-from").set_value("it")
    at.text_input(key="link-to").set_value("dog, cat")
    press(at, "link-search")
    assert f"{strongest.found} links in 4 sentences" in answer_of(at)
    found = rows_of(at, "link-rows")
    assert [row[1:3] for row in found] == [
        [percent(link.weight), f"L{link.layer + 1} H{link.head + 1}"] for link, *_ in strongest.by_head[:20]
    ]
    assert found[0][4] == OWN[strongest.best[0].place.sentence]


def test_each_head_stands_once_and_those_that_go_by_position_stand_apart(at, model):
    """The head that always looks one word back would else fill every row."""
    at.text_input(key="link-from").set_value("it")
    press(at, "link-search")
    while not any(element.key == "link-rows-positional" for element in at.get("bidi_component")):
        at.run()  # a search goes on from run to run
    telling, positional = ([row[2] for row in rows_of(at, key)] for key in ("link-rows", "link-rows-positional"))
    assert len(telling) == len(set(telling)) == 20
    assert "L1 H3" in positional
    assert not set(telling) & set(positional)
    assert "heads that go by position left out" in answer_of(at)


@pytest.mark.parametrize(("words", "said"), [("New York", "is 2 words"), (",", ""), ("?!", "is 2 words")])
def test_a_link_that_cannot_be_searched_is_said_and_what_was_found_stays(at, words, said):
    press(at, "link-search")
    found = rows_of(at, "link-rows")
    at.text_input(key="link-from").set_value(words)
    press(at, "link-search")
    assert not at.exception
    assert said in messages(at)
    assert rows_of(at, "link-rows") == found


def test_a_link_that_is_nowhere_is_said_to_be_nowhere(at):
    at.text_input(key="link-from").set_value("lighthouse")
    press(at, "link-search")
    assert "no such link in 4 sentences" in answer_of(at)


BAD = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b"\n \n\t\n", "blank lines"),
    "picture.txt": (PNG, "PNG"),
    "no-words.csv": (b"a,b\n1,2\n3,4\n", "no column of text"),
    "broken.parquet": (parquet(FRAME)[:200], "broken.parquet"),
    "broken.xlsx": (b"PK\x03\x04 and no more", "broken.xlsx"),
    "wide.csv": (",".join(f"c{place}" for place in range(2000)).encode() + b"\n" + b",".join([b"dog"] * 2000), "2,000 columns"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_one_message_and_the_list_stays(at, name):
    data, said = BAD[name]
    press(at, "begin-survey")
    before = charts(at)
    at.session_state["another-list"] = True
    upload(at.run(), name, data)
    assert not at.exception
    assert said in messages(at)
    assert len(messages(at).splitlines()) == 1
    assert "list-use" not in [button.key for button in at.button]
    assert list(listing_of(at).sentences) == OWN
    assert charts(at) == before


def test_lines_that_cannot_be_read_are_named_with_their_number():
    at = press(upload(open_sentences(), "own.txt", b"A dog barked.\nA c\x00at.\nIt slept.\n"), "list-use")
    assert listing_of(at).sentences == ("A dog barked.", "It slept.")
    assert "Line 2 holds a NUL character" in written(at)


def test_sentences_are_text_and_never_interpreted(model):
    at = use(open_sentences(), HOSTILE)
    assert_only_own_html(at)
    shown = [cells[1] for cells in rows_of(at)]
    assert shown[:3] == HOSTILE[:3]
    assert shown[3] == "left U+202ErightU+202C"
    listing_of(at).table.a, listing_of(at).table.b = 0, 1
    press(press(at, "begin-survey"), "link-search")
    assert not at.exception
    assert_only_own_html(at)
    assert not [said for said in markdown(at) if "evil" in said]
    assert not [piece for piece in pieces(at) if "<img" in piece or "<b>bold" in piece]


def test_hostile_names_of_files_and_columns_are_text():
    name = "<img src=x>.csv"
    at = upload(open_sentences(), name, "<b>text</b>,![i](https://evil.example)\nA dog barked at the cat.,x y\n")
    assert not at.exception
    assert_only_own_html(at)
    press(at, "list-use")
    assert_only_own_html(at)
    assert name in written(at)


def test_the_address_holds_the_open_sentence_alone(at):
    press(press(at, "begin-survey"), "link-search")
    assert set(at.query_params) <= {"text", "layer", "head", "query", "key"}
    assert at.query_params["text"] == OWN[0]


@pytest.mark.parametrize("address", [{"layer": "7"}, {"head": "x"}, {"layer": "0", "head": "13"}])
def test_a_bad_choice_in_a_link_is_named(address):
    at = open_sentences({"text": OPENING.text} | address)
    assert not at.exception
    assert "The link does not fit" in messages(at)


# The work in the background


def worked(step, count=40, **more):
    work = Work(["A sentence of some words. " * 80] * count, step)
    for name, value in more.items():
        setattr(work, name, value)
    return work


def wait(condition):
    for _ in range(400):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def test_work_reads_every_sentence_once_and_in_order():
    texts, read = [f"sentence {number} " * 40 for number in range(100)], []
    work = Work(texts, read.extend)
    work.go_on()
    wait(lambda: work.is_complete and not work.is_running)
    assert read == texts
    assert (work.share, work.seconds_left) == (1.0, 0.0)


def test_work_stops_keeps_what_is_done_and_goes_on_from_there():
    read = []

    def step(texts):
        read.extend(texts)
        time.sleep(0.02)

    work = worked(step)
    work.go_on(patience=0)
    wait(lambda: work.done)
    work.stop()
    assert not work.is_running
    assert 0 < work.done == len(read) < work.total
    assert work.seconds_left > 0
    work.go_on(patience=0)
    wait(lambda: work.is_complete)
    assert len(read) == work.total


def test_work_ends_by_itself_when_nobody_looks(monkeypatch):
    monkeypatch.setattr(working, "_PATIENCE", 0.05)
    work = worked(lambda texts: time.sleep(0.05))
    work.go_on(patience=0)
    wait(lambda: not work.is_running)
    assert work.done < work.total


def test_work_says_what_went_wrong():
    def step(texts):
        raise TextError("No such thing.")

    work = worked(step)
    work.go_on()
    assert (work.trouble, work.done, work.is_running) == ("No such thing.", 0, False)


def test_another_list_ends_the_work_on_the_one_before(at):
    before = listing_of(at)
    before.surveying = worked(lambda texts: time.sleep(0.02), count=4000)
    before.surveying.go_on(patience=0)
    at.session_state["another-list"] = True
    use(at.run(), OWN[:2])
    assert not at.exception
    assert not before.surveying.is_running
    assert len(listing_of(at).sentences) == 2
    assert not charts(at)
