"""The files under assets/, and what goes to the components among them."""

import posixpath
import re
from functools import cache
from pathlib import Path

import orjson

_FOLDER = Path(__file__).resolve().parents[3] / "assets"
ICON = _FOLDER / "icon.svg"
STYLES = _FOLDER / "styles"
_COMPONENTS = _FOLDER / "components"
_IMPORTS = {  # the names, and the file that they come from
    ".js": re.compile(r'^import \{([^}]*)\} from "(\.[\w./-]+\.js)";\n', re.MULTILINE),
    ".css": re.compile(r'^@import ()"(\.[\w./-]+\.css)";\n', re.MULTILINE),
}
_DECLARED = re.compile(r"^(export )?(?:async )?(?:function\*?|class|const|let|var) (\w+)", re.MULTILINE)
# Imports and exports in another form, and several names declared in one line.
_UNREADABLE = re.compile(r"^(?:import\b|export [{*]|(?:export )?(?:const|let|var) (?:[{\[]|[^(\[{\"'`;\n]*,)).*", re.MULTILINE)


@cache
def asset(name: str) -> str:
    """The text of one file."""
    return (_FOLDER / name).read_text("utf-8")


def packed(data: dict) -> bytes:
    """What a component gets, as JSON in bytes: of anything else Streamlit looks at every part, to find data frames."""
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


@cache
def script(name: str, folder: Path = _COMPONENTS) -> str:
    """A component's JavaScript as the one text that Streamlit takes: its module, after all those that it imports.

    The files are modules as a browser reads them, with `import { draw } from "./heatmap.js";` and one name declared a line.
    Here they share one scope, so no two of them may declare the same name at the top. Raises ValueError for what cannot be
    joined: such a clash, a circle, a name or a file that is not there.
    """
    modules = _with_imported(name, folder)
    _check(name, modules)
    # The line at the top also keeps Streamlit from taking a text of a single line for the path of a file.
    bodies = [_IMPORTS[".js"].sub("", text) for text in modules.values()]
    return "\n".join(
        f"// {module}\n{re.sub(r'^export (?!default )', '', body, flags=re.MULTILINE)}"
        for module, body in zip(modules, bodies, strict=True)
    )


@cache
def style(name: str, folder: Path = _COMPONENTS) -> str:
    """A style sheet, a component's or another folder's, after those that it imports: `@import "./theme.css";`."""
    return "\n".join(_IMPORTS[".css"].sub("", text) for text in _with_imported(name, folder).values())


def _with_imported(name: str, folder: Path, above: tuple[str, ...] = (), found: dict[str, str] | None = None) -> dict[str, str]:
    """The texts of a file and of all that it imports, each once, after what it needs."""
    found = {} if found is None else found
    if name in above:
        raise ValueError(f"These import each other in a circle: {' → '.join((*above, name))}.")
    if name not in found:
        path = folder / name
        if not path.is_file():
            raise ValueError(f"There is no {path}{f', which {above[-1]} imports' if above else ''}.")
        text = path.read_text("utf-8")
        for _, source in _IMPORTS[path.suffix].findall(text):
            _with_imported(_source(name, source), folder, (*above, name), found)
        found[name] = text
    return found


def _source(name: str, imported: str) -> str:
    """What a file imports, from where all names count."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))


def _check(name: str, modules: dict[str, str]) -> None:
    """Raise ValueError unless the modules can share one scope and export what others import."""
    owners: dict[str, str] = {}
    for module, text in modules.items():
        if unreadable := _UNREADABLE.search(_IMPORTS[".js"].sub("", text)):
            raise ValueError(f"{module} cannot be joined with others; write this in another form: {unreadable[0]}")
        if module != name and re.search(r"^export default", text, re.MULTILINE):
            raise ValueError(f"{module} has a default export, as only {name} may: others import it by name.")
        for _, declared in _DECLARED.findall(text):
            if (owner := owners.setdefault(declared, module)) != module:
                raise ValueError(f"{owner} and {module} both declare {declared}, and {name} needs them in one scope.")
        for names, imported in _IMPORTS[".js"].findall(text):
            source = _source(module, imported)
            exported = {declared for export, declared in _DECLARED.findall(modules[source]) if export}
            for wanted in filter(None, map(str.strip, names.split(","))):
                if wanted not in exported:
                    raise ValueError(f"{module} imports {wanted}, which {source} does not export.")
