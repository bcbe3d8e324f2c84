"""Files on this computer or on any filesystem that pyarrow opens (s3://, gs://, hdfs:// …), packed as .gz or .zst or not."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from attention_core.errors import ListError
from attention_core.lists.options import ReadingOptions
from attention_core.lists.sentences import COMMAND_LINE, ENDINGS, OpenList, open_source

if TYPE_CHECKING:
    from pyarrow import NativeFile
    from pyarrow.fs import FileSystem

PACKED = {".gz": "gzip", ".zst": "zstd"}  # endings of packed files, and what pyarrow calls the way of packing
_WHOLE = (".parquet", ".xlsx")  # endings of files that are packed inside, and read in no order
_BUFFER = 1 << 16


@dataclass(frozen=True)
class StoredFile:
    """A file with sentences: where it lies, and what its name says."""

    root: str  # the path or address that was given, which says on which filesystem it is
    path: str  # within that filesystem
    size: int  # bytes, as it is stored
    modified: str  # when, as the filesystem tells; '' where it does not

    @property
    def name(self) -> str:
        """What the file is called."""
        return PurePosixPath(self.path).name

    def facts(self) -> dict[str, object]:
        """What a record of a run says of the file."""
        return {name: value for name, value in asdict(self).items() if name != "root"}

    def open(self) -> BinaryIO:
        """Its bytes, unpacked, from the first on."""
        stream = _Stream(filesystem_of(self.root)[0], self.path, PACKED.get(_endings(self.path)[1]))
        return io.BufferedReader(stream, _BUFFER)

    def opened(self, options: ReadingOptions) -> OpenList:
        """The sentences in it. Raises ListError as `open_list` does."""
        return open_source(self.open, self.name, _endings(self.path)[0], options, COMMAND_LINE)


class _Stream(io.RawIOBase):
    """A stored file as Python reads files; a packed one can go back to its beginning, and nowhere else."""

    def __init__(self, filesystem: FileSystem, path: str, packing: str | None):
        self._filesystem, self._path, self._packing = filesystem, path, packing
        self._file = self._opened()

    def _opened(self) -> NativeFile:
        if self._packing is None:
            return self._filesystem.open_input_file(self._path)
        import pyarrow as pa

        return pa.CompressedInputStream(self._filesystem.open_input_stream(self._path, compression=None), self._packing)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if self._packing is None:
            return self._file.seek(offset, whence)
        if (offset, whence) == (0, io.SEEK_CUR):
            return self.tell()
        if (offset, whence) != (0, io.SEEK_SET):
            raise OSError("A packed file is read from its beginning to its end.")
        self._file.close()
        self._file = self._opened()
        return 0

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def filesystem_of(address: str) -> tuple[FileSystem, str]:
    """The filesystem of a path or an address with a scheme (s3://…), and the path within it.

    Raises ListError for a scheme that pyarrow does not know, and for a filesystem that cannot be reached.
    """
    import pyarrow as pa
    from pyarrow.fs import FileSystem, LocalFileSystem

    if "://" not in address:
        return LocalFileSystem(), Path(address).absolute().as_posix()
    try:
        return FileSystem.from_uri(address)
    except (pa.ArrowException, OSError, ValueError) as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise ListError(f"{address} is on no filesystem that can be opened: {said}.") from error


def stored_files(addresses: Iterable[str]) -> list[StoredFile]:
    """The files at these paths and addresses; of a folder all in it, at any depth, whose ending says that they hold sentences.

    Files come in the order of the addresses, those of a folder by their paths; hidden ones are left out. Raises ListError for
    one that is not there, that is given twice, or whose ending is unknown, and for a folder without any.
    """
    found: list[StoredFile] = []
    for address in addresses:
        filesystem, path = filesystem_of(address)
        found += _below(address, filesystem, path)
    paths = [(file.root.partition("://")[0] if "://" in file.root else "", file.path) for file in found]
    for place, path in enumerate(paths):
        if path in paths[:place]:
            raise ListError(f"{found[place].path} is given twice. Give each file once.")
    return found


def _below(address: str, filesystem: FileSystem, path: str) -> list[StoredFile]:
    from pyarrow.fs import FileInfo, FileSelector, FileType

    def stored(info: FileInfo) -> StoredFile:
        modified = info.mtime.isoformat() if info.mtime else ""
        return StoredFile(address, info.path, info.size or 0, modified)

    try:
        info = filesystem.get_file_info(path)
        if info.type == FileType.NotFound:
            raise ListError(f"{address} is not there. Give the path of a file or a folder.")
        if info.type == FileType.Directory:
            every = filesystem.get_file_info(FileSelector(path, recursive=True))
            files = [stored(each) for each in every if each.type == FileType.File and not _is_hidden(each.path, path)]
            files = sorted((file for file in files if is_read(file.path)), key=lambda file: file.path)
            if not files:
                raise ListError(f"{address} holds no file that ends in {', '.join(ENDINGS)}, also packed as .gz or .zst.")
            return files
    except OSError as error:
        raise ListError(f"{address} cannot be read: {error.strerror or error}.") from error
    if info.type != FileType.File:
        raise ListError(f"{address} is neither a file nor a folder. Save its content as a file, and give that.")
    if not is_read(path):
        raise ListError(
            f"{address} ends in none of {', '.join(ENDINGS)}, also packed as .gz or .zst, which say how to read it. "
            "Rename or convert it."
        )
    return [stored(info)]


def _is_hidden(path: str, folder: str) -> bool:
    inner = path[len(folder) :].strip("/").split("/")
    return any(part.startswith((".", "_")) for part in inner)  # _SUCCESS and _metadata are what clusters leave


def is_read(path: str) -> bool:
    """Whether the ending of a path says how its sentences are read."""
    ending, packed = _endings(path)
    return ending in ENDINGS and not (packed and ending in _WHOLE)


def _endings(path: str) -> tuple[str, str]:
    """The ending that says what a file holds, and the one that says how it is packed, '' for none; both in small letters."""
    plain = PurePosixPath(path.lower())
    packed = plain.suffix if plain.suffix in PACKED else ""
    return (PurePosixPath(plain.stem) if packed else plain).suffix, packed
