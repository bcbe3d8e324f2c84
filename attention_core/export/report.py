"""The view as one HTML file that opens anywhere, offline, with the numbers under the pointer: the data of its template."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.figures.matrix import matrix_figure
from attention_core.matrices.formulas import matrix_formula
from attention_core.matrices.names import matrix_of, names_of, values
from attention_core.matrices.words import Cell, answer, matrix_message
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.palette import LIGHT, Palette, css_variables
from attention_core.weights.choice import Choice, Shown, show
from attention_core.weights.choice_words import largest_link, mixture_formula, mixture_sentence, remarks
from attention_core.weights.units import Units
from attention_core.writing.losses import losses
from attention_core.writing.mathml import mathml
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase, strong
from attention_core.writing.text import cut, label, lowered, visible

_FOLDER = Path(__file__).parent
ALL_SHARES_UP_TO = 24  # words; beyond, only shares of 0.5 % or more stand under them


@dataclass(frozen=True)
class Word:
    """A word of the sentence, and its share of the query's weight."""

    text: str
    kinds: str  # its classes
    roles: str
    width: str  # of its bar, in percent
    share: str


@dataclass(frozen=True)
class Chart:
    """A heatmap as the script draws it."""

    id: str  # also the name of the picture that a reader saves
    figure: Markup  # JSON
    height: int  # pixels
    row: int  # around which the table of a long sentence is cut out


@dataclass(frozen=True)
class Stage:
    """A matrix with everything that stands around its chart."""

    name: str
    role: str
    symbol: Markup
    title: str
    sentence: str
    formula: Markup
    chart: Chart
    alt: str
    says: Phrase


@dataclass(frozen=True, eq=False)
class _View:
    """What is shown of a sentence; query and key count from 0 in the sentence."""

    trace: Trace
    choice: Choice
    shown: Shown
    query: int
    key: int
    palette: Palette

    def of(self, name: str) -> Units:
        """What the rows of one of the MATRICES stand for."""
        return self.shown.rows_of(name)

    def at(self, role: str, name: str = "weights") -> int:
        """The row or column of the query or of the key in one of the MATRICES."""
        position, is_key = getattr(self, role), role == "key"
        found = (self.shown.columns_of(name) if is_key else self.of(name)).at(position)
        if found is None:
            word = label((self.trace.columns if is_key else self.trace.rows)[position])
            raise ChoiceError(f"The {role} {position + 1} · {word} is left out of this view. Choose a {role} that is shown.")
        return found


def report(
    model: TracedModel, trace: Trace, choice: Choice, query: int, key: int, palette: Palette = LIGHT, beyond: str = ""
) -> str:
    """The view as a complete HTML document that loads nothing: sentence, stages, formulas, charts and provenance.

    One head has all eight stages, the weights as the choice shows them; a mean and rollout have weights alone. query and key
    count from 0 in the sentence and from 1 in the document. `beyond` says what of a longer text was not read. Raises
    ChoiceError where one is out of range or left out, and for a choice that this model or sentence does not have.
    """
    for name, position, side in (("query", query, trace.rows), ("key", key, trace.columns)):
        if not 0 <= position < len(side):
            raise no_such(name, position, len(side), "this sentence")
    view = _View(trace, choice, show(trace, choice), query, key, palette)
    cell = None
    if choice.mix == "head":
        cell = Cell(trace, choice.layer, choice.head, query, key, trace.stages(choice.layer, choice.head))
    units, columns = view.shown.units, view.shown.columns
    config, whose = model.config, choice.whose()
    return render(
        palette,
        trace.text,
        title=whose[0].upper() + whose[1:],
        answer=answer(view.shown.weights, units.tokens, view.at("query"), units.places, columns.tokens, columns.places),
        losses=[beyond] * bool(beyond) + (losses(model, trace) if trace.kind == "self" else []),
        remarks=remarks(view.shown, choice, view.at("query")),
        words=list(_words(view)),
        is_long=len(columns.tokens) > ALL_SHARES_UP_TO,
        arithmetic=arithmetic_phrases(cell) if cell else (),
        stages=[_stage(name, view, cell) for name in names_of(cell.stages)] if cell else [_mixture(view)],
        origin=_origin(choice),
        tokens=len(trace.rows),
        model=f"{model.name}: {config.layers} layers × {config.heads} heads, d_model {config.d_model}, d_k {config.d_k}",
        sha256=model.sha256,
        changes=({} if cell else {"weights": whose}) | choice.changes(),
    )


