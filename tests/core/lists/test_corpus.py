"""Files of sentences in many shapes are read as their owner means them, and what was taken is said."""

import time

import pytest

from attention_core.errors import ListError
from attention_core.lists.sentences import read_list
from tests.core.lists.corpus import ASKED, TEXTS, data_of


def test_the_corpus_is_wide():
    assert len(TEXTS) >= 60


@pytest.mark.parametrize("name", [name for name, (_, expected) in TEXTS.items() if expected is not None])
def test_a_file_is_read_as_it_is_meant(name):
    start = time.process_time()
    found = read_list(data_of(name), name)
    assert found.sentences == TEXTS[name][1]
    assert found.rejected == ()
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_is_taken(name):
    asked, expected = ASKED[name]
    found = read_list(data_of(name), name, **asked)
    assert found.sentences == expected


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith((".csv", ".tsv", ".txt", ".xlsx"))])
def test_what_was_taken_gives_the_same_when_it_is_asked_for(name):
    found = read_list(data_of(name), name)
    again = read_list(data_of(name), name, found.taken if found.columns else found.taken.__class__(found.taken.encoding))
    assert again.sentences == found.sentences
    assert again.taken == found.taken


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lone.tsv", "do not balance line by line"),
        ("backslash.csv", "A backslash stands before quotation marks"),
        ("sep-line.csv", "“sep=;” tells the separator"),
        ("title.csv", "Row 1 is skipped as a title: “Spring survey”"),
        ("title.csv", "Row 2 is taken as names: id, text"),
        ("titles.csv", "2 rows above the table are skipped"),
        ("qualtrics.csv", "row 2 (questions) and row 3 (import ids) are skipped"),
        ("surveymonkey.csv", "row 2 (kinds of answers) is skipped"),
        ("unicode-text.txt", "Tabs part its lines into cells"),
        ("hidden.xlsx", "the first that is not hidden"),
        ("numbers-first.xlsx", "the first that is not hidden and holds text"),
        ("array.json", "one JSON array"),
        ("of-r.csv", "as R writes them"),
        ("single-marks.csv", "between single quotation marks"),
        ("comments.csv", "2 rows above the table are skipped"),
        ("values.json", "Row 1 is taken as names: id, text"),
        ("no-names.csv", "seems to hold no names of columns"),
        ("carets.csv", "Its cells are parted by “^”."),
        ("groups.csv", "Row 1 is skipped as a title: “Answers Meta”. Row 2 is taken as names"),
        ("hidden-column.xlsx", "Rows that the sheet hides are read like all others: 3."),
        ("by-key.json", "what its keys hold is read as rows"),
        ("sep-tab.csv", "“sep=tab” tells the separator"),
    ],
)
def test_what_was_guessed_is_said(name, said):
    assert said in read_list(data_of(name), name).note


def test_a_separator_in_a_text_makes_no_column():
    """Its rows are rejected by number where the names say how many cells there are, and no text is cut."""
    found = read_list(b"id,text\n1,The dog ran, fast.\n2,It rains.\n3,He slept, too.\n", "a.csv")
    assert found.sentences == ("It rains.",)
    assert [line.number for line in found.rejected] == [2, 4]
    assert "has 3 cells" in found.rejected[0].reason


def test_a_damaged_value_is_named_by_its_line():
    found = read_list(b'{\n "text": "It rains."\n}\n{\n "text": "cut', "a.json")
    assert found.sentences == ("It rains.",)
    assert [line.number for line in found.rejected] == [4]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('[{"text": "It rains."}, {"text": "cut', "is cut off or damaged. What follows on it is not read."),
        ('[{"text": "It rains."} {"text": "He ran."}]', "has no comma before it. What follows on it is not read."),
        ('{"text": "It rains."}\n{"text": "cut', "is no JSON: a text is not closed that begins at character 10."),
        ('{"text": "It rains."}\n{"text" 5}', "is no JSON: a colon is missing at character 9."),
        ('{"text": "It rains."}\n<p>', "is no JSON: no value stands at character 1."),
        ('{"text": "It rains."}\n"He ran."', "is no object with names and values, as other lines are."),
    ],
)
def test_what_is_wrong_with_json_is_said_in_words_and_the_rest_is_read(data, said):
    found = read_list(data.encode(), "a.json")
    assert found.sentences == ("It rains.",)
    assert [(line.number, line.reason) for line in found.rejected] == [(2, said)]


@pytest.mark.parametrize("data", ["[]", "{}", "5"])
def test_json_without_texts_or_objects_is_told_as_it_is(data):
    with pytest.raises(ListError) as error:
        read_list(data.encode(), "a.json")
    assert "is no text in quotation marks and no object with names and values." in str(error.value)


def test_a_row_that_is_no_list_of_cells_is_rejected():
    found = read_list(b'["id", "text"]\n[1, "It rains."]\n{"a": 1}\n[1, 2, 3]\n[2]\n', "a.jsonl")
    assert found.sentences == ("It rains.",)
    assert [(line.number, line.reason) for line in found.rejected] == [
        (3, "is no list of 2 cells, as most are."),
        (4, "is no list of 2 cells, as most are."),
    ]
    assert found.blank == 1
