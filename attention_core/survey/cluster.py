"""A plan carried out by many processes on Ray Data: on the cores of this machine, or on a cluster that is running already."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_core.errors import AttentionError
from attention_core.lists.rows import Line
from attention_core.survey.block_worker import BlockWorker, Plan, ReadFile, read_blocks
from attention_core.survey.blocks import LineBlock

if TYPE_CHECKING:
    import pyarrow as pa
    from ray.data import Dataset

INSTALL = 'pip install "ray[data]~=2.60"'
_STORE = 200_000_000  # bytes of memory for blocks on their way, in a cluster of one's own: some hundred blocks
_TEMPORARY = "attention-ray-"  # begins the names of folders of clusters of one's own
_PER_READER = 16  # actors that one reader of files keeps busy: reading takes a hundredth of the time of computing
_LEFT = 0.02  # of a core an actor leaves to readers


@dataclass(frozen=True)
class Cluster:
    """Where and with how many processes a plan is carried out."""

    address: str | None = None  # of a running cluster; None: one on this machine, for as long as the work lasts
    actors: int | None = None  # None: as many as there are cores


@dataclass(frozen=True)
class PartDone:
    """What has just been finished: the part of a block, or the reading of a file."""

    counts: dict[str, int]  # of the block's lines, by kind; of a file none
    read: ReadFile | None = None


def check_ray() -> None:
    """Raise AttentionError, with the line that installs it, where Ray is not there."""
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise AttentionError(f"--engine ray needs Ray Data, which is not installed:  {INSTALL}") from error


def carry_out(plan: Plan, cluster: Cluster, finished: frozenset[str]) -> Iterator[PartDone]:
    """Compute all blocks of the plan's files but those `finished`; gives what is done as it is done, in no order.

    A process that dies is replaced, and its block computed anew. Raises AttentionError for a cluster that cannot be reached,
    and for what cannot be computed.
    """
    check_ray()
    from ray.exceptions import RayError

    with _connected(cluster) as cores:
        actors = cluster.actors or cores
        try:
            for row in _results(plan, actors, finished).iter_rows():
                done = json.loads(row["told"])
                if "trouble" in done:
                    raise AttentionError(done["trouble"])
                yield PartDone(done) if "file" not in done else PartDone({}, ReadFile(**done))
        except RayError as error:
            said = str(error).strip().rpartition("\n")[2]
            raise AttentionError(f"The cluster gave up: {said}. What is done is kept; --resume goes on.") from error


def _results(plan: Plan, actors: int, finished: frozenset[str]) -> Dataset:
    """The pipeline: files are read into blocks, each of which some actor turns into a part; a row for all that is done."""
    import pyarrow as pa
    import ray.data
    from ray.data import ActorPoolStrategy, TaskPoolStrategy

    def read(table: pa.Table) -> Iterator[pa.Table]:
        file = table["file"][0].as_py()
        try:
            for found in read_blocks(plan, file):
                if isinstance(found, ReadFile) or found.key not in finished:
                    yield _row(found)
        except AttentionError as error:
            yield _row(str(error))

    readers = 1 + actors // _PER_READER
    files = ray.data.from_arrow([pa.table({"file": [file]}) for file in range(len(plan.files))])
    blocks = files.map_batches(
        read, batch_size=1, batch_format="pyarrow", num_cpus=_LEFT, compute=TaskPoolStrategy(size=readers)
    )
    return blocks.map_batches(
        _Actor,
        fn_constructor_args=(plan,),
        batch_size=1,
        batch_format="pyarrow",
        num_cpus=1 - _LEFT,
        compute=ActorPoolStrategy(size=actors),
    )


def _row(found: LineBlock | ReadFile | str) -> pa.Table:
    """A block, the end of a file, or a trouble, as it travels: a table of one row."""
    import pyarrow as pa

    line = pa.struct([("number", pa.int64()), ("text", pa.string()), ("reason", pa.string())])
    lines, told = [], None
    if isinstance(found, LineBlock):
        lines = [asdict(each) for each in found.lines]
    else:
        told = json.dumps({"trouble": found} if isinstance(found, str) else asdict(found))
    where = (found.file, found.number) if isinstance(found, LineBlock) else (-1, -1)
    columns = {"file": pa.array([where[0]], pa.int64()), "number": pa.array([where[1]], pa.int64())}
    return pa.table(columns | {"lines": pa.array([lines], pa.list_(line)), "told": pa.array([told], pa.string())})


class _Actor:
    """A process that turns blocks into parts."""

    def __init__(self, plan: Plan):
        import torch

        torch.set_num_threads(1)  # each process has a core; more threads than cores only wait for each other
        self._worker = BlockWorker(plan)

    def __call__(self, table: pa.Table) -> pa.Table:
        (row,) = table.to_pylist()
        told = row["told"]
        if told is None:
            block = LineBlock(row["file"], row["number"], tuple(Line(**line) for line in row["lines"]))
            try:
                told = json.dumps(self._worker(block))
            except (AttentionError, OSError) as error:
                told = json.dumps({"trouble": f"{error} What is done is kept; --resume goes on."})
        return table.select([]).append_column("told", [[told]])


@contextmanager
def _connected(cluster: Cluster) -> Iterator[int]:
    """A cluster to work on, and how many cores it has; one of one's own ends with this, also where this process is killed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray
    from ray.data import DataContext

    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    folder = None
    try:
        if cluster.address is None:
            _clear()
            # Short, for a socket's whole path has 107 characters at most.
            folder = tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-", dir="/tmp" if os.name == "posix" else None)
            own = {"num_cpus": cluster.actors or _cores(), "object_store_memory": _STORE, "include_dashboard": False}
            with _silent():
                ray.init(address="local", _temp_dir=folder, **own, **quiet)
        else:
            with _silent():
                ray.init(address=cluster.address, **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        said = str(error).strip().partition("\n")[0].rstrip(".")
        raise AttentionError(f"No cluster can be had at {cluster.address or 'this machine'}: {said}.") from error
    try:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        context.issue_detectors_config.detectors = []  # what they tell is for those who write pipelines
        context.target_max_block_size = 1  # a row, which is many lines, goes to an actor as soon as it is read
        yield max(1, int(ray.cluster_resources().get("CPU", 1)))
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep from the error stream what Ray writes to it while it begins, and from SIGTERM the handler that it sets.

    What goes wrong is raised.
    """
    sys.stderr.flush()
    kept, handler = os.dup(2), signal.getsignal(signal.SIGTERM)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        with suppress(ValueError, TypeError):  # only the main thread has handlers, and only Python's can be put back
            signal.signal(signal.SIGTERM, handler)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _clear() -> None:
    """Remove the folders of clusters whose process was killed; its other processes have ended with it."""
    for folder in Path("/tmp" if os.name == "posix" else tempfile.gettempdir()).glob(f"{_TEMPORARY}*-*"):
        number = folder.name.removeprefix(_TEMPORARY).partition("-")[0]
        with suppress(ValueError, PermissionError):
            try:
                os.kill(int(number), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
