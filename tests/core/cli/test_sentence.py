"""The command line: the model's own numbers in the terminal or in a file, and one clear line where something is wrong."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from attention_core.cli.command import main
from attention_core.cli.terminal import MOST_ROWS
from attention_core.export.report import report
from attention_core.matrices.names import MATRICES, values
from attention_core.weights.choice import Choice
from tests.conftest import SENTENCE

ROOT = Path(__file__).resolve().parents[3]
ENDINGS = [".csv", ".html", ".npz", ".parquet"]


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """A terminal of the usual width."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(autouse=True)
def model_read_once(monkeypatch, model):
    """The embedded model, which takes half a second to check and read, is read once for all tests."""
    from attention_core.models.load import load_model

    monkeypatch.setattr("attention_core.models.load.load_model", lambda folder=None: load_model(folder) if folder else model)


@pytest.fixture
def run(capsys):
    """Runs the command and returns its exit code, output lines and error lines."""

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = main([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        return code, output.splitlines(), errors.splitlines()

    return run


def program(*arguments: str, **options) -> subprocess.Popen:
    """The command as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("environment", {})
    command = [sys.executable, "-m", "attention_core", *arguments]
    return subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE, **options)


@contextmanager
def files_of_at_most(size: int):
    """Within, no file can grow beyond that many bytes, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def rows(lines: list[str]) -> list[tuple[str, list[float]]]:
    """The table among the lines: each row's name and numbers."""
    found = [re.fullmatch(r" *(\d+ \S+) +((?:−?[\d.]+ *)+)", line) for line in lines]
    return [(row[1], [float(value) for value in row[2].replace("−", "-").split()]) for row in found if row]


def columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text if not unicodedata.combining(one))


@pytest.mark.parametrize("stage", MATRICES)
def test_it_prints_the_numbers_of_any_stage_of_any_head(run, trace, monkeypatch, stage):
    monkeypatch.setenv("COLUMNS", "5000")
    code, output, errors = run(SENTENCE, "--layer", 6, "--head", 12, "--stage", stage)
    expected = values(stage, trace.layers[5], trace.stages(5, 11))
    assert (code, errors) == (0, [])
    printed = rows(output)
    assert [name for name, _ in printed] == [f"{position} {token.text}" for position, token in enumerate(trace.tokens, 1)]
    np.testing.assert_allclose([row for _, row in printed], expected.numpy(), atol=0.5001 * 10 ** -MATRICES[stage].decimals)
    assert output[0] == f"all-MiniLM-L6-v2 · layer 6{'' if stage == 'x' else ', head 12'} · 11 tokens"


def test_it_shows_the_weights_of_layer_4_and_head_2_where_nothing_is_asked_for(run, trace):
    _, output, _ = run(SENTENCE)
    assert output[0].startswith("all-MiniLM-L6-v2 · layer 4, head 2")
    np.testing.assert_allclose([row for _, row in rows(output)], trace.stages(3, 1).weights.numpy(), atol=0.00501)
    assert "1 [CLS]  2 a  3 dog  4 ate  5 the  6 food  7 because  8 it  9 was  10 hungry" in output[1]


def test_words_stand_above_their_columns(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    _, output, _ = run(SENTENCE)
    positions = next(index for index, line in enumerate(output) if line.split() == [str(n) for n in range(1, 12)])
    assert output[positions + 1].split() == ["[CLS]", *SENTENCE.lower().split(), "[SEP]"]
    ends = [match.end() for match in re.finditer(r"\S+", output[positions])]
    assert [match.end() for match in re.finditer(r"\S+", output[positions + 1])] == ends
    assert [match.end() for match in re.finditer(r"\d\.\d\d", output[positions + 2])] == ends


def test_it_says_where_the_query_looks(run):
    _, output, _ = run(SENTENCE, "--query", "it", "--key", "food")
    said = " ".join(output)
    assert "it looks most at dog: 52.9 %" in said
    assert "= 5.1 %" in said


@pytest.mark.parametrize("width", [40, 80, 132])
@pytest.mark.parametrize(
    "text", [SENTENCE, "漢字 と かな, naïve e\u0301 🙂 שלום", "dog " * 200, "a" * 90], ids=["plain", "wide", "long", "one"]
)
@pytest.mark.parametrize("stage", ["weights", "x"])
def test_nothing_is_wider_than_the_terminal(run, monkeypatch, width, text, stage):
    monkeypatch.setenv("COLUMNS", str(width))
    _, output, _ = run(text, "--stage", stage)
    assert max(map(columns_of, output)) <= width
    table = [columns_of(line) for line in output if re.match(r" *\d+ .*\d\.\d\d$", line)]
    assert len(set(table)) == 1


def test_of_a_long_sentence_it_says_what_it_leaves_out_and_how_to_get_it(run):
    _, output, _ = run("dog " * 100)
    printed = rows(output)
    assert len(printed) == MOST_ROWS
    shown = len(printed[0][1])
    said = " ".join(output)
    assert f"Shown: rows 1 to {MOST_ROWS} of 102, columns 1 to {shown} of 102." in said
    assert "--out FILE.csv" in said
    assert "--out FILE.npz" in said


def test_of_a_short_sentence_nothing_is_left_out(run):
    _, output, _ = run("A dog ate")
    assert "Shown" not in " ".join(output)


def test_no_character_of_a_text_reaches_the_terminal_as_a_command(run):
    _, output, _ = run("a\x1b[31mb\u202ec\x07")
    assert all(line.isprintable() for line in output)


@pytest.mark.parametrize(("asked", "place"), [("it", 8), ("IT", 8), ("8", 8), ("[SEP]", 11), ("1", 1)])
def test_a_query_is_named_by_its_word_or_its_position(run, trace, asked, place):
    _, output, _ = run(SENTENCE, "--query", asked, "--stage", "q")
    assert output[-1].startswith(f"The query of {trace.tokens[place - 1].text}: ")


def test_a_number_in_the_sentence_goes_before_a_position(run):
    _, output, _ = run("in 4 days", "--query", "4", "--stage", "q")
    assert output[-1].startswith("The query of 4: ")
    _, output, _ = run("in 4 days", "--query", "2", "--stage", "q")
    assert output[-1].startswith("The query of in: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "text"),
        ([""], "no word"),
        (["  \n "], "no word"),
        (["\x00"], "no word"),
        (["half \ud83d"], "surrogate"),
        (["dog " * 600], "602 tokens"),
        (["dog", "cat"], "in quotes"),
        (["dog", "--layer", "0"], "no layer 0: this model has layers 1 to 6"),
        (["dog", "--layer", "7"], "no layer 7: this model has layers 1 to 6"),
        (["dog", "--head", "13"], "no head 13: this model has heads 1 to 12"),
        (["dog", "--head", "-1"], "no head -1"),
        (["dog", "--layer", "two"], "two"),
        (["dog", "--stage", "pattern"], "pattern"),
        (["dog", "--query", "cat"], "no query 'cat': give a token of the sentence, or a position from 1 to 3"),
        (["dog", "--key", "4"], "no key '4'"),
        (["dog and dog", "--query", "dog"], "stands at 2, 4"),
        (["dog", "--model", "/nowhere"], "/nowhere"),
        (["dog", "--out", "weights.txt"], "weights.txt ends in none of .csv, .html, .npz, .parquet"),
        (["dog", "--out", "weights"], "weights ends in none of"),
        (["dog", "--out", "/nowhere/weights.csv"], "/nowhere/weights.csv cannot be written: No such file or directory"),
        (["dog", "--lay", "4"], "--lay"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(run, arguments, told):
    code, output, errors = run(*arguments)
    assert (code, output) == (2, [])
    assert len(errors) == 1
    assert errors[0].startswith("attention_core: ")
    assert told in errors[0]


def test_a_folder_cannot_be_overwritten_by_a_file(run, tmp_path):
    (tmp_path / "dog.csv").mkdir()
    code, _, errors = run("dog", "--out", tmp_path / "dog.csv")
    assert code == 2
    assert "cannot be written: Is a directory" in errors[0]
    assert list(tmp_path.iterdir()) == [tmp_path / "dog.csv"]


@pytest.fixture
def written(run, tmp_path):
    """Writes a file and returns it; checks what is said of it and that nothing else is left."""

    def written(ending: str, *arguments: str) -> tuple[Path, str]:
        file = tmp_path / f"dog{ending}"
        code, output, errors = run(SENTENCE, *arguments, "--out", file)
        assert (code, errors, len(output)) == (0, [], 1)
        assert list(tmp_path.iterdir()) == [file]
        said = re.fullmatch(r"Wrote (\S+) \(([\d.,]+) (bytes|kB|MB)\): (.*)\.", output[0])
        assert said[1] == str(file)
        size = float(said[2].replace(",", "")) * {"bytes": 1, "kB": 1e3, "MB": 1e6}[said[3]]
        assert size == pytest.approx(file.stat().st_size, abs=0.051 * size)
        return file, said[4]

    return written


@pytest.mark.parametrize("stage", MATRICES)
def test_csv_holds_the_matrix_that_is_asked_for(written, trace, stage):
    file, said = written(".csv", "--layer", "6", "--head", "12", "--stage", stage)
    frame = pd.read_csv(file, index_col=0)
    np.testing.assert_array_equal(frame.to_numpy(np.float32), values(stage, trace.layers[5], trace.stages(5, 11)).numpy())
    about = json.loads(frame.index.name)
    assert (about["layer"], about.get("head"), about["matrix"]) == (6, None if stage == "x" else 12, stage)
    assert "layer 6" in said
    assert ("head 12" in said) == (stage != "x")


def test_html_is_the_report_of_the_head(written, model, trace):
    file, said = written(".html", "--query", "it", "--key", "food")
    assert file.read_text("utf-8") == report(model, trace, Choice(3, 1), 7, 5)
    assert "layer 4, head 2" in said


def test_html_opens_on_the_strongest_link_where_no_pair_is_asked_for(written, model, trace):
    assert written(".html")[0].read_text("utf-8") == report(model, trace, Choice(3, 1), 7, 2)


def test_npz_holds_all_heads(written, trace):
    file, said = written(".npz")
    with np.load(file, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["weights"][5, 11], trace.stages(5, 11).weights.numpy())
        assert arrays["text"] == SENTENCE
    assert "all 6 × 12 heads" in said


def test_parquet_holds_all_heads(written, trace):
    file, said = written(".PARQUET")
    weights = pq.read_table(file)["weight"].to_numpy().reshape(6, 12, 11, 11)
    np.testing.assert_array_equal(weights[5, 11], trace.stages(5, 11).weights.numpy())
    assert "all 6 × 12 heads" in said


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_was_there_is_replaced_through_a_link_and_stays_what_others_may_read(run, tmp_path, ending):
    there, link = tmp_path / "there", tmp_path / f"link{ending}"
    there.write_text("old")
    link.symlink_to(there)
    assert run("dog", "--out", link, "--overwrite")[0] == 0
    assert link.is_symlink()
    assert there.stat().st_size > 100
    plain = tmp_path / "plain"
    plain.touch()
    assert there.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(run, tmp_path, ending):
    file = tmp_path / f"dog{ending}"
    file.write_text("old")
    with files_of_at_most(300):
        code, output, errors = run(SENTENCE, "--out", file, "--overwrite")
    assert (code, output) == (2, [])
    assert errors == [f"attention_core: {file} cannot be written: File too large."]
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_another_checkpoint_has_its_own_layers_and_heads(run, tiny):
    code, output, _ = run("abc dog", "--model", tiny)
    assert code == 0
    assert output[0] == "tiny · layer 3, head 2 · 6 tokens"
    assert run("abc dog", "--model", tiny, "--layer", 4)[2] == [
        "attention_core: There is no layer 4: this model has layers 1 to 3."
    ]


def test_it_runs_as_a_program():
    process = program(SENTENCE, "--layer", "4", "--head", "2", stdout=subprocess.PIPE)
    output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert "0.53" in output
    assert "it looks most at dog: 52.9 %" in output


def test_a_program_that_fails_ends_with_code_2_and_one_line():
    process = program("dog", "--layer", "9", stdout=subprocess.PIPE)
    assert process.communicate() == ("", "attention_core: There is no layer 9: this model has layers 1 to 6.\n")
    assert process.returncode == 2


@pytest.mark.parametrize("arguments", [[SENTENCE], ["--help"]], ids=["table", "help"])
def test_a_reader_that_has_seen_enough_gets_no_traceback(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        process = program(*arguments, stdout=writer)
        _, errors = process.communicate()
    finally:
        os.close(writer)
    assert errors == ""
    assert process.returncode in (0, 1)  # argparse itself takes no notice of what becomes of its help


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_that_cannot_be_written_is_told_in_one_line():
    with open("/dev/full", "w") as full:
        process = program("dog", stdout=full)
        _, errors = process.communicate()
    assert (process.returncode, errors) == (2, "attention_core: The output cannot be written: No space left on device.\n")


def test_a_terminal_that_knows_only_ascii_still_gets_the_numbers():
    process = program("dog", stdout=subprocess.PIPE, environment={"PYTHONIOENCODING": "ascii"})
    output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert len(rows(output.splitlines())) == 3


def test_help_explains_with_examples(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert 'python -m attention_core "A dog ate the food' in said
    for option in ("--layer", "--head", "--stage", "--query", "--key", "--model", "--out", *ENDINGS):
        assert option in said
    assert "from 1" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [["--help"], [], ["dog", "--out", "dog.txt"], ["dog", "--layer", "two"]])
def test_help_and_wrong_arguments_are_answered_before_anything_large_is_imported(arguments):
    """Nothing comes along beyond what the package itself brings."""
    script = f"""
import sys
import attention_core
before = set(sys.modules)
from attention_core.cli.command import main
try:
    main({arguments})
except SystemExit:
    pass
large = {{"torch", "numpy", "pandas", "plotly", "pyarrow", "tokenizers", "safetensors"}}
print(sorted(large & {{name.partition(".")[0] for name in set(sys.modules) - before}}), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
