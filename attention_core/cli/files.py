"""One head or all heads written as a file, whole or not at all."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from attention_core.matrices.words import Cell
    from attention_core.model.traced import TracedModel


def _write_csv(file: BinaryIO, model: TracedModel, cell: Cell, stage: str) -> str:
    from attention_core.export import matrices as export
    from attention_core.matrices.names import matrix_of, values

    rows = cell.trace.columns if stage in ("k", "v") else cell.trace.rows
    frame = export.table(stage, values(stage, cell.trace.layers[cell.layer], cell.stages), rows, columns=cell.trace.columns)
    file.write(export.csv(frame, export.about(model, cell.trace, cell.layer, cell.head, stage)))
    head = f", head {cell.head + 1}" if stage != "x" else ""
    return f"{matrix_of(stage).title.lower()} {matrix_of(stage).symbol} of layer {cell.layer + 1}{head}"


def _write_html(file: BinaryIO, model: TracedModel, cell: Cell, stage: str) -> str:
    from attention_core.export.report import report
    from attention_core.weights.choice import Choice

    file.write(report(model, cell.trace, Choice(cell.layer, cell.head), cell.query, cell.key).encode())
    return f"all stages of layer {cell.layer + 1}, head {cell.head + 1}, for any browser"


def _write_npz(file: BinaryIO, model: TracedModel, cell: Cell, stage: str) -> str:
    from attention_core.export import matrices as export

    export.write_npz(file, model, cell.trace)
    return f"all matrices of all {model.config.layers} × {model.config.heads} heads"


def _write_parquet(file: BinaryIO, model: TracedModel, cell: Cell, stage: str) -> str:
    from attention_core.export import matrices as export

    export.write_parquet(file, model, cell.trace)
    return f"every query with every key of all {model.config.layers} × {model.config.heads} heads"


WRITERS: dict[str, Callable[[BinaryIO, TracedModel, Cell, str], str]] = {
    ".csv": _write_csv,
    ".html": _write_html,
    ".npz": _write_npz,
    ".parquet": _write_parquet,
}


# What an .npz of ours holds: one of a sentence, and one of a translation.
_IN_NPZ = {"weights.npy", "tokens.npy", "sha256.npy"}, {"cross_weights.npy", "written.npy", "sha256.npy"}
_FIRST = 1 << 16  # bytes at the beginning of a file that say whose it is


def is_ours(path: Path) -> bool:
    """Whether a file was written by one of the WRITERS: each says in it of which model its numbers are."""
    try:
        with path.open("rb") as file:
            first = file.read(_FIRST)
        kind = path.suffix.lower()
        if kind == ".html":
            return b"Attention Visualizer</title>" in first
        if kind == ".csv":
            return first.removeprefix(BOM_UTF8).startswith(b'"{') and b'""sha256""' in first.partition(b"\n")[0]
        if kind == ".npz":
            from zipfile import BadZipFile, ZipFile

            try:
                with ZipFile(path) as archive:
                    found = set(archive.namelist())
                    return any(names <= found for names in _IN_NPZ)
            except (BadZipFile, NotImplementedError, ValueError):
                return False
        from pyarrow import ArrowException
        from pyarrow.parquet import read_schema

        try:
            return b"sha256" in (read_schema(path).metadata or {})
        except (ArrowException, ValueError):
            return False
    except OSError:
        return False


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that stands under its name only once it is complete; until then, and on failure, what was there stays."""
    path = Path(os.path.realpath(path))
    part = path.with_name(f".attention-{os.getpid()}.part")
    file = part.open("xb")
    try:
        with file:
            yield file
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def as_size(count: float) -> str:
    """A number of bytes as people read it: 1.2 MB."""
    unit = "bytes"
    for larger in ("kB", "MB", "GB"):
        if count >= 1000:
            count, unit = count / 1000, larger
    return f"{count:,.{0 if unit == 'bytes' else 1}f} {unit}"
