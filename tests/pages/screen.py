"""A page under AppTest, and what stands on it, read back as plain values."""

import base64
import html
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
from streamlit.testing.v1 import AppTest

from pages.shared.frame.examples import Example, examples

ROOT = Path(__file__).parents[2]
ENTRIES = ["app.py", "pages/step_by_step.py"]  # the front door, and the page alone as a link to a fresh server runs it
CHARTS = ["x", "q", "k", "v", "scores", "scaled", "weights", "z"]
FIELDS = ["text", "layer", "head", "query", "key"]
OPENING = examples()[0]
OWN_TAG = re.compile(
    r"</?(?!(?:a|script|img|iframe|svg)\b)[a-z][a-z0-9]*(?: (?!on|href|src)[a-z-]+=(?:\"[^\"<>]*\"|'[\w -]*'))*>"
)


def open_page(address: dict | None = None, entry: str = "app.py", theme: str | None = None, page: str = "") -> AppTest:
    """The page after its first run, at an address, its matrices open; `page` names another one behind the front door."""
    at = AppTest.from_file(ROOT / entry, default_timeout=60)
    at.session_state["head-matrices"] = True
    at.query_params = dict(address or {})
    if page:
        at.switch_page(f"pages/{page}.py")
    if theme:
        at.context = {"theme": theme}
    return at.run()


def type_text(at: AppTest, text: str) -> AppTest:
    return at.text_input(key="text").set_value(text).run()


def choose(at: AppTest, **chosen: int | str | list) -> AppTest:
    """Pick layer, head, query, key, an example, or what else the page lets people choose, and run once."""
    widgets = {widget.key: widget for widget in (*at.button_group, *at.selectbox, *at.number_input, *at.text_input)}
    for name, value in chosen.items():
        widgets[name if name in widgets else name.replace("_", "-")].set_value(value)
    return at.run()


def view_of(at: AppTest) -> dict:
    """What the widgets hold."""
    pickers = {name: at.button_group(key=name).value for name in ("layer", "head")}
    return {
        "text": at.text_input(key="text").value,
        **pickers,
        **{name: at.selectbox(key=name).value for name in ("query", "key")},
    }


def address_of(at: AppTest) -> dict:
    """The address, the sentence's numbers as numbers."""
    return {name: int(value) if name in FIELDS[1:] else value for name, value in at.query_params.items()}


def view_from(example: Example) -> dict:
    return {name: getattr(example, name) for name in FIELDS}


def charts(at: AppTest) -> dict[str, dict]:
    """Every chart's Plotly specification, and what the browser draws itself, by the name of its matrix."""
    found = {element.key.removeprefix("chart-"): json.loads(element.proto.spec) for element in at.get("plotly_chart")}
    drawn = [element for element in at.get("bidi_component") if element.key.startswith("chart-")]
    return found | {element.key.removeprefix("chart-"): _drawn(element.proto.bytes) for element in drawn}


def _drawn(packed: bytes) -> dict:
    """A picture as it travels: four bytes of length, JSON, numbers."""
    end = 4 + int.from_bytes(packed[:4], "little")
    return json.loads(packed[4:end]) | {"values": packed[end:]}


def cells(spec: dict, trace: int = 0) -> np.ndarray:
    """The numbers of a heatmap as they travel to the browser."""
    if "values" in spec:
        return np.frombuffer(spec["values"], "<f4").reshape(len(spec["rows"]["names"]), -1)
    z = spec["data"][trace]["z"]
    kind = {"f4": "<f4", "f8": "<f8"}[z["dtype"]]
    return np.frombuffer(base64.b64decode(z["bdata"]), kind).reshape([int(size) for size in z["shape"].split(",")])


def component(at: AppTest, key: str) -> dict | bytes:
    """What travels to one of the page's own components; bytes where it is more than JSON."""
    (proto,) = (element.proto for element in at.get("bidi_component") if element.key == key)
    if proto.WhichOneof("data") == "json":
        return json.loads(proto.json)
    return json.loads(proto.bytes) if proto.bytes.startswith(b'{"') else proto.bytes


