"""Files of a person's own sentences: each kind is read as it was written, and each that cannot be says why."""

import csv
import io
import json
import random
import struct
import time
import tracemalloc
import zipfile
import zlib

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attention_core.errors import ListError
from attention_core.lists.rows import Line
from attention_core.lists.sentences import BROWSER, COMMAND_LINE, PREVIEWED, Limits, open_list, read_list, read_paste
from attention_core.survey.tables import no_formula

WESTERN = "Der Hund fraß das Futter, weil er hungrig war.\nLe garçon a mangé à la forêt.\n¿Dónde está el niño?"
TYPOGRAPHIC = "“Très bien”, dit-il — ça coûte 5 €.\nIt’s the dog’s food …\nÜber größere Übergänge."
SENTENCES = ("A dog ate the food.", "It was hungry, they say.", "שלום עולם")


def png() -> bytes:
    """A real picture of 40 × 40 random points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    points = b"".join(b"\0" + random.Random(row).randbytes(120) for row in range(40))
    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(points)) + chunk(b"IEND", b"")


def table(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns or {"id": [1, 2, 3], "text": list(SENTENCES), "score": [0.5, 0.25, 1.0]})


def written(kind: str, frame: pd.DataFrame) -> bytes:
    """The table as a file of a kind, written by pandas."""
    file = io.BytesIO()
    match kind:
        case "csv":
            frame.to_csv(file, index=False)
        case "tsv":
            frame.to_csv(file, index=False, sep="\t")
        case "xlsx":
            frame.to_excel(file, index=False)
        case "jsonl":
            frame.to_json(file, orient="records", lines=True, force_ascii=False)
        case "parquet":
            frame.to_parquet(file, index=False)
    return file.getvalue()


def workbook(*rows, sheets=("First",)) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheets[0]
    for row in rows:
        book.active.append(row)
    for name in sheets[1:]:
        book.create_sheet(name)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refused(source, name, **options) -> str:
    with pytest.raises(ListError) as error:
        read_list(source, name, **options)
    message = str(error.value)
    assert name in message
    assert "\n" not in message
    assert len(message) < 400
    return message


def test_a_text_file_has_a_sentence_a_line():
    found = read_list(b"A dog.\n\n  A cat. \r\nA dog.\rlast", "mine.txt")
    assert found.sentences == ("A dog.", "A cat.", "A dog.", "last")
    assert found.numbers == (1, 3, 4, 5)
    assert (found.blank, found.duplicates, found.rejected) == (1, 1, ())
    assert (found.name, found.encoding, found.columns, found.column, found.reason) == ("mine.txt", "UTF-8", (), None, "")


def test_only_line_breaks_part_lines():
    assert read_list("a\x0bb\x0cc\u2028d\x85e".encode(), "a.txt").sentences == ("a\x0bb\x0cc\u2028d\x85e",)


@pytest.mark.parametrize("as_path", [True, False], ids=["path", "bytes"])
@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_a_table_is_read_as_it_was_written(tmp_path, kind, as_path):
    data, name = written(kind, table()), f"Mine.{kind.upper()}"
    (tmp_path / name).write_bytes(data)
    found = read_list(tmp_path / name) if as_path else read_list(data, name)
    assert found.sentences == SENTENCES
    assert found.numbers == ((2, 3, 4) if kind in ("csv", "tsv", "xlsx") else (1, 2, 3))
    assert (found.columns, found.column, found.name) == (("id", "text", "score"), "text", name)
    assert found.reason == "Its name says so, and its cells hold 4.0 words on average."
    assert [row[:2] for row in found.preview] == [("1", SENTENCES[0]), ("2", SENTENCES[1]), ("3", SENTENCES[2])] or (
        kind in ("csv", "tsv") and found.preview[0] == ("id", "text", "score")
    )
    assert found.encoding == (None if kind in ("xlsx", "parquet") else "UTF-8")
    assert (found.rejected, found.blank, found.duplicates) == ((), 0, 0)


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_empty_cells_are_counted_and_rows_keep_their_numbers(kind):
    found = read_list(written(kind, table(n=[1, 2, 3, 4], text=["a b", None, "c d", "a b"])), f"a.{kind}")
    first = 2 if kind in ("csv", "tsv", "xlsx") else 1
    assert found.numbers == (first, first + 2, first + 3)
    assert (found.blank, found.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (WESTERN, "utf-8", "UTF-8"),
        (WESTERN, "utf-8-sig", "UTF-8 with BOM"),
        (WESTERN, "utf-16", "UTF-16"),
        (WESTERN, "utf-16-le", "UTF-16"),
        (WESTERN, "utf-16-be", "UTF-16"),
        (WESTERN, "latin-1", "Latin-1"),
        (WESTERN, "cp1252", "Latin-1"),  # without a character in which they differ
        (TYPOGRAPHIC, "cp1252", "Windows-1252"),
        ("It’s a dog", "cp1252", "Windows-1252"),
        ("Café", "latin-1", "Latin-1"),
        ("A dog\nA cat", "ascii", "UTF-8"),
        ("שלום עולם\nمرحبا", "utf-8", "UTF-8"),
        ("Собака съела еду, потому что была голодна.\nЭто хорошо.", "cp1251", "Cyrillic (1251)"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_the_encoding_is_found_and_told(text, codec, label, name):
    data = text
    if name == "a.csv":
        data = "id,text\n" + "\n".join(f'{row},"{line}"' for row, line in enumerate(text.split("\n")))
    elif name == "a.jsonl":
        data = "\n".join(json.dumps(line, ensure_ascii=False) for line in text.split("\n"))
    found = read_list(data.encode(codec), name)
    assert found.sentences == tuple(text.split("\n"))
    assert found.encoding == label
    assert found.rejected == ()


def test_the_encoding_can_be_given():
    data = "żółw".encode("cp1250")
    assert read_list(data, "a.txt", encoding="windows-1250").sentences == ("żółw",)
    assert "no encoding 'cp9'" in refused_encoding(data)


def refused_encoding(data):
    with pytest.raises(ListError) as error:
        read_list(data, "a.txt", encoding="cp9")
    return str(error.value)


def test_a_mark_at_the_beginning_belongs_to_no_cell():
    found = read_list("text,id\nA dog,1".encode("utf-8-sig"), "a.csv")
    assert found.columns == ("text", "id")


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_of_mixed_encodings_the_majority_is_read_and_the_others_are_told(name):
    head = b"text\n" if name == "a.csv" else b""
    first = len(head.splitlines()) + 1
    found = read_list(head + "ein größerer Hund\n".encode() * 3 + "ein größerer Fuß\n".encode("latin-1"), name)
    assert found.encoding == "UTF-8"
    assert len(found.sentences) == 3
    assert [line.number for line in found.rejected] == [first + 3]
    assert "byte F6, which is no UTF-8" in found.rejected[0].reason
    found = read_list(head + "ein größerer Hund\n".encode("latin-1") * 3 + "ein Fuß\n".encode(), name)
    assert found.encoding == "Latin-1"
    assert found.sentences == ("ein größerer Hund",) * 3
    assert [(line.number, line.reason) for line in found.rejected] == [
        (first + 3, "is written in UTF-8, while the rest of the file is Latin-1.")
    ]


def test_rejected_lines_can_be_shown_and_stored_anywhere():
    found = read_list("gut ö\n".encode() * 2 + b"b\xf6se \0\n", "a.txt")
    assert found.rejected == (Line(3, "b\\udcf6se \\0", "holds a NUL character, which no text has."),)


@pytest.mark.parametrize(
    ("source", "name", "told"),
    [
        (b"", "a.txt", "is empty"),
        (b"", "a.parquet", "is empty"),
        (b"\n \n\t\r\n", "a.txt", "nothing but 3 blank lines"),
        (b"\n\n", "a.csv", "nothing but 2 blank lines"),
        (png(), "a.txt", "PNG picture"),
        (png(), "a.csv", "PNG picture"),
        (random.Random(1).randbytes(5000), "a.txt", "control characters"),
        (written("xlsx", table()), "a.txt", "ZIP archive"),
        (written("parquet", table()), "a.csv", "Parquet file"),
        (png(), "a.xlsx", "PNG picture and no .xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "a.xlsx", "password"),
        (b"text\nA dog", "a.xlsx", "is text and no .xlsx. Name it .csv"),
        (b"<html><table>", "a.xlsx", "is a page for a browser"),
        (written("xlsx", table())[:3000], "a.xlsx", "truncated"),
        (written("parquet", table())[:-20], "a.parquet", "truncated"),
        (written("parquet", table())[:100], "a.parquet", "truncated"),
        (b"text\nA dog", "a.parquet", "no Parquet file"),
        (b"A dog", "a.pdf", "ends in none of .txt, .csv, .tsv, .xlsx, .jsonl, .json, .parquet"),
        (b"A dog", "dogs", "ends in none of"),
        (written("csv", table(id=[1, 2], price=[2.5, 3])), "a.csv", "no column of text: no words are in id, price"),
        (written("xlsx", table(id=[1, 2], price=[2.5, 3])), "a.xlsx", "no column of text"),
        (written("parquet", table(id=[1, 2], price=[2.5, 3])), "a.parquet", "no column of text"),
        (b'{"a": 1}\n{"a": 2}', "a.jsonl", "no column of text"),
        (b"id,text\n", "a.csv", "names of columns (id, text) and no row below"),
        (workbook(), "a.xlsx", "no sentence"),
        (b"{bad\n[1]\n", "a.jsonl", "line 1 is no JSON"),
        (b"a\0b", "a.txt", "line 1 holds a NUL character"),
        (b"word " * 3_800_000, "a.txt", "19,000,000 characters"),
        (b"word " * 3_800_000, "a.csv", "19,000,000 characters"),
        (json.dumps("word " * 3_700_000).encode(), "a.jsonl", "characters long"),
        (
            b"x" * 20_000_001,
            "a.txt",
            "20 MB are read. For more there is the command line:  python -m attention_core patterns a.txt",
        ),
        (
            b"A dog\n" * 100_001,
            "a.txt",
            "more than 100,000 sentences; in the browser at most 100,000 are read. For more there is",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_gets_one_clear_line_and_soon(source, name, told):
    start = time.process_time()
    assert told in refused(source, name)
    assert time.process_time() - start < 3


def test_100_000_sentences_are_read():
    assert len(read_list(b"A dog\n" * 100_000, "a.txt").sentences) == 100_000


def test_the_command_line_reads_more():
    found = read_list(b"A dog\n" * 100_001, "a.txt", limits=COMMAND_LINE)
    assert len(found.sentences) == 100_001
    assert found.duplicates == 100_000


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "No such file" in refused(tmp_path / "none.txt", "none.txt")
    (tmp_path / "folder.txt").mkdir()
    assert "cannot be read" in refused(tmp_path / "folder.txt", "folder.txt")


def test_a_bomb_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as member:
        for _ in range(300):
            member.write(bytes(1_000_000))
    data = file.getvalue()
    assert len(data) < 400_000
    start = time.process_time()
    assert "would unpack to 300 MB; at most 200 MB are read" in refused(data, "a.xlsx")
    assert time.process_time() - start < 0.5


def test_a_bomb_that_hides_its_size_is_not_unpacked_either():
    """The archive's directory says 1,000 bytes; no reader gets more of it than that."""
    book = io.BytesIO(workbook(["text"], ["A dog"]))
    file = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.infolist():
            data = source.read(member)
            archive.writestr(member.filename, data + b" " * 250_000_000 if "sheet1" in member.filename else data)
        for member in archive.infolist():
            if "sheet1" in member.filename:
                member.file_size = 1000
    assert len(file.getvalue()) < 1_000_000
    start = time.process_time()
    assert "damaged" in refused(file.getvalue(), "a.xlsx")
    assert time.process_time() - start < 1


