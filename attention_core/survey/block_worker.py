"""What each of many processes does: read the blocks of a file, and turn a block into a part of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from attention_core.lists.options import ReadingOptions
from attention_core.lists.rows import Line
from attention_core.lists.stored_files import StoredFile
from attention_core.model.lengths import fitted
from attention_core.models.load import load_model
from attention_core.survey.blocks import LineBlock, blocks
from attention_core.survey.computation import AnyComputation, LinkComputation, PatternComputation, asked_of
from attention_core.survey.part_folder import PartFolder
from attention_core.survey.part_tables import DEFINED, part_schema, with_file
from attention_core.survey.run import WORDLESS, portions
from attention_core.survey.sentence_names import sentence_name
from attention_core.survey.tables import table_facts
from attention_core.survey.word_links import LinkSearch

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Plan:
    """All that is to be computed; it travels to every process."""

    search: LinkSearch | None  # None: patterns
    model: str | None  # the folder of a checkpoint; None for the embedded one
    files: tuple[StoredFile, ...]
    options: ReadingOptions  # of every file
    lines: int  # of a block
    out: str  # where the parts go

    def computation(self) -> AnyComputation:
        """What is computed of each block; loads the model."""
        model = load_model(self.model)
        return PatternComputation(model) if self.search is None else LinkComputation(model, self.search)

    def facts(self, computation: AnyComputation) -> dict[str, object]:
        """What is computed from what, as a manifest says it, and as a run that goes on has to have it too."""
        options = {"lines_per_part": self.lines, "reading": self.options.asked()} | asked_of(self.search)
        model = {"table": computation.kind, "model": computation.model.name, "sha256": computation.model.sha256}
        columns = {name: DEFINED[name] for name in (computation.kind, f"summary of {computation.kind}")}
        return model | {"options": options, "inputs": [file.facts() for file in self.files], "columns": columns}


@dataclass(frozen=True)
class ReadFile:
    """A file that was read to its end, or as far as it could be."""

    file: int
    blocks: int
    lines: int  # the number of the last one
    taken: dict[str, object]  # how it was read


def read_blocks(plan: Plan, file: int) -> Iterator[LineBlock | ReadFile]:
    """The blocks of one of the plan's files, and at the end what was read; raises ListError for a file that cannot be read."""
    opened = plan.files[file].opened(plan.options)
    count = last = 0
    for block in blocks(opened.lines(), file, plan.lines):
        yield block
        count, last = count + 1, block.lines[-1].number
    taken = {name: value for name, value in asdict(opened.taken).items() if value is not None}
    yield ReadFile(file, count, last, {**taken, "encoding": opened.encoding} if opened.encoding else taken)


class BlockWorker:
    """Turns blocks into parts of the result, one after the other; the model is loaded once."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._computation = plan.computation()
        self._folder = PartFolder(plan.out)
        kind = self._computation.kind
        facts = table_facts(self._computation.model, kind)
        self._schema = part_schema(kind).with_metadata(facts)

    def __call__(self, block: LineBlock) -> Counter[str]:
        """Compute a block, keep its part, and count its lines by kind."""
        counts: Counter[str] = Counter(lines=len(block.lines))
        rejected = [line for line in block.lines if line.reason is not None]
        counts["blank"] = sum(not line.text and line.reason is None for line in block.lines)
        total = self._computation.total()
        file = self._plan.files[block.file].path

        def tables() -> Iterator[pa.Table]:
            for portion in portions(iter(block.lines)):
                sentences = [line for line in portion if line.text and line.reason is None]
                _, lengths = fitted(self._computation.model, [line.text for line in sentences])
                rejected.extend(
                    replace(line, reason=WORDLESS) for line, words in zip(sentences, lengths.words, strict=True) if not words
                )
                sentences = [line for line, words in zip(sentences, lengths.words, strict=True) if words]
                if sentences:
                    yield with_file(compute(sentences), file)
            rejected.sort(key=lambda line: line.number)
            counts["rejected"] = len(rejected)

        def compute(sentences: list[Line]) -> pa.Table:
            texts, numbers = [line.text for line in sentences], [line.number for line in sentences]
            batch = self._computation.read(texts)
            total.add(batch, [sentence_name(block.file, number) for number in numbers])
            counts["sentences"] += len(sentences)
            counts["cut"] += sum(map(int.__gt__, batch.lengths.tokens, batch.lengths.read))
            return self._computation.table(batch, texts, numbers)

        def packed() -> tuple[dict, dict]:
            tensors, metadata = self._computation.packed(total)
            return tensors, metadata | {name: str(count) for name, count in counts.items()}

        self._folder.write(block.key, tables(), self._schema, rejected, file, packed)
        return counts
