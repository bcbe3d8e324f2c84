"""Files that are made to hurt: each is read, or told in a sentence, within seconds."""

import io
import json
import time
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attention_core.errors import ListError
from attention_core.lists import sentences
from attention_core.lists.sentences import BEYOND, BROWSER, COMMAND_LINE, read_list
from tests.core.lists.corpus import book, parquet

SECONDS = 12  # of the processor, on a machine that does other things as well
SHEET = "xl/worksheets/sheet1.xml"
OPEN = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = "</sheetData></worksheet>"
TEXT = '<row r="1"><c r="A1" t="inlineStr"><is><t>A cat slept.</t></is></c></row>'


def changed(parts, data=None, without=()):
    """A workbook in which these parts are others."""
    source = zipfile.ZipFile(io.BytesIO(data or book(["text"], ["A cat slept."])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys([*source.namelist(), *parts]):
            if name not in without:
                archive.writestr(name, parts[name] if name in parts else source.read(name))
    return file.getvalue()


def sheet(rows):
    return changed({SHEET: f"{OPEN}{rows}{CLOSE}"})


def shared(texts, index=0):
    """A workbook whose one cell takes one of these shared texts."""
    types = '<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    types += '<Relationship Id="b" Type="x/sharedStrings" Target="strings.xml"/></Relationships>'
    row = f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>'
    listed = '<workbook><sheets><sheet name="One" id="a"/></sheets></workbook>'
    return changed(
        {
            "xl/workbook.xml": listed,
            "xl/_rels/workbook.xml.rels": types,
            "xl/strings.xml": f"<sst>{texts}</sst>",
            SHEET: f"{OPEN}{row}{CLOSE}",
        }
    )


def told(data, name, **asked):
    start = time.process_time()
    with pytest.raises(ListError) as error:
        read_list(data, name, **asked)
    assert time.process_time() - start < SECONDS
    said = str(error.value)
    assert name in said
    assert "Error" not in said
    assert BEYOND not in said
    assert "\n" not in said
    return said


def soon(data, name, **asked):
    start = time.process_time()
    found = read_list(data, name, **asked)
    assert time.process_time() - start < SECONDS
    return found


def test_a_row_beyond_every_sheet_is_named():
    said = told(sheet(f'{TEXT}<row r="{9 * 10**18}"/>'), "a.xlsx")
    assert "after row 1" in said
    assert "9,000,000,000,000,000,000" in said
    assert "after row 5" in told(sheet('<row r="5"/><row r="2"/>'), "a.xlsx")


def test_a_cell_far_down_takes_seconds():
    found = soon(sheet(f'{TEXT}<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>It rains.</t></is></c></row>'), "a.xlsx")
    assert found.sentences == ("A cat slept.", "It rains.")
    assert found.numbers == (1, 1_048_576)


def test_a_cell_outside_of_a_sheet_is_told():
    assert "row 1 has a cell outside" in told(sheet('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), "a.xlsx")


def test_many_empty_shared_texts_are_told():
    assert "more than 3,000,000 texts" in told(shared("<si/>" * 30_000_000), "a.xlsx")


def test_a_text_that_is_not_there_rejects_its_row():
    found = soon(sheet(f'{TEXT}<row r="2"><c r="A2" t="s"><v>99</v></c></row>'), "a.xlsx")
    assert found.sentences == ("A cat slept.",)
    assert [(line.number, line.reason) for line in found.rejected] == [(2, "points to a text that the workbook does not hold.")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (changed({"xl/workbook.xml": "<workbook><sheets/></workbook>"}), "has no sheet with cells"),
        (changed({}, without={"xl/workbook.xml"}), "without its list of sheets"),
        (changed({}, without={SHEET}), f"its part “{SHEET}” is missing"),
        (changed({SHEET: OPEN + TEXT}), f"line 1 of its part “{SHEET}” is no XML"),
        (changed({SHEET: '<!DOCTYPE a [<!ENTITY b "c">]>' + OPEN + CLOSE}), "defines names of its own"),
        (changed({"xl/workbook.bin": b""}), ".xlsb"),
        (changed({"content.xml": b""}), "OpenDocument"),
        (changed({"word/document.xml": b""}), "Word document"),
        (b"\xd0\xcf\x11\xe0" + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "is protected with a password"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "an old .xls"),
        (b"PK\x03\x04 and no more", "truncated, damaged, or no Excel workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_a_workbook_is_said_in_words(data, said):
    assert said in told(data, "a.xlsx")


def test_a_zip_of_a_later_version_is_told():
    data = bytearray(book(["text"], ["A cat slept."]))
    place = data.index(b"PK\x01\x02")
    data[place + 6] = 99
    assert "truncated, damaged, or no Excel workbook" in told(bytes(data), "a.xlsx")


def test_a_date_that_is_none_stands_beside_the_text():
    days = '<c r="B1" t="d"><v>99999-99-99</v></c><c r="C1" s="1"><v>1e300</v></c><c r="D1"><v>x</v></c>'
    found = soon(sheet(TEXT.replace("</row>", f"{days}</row>")), "a.xlsx")
    assert found.sentences == ("A cat slept.",)
    assert found.preview[0][1] == "99999-99-99"
    assert found.preview[0][3] == "unreadable"


def test_dates_stand_as_days_and_errors_are_no_text():
    made = openpyxl.Workbook()
    made.active.append(["text", "day"])
    made.active.append(["A cat slept.", datetime(2024, 3, 1)])
    made.active.append(["#N/A", None])
    file = io.BytesIO()
    made.save(file)
    found = read_list(file.getvalue(), "a.xlsx")
    assert found.preview[0] == ("A cat slept.", "2024-03-01")
    assert [line.reason for line in found.rejected] == ["holds the error #N/A."]


@pytest.mark.parametrize("store", [True, False])
def test_a_long_text_in_many_rows_is_not_unpacked_for_each(store):
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["dog " * 24_000])
    data = parquet(pa.table({"text": values}), store_schema=store)
    assert len(data) < 20_000
    assert "characters up to row" in told(data, "a.parquet")


def test_a_very_long_text_in_many_rows_is_rejected_row_by_row():
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 3000 + [1], pa.int32()), ["d" * 40_000_000, "A cat slept."])
    found = soon(parquet(pa.table({"text": values}), compression="zstd"), "a.parquet", limits=COMMAND_LINE)
    assert found.sentences == ("A cat slept.",)
    assert "has 40,000,000 characters" in found.rejected[0].reason


def test_millions_of_nulls_are_told():
    file = io.BytesIO()
    with pq.ParquetWriter(file, pa.schema([("text", pa.string())])) as writer:
        writer.write_table(pa.table({"text": ["A cat slept."]}))
        some = pa.table({"text": pa.nulls(20_000_000, pa.string())})
        for _ in range(10):
            writer.write_table(some, row_group_size=20_000_000)
    said = told(file.getvalue(), "a.parquet", limits=replace(BROWSER, seconds=None))
    assert "1,100,000 rows without a text one after the other, to row 1,100,002" in said


ODD = {
    "seconds": pa.array([2**62, 0], pa.int64()).view(pa.timestamp("us")),
    "zone": pa.array([0, 0], pa.int64()).view(pa.timestamp("us", "Nowhere/Land")),
    "days": pa.array([2**31 - 1, 0], pa.int32()).view(pa.date32()),
    "span": pa.array([2**62, 0], pa.int64()).view(pa.duration("us")),
    "bytes": pa.array([b"a\xc9", b"b"]).view(pa.string()),
    "picture": pa.array([b"\xff\xd8\xff", b"\0"]),
    "inside": pa.array([{"a": 1}, None]),
    "large": pa.array([2**63, 0], pa.uint64()),
}


@pytest.mark.parametrize("kind", ODD)
def test_values_that_python_has_not_stand_beside_the_text(kind):
    data = parquet(pa.table({"text": ["A cat slept.", "It rains."], "odd": ODD[kind]}))
    assert soon(data, "a.parquet").sentences == ("A cat slept.", "It rains.")


def test_bytes_that_are_no_text_reject_their_rows():
    for odd in (pa.array([b"a\xc9b", b"It rains, they say."]), pa.array([b"a\xc9b", b"It rains, they say."]).view(pa.string())):
        found = soon(parquet(pa.table({"text": odd})), "a.parquet")
        assert found.sentences == ("It rains, they say.",)
        assert [(line.number, line.reason) for line in found.rejected] == [(1, "holds bytes that are no text in UTF-8.")]


def test_many_columns_are_told():
    row = ",".join(["x"] * 400_000)
    assert "400,000 columns; at most 1,000" in told(f"{row}\n{row}\n".encode(), "a.csv")


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_nothing_but_line_breaks_is_told(name):
    assert "a." in told(b"\n" * 19_000_000, name)


def test_quotation_marks_that_are_never_closed_end_in_a_sentence():
    assert "quotation marks that are not closed" in told(
        b'id,"text\n' + b'a","b\n' * 2_000_000, "a.csv", quoting="doubled", separator=","
    )


def test_deep_brackets_are_told():
    assert "item 1" in told(b"[" * 200_000, "a.json")
    assert "too deep" in told(b'{"a":' * 100_000, "a.jsonl")


def test_a_number_of_many_digits_is_told():
    assert "item 1" in told(b"[" + b"9" * 10_000 + b"]", "a.jsonl")
    assert "a number in it is too long" in told(b'{"a": ' + b"9" * 10_000 + b"}", "a.jsonl")


@pytest.mark.parametrize("encoding", ["base64", "rot13", "idna", "undefined", "nope", ""])
def test_what_is_no_encoding_of_text_is_told(encoding):
    assert "no encoding" in refused(encoding)


def refused(encoding):
    with pytest.raises(ListError) as error:
        read_list(b"A cat slept.\nB \xc3\xa9\n", "a.txt", encoding=encoding)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("a.csv", {"sheet": "One"}, "there is no sheet to choose"),
        ("a.csv", {"separator": "and"}, "no separator 'and'"),
        ("a.csv", {"quoting": "odd"}, "no quoting 'odd'"),
        ("a.csv", {"begin_at": 0}, "rows count from 1"),
        ("a.csv", {"begin_at": 99}, "no sentence"),
        ("a.jsonl", {"separator": ","}, "is JSON, for which there is no separator"),
    ],
)
def test_an_option_that_does_not_fit_is_told(name, asked, said):
    with pytest.raises(ListError) as error:
        read_list(b"id,text\n1,A cat slept.\n", name, **asked)
    assert said in str(error.value)


def test_names_with_dots_are_no_paths():
    flat_and_nested = {"a.b": ["The dog ran off.", "It rains."], "a": [{"b": "x"}, {"b": "y"}]}
    found = soon(parquet(pa.table(flat_and_nested)), "a.parquet")
    assert found.columns == ("a.b", "a.b (2)")
    assert found.sentences == ("The dog ran off.", "It rains.")
    assert soon(parquet(pa.table(flat_and_nested)), "a.parquet", column="a.b (2)").sentences == ("x", "y")
    both = [{"a.b": "The dog ran off.", "a": {"b": "x"}}]
    assert soon(json.dumps(both).encode(), "a.json").columns == ("a.b", "a.b (2)")


def test_a_fault_of_a_reader_takes_nothing_else_with_it(monkeypatch):
    def fail(*_):
        raise ValueError("x")

    monkeypatch.setattr(sentences, "read_csv", fail)
    with pytest.raises(ListError) as error:
        read_list(b"text\nA dog", "a.csv")
    assert BEYOND in str(error.value)
