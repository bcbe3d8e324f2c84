"""A translation on the command line: the record's own numbers, and one clear line where something is wrong."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from attention_core.cli.command import main
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices
from attention_core.writing.numbers import number
from tests.core.translation.tiny import tiny_translator

TINY = tiny_translator()


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """A terminal of the usual width, and a small translator of random values."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("attention_core.translation.translator.load_translator", lambda folder=None: TINY)


@pytest.fixture
def run(capsys):
    """Runs the command and returns its exit code, output lines and error lines."""

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = main([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        return code, output.splitlines(), errors.splitlines()

    return run


@pytest.mark.parametrize("kind", ATTENTION_KINDS)
def test_every_stage_of_every_attention_is_printed(run, kind):
    record = TINY.translate("The dog is hungry.", 4)
    attentions = getattr(record, kind)
    for stage, matrix in attention_matrices(kind).items():
        code, lines, errors = run("The dog is hungry.", "--translate", "--attention", kind, "--stage", stage, "--head", "2")
        assert (code, errors) == (0, [])
        text = "\n".join(lines)
        assert text.startswith(record.french[:20])
        assert matrix.title in text
        assert max(map(len, lines)) <= 100
        if stage == "weights":
            value = attentions.stages(1, 1).weights[0, 0].item()
            assert number(value, 2) in text
        assert ("−∞" in text) == (stage == "masked")


def test_a_given_beginning_begins_the_translation(run):
    code, lines, _ = run("--translate", "The dog is hungry.", "--beginning", "Le chat")
    assert code == 0
    assert lines[0].startswith("Le chat")


@pytest.mark.parametrize("ending", [".csv", ".npz", ".parquet"])
def test_files_hold_the_records_numbers(run, tmp_path, ending):
    record = TINY.translate("The dog is hungry.", 1)
    path = tmp_path / f"dog{ending}"
    code, lines, errors = run("--translate", "The dog is hungry.", "--beam", "1", "--layer", "1", "--head", "3", "--out", path)
    assert (code, errors) == (0, [])
    assert lines[0].startswith(f"Wrote {path}")
    expected = record.cross.stages(0, 2).weights.numpy()
    if ending == ".csv":
        frame = pd.read_csv(io.BytesIO(path.read_bytes()), index_col=0)
        assert np.array_equal(frame.to_numpy(np.float32), expected)
        assert json.loads(frame.index.name)["french"] == record.french
    elif ending == ".npz":
        assert np.array_equal(np.load(path)["cross_weights"][0, 2], expected)
    else:
        frame = pd.read_parquet(path)
        one = frame[(frame.attention == "cross") & (frame.layer == 1) & (frame["head"] == 3)]
        assert np.array_equal(one["weight"].to_numpy().reshape(expected.shape), expected)
    # The program's own file may be replaced.
    assert run("--translate", "The cat.", "--out", path)[0] == 0


def test_a_file_of_somebody_else_is_not_replaced(run, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n")
    code, _, errors = run("--translate", "The dog.", "--out", path)
    assert code == 2
    assert len(errors) == 1
    assert path.read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--translate"], "text"),
        (["--translate", ""], "nothing to translate"),
        (["--translate", "dog", "--layer", "3"], "layers 1 to 2"),
        (["--translate", "dog", "--head", "9"], "heads 1 to 3"),
        (["--translate", "dog", "--beam", "99"], "1 to 10"),
        (["--translate", "dog", "--stage", "masked"], "no stage masked of cross"),
        (["--translate", "dog", "--out", "dog.txt"], "ends in none of"),
        (["--translate", "dog", "--attention", "self"], "self"),
        (["--translate", "dog", "--beginning", "le chat " * 60], "room"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, arguments, said):
    code, lines, errors = run(*arguments)
    assert (code, lines, len(errors)) == (2, [], 1)
    assert said in errors[0]


def test_nothing_of_a_text_reaches_the_terminal_as_a_command(run):
    code, lines, _ = run("--translate", "\x1b[31mdog\x07 \u202e", "--beginning", "le\x1b[2J")
    assert code == 0
    assert all(line.isprintable() for line in lines)


def test_a_text_too_long_says_what_was_left_out(run):
    code, lines, _ = run("--translate", "The dog is hungry. " * 30)
    assert code == 0
    assert any(line.startswith("There was no room for:") for line in lines)
