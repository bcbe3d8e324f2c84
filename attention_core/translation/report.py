"""One head of a translation as one HTML file that opens anywhere, offline: the data of the report's template."""

from markupsafe import Markup
from plotly.graph_objects import Figure

from attention_core.export.report import (
    ALL_SHARES_UP_TO,
    Chart,
    Stage,
    arithmetic_phrases,
    frame_around,
    render,
    words_with_shares,
)
from attention_core.palette import LIGHT, Palette
from attention_core.translation.figures import attention_spec
from attention_core.translation.formulas import attention_formula
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values, row_tokens
from attention_core.translation.record import Translation
from attention_core.translation.translator import Translator
from attention_core.translation.words import TranslationCell, attention_message
from attention_core.writing.mathml import mathml
from attention_core.writing.text import lowered, visible

_OF_KEYS = ("source", "k", "v")  # their rows are those of the key


def translation_report(
    translator: Translator, translation: Translation, cell: TranslationCell, palette: Palette = LIGHT
) -> str:
    """The cell's head as a complete HTML document that loads nothing: both sentences, all stages, formulas and provenance."""
    kind, config = ATTENTION_KINDS[cell.kind], translator.config
    whose = f"{kind.title}, layer {cell.layer + 1}, head {cell.head + 1}"
    columns, asks = cell.trace.columns, () if kind.has_source else (("query", cell.query),)
    sizes = f"{config.layers} + {config.layers} layers × {config.heads} heads, d_model {config.d_model}, d_k {config.d_k}"
    return render(
        palette,
        translation.text,
        title=whose,
        answer=cell.answer(),
        losses=[],
        remarks=((f"“{translation.french}”",),),
        words=list(words_with_shares(columns, cell.stages.weights[cell.query], dict((*asks, ("key", cell.key))))),
        is_long=len(columns) > ALL_SHARES_UP_TO,
        arithmetic=() if cell.is_hidden else arithmetic_phrases(cell),
        stages=[_stage(name, cell, palette) for name in attention_matrices(cell.kind)],
        origin="Every number is the model’s own.",
        tokens=f"{len(translation.source)} English, {len(translation.target)} French",
        model=f"the app’s translator from English to French: {sizes}",
        sha256=translator.sha256,
        changes={"French": visible(translation.french).replace("␣", " ")},
    )


def _stage(name: str, cell: TranslationCell, palette: Palette) -> Stage:
    """One matrix of the head: title, sentence, formula, chart, and what it says here."""
    attentions, kind = cell.trace, cell.kind
    matrix, received = attention_matrices(kind)[name], attentions.layers[cell.layer]
    found, rows = matrix_values(name, received, cell.stages), row_tokens(name, attentions)
    spec = attention_spec(name, kind, found, rows, attentions.columns, palette)
    of_key = name in _OF_KEYS
    row, role = (cell.key, "key") if of_key else (cell.query, "query")
    frames = [frame_around(row, role, "y", palette)]
    if matrix.over_tokens:
        frames.append(frame_around(cell.key, "key", "x", palette))
    figure = Figure(spec["data"], spec["layout"] | {"shapes": [*spec["layout"].get("shapes", ()), *frames]})
    return Stage(
        name,
        matrix.role,
        lowered(matrix.symbol),
        matrix.title,
        matrix.sentence,
        Markup(mathml(attention_formula(name, kind, received, cell.layer + 1, palette))),
        Chart(f"{kind}-layer{cell.layer + 1}-head{cell.head + 1}-{name}", Markup(figure.to_json()), figure.layout.height, row),
        f"{matrix.title} {matrix.symbol}. {attention_message(name, kind, attentions, cell.layer, cell.stages)}",
        cell.say(name),
    )