def test_a_cell_at_the_far_end_of_a_sheet_takes_no_room():
    book = openpyxl.Workbook(write_only=False)
    book.active["A1"], book.active["A2"], book.active["AZZ1000000"] = "text", "A dog", "far"
    file = io.BytesIO()
    book.save(file)
    start = time.process_time()
    found = read_list(file.getvalue(), "a.xlsx")
    assert found.sentences == ("A dog",)
    assert time.process_time() - start < 20


def test_rows_of_another_width_are_told_with_their_lines():
    found = read_list(b'id,text\n1,A dog\n2,It was, they say\n3\n\n4,"It was, they say"\n', "a.csv")
    assert found.sentences == ("A dog", "It was, they say")
    assert found.numbers == (2, 6)
    assert found.blank == 1
    assert [(line.number, line.text) for line in found.rejected] == [(3, "2,It was, they say"), (4, "3")]
    assert "3 cells, most rows have 2" in found.rejected[0].reason
    assert "Quotation marks" in found.rejected[0].reason
    assert found.rejected[1].reason.removeprefix("has ") == "1 cell, most rows have 2."


@pytest.mark.parametrize("rows", [3, 20_000], ids=["to the end", "for longer than a cell can be"])
def test_a_quotation_mark_that_is_not_closed_takes_no_later_row_with_it(rows):
    later = "".join(f"{row},A dog number {row}\n" for row in range(rows))
    found = read_list(f'id,text\n1,fine\n2,"open\n{later}'.encode(), "a.csv")
    assert [(line.number, line.text) for line in found.rejected] == [(3, '2,"open')]
    assert "not closed" in found.rejected[0].reason
    assert found.sentences == ("fine", *(f"A dog number {row}" for row in range(rows)))
    assert found.numbers == (2, *range(4, 4 + rows))


