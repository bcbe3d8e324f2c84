"""The project keeps the shape that its design gives it."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import attention_core
from pages.shared.frame.registry import DEFAULTS, PAGES, SENTENCE

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "attention_core").rglob("*.py"))
SHARED = sorted((ROOT / "pages" / "shared").rglob("*.py"))
PAGE_FILES = sorted((ROOT / "pages").glob("*.py"))


def python(script: str) -> str:
    """What a script prints in a fresh process."""
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def code_lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines())


def test_the_core_brings_no_streamlit_and_no_transformers_along():
    modules = [module.name for module in pkgutil.walk_packages(attention_core.__path__, "attention_core.")]
    modules.remove("attention_core.__main__")
    assert "attention_core.model.attention" in modules
    unwanted = ["streamlit", "transformers", "sentence_transformers"]
    script = f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\n"
    assert python(script + f"print([name for name in {unwanted} if name in sys.modules])").strip() == "[]"


def test_the_models_part_of_the_core_imports_in_a_fifth_of_a_second_beyond_torch():
    script = "import time, torch\nstart = time.perf_counter()\nimport attention_core.public\nprint(time.perf_counter() - start)"
    assert min(float(python(script)) for _ in range(3)) < 0.2


def test_every_public_name_is_where_the_package_says():
    from attention_core import public

    assert sorted(public.__all__) == sorted(attention_core.__all__)
    for name in attention_core.__all__:
        assert getattr(attention_core, name) is getattr(public, name)


@pytest.mark.parametrize("module", ["all_heads", "compare", "inside", "one_number", "what_if"])
def test_the_fields_of_a_page_are_known_before_torch_is(module):
    script = f"import sys, pages.shared.{module}.fields\nprint('torch' in sys.modules)"
    assert python(script).strip() == "False"


def test_a_page_draws_its_head_before_torch_comes_along():
    """What a page imports before it calls `begin`."""
    for path in PAGE_FILES:
        head = path.read_text("utf-8").partition("begin(\n")[0].partition('begin("')[0]
        lines = [line for line in head.splitlines() if line.startswith(("from ", "import "))]
        assert any("frame.opening import begin" in line for line in lines), path
        assert python("\n".join(["import sys", *lines, "print('torch' in sys.modules)"])).strip() == "False", path


def test_every_page_has_one_file_and_one_entry():
    assert [page.name for page in PAGES] == list(dict.fromkeys(page.name for page in PAGES))
    assert sorted(page.name for page in PAGES) == sorted(path.stem for path in PAGE_FILES)


def test_keys_of_widgets_and_names_of_the_address_cannot_be_the_same():
    """Names of the address are identifiers; a key that is none of them has a hyphen, which no identifier has."""
    fields, foreign = {*DEFAULTS, *SENTENCE}, []
    for path in [*SHARED, *PAGE_FILES]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.keyword) or node.arg != "key":
                continue
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                if node.value.value not in fields and "-" not in node.value.value:
                    foreign.append(f"{path}:{node.value.lineno} {node.value.value}")
            elif isinstance(node.value, ast.JoinedStr):
                texts = "".join(part.value for part in node.value.values if isinstance(part, ast.Constant))
                if "-" not in texts and not any(field.startswith(texts) or field.endswith(texts) for field in fields if texts):
                    foreign.append(f"{path}:{node.value.lineno} {ast.unparse(node.value)}")
    assert foreign == []
    assert all(field.isidentifier() for field in fields)


def test_private_keys_of_the_session_stand_in_one_module():
    """Everything private of a session is a field of Session, under one key."""
    found = []
    for path in SHARED:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_private = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
            if is_private and isinstance(node.slice.value, str) and node.slice.value.startswith("_"):
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_a_file_has_one_idea_and_a_page_is_thin():
    too_long = {str(path): code_lines(path) for path in [*CORE, *SHARED] if code_lines(path) > 250}
    too_long |= {str(path): code_lines(path) for path in PAGE_FILES if code_lines(path) > 60}
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
            prints = isinstance(node, ast.Name) and node.id == "print" and path.parent.name != "cli"
            if isinstance(node, ast.Assert) or prints:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_docstrings_say_what_a_thing_is():
    """None leans on the one before it: 'The same …' tells a reader nothing who came by a search."""
    found = []
    for path in [*CORE, *SHARED]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            documented = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
            if documented and (ast.get_docstring(node) or "").startswith("The same"):
                found.append(f"{path}:{getattr(node, 'lineno', 1)}")
    assert found == []


def test_every_public_function_and_class_says_what_it_is():
    found = []
    for path in [*CORE, *SHARED]:
        for node in ast.parse(path.read_text("utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                found.append(f"{path}:{node.lineno} {node.name}")
    assert found == []


def public_names(tree: ast.Module) -> list[tuple[str, int]]:
    """What a module defines for others: functions, classes and values at its top level, with their lines."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append((node.name, node.lineno))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            stored = [name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            found += [(name.id, node.lineno) for name in stored]
    return [(name, line) for name, line in found if not name.startswith("_")]


def twins(files: dict[str, str]) -> dict[str, list[str]]:
    """Public names that more than one file defines, with file and line of each."""
    places: dict[str, list[str]] = {}
    for file, source in files.items():
        for name, line in dict(reversed(public_names(ast.parse(source)))).items():
            places.setdefault(name, []).append(f"{file}:{line}")
    return {name: where for name, where in places.items() if len(where) > 1}


def test_no_two_public_names_are_alike():
    assert twins({str(path.relative_to(ROOT)): path.read_text("utf-8") for path in [*CORE, *SHARED]}) == {}


def test_a_name_that_stands_twice_is_found():
    planted = {
        "a.py": "import os\nLINES = 1\ndef read(): ...",
        "b.py": "class Page: ...\ndef read(): ...\nread = read",
        "c.py": "read()",
    }
    assert twins(planted) == {"read": ["a.py:3", "b.py:2"]}


def test_no_file_is_named_by_a_gerund():
    nouns = {"writing", "opening", "listing", "ranking"}
    names = {part for path in [*CORE, *SHARED] for part in path.relative_to(ROOT).with_suffix("").parts}
    assert {name for name in names if name.endswith("ing")} - nouns == set()