def links(at: AppTest) -> dict[str, tuple[str, dict]]:
    """Every link to a page of the app, by what it says: the page's address, and the view it opens on."""
    found = [(proto.label, proto.page, proto.query_string) for proto in (element.proto for element in at.get("page_link"))]
    if any(element.key == "page-anchors" for element in at.get("bidi_component")):
        groups = component(at, "page-anchors")["groups"]
        found = [(link["title"], *link["href"].partition("?")[::2]) for group in groups for link in group["links"]] + found
    return {title: (page, dict(parse_qsl(query, keep_blank_values=True))) for title, page, query in found}


def answer_of(at: AppTest) -> str:
    """The sentence that says what the page found."""
    if stage := said_on_stage(at):
        return stage["answer"]
    (answer,) = (read_html(found) for piece in pieces(at) for found in re.findall(r'<p class="answer">.*?</p>', piece))
    return answer


def said_on_stage(at: AppTest) -> dict[str, str]:
    """What the stage says of the chosen words: the answer, and of each matrix where it has them all; empty without a stage."""
    if not any(element.key == "head-stage" for element in at.get("bidi_component")):
        return {}
    data = component(at, "head-stage")
    phrases = {"answer": data["answer"]} | data.get("says", {})
    return {name: "".join(part if isinstance(part, str) else part[1] for part in phrase) for name, phrase in phrases.items()}


def rankings(at: AppTest) -> dict[str, list[tuple[str, str]]]:
    """Every ranking with bars, by its title: what each line is called, and its number."""
    found = {}
    for piece in pieces(at):
        if 'class="ranked"' in piece:
            rows = re.findall(r"<tr>(.*?)</tr>", piece)
            cells = [[read_html(cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]
            found[read_html(re.search("<b>.*?</b>", piece)[0])] = [(name, number) for name, _, number in cells]
    return found


def pieces(at: AppTest) -> list[str]:
    """All HTML that the page wrote, style sheets left out."""
    return [re.sub(r"<style>.*?</style>", "", element.proto.body, flags=re.DOTALL) for element in at.get("html")]


def read_html(piece: str) -> str:
    """HTML as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]*>", "", piece))


def written(at: AppTest) -> str:
    """All text that the page wrote as HTML, and what it has the stage say."""
    return "\n".join([*map(read_html, pieces(at)), *said_on_stage(at).values()])


def messages(at: AppTest) -> str:
    """All that the page has to say about what it was given, in boxes and in notes of its own."""
    boxes = [element.value for element in (*at.error, *at.warning, *at.info, *at.text)]
    return "\n".join(boxes + [read_html(piece) for piece in pieces(at) if 'class="note' in piece])


def markdown(at: AppTest) -> list[str]:
    """Everything that the browser will read as Markdown: boxes, captions, headings, and the names of widgets."""
    found = [
        element.value for kind in ("error", "warning", "info", "success", "markdown", "caption") for element in at.get(kind)
    ]
    found += [element.value for kind in ("title", "header", "subheader") for element in at.get(kind)]
    found += [widget.label for widget in (*at.text_input, *at.selectbox, *at.button_group)]
    found += [option for group in at.button_group for option in group.options]
    return found + [expander.label for expander in at.expander]


def assert_only_own_html(at: AppTest):
    """What is left beside the page's own tags is text, and none of these tags can fetch or run anything."""
    for piece in pieces(at):
        rest = OWN_TAG.sub("", piece)
        assert "<" not in rest, rest
        assert ">" not in rest, rest
        assert not re.search(r"&(?!(?:amp|lt|gt|quot|#x27|#34|#39|nbsp);)", rest), rest


def assert_whole(at: AppTest, tokens: int | None = None):
    """The page stands: no exception, all charts, each with a row a token."""
    assert not at.exception
    assert not at.error
    assert list(charts(at)) == CHARTS
    rows = {len(cells(spec)) for spec in charts(at).values()}
    assert len(rows) == 1
    assert tokens is None or rows == {tokens}
