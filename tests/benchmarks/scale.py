"""Many files: Ray with one and two actors beside the one-process engine, and what far more sentences cost by that."""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep, time

import psutil

from tests.benchmarks.lists import LENGTHS, file_texts
from tests.benchmarks.report import table, verdict
from tests.benchmarks.serve import ROOT

IN_FILE = 50_000  # sentences
TWO_ACTORS, BESIDE_ONE_PROCESS = 1 / 1.8, 1 / 0.9  # of the time of one actor, and of one process with two threads
GROWTH = 0.1  # of resident memory, from the first half of the parts to the last one
MANY = (10**6, 10**7, 10**8)  # sentences that costs are computed for
LINES = 4_000  # of a part
_RATE = "sentences a second, once all processes are at work"


def main() -> None:
    """Print speed and memory, and the costs that follow from them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mine.txt").write_text("\n".join(file_texts(IN_FILE)))
        alone = _alone(folder)
        runs = {actors: _on_ray(folder, actors) for actors in (1, 2)}
        merge = _merge_time(folder / "ray-2")
    each = {"one process, two threads": alone["seconds"]} | {f"{n} actors": run["seconds"] for n, run in runs.items()}
    rows = [(name, f"{1000 * seconds:.2f} ms", f"{1 / seconds:,.0f}") for name, seconds in each.items()]
    table(f"{IN_FILE:,} sentences of {LENGTHS[0]} to {LENGTHS[-1]} tokens", ("", "a sentence", _RATE), rows)
    ratios = (
        ("two actors / one", runs[2]["seconds"] / runs[1]["seconds"], TWO_ACTORS),
        ("two actors / one process", runs[2]["seconds"] / alone["seconds"], BESIDE_ONE_PROCESS),
        ("memory of all processes, end / middle", runs[2]["end"] / runs[2]["middle"], 1 + GROWTH),
    )
    table("Ratios", ("", "ratio", "limit", ""), [(name, *verdict(ratio, limit)) for name, ratio, limit in ratios])
    core, size, memory = 2 * runs[2]["seconds"], runs[2]["bytes"], runs[2]["end"]
    rows = [
        (
            f"{count:,} sentences",
            f"{core * count / 3600:,.1f} h",
            f"{size * count / 1e9:,.1f} GB",
            f"{-(-count // LINES):,}",
            f"{merge * count / LINES:,.0f} s",
        )
        for count in MANY
    ]
    table("Computed from that", ("", "core-hours", "on disk", "parts", "summing up, one core"), rows)
    print(f"  resident memory of two actors and all around them: {memory / 1e6:,.0f} MB")


def _run(folder: Path, out: str, *more: str) -> tuple[psutil.Popen, list[str]]:
    command = [sys.executable, "-m", "attention_core", "patterns", str(folder / "mine.txt"), "--out", str(folder / out), *more]
    return psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), command


def _alone(folder: Path) -> dict[str, float]:
    """Seconds a sentence of the one-process engine, from the moment that its first results are there."""
    process, command = _run(folder, "alone.parquet")
    parts, first = folder / "alone.parquet.parts", None
    while process.poll() is None:
        if first is None and (any(parts.glob("*.parquet")) or (folder / "alone.parquet").exists()):
            first = monotonic()
        sleep(0.02)
    _check(process, command)
    return {"seconds": (monotonic() - (first or monotonic())) / IN_FILE}


def _on_ray(folder: Path, actors: int) -> dict[str, float]:
    """Seconds and bytes a sentence of so many actors, once each has finished a part; memory in the middle and at the end."""
    out = folder / f"ray-{actors}"
    process, command = _run(folder, out.name, "--engine", "ray", "--actors", str(actors), "--lines-per-part", str(LINES // 4))
    parts, samples = 4 * IN_FILE // LINES, []
    while process.poll() is None:
        done = len(list((out / "parts").glob("*.parquet"))) if (out / "parts").exists() else 0
        memory = 0
        with suppress(psutil.NoSuchProcess):
            for each in [process, *process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    memory += each.memory_info().rss
        samples.append((done, memory))
        sleep(0.5)
    _check(process, command)
    times = sorted(path.stat().st_mtime for path in (out / "parts").iterdir())
    begun = times[actors - 1]
    size = sum(path.stat().st_size for folder in ("parts", "totals") for path in (out / folder).iterdir())
    return {
        "seconds": (times[-1] - begun) / (IN_FILE - actors * LINES / 4),
        "bytes": size / json.loads((out / "manifest.json").read_text())["counts"]["sentences"],
        "middle": max(memory for done, memory in samples if done <= parts // 2),
        "end": max(memory for done, memory in samples if done > parts // 2),
    }


def _check(process: psutil.Popen, command: list[str]) -> None:
    if process.returncode:
        raise ValueError(f"{' '.join(command)} failed with code {process.returncode}.")


def _merge_time(out: Path) -> float:
    """Seconds that it takes to read and merge what sums up one part."""
    from attention_core.survey.part_folder import PartFolder
    from attention_core.survey.totals import Survey

    total, count, begun = Survey(), 0, time()
    for tensors, _ in PartFolder(str(out)).totals():
        total.merge(Survey.of_state(tensors))
        count += 1
    return (time() - begun) / count


if __name__ == "__main__":
    main()
