"""How modules of JavaScript become the one text that a component takes."""

import re

import pytest

from pages.shared.base.assets import ICON, script, style

COMPONENTS = ICON.parent / "components"


@pytest.fixture
def folder(tmp_path):
    """Writes files into a folder of components, and says where that is."""

    def folder(**texts: str):
        for name, text in texts.items():
            (tmp_path / name.replace("_", ".")).write_text(text, "utf-8")
        return tmp_path

    return folder


def test_a_module_follows_all_that_it_imports_each_once(folder):
    there = folder(
        root_js='import { b } from "./b.js";\nimport {\n  a, c,\n} from "./a.js";\n\nexport default function () { b(a, c); }\n',
        b_js='import { a } from "./a.js";\nexport function b() { return a; }\n',
        a_js="export const a = 1;\nexport class c {}\nconst own = 2;\n",
    )
    assert script("root.js", there) == (
        "// a.js\nconst a = 1;\nclass c {}\nconst own = 2;\n\n"
        "// b.js\nfunction b() { return a; }\n\n"
        "// root.js\n\nexport default function () { b(a, c); }\n"
    )


def test_a_text_without_a_line_break_is_not_taken_for_a_path(folder):
    text = script("one.js", folder(one_js="export default () => [1 / 2];"))
    assert "\n" in text
    assert text.endswith("export default () => [1 / 2];")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"root_js": 'import { a } from "./a.js";\n'}, r"no .*a\.js, which root\.js imports"),
        ({}, r"no .*root\.js\."),
        ({"root_js": 'import { a } from "./a.js";\n', "a_js": "const a = 1;\n"}, r"root\.js imports a, which a\.js does not"),
        (
            {"root_js": 'import { a } from "./a.js";\nfunction own() {}\n', "a_js": "export const a = 1;\nlet own;\n"},
            r"a\.js and root\.js both declare own, and root\.js needs",
        ),
        (
            {
                "root_js": 'import { a } from "./a.js";\n',
                "a_js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b_js": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            r"circle: root\.js → a\.js → b\.js → a\.js",
        ),
        (
            {"root_js": 'import { a } from "./a.js";\n', "a_js": "export default function a() {}\n"},
            r"a\.js has a default export",
        ),
        ({"root_js": 'import a from "./a.js";\n'}, "another form: import a"),
        ({"root_js": "export { a };\n"}, "another form: export { a }"),
        ({"root_js": "const a = 1, b = 2;\n"}, "another form: const a = 1, b"),
        ({"root_js": "const { a } = b;\n"}, "another form: const { a }"),
    ],
)
def test_what_cannot_be_joined_is_named(folder, texts, said):
    with pytest.raises(ValueError, match=said):
        script("root.js", folder(**texts))


def test_names_inside_functions_may_be_the_same(folder):
    there = folder(
        root_js='import { a } from "./a.js";\n  const inner = 1;\n', a_js="export const a = 1;\n  const inner = 2;\n"
    )
    assert script("root.js", there).count("inner") == 2


def test_a_style_sheet_follows_those_that_it_imports(folder):
    there = folder(one_css='@import "./two.css";\n\na { color: red; }\n', two_css="b { color: blue; }\n")
    (there / "below").mkdir()
    (there / "below" / "three.css").write_text('@import "../one.css";\ni { color: black; }\n')
    assert style("one.css", there) == "b { color: blue; }\n\n\na { color: red; }\n"
    assert re.findall(r"^\w", style("below/three.css", there), re.MULTILINE) == ["b", "a", "i"]


def test_every_module_and_every_style_sheet_can_be_joined():
    modules, sheets = ([path.name for path in sorted(COMPONENTS.glob(f"*.{kind}"))] for kind in ("js", "css"))
    assert {"heatmap.js", "grid.js"} <= set(modules)
    for name in modules:
        assert not re.search(r"^(?:import\b|export (?!default))", script(name), re.MULTILINE), name
    for name in sheets:
        assert "@import" not in style(name), name


def test_one_module_alone_turns_numbers_into_coloured_cells():
    painters = [path.name for path in COMPONENTS.rglob("*.js") if "putImageData" in path.read_text("utf-8")]
    assert painters == ["heatmap.js"]