def test_what_follows_a_closing_quotation_mark_is_told():
    found = read_list(b'id,text\n1,"A" dog\n2,A cat\n', "a.csv")
    assert found.sentences == ("A cat",)
    assert [(line.number, line.text) for line in found.rejected] == [(2, '1,"A" dog')]


def test_a_cell_over_several_lines_counts_by_its_first():
    found = read_list(b'text\n"A dog\nate"\nA cat', "a.csv")
    assert found.sentences == ("A dog ate", "A cat")
    assert found.numbers == (2, 4)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found(sign):
    rows = [["id", "text", "n"], ["1", "A dog, it ate; well", "2"], ["2", "A cat, too; fine", "3"]]
    file = io.StringIO()
    csv.writer(file, delimiter=sign).writerows(rows)
    found = read_list(file.getvalue().encode(), "a.csv")
    assert found.columns == ("id", "text", "n")
    assert found.sentences == ("A dog, it ate; well", "A cat, too; fine")


def test_a_csv_of_one_column_needs_no_quotation_marks():
    found = read_list(b'text\nA dog, a cat\n"A bird, too"\nOne', "a.csv")
    assert found.sentences == ("A dog, a cat", "A bird, too", "One")
    assert (found.columns, found.reason) == (("text",), "It is the only column.")


