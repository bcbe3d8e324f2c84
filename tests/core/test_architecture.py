"""The project keeps the shape that its design gives it."""

import ast
import graphlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import attention_core

ROOT = Path(attention_core.__file__).parents[1]
CORE = sorted((ROOT / "attention_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
# Each may import those before it; every other module of the core may import all of these.
ORDER = ["errors", "tokens", "attention", "trace", "encoder", "checkpoint", "model"]
LEAVES = {"errors": set(), "tokens": {"errors"}, "attention": set()}


def python(script: str) -> str:
    """What a script prints in a fresh process."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True).stdout


def imported(path: Path) -> set[str]:
    """The full names of all that a file imports anywhere in it, 'a.b' for `from a import b`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} line {node.lineno}: name the package in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_name(path: Path) -> str:
    """'figures' for attention_core/figures.py, '' for attention_core itself."""
    parts = path.relative_to(ROOT / "attention_core").with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def core_imports() -> dict[str, set[str]]:
    """Which modules of the core each module of the core imports."""
    modules = {module_name(path) for path in CORE}

    def owner(name: str) -> str:
        name = name.removeprefix("attention_core").removeprefix(".")
        while name not in modules:
            name = name.rpartition(".")[0]
        return name

    return {
        module_name(path): {owner(name) for name in imported(path) if name.partition(".")[0] == "attention_core"}
        for path in CORE
    }


def code_lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines())


def test_the_core_brings_no_streamlit_and_no_transformers_along():
    modules = [module.name for module in pkgutil.walk_packages(attention_core.__path__, "attention_core.")]
    assert {f"attention_core.{name}" for name in ORDER} <= set(modules)
    unwanted = ["streamlit", "transformers", "sentence_transformers"]
    script = f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\n"
    assert python(script + f"print([name for name in {unwanted} if name in sys.modules])").strip() == "[]"


def test_the_core_imports_in_a_fifth_of_a_second_beyond_torch():
    script = "import time, torch\nstart = time.perf_counter()\nimport attention_core\nprint(time.perf_counter() - start)"
    assert min(float(python(script)) for _ in range(3)) < 0.2


def test_no_page_imports_torch_numpy_or_plotly():
    heavy = {"torch", "numpy", "plotly"}
    found = {path.name: heavy & {name.partition(".")[0] for name in imported(path)} for path in PAGES}
    assert {name for name, modules in found.items() if modules} == set()


def test_the_core_never_imports_pages():
    found = {path.name for path in CORE if any(name.partition(".")[0] in ("pages", "app", "tests") for name in imported(path))}
    assert found == set()


def test_imports_in_the_core_run_one_way():
    found = core_imports()
    for position, name in enumerate(ORDER):
        assert found[name] <= LEAVES.get(name, set(ORDER[:position])), f"{name} imports {found[name]}"
    list(graphlib.TopologicalSorter(found).static_order())  # raises CycleError


def test_files_of_the_core_stay_within_200_lines_and_pages_within_60():
    too_long = {str(path): code_lines(path) for path in CORE if code_lines(path) > 200}
    too_long |= {str(path): code_lines(path) for path in PAGES if code_lines(path) > 60}
    assert too_long == {}


def test_the_top_level_holds_only_what_the_design_names():
    command = ["git", "-C", str(ROOT), "ls-files"]
    files = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    entries = {file.partition("/")[0] for file in files}
    allowed = {"README.md", "requirements.txt", "app.py", "pages", "attention_core", "assets", "tests"}
    assert {entry for entry in entries - allowed if not entry.startswith(".")} == set()


def test_the_core_neither_asserts_nor_prints():
    found = []
    for path in CORE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            prints = isinstance(node, ast.Name) and node.id == "print" and path.name != "__main__.py"
            if isinstance(node, ast.Assert) or prints:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
