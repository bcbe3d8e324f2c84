"""Many files give the parts and the summary that each file alone gives, whatever is interrupted, on any filesystem."""

import gzip
import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from attention_core.cli.command import main
from attention_core.errors import AttentionError, ListError
from attention_core.lists import stored_files as stored
from attention_core.lists.options import ReadingOptions
from attention_core.lists.rows import Line
from attention_core.lists.sentences import open_list
from attention_core.lists.stored_files import stored_files
from attention_core.survey import block_worker, part_folder
from attention_core.survey import blocks as blocked
from attention_core.survey.block_worker import Plan
from attention_core.survey.blocks import LineBlock, blocks
from attention_core.survey.many_files import survey_files
from attention_core.survey.pattern_scores import NAMES, read_patterns
from attention_core.survey.tables import pattern_table
from attention_core.survey.totals import Survey
from attention_core.survey.word_links import find_links, link_search
from tests.core.survey.corpus import one_after_the_other, rows_of, written_in_many_kinds

GUESSED = ReadingOptions()


@pytest.fixture(autouse=True)
def model_read_once(monkeypatch, model):
    monkeypatch.setattr(block_worker, "load_model", lambda folder: model)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    written_in_many_kinds(folder)
    return folder


def plan_of(corpus, out, lines=7, search=None) -> Plan:
    return Plan(search, None, tuple(stored_files([str(corpus)])), GUESSED, lines, str(out))


def survey(plan, engine=one_after_the_other, resume=False, overwrite=False):
    return survey_files(plan, engine, resume, overwrite, lambda lines: None)


def sentences_of(corpus) -> list[tuple[str, list[Line]]]:
    """The sentences of each file, as the reader of one file finds them."""
    found = []
    for file in stored_files([str(corpus)]):
        lines = [line for line in file.opened(GUESSED).lines() if line.text and line.reason is None and line.text != "\u200b"]
        found.append((file.path, lines))
    return found


def test_files_of_many_kinds_give_what_each_file_alone_gives(corpus, tmp_path, model):
    done = survey(plan_of(corpus, tmp_path / "out"))
    assert {name: done.counts[name] for name in ("sentences", "blank", "rejected", "cut")} == {
        "sentences": 117, "blank": 1, "rejected": 2, "cut": 0,
    }  # fmt: skip
    found = rows_of(tmp_path / "out" / "parts")
    total, expected, names = Survey(), [], []
    for path, lines in sentences_of(corpus):
        batch = read_patterns(model, [line.text for line in lines])
        frame = pattern_table(batch, [line.text for line in lines], [line.number for line in lines]).to_pandas()
        expected.append(frame.assign(file=path))
        total.add(batch)
        names += [(path, line.number) for line in lines]
    expected = pd.concat(expected, ignore_index=True)
    for name in ("file", "line", "text", "tokens", "tokens_read", "layer", "head"):
        assert found[name].tolist() == expected[name].tolist(), name
    np.testing.assert_allclose(found[list(NAMES)], expected[list(NAMES)], atol=1e-5)
    summary = pq.read_table(tmp_path / "out" / "summary.parquet").to_pandas()
    np.testing.assert_allclose(summary["mean"], total.mean.flatten(), atol=1e-5)
    np.testing.assert_allclose(summary["spread"], total.spread.flatten(), atol=1e-5)
    assert (summary["sentences"] == 117).all()
    for place in (0, 5 * 72 + 30):  # a head of two patterns
        row = summary.iloc[place]
        at = row["pattern"], row["layer"] - 1, row["head"] - 1
        for column, largest in (("most", True), ("least", False)):
            ends = [(each["file"], each["line"]) for each in row[column]]
            assert ends[0] == names[total.ends(*at, largest=largest)[0][0]]
            assert len(set(ends)) == 10
    rejected = pd.read_parquet(tmp_path / "out" / "rejected")
    assert sorted(zip(rejected["file"].str.rsplit("/").str[-1], rejected["line"], strict=True)) == [
        ("a.txt", 6), ("b.jsonl.gz", 5),
    ]  # fmt: skip
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["complete"] is True
    assert manifest["sha256"] == model.sha256
    assert [each["size"] for each in manifest["inputs"]] == [file.size for file in stored_files([str(corpus)])]
    assert set(manifest["columns"]["patterns"]) == set(found.columns)
    assert set(manifest["columns"]["summary of patterns"]) == set(summary.columns)
    assert {"torch", "python", "pyarrow"} <= set(manifest["versions"])
    assert not (tmp_path / "out" / "unfinished").exists()


def test_of_equal_batches_the_numbers_are_equal_to_the_bit(corpus, tmp_path, model):
    survey(plan_of(corpus, tmp_path / "out", lines=1000))
    found = rows_of(tmp_path / "out" / "parts")
    path, lines = sentences_of(corpus)[2]
    expected = read_patterns(model, [line.text for line in lines]).scores.permute(0, 2, 3, 1).reshape(-1, len(NAMES))
    assert np.array_equal(found[found["file"] == path][list(NAMES)].to_numpy(), expected.numpy())