def test_a_first_row_that_is_a_sentence_is_not_lost():
    found = read_list(b"A dog ate.\nA cat ate.", "a.csv")
    assert found.sentences == ("A dog ate.", "A cat ate.")
    assert found.columns == ("column 1",)
    assert "no names of columns" in found.note
    found = read_list(workbook([1, "A dog"], [2, "A cat"]), "a.xlsx")
    assert found.sentences == ("A dog", "A cat")
    assert found.column == "column 2"


def test_the_column_with_the_most_words_is_guessed_where_no_name_tells():
    found = read_list(b"id,who,said\n1,Ann Smith,A dog ate the food\n2,Bo,It was", "a.csv")
    assert found.column == "said"
    assert found.reason == "Its cells hold the most words: 3.5 on average."


def test_a_name_does_not_help_a_column_of_numbers():
    assert read_list(b"text,said\n1,A dog\n2,A cat", "a.csv").column == "said"


@pytest.mark.parametrize("column", ["who", "2", 2])
def test_the_column_can_be_chosen_by_name_or_place(column):
    found = read_list(b"id,who,said\n1,Ann,A dog ate", "a.csv", column=column)
    assert found.sentences == ("Ann",)
    assert found.column == "who"


@pytest.mark.parametrize("column", ["WHO", "4", "0", -1])
def test_a_column_that_is_not_there_is_told_with_those_that_are(column):
    message = refused(b"id,who,said\n1,Ann,A dog", "a.csv", column=column)
    assert repr(column) in message
    assert "its columns are id, who, said" in message


