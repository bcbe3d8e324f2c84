"""Whatever sentences Python's csv, openpyxl, json and pyarrow write, they come back as they were; damaged files are told."""

import csv
import io
import json
import random
import time

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from attention_core.errors import ListError
from attention_core.lists.sentences import BEYOND, read_list
from tests.core.lists.corpus import TEXTS, book, data_of, parquet

MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.sampled_from(
    ["A", "cat", "slept,", "it's;", "naïve", "“so”", "|", "(ok)", "1,5", "שלום", "नमस्ते", "a\\b", "x=1", "end."]
)
QUOTED = st.sampled_from(['"no"', 'he"s', '"', 'says "yes".'])


def sentences(*more, sizes=(2, 8)):
    word = st.one_of(WORDS, *more)
    text = st.lists(word, min_size=sizes[0], max_size=sizes[1]).map(" ".join)
    return st.lists(text, min_size=1, max_size=12)


def read_or_told(data, name):
    """Read it, or be told why not, in words that are meant for it."""
    said = ""
    try:
        read_list(data, name)
    except ListError as error:
        said = str(error)
    assert BEYOND not in said


def written(rows, **how):
    file = io.StringIO(newline="")
    csv.writer(file, **how).writerows(rows)
    return file.getvalue().encode()


@MANY
@given(
    texts=sentences(QUOTED),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    names=st.booleans(),
)
def test_any_dialect_with_doubled_marks(texts, separator, quoting, end, names):
    rows = [[place, text, 0.5] for place, text in enumerate(texts, start=1)]
    data = written([["id", "text", "score"]] * names + rows, delimiter=separator, quoting=quoting, lineterminator=end)
    found = read_list(data, "a.csv", column=2)
    assert found.sentences == tuple(texts)
    assert found.rejected == ()
    if separator == "\t":
        assert read_list(data, "a.tsv", column=2).sentences == tuple(texts)


@MANY
@given(texts=sentences(QUOTED), separator=st.sampled_from([",", ";", "\t", "|"]), quoting=st.sampled_from([0, 1, 2]))
def test_any_dialect_is_read_when_it_is_told(texts, separator, quoting):
    rows = [["text", "n"], *([text, 1] for text in texts)]
    how = {"escapechar": "\\", "doublequote": False}
    data = written(rows, delimiter=separator, quoting=quoting, **how)
    found = read_list(data, "a.csv", separator=separator, quoting="backslash", names=True, column="text")
    assert found.sentences == tuple(texts)


@MANY
@given(texts=sentences(), separator=st.sampled_from([",", ";", "\t", "|"]))
def test_cells_of_several_lines_become_one(texts, separator):
    rows = [["id", "text"], *([place, text.replace(" ", "\n", 1)] for place, text in enumerate(texts))]
    assert read_list(written(rows, delimiter=separator), "a.csv", column="text").sentences == tuple(texts)


@MANY
@given(texts=sentences(QUOTED, st.just("[b]"), st.just("{c}")))
def test_json_in_lines_and_arrays(texts):
    rows = [{"id": place, "inner": {"text": text}} for place, text in enumerate(texts)]
    as_lines = "\n".join(map(json.dumps, rows)).encode()
    assert read_list(as_lines, "a.jsonl", column="inner.text").sentences == tuple(texts)
    for indent in (None, 2):
        assert read_list(json.dumps(rows, indent=indent).encode(), "a.json", column="inner.text").sentences == tuple(texts)
    assert read_list(json.dumps(texts).encode(), "a.json").sentences == tuple(texts)


@settings(deadline=None, max_examples=25)
@given(texts=sentences(QUOTED), names=st.booleans())
def test_workbooks(texts, names):
    assume(not any(text.startswith("=") for text in texts))
    rows = [["id", "text"]] * names + [[place, text] for place, text in enumerate(texts, start=1)]
    assert read_list(book(*rows), "a.xlsx", column=2).sentences == tuple(texts)


@MANY
@given(
    texts=sentences(QUOTED),
    kind=st.sampled_from(
        [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
    ),
    codec=st.sampled_from(["none", "snappy", "zstd", "gzip"]),
    store=st.booleans(),
    groups=st.integers(1, 5),
)
def test_parquet(texts, kind, codec, store, groups):
    column = pa.array(texts, pa.string()).cast(kind) if kind != pa.binary() else pa.array([text.encode() for text in texts])
    data = parquet(
        pa.table({"id": range(len(texts)), "text": column}), compression=codec, store_schema=store, row_group_size=groups
    )
    assert read_list(data, "a.parquet", column="text").sentences == tuple(texts)


def test_many_batches_of_a_dictionary_keep_their_order():
    texts = [f"Sentence number {row % 1700} is here." for row in range(9000)]
    for kind in (pa.string(), pa.dictionary(pa.int32(), pa.string())):
        data = parquet(pa.table({"text": pa.array(texts).cast(kind)}), row_group_size=4000)
        assert read_list(data, "a.parquet").sentences == tuple(texts)


def test_a_workbook_that_streams_its_rows():
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("One")
    for row in range(3000):
        sheet.append([row, f"Sentence {row}."])
    file = io.BytesIO()
    made.save(file)
    assert read_list(file.getvalue(), "a.xlsx").sentences == tuple(f"Sentence {row}." for row in range(3000))


@pytest.mark.parametrize("name", TEXTS)
def test_a_damaged_file_is_read_or_told(name):
    """Bytes turned, cut out and put in at random: the seeds are fixed, so that a finding comes again."""
    whole = data_of(name)
    chance = random.Random(name)
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 1, 3, 10])):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[place] ^= 1 << chance.randrange(8)
                case 1:
                    data[place] = chance.choice(b'\x00\xff\xc9"\\\n,;\t{}[]<>&')
                case 2:
                    del data[place : place + chance.randrange(1, 9)]
                case _:
                    data[place:place] = data[chance.randrange(len(data)) :][: chance.randrange(1, 30)]
            if not data:
                break
        start = time.process_time()
        read_or_told(bytes(data), name)
        assert time.process_time() - start < 10


@settings(deadline=None, max_examples=200)
@given(data=st.binary(min_size=1, max_size=200), ending=st.sampled_from([".txt", ".csv", ".tsv", ".jsonl", ".json"]))
def test_any_bytes_are_read_or_told(data, ending):
    read_or_told(data, f"a{ending}")


@settings(deadline=None, max_examples=200)
@given(
    text=st.text(st.sampled_from('a1 .,;\t|"\\\n\r{}[]:é'), min_size=1),
    ending=st.sampled_from([".txt", ".csv", ".tsv", ".jsonl"]),
)
def test_any_text_is_read_or_told(text, ending):
    read_or_told(text.encode(), f"a{ending}")
