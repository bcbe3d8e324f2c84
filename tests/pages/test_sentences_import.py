"""The import dialogue: how a file is read is shown and can be changed, and what is rejected is told, before it is used."""

import io

import openpyxl
import pyarrow as pa
import pytest

from tests.core.lists.corpus import CAT, RAIN, TEXTS, book, data_of, parquet, several
from tests.pages.screen import messages, written
from tests.pages.test_sentences import listing_of, open_sentences, press, upload, use

NAMES = (
    "read-encoding",
    "read-separator",
    "read-quoting",
    "read-sheet",
    "read-begin",
    "read-names",
    "read-skip",
    "list-column",
)


def shown(at):
    """What each picker of the dialogue shows, by its key."""
    widgets = [*at.selectbox, *at.number_input, *at.checkbox]
    return {widget.key: widget.value for widget in widgets if widget.key in NAMES}


def pick(at, key, value):
    kind = {"read-begin": at.number_input, "read-names": at.checkbox, "read-skip": at.checkbox}.get(key, at.selectbox)
    return kind(key=key).set_value(value).run()


def used(at):
    assert not at.exception
    press(at, "list-use")
    assert not at.exception
    return listing_of(at).sentences


@pytest.mark.parametrize("ending", [".txt", ".csv", ".tsv", ".xlsx", ".jsonl", ".json", ".parquet"])
def test_what_was_taken_is_what_comes_of_it(ending):
    """One file of each kind; all others are read by the same way and are tested with the readers."""
    name = next(name for name, (_, expected) in TEXTS.items() if name.endswith(ending) and expected and len(expected) > 1)
    at = upload(open_sentences(), name, data_of(name))
    assert f"{len(TEXTS[name][1])} sentences." in written(at)
    assert used(at) == TEXTS[name][1]


def test_a_table_in_text_shows_how_it_was_read():
    at = upload(open_sentences(), "title.csv", data_of("title.csv"))
    assert shown(at) == {
        "read-encoding": "utf_8",
        "read-separator": ",",
        "read-quoting": "doubled",
        "read-begin": 2,
        "read-names": True,
        "list-column": 1,
    }
    assert "Row 1 is skipped as a title: “Spring survey”. Row 2 is taken as names: id, text." in written(at)


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("title.csv", {"read-begin": 4}, ("It rains.",)),
        ("title.csv", {"read-begin": 3, "read-names": False}, ("A cat slept.", "It rains.")),
        ("no-names.csv", {"read-names": True}, ("Dogs bark",)),
        ("german.csv", {"read-separator": ""}, ("1;Die Katze schlief, sagt man.;0,5", "2;Es regnet.;1,5")),
        ("lone.tsv", {"read-quoting": "none"}, TEXTS["lone.tsv"][1]),
        ("french-mac.csv", {"read-encoding": "cp1252"}, None),
        ("hidden.xlsx", {"read-sheet": "lookup"}, ("Nobody should see this sentence.",)),
        ("qualtrics.csv", {"read-skip": False, "list-column": 1}, None),
        ("chat.jsonl", {"list-column": 1}, ("user", "assistant")),
    ],
)
def test_how_a_file_is_read_can_be_changed(name, changes, expected):
    at = upload(open_sentences(), name, data_of(name))
    for key, value in changes.items():
        assert key in shown(at)
        pick(at, key, value)
        assert shown(at)[key] == value
    sentences = used(at)
    if expected is None:
        assert sentences
        assert sentences != TEXTS[name][1]
    else:
        assert sentences == expected


def test_rejected_rows_are_told_with_their_numbers_before_they_are_used():
    at = upload(open_sentences(), "a.csv", 'id,text\n1,"Fine" is short.\n2,It rains.\n3,He slept, too.\n4,A cat sat.\n')
    assert "2 sentences." in written(at)
    assert "2 of 4 rows rejected." in written(at)
    assert [one.label for one in at.expander if "rejected" in one.label] == ["2 of 4 rows are rejected"]
    assert "Line 2 is not as a .csv is written: text follows the quotation mark that closes a cell." in written(at)
    assert "Line 4 has 3 cells, most rows have 2." in written(at)
    assert listing_of(at) is None


def test_a_choice_that_leaves_nothing_keeps_the_dialogue_and_the_way_back():
    at = upload(open_sentences(), "a.csv", "id,n,text\n1,2,The dog ran.\n2,3,It rains.\n")
    pick(at, "read-encoding", "utf_16")
    assert not at.exception
    assert messages(at)
    assert "What you chose last cannot be read; shown is what was read before." in written(at)
    assert shown(at)["read-encoding"] == "utf_16"
    pick(at, "read-encoding", "utf_8")
    assert not messages(at)
    assert used(at) == ("The dog ran.", "It rains.")


