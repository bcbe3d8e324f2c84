"""Lists on the command line: whole files at every moment, nothing lost or there twice when it goes on, bad lines told."""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attention_core.cli.command import main
from attention_core.errors import ListError
from attention_core.lists.rows import Line
from attention_core.survey import resumable as growing
from attention_core.survey import run as long_run
from attention_core.survey.pattern_scores import read_patterns
from attention_core.survey.resumable import GrowingTable
from attention_core.survey.word_links import find_links, link_search
from attention_core.weights.patterns import PATTERNS
from tests.benchmarks.sentences import sentences

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ["A dog ate the food because it was hungry", "", "=1+1 and it was, “so” they say", "It is", "A dog ate"]
SCHEMA = pa.schema([("line", pa.int64()), ("text", pa.dictionary(pa.int32(), pa.string())), ("score", pa.float32())])
PORTION = 2000  # characters; a second's work would be many thousands
FACTS = {"table": "made", "file": "a.txt"}


@pytest.fixture(autouse=True)
def model_read_once(monkeypatch, model):
    """The embedded model, which takes half a second to check and read, is read once for all tests."""
    from attention_core.models.load import load_model

    monkeypatch.setattr("attention_core.models.load.load_model", lambda folder=None: load_model(folder) if folder else model)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(here, capsys):
    """Runs the command in the empty folder and returns its exit code, output lines and error lines without the bar."""

    def run(*arguments) -> tuple[int, list[str], list[str]]:
        code = main([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        told = [line.strip() for line in errors.replace("\r", "\n").splitlines() if "attention_core:" in line]
        return code, output.splitlines(), told

    return run


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def facts_of(path) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in pq.read_schema(path).metadata.items()}


def test_patterns_of_every_sentence_and_head_are_written(run, here, model):
    (here / "mine.txt").write_text("\n".join(TEXTS), "utf-8")
    code, output, told = run("patterns", "mine.txt", "--out", "all.parquet")
    assert (code, told) == (0, ["attention_core: mine.txt is read as UTF-8, a sentence a line."])
    assert output[0].startswith("Wrote all.parquet (")
    assert output[0].endswith("MB): 4 sentences, 1 blank line.")
    assert names(here) == {"mine.txt", "all.parquet"}
    table = pd.read_parquet("all.parquet")
    expected = read_patterns(model, [text for text in TEXTS if text])
    assert table["line"].tolist() == [line for line in (1, 3, 4, 5) for _ in range(72)]
    assert table["text"].astype(str).tolist() == [text for text in TEXTS if text for _ in range(72)]
    assert table["layer"].tolist() == [layer for _ in range(4) for layer in range(1, 7) for _ in range(12)]
    assert table["head"].tolist() == [*range(1, 13)] * 24
    assert table["tokens"].tolist() == table["tokens_read"].tolist() == [n for n in expected.lengths.tokens for _ in range(72)]
    for place, name in enumerate(PATTERNS):
        np.testing.assert_array_equal(table[name].to_numpy(), expected.scores[:, place].flatten().numpy())


def test_links_of_every_head_are_written(run, here, model):
    (here / "mine.txt").write_text("\n".join(TEXTS), "utf-8")
    code, output, _ = run("links", "mine.txt", "--from", "it", "--to", "dog,food", "--out", "all.parquet")
    assert code == 0
    assert "4 sentences" in output[0]
    table = pd.read_parquet("all.parquet")
    expected = find_links(model, TEXTS[:1], link_search(model, ["it"], ["dog", "food"]))
    assert len(table) == 2 * 72
    assert set(table["line"]) == {1}
    assert table["query"].astype(str).tolist() == ["it"] * 144
    assert table["key"].astype(str).tolist() == ["dog"] * 72 + ["food"] * 72
    assert table["query_position"].tolist() == [8] * 144
    assert table["key_position"].tolist() == [3] * 72 + [6] * 72
    np.testing.assert_allclose(table["weight"], expected.weight.flatten(), atol=1e-6)
    np.testing.assert_allclose(table["stands_out"], expected.stands_out.flatten(), atol=1e-6)
    strongest = table.loc[table["stands_out"].idxmax()]
    assert (strongest["layer"], strongest["head"]) == (4, 2)


def test_words_may_stand_in_a_list_and_keys_before_only(run, here):
    (here / "mine.txt").write_text("The cat saw it and the dog")
    (here / "nouns.txt").write_text("dog\ncat\n\n")
    assert run("links", "mine.txt", "--from", "it", "--to", "nouns.txt", "--out", "a.csv")[0] == 0
    assert set(pd.read_csv("a.csv")["key"]) == {"dog", "cat"}
    assert run("links", "mine.txt", "--from", "it", "--to", "nouns.txt", "--before", "--out", "b.csv")[0] == 0
    assert set(pd.read_csv("b.csv")["key"]) == {"cat"}
    assert run("links", "mine.txt", "--from", "it", "--out", "c.csv")[0] == 0
    assert set(pd.read_csv("c.csv")["key"]) == {"The", "cat", "saw"}


def test_csv_has_the_same_numbers_and_no_formulas(run, here):
    (here / "mine.txt").write_text("\n".join(TEXTS), "utf-8")
    run("patterns", "mine.txt", "--out", "all.parquet")
    run("patterns", "mine.txt", "--out", "all.csv")
    whole, table = pd.read_parquet("all.parquet"), pd.read_csv("all.csv", index_col=0)
    for name in PATTERNS:
        np.testing.assert_array_equal(table[name].to_numpy(np.float32), whole[name].to_numpy())
    assert table.index.tolist() == whole["line"].tolist()
    assert table["text"].tolist() == whole["text"].astype(str).replace(TEXTS[2], f"'{TEXTS[2]}").tolist()
    with open("all.csv", encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_the_columns_mean_stands_in_the_file(run, here, model, ending):
    (here / "mine.csv").write_text("id,said\n1,A dog and it")
    for command, more in (("patterns", []), ("links", ["--from", "it"])):
        file = f"{command}.{ending}"
        assert run(command, "mine.csv", *more, "--out", file)[0] == 0
        if ending == "csv":
            about, columns = json.loads(pd.read_csv(file, index_col=0).index.name), ["line", *pd.read_csv(file).columns[1:]]
        else:
            about, columns = facts_of(file), pq.read_schema(file).names
        assert (about["model"], about["sha256"]) == ("all-MiniLM-L6-v2", model.sha256)
        assert (about["file"], about["column"], about["table"], about["complete"]) == ("mine.csv", "said", command, "yes")
        explained = json.loads(about["columns"])
        assert list(explained) == columns
        assert all(explained.values())
        if command == "patterns":
            assert all(pattern.definition in explained[name] for name, pattern in PATTERNS.items())
        else:
            assert (json.loads(about["from"]), about["to"], about["before"]) == (["it"], "any word", "yes")


def test_lines_that_cannot_be_read_are_told_and_kept(run, here):
    rows = ["A dog", "bad \0 one", "\u200b", "dog " * 600, "B\udcff", "A cat"]
    (here / "mine.txt").write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    code, output, told = run("patterns", "mine.txt", "--out", "all.parquet")
    assert code == 0
    assert (
        "3 sentences, 1 of them longer than 512 tokens and read to there, 3 lines not read and kept in all.rejected.csv"
        in output[0]
    )
    taken, *told = told
    assert taken == "attention_core: mine.txt is read as UTF-8, a sentence a line."
    assert told == [
        "attention_core: line 2 holds a NUL character, which no text has.",
        "attention_core: line 3 holds no word that the model reads.",
        "attention_core: line 5 has the byte FF, which is no UTF-8, while the rest of the file is.",
    ]
    rejected = pd.read_csv("all.rejected.csv")
    assert rejected["line"].tolist() == [2, 3, 5]
    assert rejected["text"].tolist() == ["bad \\0 one", "\u200b", "B\\udcff"]
    assert [f"attention_core: line {row.line} {row.reason}" for row in rejected.itertuples()] == told
    table = pd.read_parquet("all.parquet").drop_duplicates("line").set_index("line")
    assert table["tokens"].to_dict() == {1: 4, 4: 602, 6: 4}
    assert table["tokens_read"].to_dict() == {1: 4, 4: 512, 6: 4}


def test_of_many_bad_lines_the_first_are_told_and_all_are_kept(run, here):
    (here / "mine.txt").write_text("A dog\n" + "a line with a \0 in it\n" * 50)
    _, output, told = run("patterns", "mine.txt", "--out", "all.csv")
    assert len(told) == 1 + 10
    assert "50 lines not read" in output[0]
    assert len(pd.read_csv("all.rejected.csv")) == 50


def test_a_look_shows_what_is_taken_and_rejected_and_writes_nothing(run, here):
    (here / "mine.csv").write_text("id;text\n1;A dog\n2;A cat; asleep\n3;\x1b[2J it rains\n4;\n")
    code, output, told = run("patterns", "mine.csv", "--look")
    assert (code, told) == (0, [])
    assert output[0].startswith("mine.csv is read as UTF-8, separator semicolon, quoting doubled, column “text”. Its name")
    assert output[0].endswith("Row 1 is taken as names: id, text.")
    assert output[1:] == [
        "       2  A dog",
        "       4   [2J it rains",
        "2 sentences, 1 without a text, 1 rejected:",
        "       3  has 3 cells, most rows have 2. Quotation marks are needed around a text that holds such a sign.",
    ]
    assert run("links", "mine.csv", "--look", "--separator", "none", "--names")[1][1] == "       2  1;A dog"
    assert run("patterns", "mine.csv", "--look", "--column", "3")[0] == 2
    assert names(here) == {"mine.csv"}


def test_what_was_taken_is_told_before_the_work_and_can_be_asked_for(run, here):
    (here / "mine.csv").write_bytes("Spring\nid,text\n1,Le café\n2,Été\n".encode("cp1252"))
    code, _, told = run("patterns", "mine.csv", "--out", "a.csv")
    assert code == 0
    assert told[0].startswith("attention_core: mine.csv is read as Latin-1, separator comma, quoting doubled, column “text”.")
    assert "Row 1 is skipped as a title: “Spring”. Row 2 is taken as names: id, text." in told[0]
    assert "Nothing in it tells its encoding; Latin-1 spells its letters best." in told[0]
    asked = ["--encoding", "mac-roman", "--begin-at", "3", "--no-names", "--column", "2"]
    assert run("patterns", "mine.csv", "--out", "b.csv", *asked)[0] == 0
    assert set(pd.read_csv("a.csv")["text"]) == {"Le café", "Été"}
    assert set(pd.read_csv("b.csv")["text"]) == {"Le cafÈ", "…tÈ"}


def test_a_later_run_without_bad_lines_leaves_none_of_an_earlier_one(run, here):
    (here / "mine.txt").write_text("A dog\n\0")
    run("patterns", "mine.txt", "--out", "all.csv")
    assert "all.rejected.csv" in names(here)
    (here / "mine.txt").write_text("A dog")
    run("patterns", "mine.txt", "--out", "all.csv")
    assert names(here) == {"mine.txt", "all.csv"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["patterns"], "required: FILE, --out"),
        (["patterns", "mine.txt"], "required: --out"),
        (["links", "mine.txt", "--out", "a.csv"], "required: --from"),
        (["patterns", "mine.txt", "--out", "a.txt"], "a.txt ends in none of .csv, .parquet"),
        (["patterns", "none.txt", "--out", "a.csv"], "none.txt cannot be read: No such file"),
        (["patterns", "mine.pdf", "--out", "a.csv"], "mine.pdf ends in none of"),
        (["patterns", "mine.txt", "--column", "text", "--out", "a.csv"], "no column 'text'"),
        (["patterns", "mine.txt", "--encoding", "klingon", "--out", "a.csv"], "no encoding 'klingon'"),
        (["patterns", "mine.txt", "--model", "/nowhere", "--out", "a.csv"], "/nowhere"),
        (["patterns", "mine.txt", "--out", "no/a.csv"], "cannot be written: No such file or directory"),
        (["patterns", "blank.txt", "--out", "a.csv"], "nothing but 3 blank lines"),
        (["patterns", "bad.txt", "--out", "a.csv"], "line 1 holds a NUL character"),
        (["patterns", "wordless.txt", "--out", "a.csv"], "line 1 holds no word"),
        (["links", "mine.txt", "--from", "New York", "--out", "a.csv"], "2 words"),
        (["links", "mine.txt", "--from", ",", "--out", "a.csv"], "Give at least one"),
        (["links", "mine.txt", "--from", "it", "--to", "none.txt", "--out", "a.csv"], "none.txt cannot be read"),
        (["patterns", "mine.txt", "--ou", "a.csv"], "required: --out"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(run, here, arguments, told):
    (here / "mine.txt").write_text("A dog")
    (here / "blank.txt").write_text("\n\n\n")
    (here / "bad.txt").write_text("not \0 this\n")
    (here / "wordless.txt").write_text("\u200b\n")
    code, output, errors = run(*arguments)
    assert (code, output) == (2, [])
    assert told in errors[-1]
    assert not {path for path in names(here) if path.startswith("a.") and "rejected" not in path} or "line 1" in told


def test_help_of_both_commands_explains_with_an_example(capsys):
    for command in ("patterns", "links"):
        with pytest.raises(SystemExit) as end:
            main([command, "--help"])
        assert end.value.code == 0
        said = capsys.readouterr().out
        assert f"python -m attention_core {command} sentences" in said
        assert "--resume" in said
        assert max(map(len, said.splitlines())) <= 80


def test_help_and_wrong_arguments_are_answered_before_anything_large_is_imported():
    script = """
import sys
import attention_core
before = set(sys.modules)
from attention_core.cli.command import main
for arguments in (["patterns", "--help"], ["links", "a.txt"]):
    try:
        main(arguments)
    except SystemExit:
        pass
large = {"torch", "numpy", "pandas", "pyarrow", "openpyxl", "charset_normalizer", "tqdm", "tokenizers"}
print(sorted(large & {name.partition(".")[0] for name in set(sys.modules) - before}), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


# What happens when it ends before the end.


_SMALL_PORTIONS = f"""
import sys
from attention_core.cli import command
from attention_core.survey import run
run._PORTION = {PORTION}
sys.exit(command.run())
"""


def program(folder: Path, *arguments: str) -> subprocess.Popen:
    """The command as a process of its own, in small portions."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _SMALL_PORTIONS, *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory, model):
    """A folder with some 480 lines, some of them bad, blank or repeated, and what comes of them undisturbed."""
    folder = tmp_path_factory.mktemp("many")
    lines = [text for tokens in (8, 12, 15) for text in sentences(tokens, 160)]
    lines[::60] = [f"bad \0 {row}" for row in range(len(lines[::60]))]
    lines[5::100] = [""] * len(lines[5::100])
    lines[7] = lines[6]
    (folder / "mine.txt").write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_run, "_PORTION", PORTION)
        for ending in ("csv", "parquet"):
            assert main(["patterns", str(folder / "mine.txt"), "--out", str(folder / f"whole.{ending}")]) == 0
    return folder


def started(folder: Path, ending: str) -> subprocess.Popen:
    """The command at work, once a part of the result is there and before it is all."""
    process = program(folder, "patterns", "mine.txt", "--out", f"a.{ending}")
    end = time.monotonic() + 60
    while not (folder / f"a.{ending}").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    return process


def check_same(folder: Path, many: Path, ending: str) -> None:
    assert names(folder) == {"mine.txt", f"a.{ending}", "a.rejected.csv"}
    if ending == "csv":
        mine, whole = ((place / name).read_bytes().split(b"\n", 1) for place, name in ((folder, "a.csv"), (many, "whole.csv")))
        assert mine[1] == whole[1]
    else:
        mine, whole = pq.read_table(folder / "a.parquet"), pq.read_table(many / "whole.parquet")
        assert mine.to_pandas().equals(whole.to_pandas())
    assert (folder / "a.rejected.csv").read_bytes() == (many / "whole.rejected.csv").read_bytes()


def read(path: Path) -> pd.DataFrame:
    """A result, with plain texts: how a file stores repeated ones does not matter."""
    table = pd.read_csv(path, index_col=0).rename_axis("line").reset_index() if path.suffix == ".csv" else pd.read_parquet(path)
    return table.astype({"text": object})


@pytest.mark.parametrize(
    ("how", "ending"),
    [(signal.SIGKILL, "csv"), (signal.SIGKILL, "parquet"), (signal.SIGINT, "parquet"), (signal.SIGTERM, "csv")],
    ids=["kill-csv", "kill-parquet", "Ctrl-C-parquet", "terminate-csv"],
)
def test_it_can_end_at_any_moment_and_go_on_as_if_it_had_not(tmp_path, many, capsys, how, ending):
    shutil.copy(many / "mine.txt", tmp_path)
    process = started(tmp_path, ending)
    os.kill(process.pid, how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (-how if how == signal.SIGKILL else 130)
    assert "Traceback" not in errors
    assert how == signal.SIGKILL or "--resume goes on" in errors

    result = tmp_path / f"a.{ending}"
    table = read(result)  # valid as it stands
    done = table["line"].nunique()
    assert 0 < done < 460
    assert len(table) == 72 * done

    code = main(["patterns", str(tmp_path / "mine.txt"), "--out", str(result)])
    assert code == 2
    assert read(result).equals(table)

    process = program(tmp_path, "patterns", "mine.txt", "--out", f"a.{ending}", "--resume")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "after line" in output
    check_same(tmp_path, many, ending)
    assert main(["patterns", str(tmp_path / "mine.txt"), "--out", str(result), "--resume"]) == 0
    assert "is complete already" in capsys.readouterr().out
    check_same(tmp_path, many, ending)


class PowerCutError(Exception):
    """Stands for a power cut at one instant."""


def instants(monkeypatch, at: int) -> None:
    """Let the program die at its `at`-th step that changes anything on the disk."""
    steps = 0

    def counted(call):
        def step(*arguments, **options):
            nonlocal steps
            steps += 1
            if steps >= at:
                raise PowerCutError
            return call(*arguments, **options)

        return step

    monkeypatch.setattr(growing.os, "replace", counted(os.replace))
    monkeypatch.setattr(growing.os, "fsync", counted(os.fsync))
    monkeypatch.setattr(growing.shutil, "rmtree", counted(shutil.rmtree))


def portions():
    """Six portions of ten lines; each has a rejected one and the last line of it blank."""
    for start in range(1, 61, 10):
        numbers = list(range(start, start + 8))
        texts = pa.array([f"text {number}" for number in numbers]).dictionary_encode()
        table = pa.table([pa.array(numbers), texts, pa.array([number / 8 for number in numbers], pa.float32())], schema=SCHEMA)
        yield table, start + 9, [Line(start + 8, f"=bad {start}", "is bad.")]


def grow(out: Path, resume: bool) -> None:
    table = GrowingTable(out, SCHEMA, FACTS, resume)
    for part, read_to, rejected in portions():
        if read_to > table.read_to:
            table.add(part, read_to, rejected)
    table.settle(complete=True)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_whatever_the_instant_of_a_power_cut_nothing_is_lost_or_there_twice(tmp_path, monkeypatch, ending):
    grow(tmp_path / f"whole.{ending}", resume=False)
    expected, rejected = read(tmp_path / f"whole.{ending}"), (tmp_path / "whole.rejected.csv").read_text()
    assert expected["line"].tolist() == [number for start in range(1, 61, 10) for number in range(start, start + 8)]
    for at in range(1, 200):
        out = tmp_path / f"{at}" / f"a.{ending}"
        out.parent.mkdir()
        with monkeypatch.context() as patch:
            instants(patch, at)
            try:
                grow(out, resume=False)
                break
            except PowerCutError:
                pass
        if out.exists():
            there = read(out)
            assert there.equals(expected[: len(there)])
        with monkeypatch.context() as patch:  # and once more while it goes on
            instants(patch, 1 + at % 7)
            with contextlib.suppress(PowerCutError):
                grow(out, resume=True)
        grow(out, resume=True)
        assert read(out).equals(expected)
        assert out.with_suffix(".rejected.csv").read_text() == rejected
        assert names(out.parent) == {out.name, "a.rejected.csv"}
    assert 20 < at < 199


def test_an_unfinished_table_is_not_begun_anew_by_mistake(tmp_path):
    table = GrowingTable(tmp_path / "a.csv", SCHEMA, FACTS, resume=False)
    part, read_to, rejected = next(portions())
    table.add(part, read_to, rejected)
    with pytest.raises(ListError, match=r"a.csv was begun and is not finished: add --resume"):
        GrowingTable(tmp_path / "a.csv", SCHEMA, FACTS, resume=False)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("left", ["table", "parts"])
def test_it_does_not_go_on_with_something_else(tmp_path, monkeypatch, ending, left):
    if left == "parts":
        monkeypatch.setattr(GrowingTable, "settle", lambda self: None)
    table = GrowingTable(tmp_path / f"a.{ending}", SCHEMA, FACTS, resume=False)
    table.add(*next(portions()))
    assert names(tmp_path) == ({f"a.{ending}.parts"} if left == "parts" else {f"a.{ending}", "a.rejected.csv"})
    with pytest.raises(ListError, match=r"begun with another file \(a.txt and not b.txt\)"):
        GrowingTable(tmp_path / f"a.{ending}", SCHEMA, FACTS | {"file": "b.txt"}, resume=True)


def test_going_on_with_another_input_is_refused_and_changes_nothing(run, here, monkeypatch):
    monkeypatch.setattr(long_run, "_PORTION", 10)
    (here / "mine.txt").write_text("A dog\nA cat\n" + "It\n" * 9)
    with monkeypatch.context() as patch:
        instants(patch, 12)
        with pytest.raises(PowerCutError):
            run("patterns", "mine.txt", "--out", "a.csv")
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*")}
    assert {"a.csv", "a.csv.parts"} < names(here)
    (here / "mine.txt").write_text("A dog\nA bird\n" + "It\n" * 9)
    code, _, told = run("patterns", "mine.txt", "--out", "a.csv", "--resume")
    assert code == 2
    assert "another file sha256" in told[-1]
    after = {path: path.stat().st_mtime_ns for path in here.rglob("*")}
    assert {path for path in before | after if before.get(path) != after.get(path)} == {here / "mine.txt"}


def test_to_go_on_where_nothing_was_begun_is_to_begin(run, here):
    (here / "mine.txt").write_text("A dog")
    assert run("patterns", "mine.txt", "--out", "a.csv", "--resume")[0] == 0
    assert len(pd.read_csv("a.csv")) == 72


def test_a_finished_table_is_replaced_by_a_new_one(run, here):
    for text in ("A dog\nA cat\nIt", "A bird"):
        (here / "mine.txt").write_text(text)
        assert run("patterns", "mine.txt", "--out", "a.parquet")[0] == 0
        assert len(pd.read_parquet("a.parquet")) == 72 * len(text.splitlines())


def test_damage_in_the_middle_of_the_input_keeps_what_came_before(run, here, monkeypatch):
    """The second row group cannot be read; the first one is kept."""
    monkeypatch.setattr(long_run, "_PORTION", 300)
    pq.write_table(pa.table({"text": [f"A dog {row}" for row in range(4000)]}), "mine.parquet", row_group_size=2000)
    start = pq.ParquetFile("mine.parquet").metadata.row_group(1).column(0).dictionary_page_offset
    data = bytearray((here / "mine.parquet").read_bytes())
    data[start : start + 40] = bytes(40)
    (here / "mine.parquet").write_bytes(data)
    monkeypatch.setattr("attention_core.survey.pattern_scores.read_patterns", lambda model, texts: find_nothing(texts))
    code, _, told = run("patterns", "mine.parquet", "--out", "a.parquet")
    assert code == 2
    assert "mine.parquet is truncated, damaged" in told[-1]
    kept = pd.read_parquet("a.parquet")["line"].unique()
    assert kept.tolist() == list(range(1, len(kept) + 1))
    assert 1900 <= len(kept) <= 2000
    assert facts_of("a.parquet")["complete"] == "no"


def find_nothing(texts):
    """Pattern scores of 0, at once."""
    import torch

    from attention_core.model.lengths import Lengths
    from attention_core.survey.pattern_scores import PatternScores

    count = len(texts)
    return PatternScores(Lengths((3,) * count, (3,) * count, (True,) * count), torch.zeros(count, len(PATTERNS), 6, 12))


def test_a_bar_shows_how_far_it_is(here, many):
    process = program(many, "patterns", "mine.txt", "--out", "bar.csv")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "/480" in errors
    assert "100%" in errors
    for name in ("bar.csv", "bar.rejected.csv"):
        (many / name).unlink()
