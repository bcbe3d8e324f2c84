"""Imports run down one list. This table is the list, and the README quotes it."""

import graphlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pages.shared.frame.registry import PAGES
from tests.architecture.imports import Import, imports_of, layer_of, module_of

ROOT = Path(__file__).parents[2]

# What stands in a line may import what stands in the lines above it; folders in one line never import each other;
# PAGE is any of the pages.
LAYERS = """
attention_core.errors  attention_core.palette
attention_core.model
attention_core.models
attention_core.writing
attention_core.weights  attention_core.lists
attention_core.matrices
attention_core.figures
attention_core.arithmetic  attention_core.stations  attention_core.by_hand  attention_core.export
attention_core.translation
attention_core.lab  attention_core.survey
attention_core.lesson
attention_core.public
attention_core
attention_core.cli
attention_core.__main__  attention_core.translation.train
pages.shared  pages.shared.base
pages.shared.store
pages.shared.frame
pages.shared.parts
pages.shared.PAGE
pages.shared.warm
pages
app
"""
ORDER = {
    entry.replace("PAGE", page.name): place
    for place, line in enumerate(LAYERS.strip().splitlines())
    for entry in line.split()
    for page in (PAGES if "PAGE" in entry else PAGES[:1])
}
# What a part of the project never imports, whatever the list says.
FOREIGN = {
    "attention_core": {"streamlit", "transformers", "sentence_transformers", "pages", "app", "tests"},
    "attention_core.writing": {"torch", "plotly", "numpy", "pandas"},
    "pages": {"torch", "numpy", "plotly", "pandas"},  # a page is thin: it computes nothing and draws nothing itself
    "pages.shared": {"tests", "app"},
}


# What one part may import all the same; that it does so only inside functions, the test of what the core brings along says.
ALLOWED = {"attention_core.models": {"transformers"}}


def sources(root: Path) -> list[Path]:
    return [*sorted((root / "attention_core").rglob("*.py")), *sorted((root / "pages").rglob("*.py")), root / "app.py"]


def violations(root: Path) -> list[str]:
    """Every import that the table forbids, with file and line."""
    found = []
    for path in sources(root):
        module = module_of(path, root)
        own = layer_of(module, ORDER)
        if own is None:
            found.append(f"{path} stands in no line of the table")
            continue
        for each in imports_of(path):
            if reason := _objection(module, own, each):
                found.append(f"{each}: {reason}")
    return found


def _objection(module: str, own: int, each: Import) -> str:
    first = each.name.partition(".")[0]
    if each.name.startswith("."):
        return "name the package in full"
    for part, unwanted in FOREIGN.items():
        if first in ALLOWED.get(_entry(module), ()):
            continue
        inside = module == part or module.startswith(f"{part}.")
        if part == "pages":
            inside = inside and not module.startswith("pages.shared")
        if inside and first in unwanted and not each.typing_only:
            return f"{part} may not"
    if first not in ("attention_core", "pages", "app"):
        return ""
    place = layer_of(each.name, ORDER)
    if place is None or place > own:
        return "it stands further down the table"
    entry, other = _entry(module), _entry(each.name)
    if place == own and entry != other:
        return "it stands in the same line"
    return ""


def _entry(module: str) -> str:
    """The entry of the table that a module lies in."""
    while module not in ORDER:
        module = module.rpartition(".")[0]
    return module


def test_imports_run_down_the_table():
    assert violations(ROOT) == []


def test_no_module_imports_itself_through_others():
    modules = {module_of(path, ROOT) for path in sources(ROOT)}

    def owner(name: str) -> str:
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name

    graph = {
        module_of(path, ROOT): {owner(each.name) for each in imports_of(path) if not each.typing_only} - {""}
        for path in sources(ROOT)
    }
    for module, others in graph.items():
        others -= {module, *(module[:at] for at in range(len(module)) if module[at] == ".")}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("attention_core/weights/units.py", "from attention_core.figures.layout import FONT", "further down"),
        ("attention_core/model/tokens.py", "def late():\n    from attention_core.survey import totals", "further down"),
        ("attention_core/lab/division.py", "import attention_core.survey.totals", "same line"),
        ("attention_core/export/matrices.py", "import streamlit as st", "may not"),
        ("attention_core/model/checkpoint.py", "def late():\n    import transformers", "may not"),
        ("attention_core/writing/numbers.py", "import torch", "may not"),
        ("pages/inside.py", "import torch", "may not"),
        ("pages/compare.py", "from numpy import array", "may not"),
        ("pages/shared/base/markup.py", "from pages.shared.frame.session import session", "further down"),
        ("pages/shared/frame/view.py", "def late():\n    from pages.shared.parts.cells import listen", "further down"),
        ("pages/shared/compare/fields.py", "from pages.shared.inside.fields import PARTS", "same line"),
        ("pages/shared/parts/cells.py", "from importlib import import_module\nimport_module('pages.compare')", "further down"),
        ("attention_core/errors.py", "from . import palette", "in full"),
    ],
)
def test_a_planted_import_is_found_with_file_and_line(tmp_path, file, line, said):
    for part in ("attention_core", "pages"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path / "app.py")
    path = tmp_path / file
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n\n{line}\n", "utf-8")
    (found,) = violations(tmp_path)
    planted = len(before.splitlines()) + 2 + len(line.splitlines())
    assert found.startswith(f"{path}:{planted} imports ")
    assert said in found


def test_a_file_outside_of_the_table_is_found(tmp_path):
    for part in ("attention_core", "pages"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path / "app.py")
    (tmp_path / "pages" / "shared" / "loose.py").write_text("")
    assert violations(tmp_path) == []  # it counts as base, and may import nothing above that
    (tmp_path / "pages" / "shared" / "loose.py").write_text("from pages.shared.parts.cells import listen\n")
    assert len(violations(tmp_path)) == 1


def loaded(*command: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    script = f"""
import runpy, sys
sys.argv = {["attention_core", *command]}
try:
    runpy.run_module("attention_core", run_name="__main__")
except SystemExit:
    pass
print(*sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout
    return set(done.stderr.splitlines()[-1].split())


def test_a_sentence_in_the_terminal_loads_neither_plotly_nor_streamlit_nor_transformers():
    assert not loaded("A dog ate the food") & {"plotly", "streamlit", "transformers", "sentence_transformers", "pandas"}


@pytest.mark.parametrize("command", [["--help"], ["patterns", "--help"], ["links", "--help"]])
def test_help_loads_no_torch(command):
    assert not loaded(*command) & {"torch", "numpy", "tokenizers", "plotly", "pyarrow"}


def test_the_readme_quotes_the_table():
    assert f"```\n{LAYERS.strip()}\n```" in (ROOT / "README.md").read_text("utf-8")


def test_the_readme_names_every_file_of_the_core_and_of_what_pages_share():
    readme = (ROOT / "README.md").read_text("utf-8")
    tree = readme[readme.index("## The house") : readme.index("Imports run down one list")]
    words = set(tree.replace("/", " ").split())
    shared = [ROOT / "pages" / "shared" / part for part in ("base", "store", "frame", "parts")]
    files = [path for folder in (ROOT / "attention_core", *shared) for path in folder.rglob("*.py") if path.stem.strip("_")]
    assert {path.stem for path in files if not path.stem.startswith("__")} - words == set()
