"""A page joins the app with one file and one entry of the registry, and its fields cannot be another page's."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.pages.screen import ROOT

FILE = '''"""How loud the sentence is."""

import streamlit as st

from pages.shared.frame.opening import begin, of_sentence


def fields(model):
    """What the page lets people choose."""
    from pages.shared.frame.fields import option

    return {"tone": option("tone", ("quiet", "loud"))}


view = begin("greeting", "Greeting", "Says the sentence again.", of_sentence(fields))
st.html(f'<p class="arithmetic">{view.own["tone"]}: {len(view.trace.tokens)} tokens</p>')
'''
SCRIPT = """
import json
from streamlit.testing.v1 import AppTest
from pages.shared.frame.registry import DEFAULTS

at = AppTest.from_file("app.py", default_timeout=60)
at.query_params = {"text": "A dog", "tone": "loud"}
at.switch_page("pages/greeting.py").run()
found = [json.loads(one.proto.json or one.proto.bytes) for one in at.get("bidi_component") if one.key == "page-anchors"]
print(json.dumps({
    "exceptions": [one.value for one in at.exception],
    "written": [one.proto.body for one in at.get("html")],
    "groups": found[0]["groups"],
    "defaults": DEFAULTS,
}))
"""


def copy(folder, *names: str):
    """A copy of parts of the project, to be changed."""
    for name in names:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder)
    return folder


def enter(project, entry: str):
    """Add an entry at the end of the registry."""
    registry = project / "pages" / "shared" / "frame" / "registry.py"
    before, end, after = registry.read_text("utf-8").partition("\n)\n\nSENTENCE")
    assert end
    registry.write_text(f"{before}\n    {entry},{end}{after}", "utf-8")


def python(project, script: str):
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", script], cwd=project, env=environment, capture_output=True, text=True)


def test_one_file_and_one_entry_make_a_page(tmp_path):
    project = copy(tmp_path, "pages", "attention_core", "assets", ".streamlit")
    (project / "pages" / "greeting.py").write_text(FILE, "utf-8")
    enter(project, 'Page("greeting", "Greeting", LEARN, {"tone": "quiet"})')
    done = python(project, SCRIPT)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["exceptions"] == []
    assert '<p class="arithmetic">loud: 4 tokens</p>' in said["written"]
    (link,) = (link for group in said["groups"] if group["name"] == "Learn" for link in group["links"] if link["present"])
    assert link["title"] == "Greeting"
    assert link["href"].startswith("greeting?text=A+dog")
    assert "tone" not in link["href"]
    assert said["defaults"]["tone"] == "quiet"


@pytest.mark.parametrize("field", ["order", "stage", "text", "query", "show", "a-tone"])
def test_a_field_that_is_taken_or_no_name_is_refused(tmp_path, field):
    """Of another page, of the sentence, of how weights are shown; and with a hyphen it could be the key of a widget."""
    project = copy(tmp_path, "pages")
    enter(project, f'Page("greeting", "Greeting", LEARN, {{"{field}": "quiet"}})')
    done = python(project, "import pages.shared.frame.registry")
    assert done.returncode != 0
    assert f"ValueError: The page greeting cannot have a field '{field}': give one name of its own" in done.stderr
