"""Model folders of somebody who means harm, or of a broken disk: each is refused in words, soon, and in little memory."""

import contextlib
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from attention_core import CheckpointError, TextError, load_model
from attention_core.model import trial
from attention_core.survey.pattern_scores import read_patterns
from tests.core.tiny import PIECES, change_config, change_tensors

ROOT = Path(__file__).resolve().parents[3]
SPECIAL = {name: {"id": name, "ids": [number], "tokens": [name]} for name, number in (("[CLS]", 2), ("[SEP]", 3))}
TEMPLATE = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]


def refused(folder: Path, seconds: float = 60) -> str:
    """What is said of a folder that cannot be used, in a process that may take 4 GB."""
    script = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (4_000_000_000,) * 2)
sys.path.insert(0, {str(ROOT)!r})
from attention_core import AttentionError, load_model
try:
    load_model(sys.argv[1]).trace("abc dog")
except AttentionError as error:
    print(f"{{type(error).__name__}}: {{error}}")
    sys.exit(7)
"""
    started = time.monotonic()
    command = [sys.executable, "-c", script, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=os.environ)
    assert done.returncode == 7, done.stderr[-2000:]
    assert time.monotonic() - started < seconds
    assert len(done.stdout) < 1500
    return done.stdout


def change_tokenizer(folder: Path, **parts) -> None:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | parts), "utf-8")


def replacing(pattern: dict, content: str) -> dict:
    return {"type": "Replace", "pattern": pattern, "content": content}


@pytest.mark.parametrize("layers", [4, 1000, 10**7, 10**9, 2**40])
def test_layers_that_are_not_in_the_weights_are_told_before_anything_is_built(tiny, layers):
    change_config(tiny, num_hidden_layers=layers)
    started = time.monotonic()
    with pytest.raises(CheckpointError) as caught:
        load_model(tiny)
    assert time.monotonic() - started < 5
    assert "encoder.layer.3.attention.self.query.weight is missing" in str(caught.value)
    assert f"(and {(layers - 3) * 16 - 5:,} more)" in str(caught.value)


@pytest.mark.parametrize(
    "key", ["vocab_size", "hidden_size", "intermediate_size", "max_position_embeddings", "type_vocab_size"]
)
@pytest.mark.parametrize("size", [10**6, 10**9, 10**12, 10**15, 10**40])
def test_absurd_sizes_are_told_before_anything_is_built(tiny, key, size):
    change_config(tiny, **{key: size, "num_attention_heads": 4})
    with pytest.raises(CheckpointError, match=r"expected|at most"):
        load_model(tiny)


def test_a_number_of_many_digits_or_a_long_text_in_the_config_is_told_in_short(tiny):
    config = tiny / "config.json"
    change_config(tiny, num_hidden_layers="9" * 500_000)
    assert len(refused(tiny)) < 400
    config.write_text(config.read_text().replace('"' + "9" * 500_000 + '"', "9" * 5000))
    assert "JSON" in refused(tiny)
    config.write_text(" " * 2_000_000 + "{}")
    assert "more than 1,000,000 bytes" in refused(tiny)


def test_a_header_that_says_to_be_huge_is_told(tiny):
    path = tiny / "model.safetensors"
    data = path.read_bytes()
    for length in (2**63, 2**64 - 1, len(data), len(data) * 2, 0, 1, 50_000_000):
        path.write_bytes(length.to_bytes(8, "little") + data[8:])
        with pytest.raises(CheckpointError, match="no readable safetensors file"):
            load_model(tiny)
    with path.open("wb") as file:  # the bytes are there, and none of them is on the disk
        file.write((40_000_000_000).to_bytes(8, "little"))
        file.truncate(40_000_000_100)
    with pytest.raises(CheckpointError, match="no readable safetensors file"):
        load_header(path)


def load_header(path: Path) -> dict:
    from attention_core.model.header import stored_shapes

    return stored_shapes(path)


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b"[]",
        b'{"a": 1}',
        b'{"a": {"shape": [-1]}}',
        b'{"a": {"shape": [true]}}',
        b'{"a": {"shape": [1e99]}}',
        b'{"a": {"shape": [%d]}}' % 10**30,
        b'{"a": {"shape": [' + b"9" * 6000 + b"]}}",
        b'{"a": {"shape": %s}}' % json.dumps([1] * 100_000).encode(),
        b'{"a": {"dtype": "F32", "shape": [1000000, 1000000], "data_offsets": [0, 4000000000000]}}',
        b"\xff" * 100,
    ],
    ids=range(11),
)
def test_a_header_that_is_none_is_told(tiny, header):
    (tiny / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(100))
    with pytest.raises(CheckpointError, match=r"model.safetensors"):
        load_model(tiny)


def test_tensors_that_promise_more_than_the_file_has_are_told(tiny):
    path = tiny / "model.safetensors"
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    name = "embeddings.word_embeddings.weight"
    header[name]["shape"] = [10**8, 24]
    change_config(tiny, vocab_size=10**8)
    made = json.dumps(header).encode()
    path.write_bytes(len(made).to_bytes(8, "little") + made + data[8 + length :])
    with pytest.raises(CheckpointError, match="safetensors"):
        load_model(tiny)


@pytest.mark.parametrize("length", [128, 10**9])
def test_padding_and_truncation_are_a_batch_s_and_no_sentence_s(tiny, length):
    padding = {"strategy": {"Fixed": length}, "direction": "Right", "pad_to_multiple_of": None}
    padding |= {"pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
    change_tokenizer(
        tiny, padding=padding, truncation={"max_length": 2, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    )
    assert len(load_model(tiny).trace("abc dog").tokens) == 6


DOUBLING = {"type": "Sequence", "normalizers": [replacing({"String": "a"}, "aa")] * 40}
RUNAWAY = {"Regex": "^(([a-z0-9 x])+.)+([A-Z])+$|(a|aa)+$|(x+x+)+y"}
TOKENIZERS = {
    "a letter by 10 MB": {"normalizer": replacing({"String": "a"}, "b" * 10_000_000)},
    "a letter that no text of ours has by 10 MB": {"normalizer": replacing({"String": "ꙮ"}, "b" * 10_000_000)},
    "before every text 10 MB": {"normalizer": {"type": "Prepend", "prepend": "b" * 10_000_000}},
    "doubled forty times": {"normalizer": DOUBLING},
    "doubled in a nest": {"normalizer": {"type": "Sequence", "normalizers": [DOUBLING, {"type": "Lowercase"}]}},
    "a hundred thousand steps": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Lowercase"}] * 100_000}},
    "a broken map of characters": {
        "normalizer": {"type": "Precompiled", "precompiled_charsmap": b64encode(b"\xff\xff\xff\x7f" * 40).decode()}
    },
    "a map of characters that is none": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "%%%"}},
    "a map of characters that points nowhere": {
        "normalizer": {
            "type": "Precompiled",
            "precompiled_charsmap": b64encode((1024).to_bytes(4, "little") + b"\xfe\xff\xff\xff" * 256 + b"ab").decode(),
        }
    },
    "a template that names token 999999": {
        "post_processor": {
            "type": "TemplateProcessing",
            "single": TEMPLATE,
            "pair": [*TEMPLATE, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": SPECIAL | {"[CLS]": {"id": "[CLS]", "ids": [999_999], "tokens": ["[CLS]"]}},
        }
    },
    "a template of a million tokens": {
        "post_processor": {
            "type": "TemplateProcessing",
            "single": TEMPLATE,
            "pair": [*TEMPLATE, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": SPECIAL | {"[CLS]": {"id": "[CLS]", "ids": [2] * 1_000_000, "tokens": ["[CLS]"] * 1_000_000}},
        }
    },
    "another template that names token 999999": {
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 999_999], "cls": ["[CLS]", 2]}
    },
    "an added token beyond the vocabulary": {
        "added_tokens": [
            {
                "id": 4_000_000_000,
                "content": "zz",
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        ]
    },
    "a regex that is none": {"normalizer": replacing({"Regex": "((("}, "b")},
    "nested without end": {"normalizer": None, "pre_tokenizer": "NEST"},
    "no model": {"model": {"type": "WordPiece"}},
    "another version": {"version": "99"},
}


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_a_tokenizer_that_asks_for_too_much_or_breaks_down_is_refused(tiny, kind):
    change_tokenizer(tiny, **TOKENIZERS[kind])
    if kind == "nested without end":
        path = tiny / "tokenizer.json"
        path.write_text(path.read_text().replace('"NEST"', '{"type":"Sequence","pretokenizers":[' * 2000 + "]}" * 2000))
    said = refused(tiny)
    assert said.startswith("CheckpointError: ")
    assert "tokenizer.json" in said


def test_a_regex_that_runs_away_ends_soon(tiny, monkeypatch):
    """Whether the library gives up by itself or not: within the seconds of the trial, or at the text."""
    change_tokenizer(tiny, pre_tokenizer={"type": "Split", "pattern": RUNAWAY, "behavior": "Isolated", "invert": False})
    monkeypatch.setattr(trial, "_SECONDS", 3)
    started = time.monotonic()
    with contextlib.suppress(CheckpointError):
        model = load_model(tiny)
        for text in ("a" * 30 + "!", "x" * 30 + "!"):
            with contextlib.suppress(TextError):
                model.tokens(text)
    assert time.monotonic() - started < 60


def test_a_tokenizer_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(trial, "_CHILD", "while True: pass")
    monkeypatch.setattr(trial, "_SECONDS", 0.2)
    with pytest.raises(trial.TokenizerRefusedError, match="does not end"):
        trial.tried("never seen before")


class PanicError(BaseException):
    """What the library panics with is no Exception."""


@pytest.mark.parametrize("error", [PanicError("boom\nat line 5"), Exception("Truncation error"), MemoryError()])
def test_a_panic_while_reading_is_told(tiny, error):
    model = load_model(tiny)

    class Broken:
        def encode(self, text, **options):
            raise error

        encode_batch_fast = encode

    model._tokenizer = Broken()
    for call in (model.trace, model.tokens, lambda text: model.ids([text]), lambda text: list(model.traces([text]))):
        with pytest.raises(TextError, match="tokenizer breaks down on the text"):
            call("abc")


def test_an_interrupt_while_reading_is_none(tiny):
    model = load_model(tiny)

    class Interrupted:
        def encode(self, text, **options):
            raise KeyboardInterrupt

    model._tokenizer = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        model.tokens("abc")


@pytest.mark.parametrize(
    "named", ["embeddings.word_embeddings.weight", "encoder.layer.1.attention.self.query.weight", "query and key", "last norm"]
)
def test_weights_that_no_finite_numbers_come_of_are_refused(tiny, named):
    """Every one of them is finite itself."""
    names = {
        "query and key": [f"encoder.layer.2.attention.self.{part}.weight" for part in ("query", "key")],
        "last norm": ["encoder.layer.2.output.LayerNorm.weight"],
    }.get(named, [named])
    size = 1e25 if named == "query and key" else 3e38
    change_tensors(tiny, lambda tensors: tensors | {name: torch.full_like(tensors[name], size) for name in names})
    with pytest.raises(CheckpointError, match=r"cannot read even a letter\. What tiny makes of the text is not finite"):
        load_model(tiny)


def test_a_text_that_no_finite_numbers_come_of_is_refused_wherever_it_is_read(tiny):
    dog = PIECES.index("dog")

    def change(tensors):
        words = tensors["embeddings.word_embeddings.weight"].clone()
        words[dog] = 3e38 * torch.tensor([1, -1]).repeat(words.size(1) // 2)
        return tensors | {"embeddings.word_embeddings.weight": words}

    change_tensors(tiny, change)
    model = load_model(tiny)
    assert torch.isfinite(model.trace("abc food").output).all()
    for call in (model.trace, lambda text: list(model.traces(["abc", text])), lambda text: read_patterns(model, [text])):
        with pytest.raises(TextError, match="not finite"):
            call("abc dog")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_link_out_of_the_folder_is_told_and_one_inside_followed(tiny, tmp_path, name):
    outside = tmp_path / "elsewhere"
    (tiny / name).rename(outside)
    (tiny / name).symlink_to(outside)
    with pytest.raises(CheckpointError, match=rf"{name} is a link out of its folder, to .*elsewhere"):
        load_model(tiny)
    (tiny / name).unlink()
    outside.rename(tiny / "inside")
    (tiny / name).symlink_to("inside")
    assert len(load_model(tiny).trace("abc dog").tokens) == 6


def test_the_cache_of_hugging_face_is_read(tiny, tmp_path):
    home = tmp_path / "models--made"
    (home / "blobs").mkdir(parents=True)
    (home / "snapshots" / "1").mkdir(parents=True)
    for path in tiny.iterdir():
        path.rename(home / "blobs" / path.name)
        (home / "snapshots" / "1" / path.name).symlink_to(f"../../blobs/{path.name}")
    assert len(load_model(home / "snapshots" / "1").trace("abc dog").tokens) == 6


def test_what_is_no_file_is_not_waited_for(tiny):
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tiny / name).rename(tiny / "kept")
        os.mkfifo(tiny / name)
        with pytest.raises(CheckpointError, match=f"no {name}"):
            load_model(tiny)
        (tiny / name).unlink()
        (tiny / "kept").rename(tiny / name)


def test_a_tokenizer_is_tried_once_and_the_embedded_one_not_at_all(tiny, monkeypatch):
    trial.tried.cache_clear()
    load_model(tiny)
    load_model(tiny)
    assert trial.tried.cache_info().misses == 1
    monkeypatch.setattr("attention_core.model.checkpoint.tried", lambda text: pytest.fail("tried"))
    assert load_model().trace("A dog").tokens


def test_only_tensors_that_are_needed_are_read(tiny):
    """A checkpoint may hold others, of any kind."""
    change_tensors(tiny, lambda tensors: tensors | {"pooler.other": torch.zeros(5, dtype=torch.int8)})
    assert "pooler.other" in load_file(tiny / "model.safetensors")
    assert len(load_model(tiny).trace("abc dog").tokens) == 6
