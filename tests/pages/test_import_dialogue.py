"""The dialogue of Your sentences: what was taken is shown, a change reads the kept bytes again, nothing open is lost."""

import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.pages.screen import messages, open_page, written


def upload(name, data, at=None):
    at = at or open_page(page="sentences")
    at.file_uploader(key="list-upload").set_value((name, data if isinstance(data, bytes) else data.encode(), ""))
    return at.run()


def used(at):
    at.button(key="list-use").click().run()
    return at.session_state["-session"].listing.sentences


def found(at):
    return at.session_state["-session"].candidate.found


def test_what_was_taken_is_shown():
    at = upload("own.csv", "Spring survey\nid;text\n1;A cat slept.;\n2;It rains.;\n")
    assert not at.exception
    assert at.selectbox(key="read-encoding").value == "utf_8"
    assert at.selectbox(key="read-separator").value == ";"
    assert at.selectbox(key="read-quoting").value == "doubled"
    assert at.number_input(key="read-begin").value == 2
    assert at.checkbox(key="read-names").value is True
    assert "Row 1 is skipped as a title: “Spring survey”" in written(at)
    assert used(at) == ("A cat slept.", "It rains.")


def test_the_first_row_can_be_a_sentence_again():
    at = upload("own.csv", "text of the first\nA cat slept.\nIt rains.\n")
    assert found(at).sentences == ("A cat slept.", "It rains.")
    at.checkbox(key="read-names").uncheck().run()
    assert used(at) == ("text of the first", "A cat slept.", "It rains.")


def test_reading_can_begin_later():
    at = upload("own.txt", "About this file\nA cat slept.\nIt rains.\n")
    at.number_input(key="read-begin").set_value(2).run()
    assert used(at) == ("A cat slept.", "It rains.")


def test_the_encoding_can_be_chosen():
    at = upload("own.txt", "Zażółć gęślą jaźń.\nŻółw śpi.\n".encode("cp1250"))
    at.selectbox(key="read-encoding").set_value("cp1250").run()
    assert used(at) == ("Zażółć gęślą jaźń.", "Żółw śpi.")


def test_separator_and_quoting_can_be_chosen():
    at = upload("own.txt", "1\tA cat slept.\n2\tIt rains.\n")
    assert found(at).sentences == ("A cat slept.", "It rains.")
    at.selectbox(key="read-separator").set_value("").run()
    assert found(at).sentences == ("1\tA cat slept.", "2\tIt rains.")
    at = upload("own.csv", 'id,text\n1,"Fine" is short.\n2,It rains.\n')
    at.selectbox(key="read-quoting").set_value("none").run()
    assert found(at).sentences == ('"Fine" is short.', "It rains.")


def test_rejected_rows_are_counted_and_named_before_use():
    at = upload("own.csv", 'id,text\n1,"Fine" is short.\n2,It rains.\n3,a,b\n4,Snow falls.\n')
    assert "2 of 4 rows rejected" in written(at)
    assert "Line 2 is not as a .csv is written" in written(at)
    assert "Line 4 has 3 cells, most rows have 2" in written(at)
    assert at.session_state["-session"].listing is None


def test_a_column_without_text_keeps_the_candidate_and_is_told():
    at = upload("own.jsonl", '{"id": 1, "text": "A cat slept."}\n{"id": 2, "text": "It rains."}\n')
    at.selectbox(key="list-column").set_value(0).run()
    assert not at.exception
    assert "nothing but 2 blank lines" in messages(at)
    assert at.selectbox(key="list-column").value == 0
    at.selectbox(key="list-column").set_value(1).run()
    assert messages(at) == ""
    assert used(at) == ("A cat slept.", "It rains.")


def test_another_sheet_can_be_chosen():
    book = openpyxl.Workbook()
    book.active.append(["text"])
    book.active.append(["A cat slept."])
    other = book.create_sheet("Other")
    other.append(["text"])
    other.append(["It rains."])
    file = io.BytesIO()
    book.save(file)
    at = upload("own.xlsx", file.getvalue())
    assert at.selectbox(key="read-sheet").value == "Sheet"
    at.selectbox(key="read-sheet").set_value("Other").run()
    assert used(at) == ("It rains.",)


def test_cells_that_cannot_be_shown_end_no_page_and_no_open_list():
    at = upload("own.txt", "A dog barked.\n")
    used(at)
    at.session_state["another-list"] = True
    file = io.BytesIO()
    odd = pa.array([b"a\xc9b", b"fine"]).view(pa.string())
    far = pa.array([2**62, 0], pa.timestamp("us", "Nowhere/Land"))
    pq.write_table(pa.table({"text": ["A cat slept.", "It rains."], "odd": odd, "far": far}), file)
    upload("own.parquet", file.getvalue(), at.run())
    assert not at.exception
    assert "unreadable" in written(at)
    assert at.session_state["-session"].listing.sentences == ("A dog barked.",)
    assert used(at) == ("A cat slept.", "It rains.")
