"""A table on disk that grows for hours and is whole at every moment, also after a kill or a power cut.

Beside patterns.parquet stands a folder patterns.parquet.parts, to which every portion is added as a file of its own. From time
to time the parts are moved into patterns.parquet: it is written anew in the folder, and then takes its place. Every file says
up to which line of the input it goes; so, whatever the moment of an end, nothing is lost or there twice when it goes on.
"""

import csv
import io
import json
import os
import re
import shutil
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from attention_core.errors import ListError
from attention_core.lists.rows import Line
from attention_core.survey.place import check_output
from attention_core.survey.tables import no_formula, to_csv
from attention_core.writing.text import cut

TABLE_ENDINGS = (".csv", ".parquet")
_GROWTH = 1.5  # of the lines that are whole, until parts are moved again: all moves together write thrice the size at most
_REJECTED = ("line", "reason", "text")
_OWN = re.compile(r"[0-9]{12,15}\.(?:parquet|rejected\.csv)|unfinished")  # names in the folder of parts
_LONGEST = 1 << 26  # bytes of the line in a .csv that says what it is


class GrowingTable:
    """A .csv or .parquet of results for the lines of an input, with a .rejected.csv of lines that could not be read."""

    def __init__(
        self,
        out: Path,
        schema: pa.Schema,
        facts: Mapping[str, str],
        resume: bool,
        overwrite: bool = False,
        inputs: Sequence[Path] = (),
    ):
        """Begin, or with `resume` go on where the file and its parts end; `facts` say what is being computed, from what.

        Raises ListError for another ending than ENDINGS, for an unfinished table without `resume`, for a folder of parts that
        holds anything else, and with `resume` for a table of other facts. Raises AttentionError where `check_output` does, for
        the file and for that of rejected lines.
        """
        if out.suffix.lower() not in TABLE_ENDINGS:
            raise ListError(f"{out} ends in none of {', '.join(TABLE_ENDINGS)}: its ending says what to write.")
        check_output(out, inputs, overwrite, lambda path: _stored(path) is not None)
        self.out = out = Path(os.path.realpath(out))
        self.parts = out.with_name(f"{out.name}.parts")
        self.rejected = out.with_suffix(".rejected.csv")
        check_output(self.rejected, inputs, overwrite, _is_of_rejected)
        self._check_parts()
        self.is_complete = False
        self._schema, self._facts = schema, dict(facts)
        self._settled = 0  # the line up to which `out` itself goes
        stored = _stored(out)
        unfinished = self.parts.exists() or (stored is not None and stored.get("complete") == "no")
        if not resume:
            if unfinished:
                raise ListError(
                    f"{out} was begun and is not finished: add --resume to go on. To begin anew, remove {out.name}"
                    f"{f' and the folder {self.parts.name}' if self.parts.exists() else ''}."
                )
        elif stored is not None:
            self._check(stored)
            self._settled, self.is_complete = int(stored["read_to"]), stored["complete"] == "yes"
        # The line of the input up to which all is kept.
        self.read_to = max([self._settled, *(int(path.stem) for path in self._chain())])

    def add(self, table: pa.Table, read_to: int, rejected: Sequence[Line]) -> None:
        """Keep the results of the next lines, up to the line `read_to`, and those of them that could not be read."""
        if rejected:  # before the part itself, for that says that all is there
            with self._whole(self._part(read_to, "rejected.csv")) as file:
                _write_lines(file, rejected)
        with self._whole(self._part(read_to, "parquet")) as file:
            ends = {"read_from": str(self.read_to), "read_to": str(read_to)}
            pq.write_table(table.replace_schema_metadata(self._facts | ends), file)
        self.read_to = read_to
        if read_to >= _GROWTH * self._settled:
            self.settle()

    def settle(self, complete: bool = False) -> None:
        """Move all parts into the file itself; `complete` says that the input has no more lines."""
        parts = self._chain()
        self._settle_rejected(parts)
        facts = self._facts | {"read_to": str(self.read_to), "complete": "yes" if complete else "no"}
        write = self._write_csv if self.out.suffix.lower() == ".csv" else self._write_parquet
        with self._whole(self.out) as file:
            write(file, facts, parts)
        self._settled, self.is_complete = self.read_to, complete
        if all(_OWN.fullmatch(name) for name in os.listdir(self.parts)):  # what somebody has put there meanwhile stays
            shutil.rmtree(self.parts, ignore_errors=True)

    def _write_parquet(self, file: BinaryIO, facts: dict[str, str], parts: Sequence[Path]) -> None:
        whole_numbers = [field.name for field in self._schema if not pa.types.is_floating(field.type)]
        schema = self._schema.with_metadata(facts)
        with pq.ParquetWriter(file, schema, use_dictionary=whole_numbers) as writer:  # no two scores are alike
            for path in [self.out, *parts] if self._settled else parts:
                for table in self._groups(path):
                    writer.write_table(table.replace_schema_metadata(facts))

    def _write_csv(self, file: BinaryIO, facts: dict[str, str], parts: Sequence[Path]) -> None:
        file.write(to_csv(self._schema.empty_table(), facts))
        if self._settled:
            with self.out.open("rb") as before:
                before.readline()  # the names, with what was known then
                shutil.copyfileobj(before, file)
        for path in parts:
            for table in self._groups(path):
                file.write(to_csv(table, None))

    def _groups(self, path: Path) -> Iterator[pa.Table]:
        """The row groups of a table on the disk. Raises ListError for one that is damaged."""
        try:
            with pq.ParquetFile(path) as source:
                for group in range(source.num_row_groups):
                    table = source.read_row_group(group)
                    table.validate(full=True)
                    yield table
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            if path != self.out:
                raise self._damaged(path) from error
            raise ListError(f"{path} is damaged and cannot go on. Remove it to begin anew.") from error

    def _settle_rejected(self, parts: Sequence[Path]) -> None:
        """Move the parts' lines that could not be read into one file."""
        paths = [path.with_suffix(".rejected.csv") for path in parts]
        if self._settled:
            paths.insert(0, self.rejected)
        paths = [path for path in paths if path.exists()]
        if paths:
            with self._whole(self.rejected) as file:
                _write_lines(file, (line for path in paths for line in self._lines(path)))
        else:
            self.rejected.unlink(missing_ok=True)  # of an earlier table

    def _lines(self, path: Path) -> Iterator[Line]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    line = Line(int(row["line"]), row["text"], row["reason"])
                    # An end between this file and the table leaves lines in it that still are in the parts too.
                    if path != self.rejected or line.number <= self._settled:
                        yield line
        except (KeyError, TypeError, ValueError, csv.Error) as error:
            raise ListError(f"{path} is damaged: it names no lines of the input. Remove it to go on without.") from error

    @contextmanager
    def _whole(self, path: Path) -> Iterator[BinaryIO]:
        """A file that takes its place only once it is complete and on the disk; until then what was there stays."""
        self.parts.mkdir(exist_ok=True)
        unfinished = self.parts / "unfinished"
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a name could survive a power cut, and what stands under it not
        os.replace(unfinished, path)

    def _part(self, read_to: int, ending: str) -> Path:
        return self.parts / f"{read_to:012}.{ending}"

    def _check_parts(self) -> None:
        """Raise ListError where the folder of parts is none, or holds what this program did not put there."""
        if self.parts.is_symlink() or (self.parts.exists() and not self.parts.is_dir()):
            raise ListError(f"{self.parts} is no folder of this program, which needs that name. Move it away.")
        for entry in sorted(os.scandir(self.parts), key=lambda entry: entry.name) if self.parts.exists() else ():
            if not _OWN.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                raise ListError(f"{self.parts} holds “{_short(entry.name)}”, which is not of this program. Move it away.")

    def _chain(self) -> list[Path]:
        """The parts that follow on the file itself without a gap, in order. Raises ListError for one that is damaged."""
        found, end = [], self._settled
        for path in sorted(self.parts.glob("*.parquet")):
            try:
                written = pq.read_schema(path)
                stored = _texts(written.metadata or {})
                first, last = int(stored["read_from"]), int(stored.get("read_to", path.stem))
            except (pa.ArrowException, OSError, KeyError, ValueError) as error:
                raise self._damaged(path) from error
            self._check(stored)
            if not written.equals(self._schema) or last != int(path.stem) or not 0 <= first < last:
                raise self._damaged(path)
            if first == end:
                found.append(path)
                end = last
        return found

    def _damaged(self, path: Path) -> ListError:
        return ListError(
            f"{path.name} in {self.parts} is damaged or not of this program. Remove the folder to go on from what "
            f"{self.out.name} holds, or both to begin anew."
        )

    def _check(self, stored: Mapping[str, str]) -> None:
        """Raises ListError if what is there was computed from something else."""
        for name, value in self._facts.items():
            if stored.get(name) != value:
                raise ListError(
                    f"{self.out} cannot go on: it was begun with another {name.replace('_', ' ')} "
                    f"({_short(stored.get(name))} and not {_short(value)}). "
                    "Repeat the command as it was, or give another --out."
                )


