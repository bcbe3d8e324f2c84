"""On Ray, whatever process is killed at whatever moment, no line is lost, doubled or changed."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest

from attention_core.lists.options import ReadingOptions
from attention_core.lists.stored_files import stored_files
from attention_core.survey import block_worker
from attention_core.survey.block_worker import Plan
from attention_core.survey.many_files import survey_files
from tests.core.survey.corpus import one_after_the_other, rows_of, texts

ROOT = Path(__file__).resolve().parents[3]
LINES = 25  # of a part
_begun: list[psutil.Popen] = []


@pytest.fixture(autouse=True)
def no_process_left():
    yield
    while _begun:
        process = _begun.pop()
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=30)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, model):
    """Two files with sixteen parts, and the result of an uninterrupted run in one process."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "files").mkdir()
    for seed, name in enumerate(("a.txt", "b.txt")):
        (folder / "files" / name).write_text("\n".join(texts(8 * LINES, range(40, 60), seed)))
    plan = Plan(None, None, tuple(stored_files([str(folder / "files")])), ReadingOptions(), LINES, str(folder / "whole"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_worker, "load_model", lambda folder: model)
        survey_files(plan, one_after_the_other, False, False, lambda lines: None)
    return folder


def begun(corpus: Path, out: Path, *more: str) -> psutil.Popen:
    """The command, at work on two actors."""
    files = (corpus / "files").as_uri()  # an address, as pyarrow reads it
    command = [sys.executable, "-m", "attention_core", "patterns", files, "--engine", "ray", "--out", str(out), "--actors", "2"]
    command += ["--lines-per-part", str(LINES), *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    _begun.append(psutil.Popen(command, cwd=ROOT, text=True, **pipes))
    return _begun[-1]


def parts(out: Path) -> int:
    return len(list((out / "parts").glob("*.parquet")))


def wait_for(process: psutil.Popen, is_there: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 120
    while not is_there():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.005)


def workers(parent: psutil.Process) -> dict[psutil.Process, str]:
    """The processes below this one that read or compute for Ray, with their titles."""
    found = {}
    for child in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            title = " ".join(child.cmdline())
            if title.startswith("ray::") and "Agent" not in title:
                found[child] = title
    return found


def assert_equal(corpus: Path, out: Path) -> None:
    pd.testing.assert_frame_equal(rows_of(out / "parts"), rows_of(corpus / "whole" / "parts"))
    summaries = [pq.read_table(folder / "summary.parquet").to_pandas() for folder in (out, corpus / "whole")]
    pd.testing.assert_frame_equal(*summaries, rtol=1e-9)
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "parts", "rejected", "summary.parquet", "totals"]


def test_a_killed_driver_takes_its_cluster_along_and_resume_survives_killed_workers(corpus, tmp_path):
    out = tmp_path / "out"
    process = begun(corpus, out)
    wait_for(process, lambda: parts(out) >= 3, "part")
    # Its agents look now and then whether they are still needed; all that computes or could be joined ends at once.
    family = [child for child in process.children(recursive=True) if "Agent" not in " ".join([child.name(), *child.cmdline()])]
    process.kill()
    process.wait(30)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert 3 <= parts(out) < 16
    before = {path.name: path.stat().st_mtime_ns for path in (out / "parts").iterdir()}

    process = begun(corpus, out, "--resume")
    wait_for(process, lambda: parts(out) > len(before), "further part")
    killed = workers(process)
    assert sum("_Actor" in title for title in killed.values()) == 2, killed
    for each in killed:  # all of them, readers too: all are begun anew
        each.kill()
    output, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    assert "16 parts" in output
    assert "400 sentences from 2 files" in output
    assert "Traceback" not in errors
    after = {path.name: path.stat().st_mtime_ns for path in (out / "parts").iterdir()}
    assert {name: after[name] for name in before} == before  # what was finished is not computed again
    assert_equal(corpus, out)
    assert not list(Path("/tmp").glob(f"attention-ray-{process.pid}-*"))


def test_a_polite_end_keeps_what_is_done_and_says_how_to_go_on(corpus, tmp_path):
    out = tmp_path / "out"
    process = begun(corpus, out)
    wait_for(process, lambda: parts(out) >= 2, "part")
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command with --resume goes on" in errors
    assert "Traceback" not in errors
    assert 2 <= parts(out) < 16
    assert not (out / "summary.parquet").exists()
