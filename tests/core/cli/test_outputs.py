"""--out is never the input and never somebody else's file; what is no file is told, not waited for; never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_core.cli import command
from attention_core.cli.command import main

ROOT = Path(__file__).resolve().parents[3]
OWN = "text\nA dog\nA cat\n"


@pytest.fixture(autouse=True)
def model_read_once(monkeypatch, model):
    from attention_core.models.load import load_model

    monkeypatch.setattr("attention_core.models.load.load_model", lambda folder=None: load_model(folder) if folder else model)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(OWN)
    return tmp_path


@pytest.fixture
def told(here, capsys):
    """Runs the command, which has to fail, and returns what it says."""

    def told(*arguments: str) -> str:
        assert main(list(arguments)) == 2
        errors = capsys.readouterr().err
        assert "Traceback" not in errors
        return errors

    return told


def program(*arguments: str, **options) -> subprocess.CompletedProcess:
    """The command as a process of its own, that has to end."""
    line = [sys.executable, "-m", "attention_core", *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(line, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, timeout=60, check=False, **options)


def by_link(here: Path, name: str) -> None:
    (here / name).symlink_to("mine.csv")


def by_hard_link(here: Path, name: str) -> None:
    (here / name).hardlink_to(here / "mine.csv")


def by_folder(here: Path, name: str) -> None:
    (here / "way").symlink_to(here)


@pytest.mark.parametrize("more", [[], ["--overwrite"], ["--resume"], ["--resume", "--overwrite"]], ids=" ".join)
@pytest.mark.parametrize(
    ("out", "make"),
    [
        ("mine.csv", None),
        ("./mine.csv", None),
        ("way/mine.csv", by_folder),
        ("a.csv", by_link),
        ("a.csv", by_hard_link),
    ],
)
def test_the_input_is_never_written(here, told, out, make, more):
    if make:
        make(here, out)
    assert "is the input mine.csv itself" in told("patterns", "mine.csv", "--out", out, *more)
    assert (here / "mine.csv").read_text() == OWN


def test_the_list_of_words_and_the_lines_that_were_rejected_before_are_inputs_too(here, told):
    (here / "words.txt").write_text("dog")
    (here / "a.csv").hardlink_to(here / "words.txt")
    assert "is the input words.txt" in told("links", "mine.csv", "--from", "words.txt", "--out", "a.csv", "--overwrite")
    (here / "b.rejected.csv").write_text(OWN)
    assert "is the input b.rejected.csv" in told("patterns", "b.rejected.csv", "--out", "b.csv", "--overwrite")
    assert (here / "b.rejected.csv").read_text() == OWN


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.rejected.csv"])
@pytest.mark.parametrize("content", [b"", b"mine", b'"{""a"": 1}",b\n', b'"' + b"[" * 200_000, b"PAR1 mine PAR1", b"\xff\xfe"])
def test_a_file_of_others_is_replaced_only_on_purpose(here, told, name, content):
    (here / name).write_bytes(content)
    out = "a.parquet" if name.endswith("parquet") else "a.csv"
    for more in ([], ["--resume"]):
        assert f"{name} is there already and was not written by this program" in told(
            "patterns", "mine.csv", "--out", out, *more
        )
    assert (here / name).read_bytes() == content
    assert main(["patterns", "mine.csv", "--out", out, "--overwrite"]) == 0
    assert main(["patterns", "mine.csv", "--out", out]) == 0  # it is ours now


@pytest.mark.parametrize("ending", [".csv", ".html", ".npz", ".parquet"])
def test_a_sentence_replaces_its_own_files_and_no_others(here, told, ending):
    assert main(["dog", "--out", f"a{ending}"]) == 0
    assert main(["cat", "--out", f"a{ending}"]) == 0
    (here / f"b{ending}").write_text("mine")
    assert "was not written by this program" in told("dog", "--out", f"b{ending}")
    assert (here / f"b{ending}").read_text() == "mine"
    assert main(["dog", "--out", f"b{ending}", "--overwrite"]) == 0
    assert (here / f"b{ending}").read_bytes() != b"mine"


def test_a_link_is_followed_only_on_purpose(here, told):
    assert main(["patterns", "mine.csv", "--out", "a.csv"]) == 0
    (here / "link.csv").symlink_to("a.csv")
    (here / "nowhere.csv").symlink_to("not-there.csv")
    assert f"link.csv is a link to {here}/a.csv. To write there, give that name" in told(
        "patterns", "mine.csv", "--out", "link.csv"
    )
    assert "nowhere.csv is a link" in told("dog", "--out", "nowhere.csv")
    assert main(["patterns", "mine.csv", "--out", "link.csv", "--overwrite"]) == 0
    assert (here / "link.csv").is_symlink()


@pytest.mark.parametrize("arguments", [("patterns", "mine.csv"), ("dog",)], ids=["list", "sentence"])
@pytest.mark.parametrize("more", [[], ["--overwrite"]], ids=" ".join)
def test_what_is_no_file_is_not_waited_for(here, arguments, more):
    os.mkfifo(here / "fifo.csv")
    (here / "full.csv").symlink_to("/dev/full")
    for name, kind in (("fifo.csv", "a FIFO"), ("full.csv", "a device")):
        done = program(*arguments, "--out", name, *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{name} is {kind}" in done.stderr
    for name in ("/dev/full", "/dev/null"):
        done = program(*arguments, "--out", name, *more)
        assert done.returncode == 2
        assert "ends in none of" in done.stderr


def test_a_fifo_or_a_device_as_input_is_not_waited_for(here):
    os.mkfifo(here / "fifo.txt")
    (here / "zero.txt").symlink_to("/dev/zero")
    for arguments in (
        ("patterns", "fifo.txt"),
        ("patterns", "zero.txt"),
        ("links", "mine.csv", "--from", "fifo.txt"),
        ("links", "mine.csv", "--from", "it", "--to", "zero.txt"),
    ):
        done = program(*arguments, "--out", "a.csv")
        assert (done.returncode, done.stdout) == (2, "")
        assert "cannot be read twice" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_streams_that_are_full_or_closed_stop_no_work(here):
    with open("/dev/full", "w") as full:
        assert program("patterns", "mine.csv", "--out", "a.csv", stderr=full).returncode == 0
        done = program("patterns", "mine.csv", "--out", "b.csv", stdout=full)
    assert done.returncode == 2
    assert "The output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert (here / "a.csv").read_bytes() == (here / "b.csv").read_bytes()
    script = f"{sys.executable} -m attention_core patterns mine.csv --out c.csv >&- 2>&-"
    assert subprocess.run(["sh", "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False).returncode == 0
    assert (here / "a.csv").read_bytes() == (here / "c.csv").read_bytes()


class PanicError(BaseException):
    """What Rust libraries raise is no Exception."""


@pytest.mark.parametrize("error", [TypeError("x"), RecursionError(), AssertionError(), PanicError("boom"), MemoryError()])
def test_a_fault_of_the_program_itself_is_one_sentence(monkeypatch, capsys, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(command, "main", fail)
    assert command.run() == 2
    said = capsys.readouterr().err
    assert said.startswith("attention_core: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_names_that_no_file_can_have_are_told(told):
    assert "cannot be written" in told("dog", "--out", "a" * 300 + ".csv")
    assert told("patterns", "mine.csv", "--out", "a" * 300 + ".csv").count("\n") == 1
