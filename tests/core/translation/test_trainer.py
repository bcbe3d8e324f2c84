"""Training learns, tells how well, and goes on after a kill to the weights that it would have reached without."""

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from attention_core.cli.train import train
from attention_core.errors import CheckpointError
from attention_core.translation.evaluation import bleu
from attention_core.translation.translator import load_translator
from attention_core.translation.weights import read_weights

NUMBERS = {"one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq"}
SIZES = {"batch": 16, "d-model": 32, "heads": 4, "layers": 1, "d-ff": 64, "vocabulary": 300, "held-out": 5, "save-every": 5}
RATES = {"rate": 0.005, "dropout": 0, "smoothing": 0}
SMALL = [argument for name, value in (SIZES | RATES).items() for argument in (f"--{name}", str(value))]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    """A made corpus: two or three numbers, word for word."""
    path = tmp_path_factory.mktemp("made") / "pairs.tsv"
    rows = [row for count in (2, 3) for row in itertools.product(NUMBERS, repeat=count)]
    path.write_text("".join(f"{' '.join(row)}.\t{' '.join(NUMBERS[word] for word in row)}.\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Another number of threads adds up in another order, and the last bits differ."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(pairs, tmp_path_factory) -> Path:
    """The folder of a training that nothing interrupted."""
    folder = tmp_path_factory.mktemp("trained")
    assert train([str(pairs), "--out", str(folder), "--epochs", "20", *SMALL]) == 0
    return folder


def test_a_small_made_language_is_learned(trained):
    translator = load_translator(trained)
    words = list(NUMBERS)
    for row in zip(words, words[1:] + words[:1], words[2:] + words[:2], strict=True):
        assert translator.translate(" ".join(row) + ".").french == " ".join(NUMBERS[word] for word in row) + "."


def test_the_weights_tell_how_they_came_about(trained):
    facts = read_weights(trained).facts
    assert float(facts["bleu_beam_4"]) > 50
    assert facts["bleu_sentences"] == "5 held-out sentences of at most 3 words"
    assert facts["training_pairs"] == "145"
    assert "CC BY 2.0 FR" in facts["attribution"]
    assert '"epochs": 20' in facts["settings"]


def test_loss_and_bleu_are_printed_after_each_epoch(pairs, tmp_path, capfd):
    assert train([str(pairs), "--out", str(tmp_path), "--epochs", "2", *SMALL]) == 0
    printed, bar = capfd.readouterr()
    for epoch in ("Epoch 1 of 2", "Epoch 2 of 2"):
        line = next(line for line in printed.splitlines() if line.startswith(epoch))
        assert "in training" in line
        assert "held out; BLEU" in line
        assert epoch in bar


def test_a_killed_training_goes_on_to_the_same_weights(pairs, trained, tmp_path):
    command = [
        sys.executable,
        "-m",
        "attention_core.translation.train",
        str(pairs),
        "--out",
        str(tmp_path),
        "--epochs",
        "20",
        *SMALL,
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (tmp_path / "state.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    state = torch.load(tmp_path / "state.pt")
    assert (0, 0) < (state["epoch"], state["place"]) < (20, 0)
    assert not (tmp_path / "model.safetensors").exists()
    assert train(command[3:]) == 0
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (tmp_path, trained))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_finished_training_writes_the_same_weights_again(pairs, trained):
    before = load_file(trained / "model.safetensors")
    assert train([str(pairs), "--out", str(trained), "--epochs", "20", *SMALL]) == 0
    after = load_file(trained / "model.safetensors")
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_other_settings_need_another_folder(pairs, trained, capfd):
    assert train([str(pairs), "--out", str(trained), *SMALL, "--batch", "8"]) == 1
    assert "was trained with batch 16" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"), [(["--vocabulary", "100"], "too few"), (["--held-out", "999"], "cannot be held out")]
)
def test_settings_that_cannot_work_are_refused(pairs, tmp_path, capfd, more, said):
    assert train([str(pairs), "--out", str(tmp_path), *SMALL, *more]) == 1
    assert said in capfd.readouterr().err


def test_a_file_without_pairs_is_refused(tmp_path, capfd):
    assert train([str(tmp_path / "none.tsv"), "--out", str(tmp_path)]) == 1
    assert "none.tsv cannot be read" in capfd.readouterr().err


def test_without_sacrebleu_the_message_says_what_to_install(tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(CheckpointError, match="pip install sacrebleu"):
        bleu(tiny.model, tiny._tokenizer, [("The dog.", ("Le chien.",))])


def test_every_reference_counts(tiny, monkeypatch):
    monkeypatch.setattr(
        "attention_core.translation.evaluation.translations", lambda *_: ["Je suis bien ici.", "Le chien dort là."]
    )
    found = bleu(tiny.model, tiny._tokenizer, [("a", ("Je vais mal.", "Je suis bien ici.")), ("b", ("Le chien dort là.",))])
    assert found.all == pytest.approx(100)
    assert found.one < 90
