"""Where a result may be written: never over the input or somebody else's file, and by one process at a time."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from attention_core.errors import AttentionError

_KINDS = ((stat.S_ISFIFO, "a FIFO"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISSOCK, "a socket"))
_FAR = 1 << 30  # the byte that Windows locks: what stands before it can be read meanwhile


def check_input(path: Path) -> None:
    """Raise AttentionError for an input that is no file and could be waited for without end: a FIFO or a device."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return  # whoever opens it says what is wrong
    if kind := _kind(mode):
        raise AttentionError(f"{path} is {kind}, which cannot be read twice. Save its content as a file, and give that.")


def check_output(out: Path, inputs: Iterable[Path], overwrite: bool, is_ours: Callable[[Path], bool]) -> None:
    """Raise AttentionError where `out` may not be written.

    That is: one of the `inputs`, by whatever name, link or spelling; a FIFO or a device; and unless `overwrite` is asked for, a
    symbolic link, or a file that is there and not `is_ours`. A folder on the way to it may be a link.
    """
    try:
        target = out.stat()
    except (OSError, ValueError):
        target = None
    if target is not None:
        for given in inputs:
            if _is_same(given, target):
                raise AttentionError(f"{out} is the input {given} itself, which would be lost. Give another --out.")
        if kind := _kind(target.st_mode):
            raise AttentionError(f"{out} is {kind} and no file that can be written whole. Give another --out.")
        if stat.S_ISDIR(target.st_mode):
            raise AttentionError(f"{out} cannot be written: Is a directory.")
    if overwrite:
        return
    if os.path.islink(out):
        raise AttentionError(
            f"{out} is a link to {os.path.realpath(out)}. To write there, give that name, or --overwrite to follow the link."
        )
    if target is not None and not is_ours(out):
        raise AttentionError(
            f"{out} is there already and was not written by this program. Give another --out, or --overwrite to replace it."
        )


def _kind(mode: int) -> str | None:
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), None)


def _is_same(path: Path, target: os.stat_result) -> bool:
    """Whether a path leads to that very file: links, hard links and other spellings do."""
    try:
        return os.path.samestat(path.stat(), target)
    except (OSError, ValueError):
        return False


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep other processes from writing `out`, and what stands beside it, until this ends; an end by a kill counts too.

    The lock is the operating system's own, on a hidden file beside `out` that names the process. Raises AttentionError, with
    that name, while another process has it, and OSError where no such file can be made.
    """
    out = Path(os.path.realpath(out))
    path = out.with_name(f".{out.stem}.attention-lock")
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        with os.fdopen(descriptor, "r+b") as file:
            if not _locked(file):
                raise AttentionError(f"{out} is being written by {_holder(file)}. Wait for its end, or give another --out.")
            if not _is_same(path, os.fstat(file.fileno())):
                continue  # the one before has ended, and taken the file away, since it was opened
            file.truncate(0)
            file.write(f"{os.getpid()} {socket.gethostname()}".encode())
            file.flush()
            try:
                yield
            finally:
                _remove(path)
            return


def _holder(file: BinaryIO) -> str:
    """The process that has the lock, in words."""
    number, _, host = file.read(300).decode("utf-8", "replace").partition(" ")
    if not (number.isascii() and number.isdecimal()):
        return "another process"
    return f"process {number}" + (f" on {host}" if host and host != socket.gethostname() else "")


def _locked(file: BinaryIO) -> bool:
    """Take the lock on an open file; False where another process has it. It ends with the file, or with the process."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    finally:
        file.seek(0)
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows removes no file that another process has just opened; the next run takes it over
        path.unlink(missing_ok=True)