def test_plain_text_has_no_column_to_choose():
    assert "no column 'text'" in refused(b"A dog", "a.txt", column="text")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_2_000_columns_are_refused(kind):
    frame = pd.DataFrame([["A dog"] * 2000], columns=[f"c{place}" for place in range(2000)])
    assert "2,000 columns; at most 1,000" in refused(written(kind, frame), f"a.{kind}")


def test_columns_of_the_same_name_are_told_apart():
    for source, name in (
        (b"text,text,\nA dog,A cat and,x", "a.csv"),
        (workbook(["text", "text", None], ["A dog", "A cat and", "x"]), "a.xlsx"),
    ):
        found = read_list(source, name)
        assert found.columns == ("text", "text (2)", "column 3")
        assert found.note.endswith("Several columns are named text; the later ones have a number added.")
        assert read_list(source, name, column="text (2)").sentences == ("A cat and",)
    twice = pa.Table.from_arrays([pa.array(["A dog"]), pa.array(["A cat"])], names=["text", "text"])
    file = io.BytesIO()
    pq.write_table(twice, file)
    assert "several columns named text" in refused(file.getvalue(), "a.parquet")


def test_formulas_in_a_csv_are_texts_and_are_harmless_in_ours():
    formula = '=HYPERLINK("http://x.y","z")'
    found = read_list(written("csv", table(text=[formula, "A dog"])), "a.csv")
    assert found.sentences == (formula, "A dog")
    assert no_formula(formula) == f"'{formula}"
    assert [no_formula(text) for text in ("+1", "-1", "@x", "A = b", "'=x")] == ["'+1", "'-1", "'@x", "A = b", "'=x"]


def test_a_formula_in_a_workbook_is_its_result_or_told():
    """openpyxl writes formulas without results, as a spreadsheet would not."""
    found = read_list(workbook(["text"], ["A dog"], ['=HYPERLINK("x")'], [None], ["A cat"]), "a.xlsx")
    assert found.sentences == ("A dog", "A cat")
    assert found.numbers == (2, 5)
    assert found.blank == 1
    assert [(line.number, line.text) for line in found.rejected] == [(3, '=HYPERLINK("x")')]
    assert "formula without a result" in found.rejected[0].reason


def test_of_several_sheets_the_first_is_read_and_that_is_told():
    found = read_list(workbook(["text"], ["A dog"], sheets=("Mine", "Other")), "a.xlsx")
    assert found.sentences == ("A dog",)
    assert found.note.startswith("Of 2 sheets only “Mine” is read, the first.")


def test_lines_with_nul_bytes_are_left_out_and_told():
    found = read_list(b"A dog\nB\0\nA cat", "a.txt")
    assert found.sentences == ("A dog", "A cat")
    assert [line.number for line in found.rejected] == [2]


def test_a_long_line_among_others_is_left_out_with_its_length():
    found = read_list(b"A dog\n" + b"word " * 3_000_000 + b"\nA cat\n" + b"x" * 100_001, "a.txt")
    assert found.sentences == ("A dog", "A cat")
    assert found.numbers == (1, 3)
    assert [line.number for line in found.rejected] == [2, 4]
    assert "15,000,001 characters" in found.rejected[0].reason
    assert "100,001 characters" in found.rejected[1].reason
    assert all(len(line.text) <= BROWSER.characters for line in found.rejected)


