"""Patterns or links of many files, from the first look at the folder of results to the summary of all its parts."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from attention_core.errors import ListError
from attention_core.survey.block_worker import Plan, ReadFile
from attention_core.survey.blocks import block_key
from attention_core.survey.part_folder import PartFolder
from attention_core.survey.part_tables import summary_of

if TYPE_CHECKING:
    from attention_core.survey.cluster import PartDone

# Computes all blocks of a plan but those whose keys are given.
Engine = Callable[[Plan, frozenset[str]], "Iterator[PartDone]"]
_LIBRARIES = ("torch", "pyarrow", "tokenizers", "safetensors")


@dataclass(frozen=True)
class Outcome:
    """What a folder of results holds."""

    counts: Counter[str]  # of all lines, by kind
    parts: int
    size: int  # bytes of all parts
    was_complete: bool  # before


def survey_files(plan: Plan, engine: Engine, resume: bool, overwrite: bool, told: Callable[[int], None]) -> Outcome:
    """Compute all parts that are not there yet, then sum up; `told` is given the number of lines of each part.

    Raises ListError where `PartFolder.begin` does, and where no file holds a sentence; AttentionError where the engine does.
    What was done until then is kept, and a run with `resume` goes on.
    """
    folder = PartFolder(plan.out)
    computation = plan.computation()
    facts = plan.facts(computation)
    versions = {name: version(name) for name in _LIBRARIES} | {"python": sys.version.partition(" ")[0]}
    if folder.begin(facts | {"versions": versions}, resume, overwrite):
        counts = Counter(folder.manifest()["counts"])
        return Outcome(counts, len(folder.finished()), folder.size, True)
    read: list[ReadFile] = []
    for progress in engine(plan, folder.finished()):
        if progress.read:
            read.append(progress.read)
        else:
            told(progress.counts["lines"])
    _check_all(plan, read, folder.finished())
    total, counts = computation.total(), Counter()
    for tensors, metadata in folder.totals():
        counts.update({name: int(count) for name, count in metadata.items() if name != "links"})
        total.merge(computation.unpacked(tensors, metadata))
    if not counts["sentences"]:
        raise ListError("The files hold no sentence that can be read. Give at least one.")
    folder.write_summary(summary_of(total, [file.path for file in plan.files]))
    each = {file.file: {"blocks": file.blocks, "lines": file.lines, "read_as": file.taken} for file in read}
    files_read = [{"path": file.path, **each[place]} for place, file in enumerate(plan.files)]
    known = folder.manifest()
    folder.write_manifest(known | {"complete": True, "counts": counts, "files_read": files_read})
    folder.end()
    return Outcome(counts, len(folder.finished()), folder.size, False)


def _check_all(plan: Plan, read: list[ReadFile], finished: frozenset[str]) -> None:
    """Raise ListError unless each file was read to its end and all its blocks are there, and no others."""
    expected = {block_key(file.file, number) for file in read for number in range(file.blocks)}
    if len({file.file for file in read}) != len(plan.files) or expected != finished:
        missing, more = len(expected - finished), len(finished - expected)
        raise ListError(
            f"{plan.out} is not complete: {missing:,} of its parts are missing, and {more:,} belong to no block of the files. "
            "Add --resume to go on; where files were changed meanwhile, give another --out."
        )


def check_apart(plan: Plan) -> None:
    """Raise ListError where the results would be written into a folder that is read, and so be read the next time."""
    out = Path(plan.out).resolve() if "://" not in plan.out else plan.out
    for file in plan.files:
        root = Path(file.root).resolve() if "://" not in file.root else file.root.rstrip("/")
        if out == root or str(out).startswith(f"{root}/"):
            raise ListError(f"{plan.out} is within {file.root}, which is read. Give an --out elsewhere.")
