"""A folder with a model of any architecture, held against its own names and sizes before anything of it is built."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_core.errors import CheckpointError
from attention_core.model.checkpoint import file_inside, read_object, sha256_of
from attention_core.model.header import stored_shapes

_WEIGHTS, _INDEX, _CONFIG = "model.safetensors", "model.safetensors.index.json", "config.json"
_LARGEST_CONFIG, _LARGEST_INDEX, _MOST_FILES = 1_000_000, 20_000_000, 200
_LARGEST_NUMBER, _MOST_EXPERTS = 2**40, 10_000
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json", "model.bin", "tf_model.h5", "flax_model.msgpack")
_COUNTS = ("layers", "layer", "n_block", "blocks", "depth")  # how the names of counts of layers end


@dataclass(frozen=True)
class ModelFolder:
    """A folder whose names and sizes fit together; no tensor of it is read yet."""

    path: Path
    name: str
    config: dict[str, Any]
    weights: tuple[Path, ...]
    numbers: int  # how many the weights hold
    tensors: int  # in how many tensors

    @property
    def family(self) -> str:
        """What the config calls its architecture: 'gpt2', 'llama'."""
        return self.config["model_type"]

    @property
    def size(self) -> int:
        """Bytes of the weights in float32, as they are computed with."""
        return 4 * self.numbers

    def sha256(self) -> str:
        """The SHA-256 of the weights: of the file, or of the line of SHA-256 sums where there are several files."""
        sums = [sha256_of(path) for path in self.weights]
        return sums[0] if len(sums) == 1 else hashlib.sha256(" ".join(sums).encode()).hexdigest()


def read_folder(path: Path, name: str | None = None) -> ModelFolder:
    """Look through a folder without building anything. Raises CheckpointError for what is missing, unsafe or does not fit."""
    if not path.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {path}. Give a folder that holds config.json.")
    if (path / "adapter_config.json").exists():
        raise CheckpointError(f"{path} holds an adapter, which is no model. Merge it into its model, and save that.")
    config = read_object(file_inside(path, _CONFIG), _LARGEST_CONFIG)
    _check_config(path / _CONFIG, config)
    for other in ("tokenizer_config.json", "generation_config.json", "processor_config.json"):
        if (path / other).exists():
            _refuse_code(path / other, read_object(file_inside(path, other), _LARGEST_CONFIG))
    weights = _weight_files(path)
    shapes = [shape for file in weights for shape in stored_shapes(file).values()]
    numbers = sum(_product(shape) for shape in shapes)
    _check_counts(path / _CONFIG, config, len(shapes))
    return ModelFolder(path, name or path.resolve().name, config, weights, numbers, len(shapes))


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _weight_files(folder: Path) -> tuple[Path, ...]:
    if (folder / _WEIGHTS).exists():
        return (file_inside(folder, _WEIGHTS),)
    if (folder / _INDEX).exists():
        index = read_object(file_inside(folder, _INDEX), _LARGEST_INDEX).get("weight_map")
        names = sorted({str(name) for name in index.values()}) if isinstance(index, dict) else []
        if not names or len(names) > _MOST_FILES or any("/" in name or "\\" in name for name in names):
            raise CheckpointError(f"{folder / _INDEX} names no files of this folder with weights.")
        return tuple(file_inside(folder, name) for name in names)
    pickled = next((name for name in _PICKLED if (folder / name).exists()), None)
    if pickled:
        raise CheckpointError(
            f"{folder} has its weights only in {pickled}, a kind of file that can run programs when it is opened. "
            f"Save the model as safetensors: model.save_pretrained(folder)."
        )
    raise CheckpointError(f"The checkpoint folder {folder} has no {_WEIGHTS}.")


def _walk(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Every value in a JSON object with the key it stands under."""
    waiting = [(key, value)]
    while waiting:
        name, each = waiting.pop()
        yield name, each
        if isinstance(each, dict):
            waiting += [(str(inner), part) for inner, part in each.items()]
        elif isinstance(each, list):
            waiting += [(name, part) for part in each]


def _refuse_code(path: Path, found: dict[str, Any]) -> None:
    if any(key == "auto_map" for key, _ in _walk(found)):
        raise CheckpointError(
            f"{path}: auto_map names a program that comes with the model. None is run here: give a model of an architecture "
            "that Transformers itself has."
        )


def _check_config(path: Path, config: dict[str, Any]) -> None:
    """Refuse what would run programs, needs other number formats, or is of an absurd size."""
    _refuse_code(path, config)
    if not isinstance(config.get("model_type"), str):
        raise CheckpointError(
            f"{path}: model_type is {str(config.get('model_type'))[:80]!r}, expected the name of an architecture."
        )
    for key, value in _walk(config):
        names_kernel = key.endswith(("attn_implementation", "attention_implementation")) and "/" in str(value)
        if names_kernel or (key == "use_kernels" and value):
            raise CheckpointError(f"{path}: {key} names a kernel from elsewhere, {str(value)[:80]!r}. Remove it from the file.")
        if key in ("quantization_config", "compression_config") and value:
            raise CheckpointError(f"{path}: the weights are quantized, {key}. Give the model in 16 or 32 bits.")
        if type(value) is int and abs(value) > _LARGEST_NUMBER:
            raise CheckpointError(f"{path}: {key} is larger than {_LARGEST_NUMBER:,}.")


def _check_counts(path: Path, config: dict[str, Any], tensors: int) -> None:
    """Refuse more layers than there are tensors, before so many are built."""
    for key, value in _walk(config):
        if type(value) is not int:
            continue
        most = tensors if key.endswith(_COUNTS) else _MOST_EXPERTS if "expert" in key and "size" not in key else None
        if most is not None and value > most and "intermediate" not in key and "dim" not in key:
            raise CheckpointError(f"{path}: {key} is {value:,}, but the weights hold {tensors:,} tensors.")