def _stored(out: Path) -> dict[str, str] | None:
    """The facts in a table as it stands; None where there is none, or a file that is no such table."""
    if not out.is_file():
        return None
    try:
        if out.suffix.lower() == ".parquet":
            stored = _texts(pq.read_schema(out).metadata or {})
        else:
            with out.open("rb") as file:
                first = file.readline(_LONGEST).decode("utf-8-sig")
            # The cell is in quotes, and those in it are doubled; Python's csv reads no cell of more than 131,072 characters.
            cell = re.match(r'"((?:[^"]|"")*)"', first)
            stored = json.loads(cell[1].replace('""', '"')) if cell else None
    except (pa.ArrowException, ValueError, OSError, RecursionError):
        return None
    if not isinstance(stored, dict) or not all(isinstance(stored.get(name), str) for name in ("read_to", "complete")):
        return None
    return stored if re.fullmatch(r"[0-9]{1,15}", stored["read_to"]) else None


def _is_of_rejected(path: Path) -> bool:
    """Whether a file is one of lines that could not be read."""
    names = ",".join(_REJECTED).encode()
    try:
        with path.open("rb") as file:
            return file.read(len(BOM_UTF8) + len(names)).removeprefix(BOM_UTF8).startswith(names)
    except OSError:
        return False


def _texts(metadata: Mapping[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in metadata.items()}


def _short(text: str | None) -> str:
    return "none" if text is None else cut(text, 40)


def _write_lines(file: BinaryIO, lines: Iterable[Line]) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.writer(text)
    rows.writerow(_REJECTED)
    rows.writerows((line.number, line.reason, no_formula(line.text)) for line in lines)
    text.detach()
