"""Which file imports what, read from the source: also inside functions, and apart from that under TYPE_CHECKING."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One imported module or name, and where."""

    path: Path
    line: int
    name: str  # in full: 'a.b' for `from a import b`
    typing_only: bool  # under `if TYPE_CHECKING:`

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.name}"


def imports_of(path: Path) -> Iterator[Import]:
    """All imports of a file, anywhere in it. Relative ones count as errors: a name is to be read in full."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names = [f"{module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            argument = node.args[0]
            names = [argument.value] if isinstance(argument, ast.Constant) else []
        else:
            continue
        for name in names:
            yield Import(path, node.lineno, name, id(node) in typing_only)


def module_of(path: Path, root: Path) -> str:
    """'a.b' for a/b.py and for a/b/__init__.py."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def layer_of(module: str, order: dict[str, int]) -> int | None:
    """Where a module stands in the order: by the longest entry that is it, or that it lies in; None for none."""
    while module:
        if module in order:
            return order[module]
        module = module.rpartition(".")[0]
    return None
