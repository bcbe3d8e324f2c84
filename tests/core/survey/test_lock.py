"""One process at a time writes a result; a lock that a killed process left stops nobody; junk among the parts is named."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attention_core.errors import AttentionError, ListError
from attention_core.lists.rows import Line
from attention_core.survey.place import alone
from attention_core.survey.resumable import GrowingTable

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = pa.schema([("line", pa.int64()), ("score", pa.float32())])
FACTS = {"table": "made", "file": "a.txt"}
# A survey of made-up numbers, a line a hundredth of a second, that ends once there is a file “go”.
SURVEY = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
import pyarrow as pa
from attention_core.cli import command, lists
from attention_core.model import traced
from attention_core.model.lengths import Lengths
from attention_core.survey import run, tables

run._PORTION = 20
traced.load_model = lambda folder: SimpleNamespace(name="made", sha256="0", config=SimpleNamespace(positions=8))
tables.schema = lambda kind: pa.schema([("line", pa.int64()), ("score", pa.float32())])

def made(model):
    def work(texts, numbers):
        time.sleep(0.01 * len(texts))
        while numbers and numbers[0] > 300 and not Path("go").exists():
            time.sleep(0.01)
        table = pa.table([pa.array(numbers, pa.int64()), pa.array([n / 8 for n in numbers], pa.float32())], tables.schema(""))
        ones = (1,) * len(texts)
        return table, Lengths(ones, ones, (True,) * len(texts))
    return work, {}

lists._patterns = made
sys.exit(command.run())
"""


_begun: list[subprocess.Popen] = []


@pytest.fixture(autouse=True)
def no_process_left():
    yield
    while _begun:
        process = _begun.pop()
        process.kill()
        process.communicate()


def survey(folder: Path, *more: str, out: str = "a.csv", file: str = "mine.txt") -> subprocess.Popen:
    command = [sys.executable, "-c", SURVEY, "patterns", file, "--out", out, *more]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    _begun.append(subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes))
    return _begun[-1]


def begun(folder: Path, out: str = "a.csv", *more: str) -> subprocess.Popen:
    """A survey at work, once a part of its result is there."""
    process = survey(folder, *more, out=out)
    end = time.monotonic() + 60
    while not (folder / out).exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    return process


def ended(process: subprocess.Popen) -> tuple[int, str]:
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    told = [line for line in errors.replace("\r", "\n").splitlines() if "attention_core: " in line]
    return process.returncode, told[-1] if told else ""


@pytest.fixture
def here(tmp_path):
    (tmp_path / "mine.txt").write_text("\n".join(f"line {row}" for row in range(600)))
    return tmp_path


def lines(path: Path) -> list[int]:
    return [int(row.partition(",")[0]) for row in path.read_text().splitlines()[1:]]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_second_run_is_refused_by_name_and_process_and_the_first_one_is_whole(here, ending):
    out = f"a.{ending}"
    first = begun(here, out)
    (here / "folder").symlink_to(here)
    for spelling, more in ((out, []), (f"./folder/{out}", ["--resume"]), (str(here / out), ["--overwrite"])):
        code, told = ended(survey(here, *more, out=spelling))
        assert code == 2
        assert f"{out} is being written by process {first.pid}" in told
    assert first.poll() is None  # all of them were answered while it was at work
    (here / "go").touch()
    assert ended(first)[0] == 0
    found = lines(here / out) if ending == "csv" else pq.read_table(here / out)["line"].to_pylist()
    assert found == [*range(1, 601)]
    assert {path.name for path in here.iterdir()} == {"mine.txt", out, "folder", "go"}


def test_a_killed_process_blocks_nobody_and_the_next_goes_on(here):
    for _ in range(4):
        process = begun(here, "a.csv", "--resume")
        time.sleep(0.2)
        process.kill()
        process.wait()
    (here / "go").touch()
    assert ended(survey(here, "--resume"))[0] == 0
    assert lines(here / "a.csv") == [*range(1, 601)]
    assert {path.name for path in here.iterdir()} == {"mine.txt", "a.csv", "go"}


def test_results_beside_each_other_do_not_share_their_file_of_rejected_lines(here):
    first = begun(here, "a.csv")
    code, told = ended(survey(here, out="a.parquet"))
    assert (code, f"process {first.pid}" in told) == (2, True)
    other = begun(here, "b.csv")
    other.send_signal(signal.SIGTERM)
    (here / "go").touch()
    assert ended(other)[0] == 130
    assert ended(first)[0] == 0


def test_of_many_that_begin_at_once_one_is_at_work_at_a_time(tmp_path):
    """Each adds one to a number in a file, by reading and writing it, a hundred times."""
    script = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from attention_core.errors import AttentionError
from attention_core.survey.place import alone
count, done = Path("count"), 0
while done < 100:
    try:
        with alone(Path("a.csv")):
            number = int(count.read_text())
            time.sleep(0.0002)
            count.write_text(str(number + 1))
            done += 1
    except AttentionError:
        pass
