"""The translator that comes with the app is whole, small, quick to open, and translates as its card says."""

import hashlib
import json
import shutil
import time
from pathlib import Path

import pytest

from attention_core.errors import CheckpointError
from attention_core.translation import weights
from attention_core.translation.evaluation import bleu
from attention_core.translation.translator import load_translator
from attention_core.translation.weights import SHIPPED_FOLDER, SHIPPED_SHA256

HELD_OUT = Path(__file__).with_name("held_out.tsv")


def held_out() -> list[tuple[str, tuple[str, ...]]]:
    """Held-out sentences with all their references."""
    lines = [line for line in HELD_OUT.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(english, tuple(french)) for english, *french in (line.split("\t") for line in lines)]


def test_the_weights_are_the_published_ones_and_small():
    raw = (SHIPPED_FOLDER / "model.safetensors").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == SHIPPED_SHA256
    assert sum(path.stat().st_size for path in SHIPPED_FOLDER.iterdir()) <= 28_000_000


def test_the_sizes_are_the_textbooks(shipped):
    config = shipped.config
    assert (config.layers, config.d_model, config.heads, config.d_k, config.d_ff) == (2, 512, 8, 64, 1024)


def test_it_opens_in_half_a_second():
    def seconds() -> float:  # of the processor, however busy it is with other programs
        start = time.process_time()
        load_translator()
        return time.process_time() - start

    assert min(seconds() for _ in range(4)) < 0.5


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("The dog is hungry.", {"Le chien a faim."}),
        ("I am good.", {"Je vais bien.", "Je suis bon.", "Je suis bonne."}),
        ("i am good", {"Je vais bien.", "Je suis bon.", "Je suis bonne."}),
        ("Where is the cat?", {"Où est le chat ?", "Où se trouve le chat ?"}),
        ("I love you.", {"Je t'aime.", "Je vous aime."}),
        ("It's raining.", {"Il pleut."}),
    ],
)
def test_simple_sentences_are_translated_as_a_french_speaker_would(shipped, english, french):
    assert shipped.translate(english).french in french
    assert shipped.translate(english, beam=4).french in french


def test_held_out_sentences_are_translated_about_as_well_as_the_card_says(shipped):
    found = bleu(shipped.model, shipped._tokenizer, held_out())  # a fifth of those of the card, and greedy: so 5 points of room
    assert found.all > float(shipped.facts["bleu_greedy"]) - 5
    assert float(shipped.facts["bleu_beam_4"]) >= 40
    assert float(shipped.facts["bleu_beam_4_one_reference"]) >= 36


def test_the_file_tells_its_origin_and_settings(shipped):
    assert "tatoeba.org" in shipped.facts["attribution"]
    assert "CC BY 2.0 FR" in shipped.facts["attribution"]
    assert json.loads(shipped.facts["settings"])["d_model"] == 512


def test_altered_weights_are_refused_with_the_way_out(tmp_path, monkeypatch):
    folder = tmp_path / "translator"
    shutil.copytree(SHIPPED_FOLDER, folder)
    path = folder / "model.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1000] ^= 1
    path.write_bytes(raw)
    monkeypatch.setattr(weights, "SHIPPED_FOLDER", folder)
    with pytest.raises(CheckpointError, match=r"truncated or altered.*git checkout"):
        load_translator()
    path.unlink()
    with pytest.raises(CheckpointError, match=r"cannot be read.*git checkout"):
        load_translator()