def test_jsonl_holds_texts_or_objects_and_what_is_neither_is_told():
    lines = ['{"id": 1, "text": "A dog"}', "{bad", "", '{"id": 2}', '"A cat"', '{"text": ["x"]}', '{"text": "\\ud83d"}']
    found = read_list("\n".join(lines).encode(), "a.jsonl")
    assert found.columns == ("id", "text")
    assert found.sentences == ("A dog",)
    assert found.blank == 2
    assert [line.number for line in found.rejected] == [2, 5, 6, 7]
    assert [line.text for line in found.rejected][:2] == ["{bad", '"A cat"']
    assert "surrogate" in found.rejected[3].reason
    found = read_list(b'"A dog"\n"A cat"\n3', "a.jsonl")
    assert found.sentences == ("A dog", "A cat")
    assert "no text" in found.rejected[0].reason


def test_right_to_left_text_stays_as_it_is():
    text = "\u202bשלום, עולם!\u202c"
    assert read_list(text.encode(), "a.txt").sentences == (text,)
    assert read_list(written("xlsx", table(text=[text])), "a.xlsx").sentences == (text,)


def test_the_preview_shows_the_first_rows_and_cuts_long_cells():
    opened = open_list(("text,id\n" + "".join(f"A dog {'x' * 300},{row}\n" for row in range(30))).encode(), "a.csv")
    assert len(opened.preview) == PREVIEWED
    assert opened.preview[0][1] == "0"
    assert len(opened.preview[0][0]) == 200
    assert opened.preview[0][0].endswith("…")


@pytest.mark.parametrize("kind", ["txt", "csv", "jsonl", "parquet"])
def test_a_file_is_read_in_less_memory_than_it_has(tmp_path, kind):
    file, lines = tmp_path / f"a.{kind}", [f"A dog {row} {'x' * 1000}" for row in range(20_000)]
    match kind:
        case "parquet":
            pq.write_table(pa.table({"text": lines}), file, compression="none", row_group_size=2000)
        case "jsonl":
            file.write_text("\n".join(json.dumps(line) for line in lines))
        case _:
            file.write_text("\n".join(["text", *lines]))
    del lines
    tracemalloc.start()
    try:
        count = sum(len(line.text) > 1000 for line in open_list(file).lines())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 7_000_000 < file.stat().st_size / 2


def test_dictionaries_and_large_strings_of_parquet_are_text():
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        file = io.BytesIO()
        pq.write_table(pa.table({"n": [1, 2], "said": pa.array(["A dog", "A cat"]).cast(kind)}), file)
        assert read_list(file.getvalue(), "a.parquet").sentences == ("A dog", "A cat")


def test_damage_in_the_middle_of_a_parquet_is_told():
    data = bytearray(written("parquet", table()))
    data[10:200] = bytes(190)
    assert "damaged" in refused(bytes(data), "a.parquet")


def test_a_parquet_that_would_be_large_is_refused():
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["x " * 500_000 + str(row) for row in range(20)]}), file, compression="zstd")
    limits = Limits(20_000_000, 100_000, unpacked=10_000_000)
    assert "would unpack to 20 MB; at most 10 MB" in refused(file.getvalue(), "a.parquet", limits=limits)


def test_pasted_text_is_read_line_by_line():
    found = read_paste("A dog\r\n\nA cat\nA dog")
    assert found.sentences == ("A dog", "A cat", "A dog")
    assert found.numbers == (1, 3, 4)
    assert (found.blank, found.duplicates, found.encoding, found.columns) == (1, 1, None, ())
    for text, told in (("", "empty"), (" \n", "nothing but"), ("half \ud83d", "surrogate"), ("x\n" * 10_000_001, "20 MB")):
        with pytest.raises(ListError, match=told):
            read_paste(text)
