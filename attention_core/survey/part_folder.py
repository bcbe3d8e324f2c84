"""A result of many files as a folder: Parquet parts that are there whole or not at all, and what sums them up.

    manifest.json        what was computed, with which model, of which files, and whether it is complete
    parts/KEY.parquet    a block of lines each; all together are one table
    rejected/KEY.parquet lines of that block that could not be read
    totals/KEY           what sums up that part
    summary.parquet      what sums up all parts, once all are there
    unfinished/          what is being written

A part is moved to its place after all else of its block: where it stands, the block is finished. Many may write at once, also
the same block: each writes under a name of its own, and whichever is moved last takes the place of an equal one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from attention_core.errors import ListError
from attention_core.lists.rows import Line
from attention_core.lists.stored_files import filesystem_of
from attention_core.survey.computation import Packed
from attention_core.writing.text import cut

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import NativeFile

_MANIFEST, _SUMMARY = "manifest.json", "summary.parquet"
_FOLDERS = ("parts", "rejected", "totals", "unfinished")
_OPEN = ("versions", "complete", "counts", "files_read")  # what may differ between a run and the one that goes on


class PartFolder:
    """A folder of parts, on any filesystem that pyarrow opens."""

    def __init__(self, address: str):
        """Nothing is read or written yet. Raises ListError where the filesystem cannot be reached."""
        self.address = address
        self._filesystem, self._root = filesystem_of(address)

    def begin(self, facts: Mapping[str, object], resume: bool, overwrite: bool) -> bool:
        """Make the folder ready for the parts of a computation that `facts` tell; returns whether it is complete already.

        Raises ListError for a folder with anything else in it, for an unfinished or finished result unless `resume` or
        `overwrite` is asked for, and with `resume` for one of other facts.
        """
        from pyarrow.fs import FileType

        info = self._filesystem.get_file_info(self._root)
        if info.type not in (FileType.NotFound, FileType.Directory):
            raise ListError(f"{self.address} is a file. The result of many files is a folder: give another --out.")
        known = self.manifest()
        if known is None and info.type == FileType.Directory and self._names(""):
            raise ListError(f"{self.address} holds other files and no manifest of this program. Give another --out.")
        if known is not None and not (resume or overwrite):
            raise ListError(
                f"{self.address} holds a result already. Add --resume to go on with it, --overwrite to begin it anew, or give "
                "another --out."
            )
        if known is not None and resume:
            self._check(known, facts)
            if known["complete"]:
                return True
        elif known is not None:
            self._remove(_MANIFEST)  # first: without it, what is left of the parts is nobody's
            for folder in ("parts", "rejected", "totals"):
                self._empty(folder)
            self._remove(_SUMMARY)
        for folder in _FOLDERS:
            self._filesystem.create_dir(f"{self._root}/{folder}", recursive=True)
        self._empty("unfinished")  # of a run that was killed
        if known is None or not resume:
            self.write_manifest({**facts, "complete": False})
        return False

    def manifest(self) -> dict | None:
        """What the folder says of itself; None where it is none of this program."""
        from pyarrow.fs import FileType

        path = f"{self._root}/{_MANIFEST}"
        if self._filesystem.get_file_info(path).type != FileType.File:
            return None
        with self._filesystem.open_input_stream(path) as file:
            data = file.read()
        try:
            known = json.loads(data)
        except ValueError as error:
            raise ListError(
                f"The {_MANIFEST} in {self.address} is damaged. Give another --out, or remove the folder."
            ) from error
        return known if isinstance(known, dict) and {"table", "sha256", "complete"} <= known.keys() else None

    def _check(self, known: Mapping[str, object], facts: Mapping[str, object]) -> None:
        """Raise ListError if what is there was computed from something else."""
        for name, value in json.loads(json.dumps(facts)).items():
            if name not in _OPEN and known.get(name) != value:
                told = " and not ".join(cut(json.dumps(each, ensure_ascii=False), 60) for each in (known.get(name), value))
                raise ListError(
                    f"{self.address} cannot go on: it was begun with other {name} ({told}). "
                    "Repeat the command as it was, or give another --out."
                )

    def finished(self) -> frozenset[str]:
        """The keys of all blocks whose parts are there."""
        return frozenset(name.removesuffix(".parquet") for name in self._names("parts") if name.endswith(".parquet"))

    def write(
        self,
        key: str,
        tables: Iterable[pa.Table],
        schema: pa.Schema,
        rejected: Sequence[Line],
        file: str,
        total: Callable[[], Packed],
    ) -> None:
        """Keep all that came of a block of the file `file`; `rejected` and `total` are asked once all `tables` are read."""
        from pyarrow.parquet import ParquetWriter
        from safetensors.torch import save

        floats = {"float", "double"}
        with self._whole(f"parts/{key}.parquet") as stream:
            dictionaries = [field.name for field in schema if str(field.type) not in floats]  # no two scores are alike
            with ParquetWriter(stream, schema, use_dictionary=dictionaries) as writer:
                for table in tables:
                    writer.write_table(table.replace_schema_metadata(schema.metadata))
            if rejected:
                self._write_rejected(key, rejected, file)
            tensors, metadata = total()
            with self._whole(f"totals/{key}") as beside:
                beside.write(save({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata))

    def _write_rejected(self, key: str, rejected: Sequence[Line], file: str) -> None:
        import pyarrow as pa
        from pyarrow.parquet import write_table

        columns = {
            "file": pa.array([file] * len(rejected)).dictionary_encode(),
            "line": pa.array([line.number for line in rejected], pa.int64()),
            "reason": pa.array([line.reason for line in rejected], pa.string()),
            "text": pa.array([line.text for line in rejected], pa.string()),
        }
        with self._whole(f"rejected/{key}.parquet") as stream:
            write_table(pa.table(columns), stream)

    def totals(self) -> Iterator[Packed]:
        """What sums up each finished part, in the order of the keys."""
        from safetensors.torch import load

        for key in sorted(self.finished()):
            with self._filesystem.open_input_stream(f"{self._root}/totals/{key}") as file:
                data = file.read()
            header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
            yield load(data), header.get("__metadata__", {})

    def write_summary(self, table: pa.Table) -> None:
        """Keep what sums up all parts."""
        from pyarrow.parquet import write_table

        with self._whole(_SUMMARY) as stream:
            write_table(table, stream)

    def write_manifest(self, facts: Mapping[str, object]) -> None:
        """Keep what the folder says of itself."""
        with self._whole(_MANIFEST) as stream:
            stream.write(json.dumps(facts, ensure_ascii=False, indent=1).encode())

    @property
    def size(self) -> int:
        """The bytes of all parts."""
        from pyarrow.fs import FileSelector

        return sum(info.size or 0 for info in self._filesystem.get_file_info(FileSelector(f"{self._root}/parts")))

    def end(self) -> None:
        """Take away what was only for the work."""
        with suppress(OSError):
            self._filesystem.delete_dir(f"{self._root}/unfinished")

    @contextmanager
    def _whole(self, name: str) -> Iterator[NativeFile]:
        """A file that takes its place only once it is complete and on the disk."""
        from pyarrow.fs import LocalFileSystem

        unfinished = f"{self._root}/unfinished/{uuid4().hex}"
        try:
            with self._filesystem.open_output_stream(unfinished) as stream:
                yield stream
            if isinstance(self._filesystem, LocalFileSystem):
                with open(unfinished, "rb") as file:
                    os.fsync(file.fileno())  # or a name could survive a power cut, and what stands under it not
            self._filesystem.move(unfinished, f"{self._root}/{name}")
        except BaseException:
            self._remove(f"unfinished/{unfinished.rpartition('/')[2]}")
            raise

    def _names(self, folder: str) -> list[str]:
        from pyarrow.fs import FileSelector

        found = self._filesystem.get_file_info(FileSelector(f"{self._root}/{folder}".rstrip("/"), allow_not_found=True))
        return [info.base_name for info in found]

    def _empty(self, folder: str) -> None:
        for name in self._names(folder):
            self._remove(f"{folder}/{name}")

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            self._filesystem.delete_file(f"{self._root}/{name}")
