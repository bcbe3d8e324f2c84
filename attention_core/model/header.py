"""The names and shapes that a safetensors file promises, read before any tensor is."""

import json
from pathlib import Path

from attention_core.errors import CheckpointError

_LARGEST = 10_000_000  # bytes of a header; BERT's have some 30,000
_MOST_AXES = 8


def stored_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor in a file, by the name it has there. Raises CheckpointError for a file that holds none."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            room = path.stat().st_size - 8
            if not 2 <= length <= min(room, _LARGEST):
                raise ValueError(f"its header says to be {length:,} bytes long, of {max(room, 0):,} and at most {_LARGEST:,}")
            header = json.loads(file.read(length))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is no readable safetensors file: {error}.") from error
    if not isinstance(header, dict):
        raise CheckpointError(f"{path} is no readable safetensors file: its header is no JSON object.")
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        shape = entry.get("shape") if isinstance(entry, dict) else None
        is_shape = isinstance(shape, list) and len(shape) <= _MOST_AXES
        if not is_shape or not all(type(size) is int and 0 <= size < 2**48 for size in shape):
            raise CheckpointError(f"{path} is no readable safetensors file: {name[:80]!r} has no shape.")
        found[name] = tuple(shape)
    return found
