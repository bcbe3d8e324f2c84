"""The whole view of one head as one HTML file that opens anywhere, offline, with the numbers under the pointer."""

import hashlib
from base64 import b64encode
from html import escape

from plotly.offline import get_plotlyjs

from attention_core.errors import no_such
from attention_core.export.report_page import SCRIPT, STYLE, colours
from attention_core.figures.matrix import matrix_figure
from attention_core.matrices.formulas import formula
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import Cell, message
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.palette import LIGHT, Palette
from attention_core.writing.mathml import mathml
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase
from attention_core.writing.text import cut, label, visible

_SQUARE = ("scores", "scaled", "weights")
_ALL_SHARES_UP_TO = 24  # tokens; beyond, only shares of 0.5 % or more stand under the words
_ROWS = {"x": ("query", "key"), "k": ("key",), "v": ("key",)}  # whose row is framed; in all others the query's


def report(model: TracedModel, trace: Trace, layer: int, head: int, query: int, key: int, palette: Palette = LIGHT) -> str:
    """The view as a complete HTML document that loads nothing: sentence, eight stages, formulas, charts and provenance.

    layer, head, query and key count from 0 here and from 1 in the document. Raises ChoiceError where one is out of range.
    """
    for name, position in (("query", query), ("key", key)):
        if not 0 <= position < len(trace.tokens):
            raise no_such(name, position, len(trace.tokens), "this sentence")
    cell = Cell(trace, layer, head, query, key, trace.stages(layer, head))
    place = f"Layer {layer + 1}, head {head + 1}"
    scripts = get_plotlyjs(), SCRIPT
    # Nothing but these two scripts may run, and nothing may be fetched, whatever a sentence holds.
    allowed = " ".join(f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    start = " ".join(_readable(trace.text).split())
    start = cut(start, 60)
    stages = "".join(_stage(name, cell, palette) for name in MATRICES)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{"dark" if palette.dark else "light"}">
<title>{place}: {escape(start)} · Attention Visualizer</title>
<style>{colours(palette)}{STYLE}</style>
</head>
<body>
<header>
<h1>{place}</h1>
<p class="answer">{_phrase(cell.answer())}</p>
{_words(cell)}
{_arithmetic(cell)}
<p class="hint">Point at a cell, or tap it, for its number. Framed: the query’s row; dotted: the key’s row or column.</p>
<noscript><p class="hint">The charts need JavaScript; it is in this file and fetches nothing.</p></noscript>
</header>
<main>{stages}</main>
{_provenance(model, trace)}
<script>{scripts[0]}</script>
<script>{scripts[1]}</script>
</body>
</html>
"""


def _words(cell: Cell) -> str:
    """The sentence as words, the query and the key named, under each its share of the query's weight."""
    items = ""
    long = len(cell.trace.tokens) > _ALL_SHARES_UP_TO
    for position, (token, share) in enumerate(zip(cell.trace.tokens, cell.stages.weights[cell.query].tolist(), strict=True)):
        roles = [role for role, at in (("query", cell.query), ("key", cell.key)) if at == position]
        kinds = ["word", *roles[:1]] + ["special"] * token.is_special + ["piece"] * token.continues_word
        written = "" if long and share < 0.005 else percent(share).replace("under ", "&lt;").replace("over ", "&gt;")
        items += (
            f'<li class="{" ".join(kinds)}"><small>{" and ".join(roles)}</small><b><bdi>{escape(label(token))}</bdi></b>'
            f'<span class="bar" style="width:{100 * share:.2f}%"></span><span class="share">{written}</span></li>'
        )
    name = "The sentence, with the share of the query’s weight that each word gets"
    left_out = '<p class="hint">Words without a number get less than 0.5 %.</p>' if long else ""
    return f'<ol class="words{" long" * long}" aria-label="{name}">{items}</ol>{left_out}'


def _arithmetic(cell: Cell) -> str:
    """What happens to the chosen pair, from dot product to share."""
    stages, at = cell.stages, (cell.query, cell.key)
    asking, asked = _phrase((cell.asking,)), _phrase((cell.asked,))
    steps = (
        f"{asking} · {asked} = q·k = <b>{number(stages.scores[at], 3)}</b>",
        f"÷ {number(stages.q.size(-1) ** 0.5)} = <b>{number(stages.scaled[at], 3)}</b>",
        f"softmax → <b>{number(stages.weights[at], 4)}</b>",
        f"so <b>{percent(cell.weight)}</b> of v({asked}) goes into z({asking})",
    )
    return f'<p class="arithmetic">{"".join(f"<span>{step}</span>" for step in steps)}</p>'


def _stage(name: str, cell: Cell, palette: Palette) -> str:
    """One of the MATRICES: title, sentence, formula, chart, and what it says here."""
    matrix, trace, layer = MATRICES[name], cell.trace, cell.trace.layers[cell.layer]
    figure = matrix_figure(name, values(name, layer, cell.stages), trace.tokens, palette)
    figure.update_layout(shapes=_frames(name, cell, palette))
    of = f"layer {cell.layer + 1}" + (f", head {cell.head + 1}" if name != "x" else "")
    alt = f"{matrix.title} {matrix.symbol} of {of}. {message(name, trace, cell.layer, cell.stages)}"
    return f"""
<section class="stage {name} {matrix.role}-edge">
<h2><span class="badge">{matrix.badge}</span>{matrix.title}</h2>
<p class="hint">{matrix.sentence}</p>
<div class="formula">{mathml(formula(name, layer, cell.stages, cell.layer + 1, palette))}</div>
<div class="chart" id="attention-{of.replace(", ", "-").replace(" ", "")}-{name}" role="group" aria-label="{escape(alt)}" \
style="height:{figure.layout.height}px"></div>
<script type="application/json">{figure.to_json()}</script>
<p class="says">{_phrase(cell.say(name))}</p>
<details data-row="{getattr(cell, _ROWS.get(name, ("query",))[0])}"><summary>Numbers of {matrix.symbol}</summary></details>
</section>"""


def _frames(name: str, cell: Cell, palette: Palette) -> list[dict]:
    """Frames around the chosen rows and column, as Plotly shapes."""

    def frame(role: str, axis: str) -> dict:
        position, across = getattr(cell, role), "x" if axis == "y" else "y"
        line = {"color": getattr(palette, role).ink, "width": 2.5, "dash": "dot" if role == "key" else "solid"}
        ends = {
            f"{axis}0": position - 0.5,
            f"{axis}1": position + 0.5,
            f"{across}ref": "paper",
            f"{across}0": 0,
            f"{across}1": 1,
        }
        return {"type": "rect", "line": line} | ends

    rows = [frame(role, "y") for role in _ROWS.get(name, ("query",))]
    return rows + [frame("key", "x")] * (name in _SQUARE)


def _provenance(model: TracedModel, trace: Trace) -> str:
    """What the numbers come from."""
    config = model.config
    sizes = f"{config.layers} layers × {config.heads} heads, d_model {config.d_model}, d_k {config.d_k}"
    facts = {
        "Sentence": f'<bdi class="sentence">{escape(_readable(trace.text))}</bdi>',
        "Tokens": str(len(trace.tokens)),
        "Model": f"{escape(model.name)}: {sizes}",
        "SHA-256 of its weights": f"<code>{escape(model.sha256)}</code>",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{fact}</dd>" for name, fact in facts.items())
    return (
        f"<footer><p>Every number is the model’s own. Layers, heads and positions count from 1.</p><dl>{listed}</dl></footer>"
    )


def _phrase(phrase: Phrase) -> str:
    return "".join(
        escape(part) if isinstance(part, str) else f'<bdi class="{part.role}">{escape(part.text)}</bdi>' for part in phrase
    )


def _readable(text: str) -> str:
    """A person's own text; what shows nothing is shown by its code point, save line breaks."""
    return "".join(one if one.isprintable() or one in "\n\t" else visible(one) for one in text)