def render(palette: Palette, text: str, **data) -> str:
    """The document of a text; `data` are the template's other fields."""
    scripts = get_plotlyjs(), _file("report.js")
    return _template().render(
        policy=_policy(*scripts),
        dark=palette.dark,
        style=Markup(css_variables(palette) + "\n" + _file("report.css")),
        scripts=[Markup(script) for script in scripts],
        start=cut(" ".join(_readable(text).split()), 60),
        sentence=_readable(text),
        **data,
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(_FOLDER)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.jinja")


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _policy(*scripts: str) -> str:
    """Nothing but these scripts may run, and nothing may be fetched, whatever a sentence holds."""
    allowed = " ".join(f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def _words(view: _View) -> Iterator[Word]:
    at = {role: view.at(role) for role in ("query", "key") if role == "key" or view.trace.kind == "self"}
    return words_with_shares(view.shown.columns.tokens, view.shown.weights[view.at("query")], at)


def words_with_shares(tokens: Sequence[Token], shares: Tensor, at: dict[str, int]) -> Iterator[Word]:
    """The tokens as words with their shares (S,) of the query's weight; `at` says which are named query and key."""
    is_long = len(tokens) > ALL_SHARES_UP_TO
    for position, (token, share) in enumerate(zip(tokens, shares.tolist(), strict=True)):
        roles = [role for role in at if at[role] == position]
        kinds = ["word", *roles[:1]] + ["special"] * token.is_special + ["piece"] * token.continues_word
        written = "" if is_long and share < 0.005 else percent(share).replace("under ", "<").replace("over ", ">")
        yield Word(label(token), " ".join(kinds), " and ".join(roles), f"{100 * share:.2f}", written)


def arithmetic_phrases(cell: Cell) -> tuple[Phrase, ...]:
    """What happens to the chosen pair, from dot product to share."""
    stages, at = cell.stages, (cell.query, cell.key)
    return (
        (cell.asking, " · ", cell.asked, " = q·k = ", strong(number(stages.scores[at], 3))),
        (f"÷ {number(float(stages.divisor))} = ", strong(number(stages.scaled[at], 3))),
        ("softmax → ", strong(number(stages.weights[at], 4))),
        ("so ", strong(percent(cell.weight)), " of v(", cell.asked, ") goes into z(", cell.asking, ")"),
    )


def _stage(name: str, view: _View, cell: Cell) -> Stage:
    """One of the MATRICES of a head: title, sentence, formula, chart, and what it says here."""
    layer, matrix = view.trace.layers[cell.layer], matrix_of(name)
    of = f"layer {cell.layer + 1}" + (f", head {cell.head + 1}" if name != "x" else "")
    says, said = cell.say(name), matrix_message(name, view.trace, cell.layer, cell.stages)
    shown = view.shown.weights if name == "weights" else view.shown.matrix(name, values(name, layer, cell.stages))
    if name == "weights" and not view.shown.units.is_plain:
        share = view.shown.weights[view.at("query"), view.at("key")].item()
        says += (f" The picture shows {percent(share)}, changed as said above.",)
        said = largest_link(view.shown, view.choice)
    return Stage(
        name,
        matrix.role,
        lowered(matrix.symbol),
        matrix.title,
        matrix.sentence,
        Markup(mathml(matrix_formula(name, layer, cell.stages, cell.layer + 1, view.palette))),
        _chart(name, view, shown, of),
        f"{matrix.title} {matrix.symbol} of {of}. {said}",
        says,
    )


def _mixture(view: _View) -> Stage:
    """The weights of a mean or of rollout, which no head computed: there is nothing before them and nothing after."""
    choice = view.choice
    return Stage(
        "weights",
        "weight",
        Markup("A"),
        "Weights",
        mixture_sentence(choice),
        Markup(mathml(mixture_formula(choice, view.palette))),
        _chart("weights", view, view.shown.weights, choice.whose()),
        f"Weights of {choice.whose()}. {largest_link(view.shown, choice)}",
        (),
    )


def _chart(name: str, view: _View, matrix: Tensor, whose: str) -> Chart:
    """What is shown of one of the MATRICES, with frames around the chosen rows and column."""
    units = view.of(name)
    columns = view.shown.columns_of(name) if view.trace.kind == "cross" else units
    places = [None if side.is_plain else side.places for side in (units, columns)]
    figure = matrix_figure(name, matrix, units.tokens, view.palette, places[0], columns.tokens, places[1])
    figure.update_layout(shapes=[*figure.layout.shapes, *_frames(name, view)])
    place = whose.replace(", ", "-").replace(" ", "")
    row = view.at(matrix_of(name).framed[0], name)
    return Chart(f"attention-{place}-{name}", Markup(figure.to_json()), figure.layout.height, row)


def _frames(name: str, view: _View) -> list[dict]:
    """Frames around the chosen rows and column, as Plotly shapes."""

    def frame(role: str, axis: str) -> dict:
        return frame_around(view.at(role, name), role, axis, view.palette)

    roles = ("query",) if name == "x" and view.trace.kind == "cross" else matrix_of(name).framed
    rows = [frame(role, "y") for role in roles]
    return rows + [frame("key", "x")] * matrix_of(name).over_tokens


def frame_around(position: int, role: str, axis: str, palette: Palette) -> dict:
    """A frame around a row ('y') or a column ('x'), as a Plotly shape; that of the key is dotted."""
    line = {"color": getattr(palette, role).ink, "width": 2.5, "dash": "dot" if role == "key" else "solid"}
    across = "x" if axis == "y" else "y"
    ends = {f"{axis}0": position - 0.5, f"{axis}1": position + 0.5, f"{across}ref": "paper", f"{across}0": 0, f"{across}1": 1}
    return {"type": "rect", "line": line} | ends


def _origin(choice: Choice) -> str:
    """Which numbers are the model's own."""
    if choice.mix != "head":
        return "The weights are computed from the model’s own, as said above."
    if choice.whole_words or choice.special == "of-the-rest":
        return "The weights are computed from the model’s own, as said above; every other number is the model’s own."
    return "Every number is the model’s own."


def _readable(text: str) -> str:
    """A person's own text; what shows nothing is shown by its code point, save line breaks."""
    return "".join(one if one.isprintable() or one in "\n\t" else visible(one) for one in text)