def test_links_of_many_files_and_their_summary(corpus, tmp_path, model):
    search = link_search(model, ["it"])
    survey(plan_of(corpus, tmp_path / "out", search=search))
    found = rows_of(tmp_path / "out" / "parts", "links")
    count, best = 0, []
    for path, lines in sentences_of(corpus):
        batch = find_links(model, [line.text for line in lines], search)
        count += len(batch.places)
        values, order = batch.stands_out.flatten().sort(descending=True)
        for value, index in zip(values[:3].tolist(), order[:3].tolist(), strict=True):
            best.append((value, path, lines[batch.places[index // 72].sentence].number))
    assert len(found) == count * 72 > 0
    summary = pq.read_table(tmp_path / "out" / "summary.parquet").to_pandas()
    for (value, path, line), row in zip(sorted(best, reverse=True)[:3], summary.itertuples(), strict=False):
        assert (row.file, row.line) == (path, line)
        assert row.stands_out == pytest.approx(value, abs=1e-5)
    assert len(set(zip(summary["layer"], summary["head"], strict=True))) == 72
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["options"]["from"] == ["it"]
    assert set(manifest["columns"]["summary of links"]) == set(summary.columns)


def test_whatever_is_interrupted_goes_on_and_is_the_uninterrupted_run(corpus, tmp_path, monkeypatch):
    """An end after each tenth write of a file, between any two of those that one block takes."""
    survey(plan_of(corpus, tmp_path / "whole"))
    whole, plan = rows_of(tmp_path / "whole" / "parts"), plan_of(corpus, tmp_path / "out")
    moves, ends = 0, 0
    moved = part_folder.PartFolder._whole

    def counted(self, name):
        nonlocal moves
        moves += 1
        if moves % 10 == 0:
            raise KeyboardInterrupt
        return moved(self, name)

    monkeypatch.setattr(part_folder.PartFolder, "_whole", counted)
    while True:
        try:
            survey(plan, resume=True)
            break
        except KeyboardInterrupt:
            ends += 1
            assert not (tmp_path / "out" / "summary.parquet").exists() or ends > 3
            assert ends < 20
    assert ends > 3
    pd.testing.assert_frame_equal(rows_of(tmp_path / "out" / "parts"), whole)
    summaries = [pq.read_table(tmp_path / name / "summary.parquet") for name in ("whole", "out")]
    assert summaries[0].equals(summaries[1])
    rejected = [pd.read_parquet(tmp_path / name / "rejected") for name in ("whole", "out")]
    pd.testing.assert_frame_equal(*rejected)
    assert survey(plan, resume=True).was_complete


def test_files_and_results_may_lie_on_another_filesystem(corpus, monkeypatch):
    memory = pyarrow.fs._MockFileSystem()
    for file in stored_files([str(corpus)]):
        path = "corpus" + file.path.removeprefix(str(corpus))
        memory.create_dir(path.rpartition("/")[0])
        with memory.open_output_stream(path, compression=None) as stream, open(file.path, "rb") as source:
            stream.write(source.read())
    for module in (stored, part_folder):
        monkeypatch.setattr(module, "filesystem_of", lambda address: (memory, address.removeprefix("memory://")))
    files = tuple(stored_files(["memory://corpus"]))
    plan = Plan(None, None, files, GUESSED, 20, "memory://results")
    half = iter(range(4))

    def broken(plan, finished):
        for progress in one_after_the_other(plan, finished):
            yield progress
            if next(half, None) is None:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey(plan, broken)
    assert survey(plan, resume=True).counts["sentences"] == 117
    parts = [info.path for info in memory.get_file_info(pyarrow.fs.FileSelector("results/parts"))]
    found = pa.concat_tables(pq.read_table(memory.open_input_file(path)) for path in parts)
    assert len(found) == 117 * 72
    assert memory.get_file_info("results/summary.parquet").size


def test_a_folder_of_others_and_results_of_other_facts_stay(corpus, tmp_path):
    out = tmp_path / "out"
    plan = plan_of(corpus, out, lines=1000)
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    for more in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(ListError, match="holds other files"):
            survey(plan, **more)
    (out / "mine.txt").unlink()
    survey(plan)
    with pytest.raises(ListError, match=r"--resume.*--overwrite"):
        survey(plan)
    changed = replace(plan.files[0], size=1)
    others = (
        replace(plan, lines=50),
        replace(plan, files=(changed, *plan.files[1:])),
        replace(plan, options=ReadingOptions(encoding="utf-8")),
    )
    for other, said in zip(others, ("options", "inputs", "options"), strict=True):
        with pytest.raises(ListError, match=f"other {said}"):
            survey(other, resume=True)
    assert survey(replace(plan, lines=50), overwrite=True).parts == 4
    (out / "manifest.json").write_text("{")
    with pytest.raises(ListError, match=r"manifest\.json .* damaged"):
        survey(plan, resume=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ListError, match="is a file"):
        survey(replace(plan, out=str(tmp_path / "file")))


def test_a_part_that_is_lost_is_told_and_no_summary_is_written(corpus, tmp_path):
    plan = plan_of(corpus, tmp_path / "out")

    def losing(plan, finished):
        yield from one_after_the_other(plan, finished)
        sorted((tmp_path / "out" / "parts").iterdir())[2].unlink()

    with pytest.raises(ListError, match="1 of its parts are missing"):
        survey(plan, losing)
    assert not (tmp_path / "out" / "summary.parquet").exists()
    survey(plan, resume=True)
    assert (tmp_path / "out" / "summary.parquet").exists()


def test_blocks_are_the_same_each_time_and_keep_the_texts_of_a_row_together(monkeypatch):
    numbers = [1, 2, 3, 3, 3, 4, 5, 5, 6]
    lines = [Line(number, "ab") for number in numbers]
    found = list(blocks(lines, 4, 2))
    assert [[line.number for line in block.lines] for block in found] == [[1, 2], [3, 3, 3], [4, 5, 5], [6]]
    assert found == list(blocks(iter(lines), 4, 2))
    assert [(block.file, block.number) for block in found] == [(4, 0), (4, 1), (4, 2), (4, 3)]
    assert sorted(LineBlock(file, number, ()).key for file, number in ((12, 0), (2, 10), (2, 9))) == [
        "0000002-0000009", "0000002-0000010", "0000012-0000000",
    ]  # fmt: skip
    monkeypatch.setattr(blocked, "CHARACTERS", 5)
    assert [len(block.lines) for block in blocks(lines, 0, 100)] == [5, 3, 1]


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_a_packed_file_is_read_as_the_file_itself(tmp_path, packing):
    rows = "\n".join(f"caf\xe9 number {place} is open" for place in range(30_000)).encode("latin-1")  # is looked through twice
    (tmp_path / "a.txt").write_bytes(rows)
    path = tmp_path / f"b.TXT.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(rows[:300_000]) + gzip.compress(rows[300_000:]))  # as cat joins them
    else:
        with pa.CompressedOutputStream(str(path), "zstd") as file:
            file.write(rows)
    (file,) = stored_files([path.as_uri()])
    opened, plain = file.opened(GUESSED), open_list(tmp_path / "a.txt")
    assert opened.encoding == plain.encoding == "Latin-1"
    assert list(opened.lines()) == list(plain.lines())
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ListError, match=r"b\.TXT"):
        list(stored_files([str(path)])[0].opened(GUESSED).lines())


def test_what_cannot_be_read_or_written_is_told(corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("A dog ate")
    (tmp_path / "a.parquet.gz").write_text("A dog ate")

    def told(*arguments) -> str:
        assert main(["patterns", *map(str, arguments)]) == 2
        output, errors = capsys.readouterr()
        assert output == ""
        assert errors.startswith("attention_core: ")
        return errors

    ray = ("--engine", "ray", "--out", "out")
    assert "none.txt is not there" in told("none.txt", *ray)
    assert "holds no file that ends in .txt" in told("empty", *ray)
    assert "ends in none of" in told("a.parquet.gz", *ray)
    assert "given twice" in told("a.txt", tmp_path / "a.txt", *ray)
    assert "nope://a is on no filesystem" in told("nope://a", *ray)
    assert "is within" in told(tmp_path, *ray)
    assert "2 files are read with --engine ray" in told("a.txt", "b.txt", "--out", "out.csv")
    assert "--actors needs --engine ray" in told("a.txt", "--actors", "2", "--out", "out.csv")
    assert "is an address" in told("a.txt", "--out", "s3://bucket/out.parquet")
    assert "'0' is no number from 1 on" in told("a.txt", "--actors", "0", *ray)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert 'pip install "ray[data]~=2.60"' in told("a.txt", *ray)
    assert main(["patterns", "a.txt", str(corpus / "c.csv.zst"), "--engine", "ray", "--look"]) == 0
    looked = capsys.readouterr().out
    assert "a.txt is read as" in looked
    assert "column “text”" in looked
    assert not (tmp_path / "out").exists()


def test_files_without_a_sentence_are_told(tmp_path):
    (tmp_path / "a.txt").write_text("\u200b\n\n\n")
    with pytest.raises(AttentionError, match="no sentence"):
        survey(Plan(None, None, tuple(stored_files([str(tmp_path / "a.txt")])), GUESSED, 7, str(tmp_path / "out")))