"""
    (tmp_path / "count").write_text("0")
    processes = [subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path) for _ in range(4)]
    assert [process.wait(120) for process in processes] == [0] * 4
    assert (tmp_path / "count").read_text() == "400"
    assert [path.name for path in tmp_path.iterdir()] == ["count"]


@pytest.mark.parametrize("left", [b"", b"junk \xff", b"999999 elsewhere", b"1" * 10_000])
def test_what_stands_in_a_lock_that_nobody_holds_does_not_matter(tmp_path, left):
    (tmp_path / ".a.attention-lock").write_bytes(left)
    with alone(tmp_path / "a.csv"), pytest.raises(AttentionError, match=f"process {os.getpid()}"), alone(tmp_path / "a.csv"):
        pass
    assert list(tmp_path.iterdir()) == []


def unfinished(folder: Path) -> Path:
    """The folder of parts of a table that is not finished."""
    table = GrowingTable(folder / "a.csv", SCHEMA, FACTS, resume=False)
    for start in (1, 11, 21, 31):
        numbers = [*range(start, start + 10)]
        part = pa.table([pa.array(numbers), pa.array([0.5] * 10, pa.float32())], schema=SCHEMA)
        table.add(part, start + 9, [Line(start, "bad", "is bad.")])
        if start == 11:
            table._settled = 10**6  # from here on, parts stay parts
    assert len(list(table.parts.glob("*.parquet"))) == 2
    return table.parts


def forged(part: Path, **changed: str) -> None:
    """Rewrite what a part says of itself."""
    table = pq.read_table(part)
    metadata = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    pq.write_table(table.replace_schema_metadata(metadata | changed), part)


def first_of(parts: Path) -> Path:
    return sorted(parts.glob("*.parquet"))[0]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _broken_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4:120] = b"\xff" * 116
    path.write_bytes(data)


JUNK = {
    "a note": lambda parts: (parts / "notes.txt").write_text("mine"),
    "a table of others": lambda parts: (parts / "mine.parquet").write_bytes(b"PAR1"),
    "a folder": lambda parts: (parts / "000000000050.parquet").mkdir(),
    "a FIFO": lambda parts: os.mkfifo(parts / "000000000050.parquet"),
    "a link": lambda parts: (parts / "000000000050.parquet").symlink_to("/dev/zero"),
    "no parquet": lambda parts: (parts / "000000000050.parquet").write_text("mine"),
    "an empty one": lambda parts: (parts / "000000000050.parquet").touch(),
    "parquet of others": lambda parts: pq.write_table(pa.table({"a": [1]}), parts / "000000000050.parquet"),
    "cut": lambda parts: _cut(first_of(parts)),
    "broken inside": lambda parts: _broken_inside(first_of(parts)),
    "no number": lambda parts: forged(first_of(parts), read_from="x"),
    "a number below none": lambda parts: forged(first_of(parts), read_from="-5"),
    "renamed": lambda parts: first_of(parts).rename(parts / "000999999999.parquet"),
    "other columns": lambda parts: pq.write_table(
        pq.read_table(first_of(parts)).rename_columns(["line", "other"]), first_of(parts)
    ),
    "rejected without lines": lambda parts: (first_of(parts).with_suffix(".rejected.csv")).write_text("a,b\n1,2\n"),
    "rejected that is no text": lambda parts: (first_of(parts).with_suffix(".rejected.csv")).write_bytes(b"line,\xff\n\xff"),
}


@pytest.mark.parametrize("kind", JUNK)
def test_junk_among_the_parts_is_named_and_nothing_is_lost(tmp_path, kind):
    parts = unfinished(tmp_path)
    JUNK[kind](parts)
    before = {path.name: path.lstat().st_size for path in tmp_path.rglob("*") if not path.is_dir()}
    with pytest.raises(ListError) as caught:
        GrowingTable(tmp_path / "a.csv", SCHEMA, FACTS, resume=True).settle()
    assert "a.csv" in str(caught.value)
    for name in ("Traceback", "Error", "Arrow"):
        assert name not in str(caught.value)
    after = {path.name: path.lstat().st_size for path in tmp_path.rglob("*") if not path.is_dir()}
    assert all(after[name] >= size for name, size in before.items())


def test_a_folder_of_parts_that_is_a_file_or_a_link_is_named(tmp_path):
    (tmp_path / "a.csv.parts").write_text("mine")
    with pytest.raises(ListError, match=r"a\.csv\.parts is no folder"):
        GrowingTable(tmp_path / "a.csv", SCHEMA, FACTS, resume=True)
    (tmp_path / "b.csv.parts").symlink_to(tmp_path)
    with pytest.raises(ListError, match=r"b\.csv\.parts is no folder"):
        GrowingTable(tmp_path / "b.csv", SCHEMA, FACTS, resume=False)
    assert (tmp_path / "a.csv.parts").read_text() == "mine"


def test_junk_that_comes_while_it_works_stays(tmp_path):
    table = GrowingTable(tmp_path / "a.csv", SCHEMA, FACTS, resume=False)
    table.parts.mkdir()
    (table.parts / "notes.txt").write_text("mine")
    table.settle(complete=True)
    assert (table.parts / "notes.txt").read_text() == "mine"