def test_a_file_that_cannot_be_read_at_first_can_be_read_otherwise():
    at = upload(open_sentences(), "numbers.csv", "a;b\n1;2\n3;4\n")
    assert "no column of text" in messages(at)
    assert "read-separator" in shown(at)
    pick(at, "read-separator", "")
    assert not at.exception


def test_a_workbook_that_fails_at_once_can_be_read_from_another_sheet():
    made = several({"Counts": [["a", "b"], [1, 2]], "More": [["c"], [3]]})
    at = upload(open_sentences(), "a.xlsx", made)
    assert "no column of text: no words are in a, b" in messages(at)
    assert shown(at) == {"read-sheet": "Counts", "read-begin": 1, "read-names": True, "list-column": None}
    assert not [one for one in at.button if one.key == "list-use"]
    pick(at, "read-sheet", "More")
    assert "no words are in c" in messages(at)
    pick(at, "read-sheet", "Counts")
    pick(at, "list-column", 1)
    assert used(at) == ("2",)


def test_a_parquet_file_that_fails_at_once_can_be_read_from_another_column():
    at = upload(open_sentences(), "a.parquet", parquet(pa.table({"a": [1, 2], "b": [3, 4]})))
    assert "no column of text" in messages(at)
    assert shown(at) == {"list-column": None}
    assert used(pick(at, "list-column", 1)) == ("3", "4")


def test_where_there_is_nothing_to_choose_only_the_reason_stands():
    at = upload(open_sentences(), "a.parquet", parquet(pa.table({"a": [1, 2]})))
    assert "no column of text" in messages(at)
    assert not shown(at)


def test_a_file_that_hurts_leaves_the_open_list_as_it_is():
    at = use(open_sentences())
    before = listing_of(at).sentences
    at.session_state["another-list"] = True
    at.run()
    hostile = {"a.xlsx": b"PK\x03\x04 and no more", "a.parquet": b"PAR1", "a.json": b"[" * 100_000, "a.csv": b"\0" * 3000}
    for name, data in hostile.items():
        at = upload(at, name, data)
        assert not at.exception
        assert messages(at), name
        assert listing_of(at).sentences == before


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.jsonl", "a.parquet"])
def test_bytes_that_are_no_text_reach_every_part_of_the_dialogue_and_hurt_none(name):
    """In names of columns, in titles, beside the text, in the note and in what is said of a column that is not there."""
    odd = b"Sp\xe9ring na\xc3\xafve\nid\xff,text,n\xc3\xb6te\n1,A cat sat.,\xfe\n"
    odd += b"2,It r\xc3\xa4ins.,b\n3,\xc3\xa9t\xc3\xa9 \xff,c\n"
    data = {
        "a.csv": odd,
        "a.tsv": odd.replace(b",", b"\t"),
        "a.txt": odd,
        "a.jsonl": b'{"\\ud800": "\\udfff", "text": "It rains."}\n{"text": "\\ud800"}\n',
        "a.parquet": parquet(pa.table({"text": ["It rains."], "o": pa.array([b"a\xc9"]).view(pa.string())})),
    }[name]
    at = upload(open_sentences(), name, data)
    assert not at.exception
    for key in ("read-encoding", "list-column"):
        if key in shown(at):
            at = pick(at, key, {"read-encoding": "utf_16", "list-column": 0}[key])
            assert not at.exception
    assert shown(at) or name == "a.parquet"


def test_texts_of_a_file_are_never_markup():
    sheet = "<img src=x onerror=alert(1)>"
    rows = [["<b>id</b>", "text"], ["<i>1</i>", "<script>alert(1)</script> it rains"], ["2", "A cat sat."]]
    at = upload(open_sentences(), "<u>a.xlsx", book(*rows, title="Sheet"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; it rains" in "".join(one.proto.body for one in at.get("html"))
    assert not any("<script>" in one.proto.body or "<i>1" in one.proto.body for one in at.get("html"))
    made = openpyxl.Workbook()
    made.active.title = "One"
    made.active.append(["text"])
    made.active.append([CAT])
    made.create_sheet(sheet[:31].replace("/", "")).append([RAIN])
    file = io.BytesIO()
    made.save(file)
    at = upload(open_sentences(), "a.xlsx", file.getvalue())
    assert not at.exception
    assert shown(at)["read-sheet"] == "One"
