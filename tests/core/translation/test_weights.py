"""A translator's files are read whole, or refused with what is wrong."""

import json

import pytest
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from attention_core.errors import CheckpointError
from attention_core.translation.translator import load_translator
from attention_core.translation.weights import read_weights, write_weights


@pytest.fixture
def folder(tiny, tmp_path):
    write_weights(tmp_path, tiny.model, tiny._tokenizer, {"attribution": "made for a test"})
    return tmp_path


def rewrite(folder, change=lambda tensors: tensors, **header):
    path = folder / "model.safetensors"
    facts = read_weights(folder).facts | header
    save_file(change(load_file(path)), path, {name: value for name, value in facts.items() if value is not None})


def test_what_is_written_is_read_back_to_float16(folder, tiny):
    trained = read_weights(folder)
    assert trained.facts["attribution"] == "made for a test"
    assert trained.model.config == tiny.config
    for name, tensor in tiny.model.state_dict().items():
        assert_close(trained.model.state_dict()[name], tensor.half().float(), atol=0, rtol=0)
    text = "The dog is hungry."
    assert [token.id for token in load_translator(folder).translate(text).source] == [
        token.id for token in tiny.translate(text).source
    ]


def test_sinusoids_are_not_stored(folder):
    assert not [name for name in load_file(folder / "model.safetensors") if "position" in name or "sin" in name]


def test_another_sha256_is_refused(folder):
    with pytest.raises(CheckpointError, match="truncated or altered: its SHA-256 is"):
        read_weights(folder, "0" * 64)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} cannot be read"):
        load_translator(folder)


@pytest.mark.parametrize("raw", [b"", b"no tensors", b"\xff" * 100])
def test_weights_that_are_no_safetensors_are_refused(folder, raw):
    (folder / "model.safetensors").write_bytes(raw)
    with pytest.raises(CheckpointError, match="no readable safetensors"):
        load_translator(folder)


def test_a_truncated_file_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="no readable safetensors"):
        load_translator(folder)


def test_another_tokenizer_is_refused(folder):
    path = folder / "tokenizer.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(CheckpointError, match="not the tokenizer"):
        load_translator(folder)


@pytest.mark.parametrize("config", [None, "", "[]", "{}", '{"vocabulary": 3}', "nonsense"])
def test_a_header_without_sizes_is_refused(folder, config):
    rewrite(folder, config=config)
    with pytest.raises(CheckpointError, match="no translator"):
        load_translator(folder)


@pytest.mark.parametrize("change", [{"heads": 5}, {"heads": 0}, {"layers": -1}])
def test_impossible_sizes_are_refused(folder, change):
    rewrite(folder, config=json.dumps(json.loads(read_weights(folder).facts["config"]) | change))
    with pytest.raises(CheckpointError, match="fit no translator"):
        load_translator(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tensors: {name: tensor for name, tensor in tensors.items() if name != "embedding.weight"}, "embedding.weight"),
        (lambda tensors: tensors | {"more": tensors["embedding.weight"].clone()}, "more"),
        (lambda tensors: tensors | {"embedding.weight": tensors["embedding.weight"][:7].clone()}, "embedding.weight"),
        (lambda tensors: tensors | {"embedding.weight": tensors["embedding.weight"].int()}, "embedding.weight"),
        (lambda tensors: tensors | {"embedding.weight": tensors["embedding.weight"] / 0}, "no finite numbers"),
    ],
)
def test_tensors_that_do_not_fit_are_named(folder, change, said):
    rewrite(folder, change)
    with pytest.raises(CheckpointError, match=said):
        load_translator(folder)
