"""The next word: how the decoder's vector becomes a probability for every piece of the vocabulary, and what was chosen."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.figures.heatmap import token_heatmap
from attention_core.translation.files import about_translation, probability_table
from attention_core.translation.words import say_step, token_label
from attention_core.writing.numbers import number, percent
from attention_core.writing.tex import shape, two_lines
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html, section
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.translate.view import TranslationView

_FEED = {
    "x": ("X", "input", "What comes in", "After attention: each word with what it has taken, added and normalised."),
    "hidden": (
        "H",
        "input",
        "Widened, and nothing below 0",
        "Each word alone: twice as many numbers, and what is negative becomes 0.",
    ),
    "output": ("F", "value", "Narrowed", "Back to the layer’s width. It is added to what came in, and normalised."),
}


def likeliest_next(view: TranslationView) -> None:
    """The likeliest tokens of the step with the chosen one marked, and the other sentences that the search found."""
    did, translation = view.translation.steps[view.step], view.translation
    section("The next word", f"step {view.step + 1} of {len(translation.steps)}")
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(say_step(translation, view.step)))
    ranking, others = st.columns([1, 1.2], gap="large")
    with ranking:
        found = list(did.likeliest)
        if did.chosen.token.id not in {candidate.token.id for candidate in found}:
            found.append(did.chosen)
        logits = translation.logits()[view.step]
        lines = Markup()
        row = Markup('<tr%s><td>%s</td><td>%s</td><td class="bar"><span style="width:%.2f%%"></span></td><td>%s</td></tr>')
        for each in found:
            marked = Markup(' class="chosen"') if each.token.id == did.chosen.token.id else ""
            share, logit = each.probability, number(logits[each.token.id].item())
            lines += row % (marked, token_label(each.token), logit, 100 * share, percent(share))
        total = sum(each.probability for each in found)
        size = f"{view.translator.config.vocabulary:,}"
        rest = row % ("", f"all other of {size}", "", 100 * max(1 - total, 0), percent(max(1 - total, 0)))
        head = "<thead><tr><th>token</th><th>logit</th><th></th><th>softmax</th></tr></thead>"
        html = Markup(
            '<div class="ranked"><b>Likeliest next tokens</b> <small>%s</small></div>'
            '<table class="mix">%s<tbody>%s</tbody></table>'
        )
        st.html(
            html
            % ("the marked one was chosen" if not did.is_forced else "the marked one was given", Markup(head), lines + rest)
        )
        table = LazyTable("translation-likeliest", partial(probability_table, translation))
        numbers("likeliest", {"all steps": table}, about=about_translation(view.translator, translation))
    with others:
        _alternatives(view)


def _alternatives(view: TranslationView) -> None:
    """Whole sentences that the search found, best first."""
    ways = view.translation.alternatives
    row = Markup("<tr%s><td>%s</td><td>%s</td><td>%s</td></tr>")
    lines = Markup("").join(
        row
        % (
            Markup(' class="chosen"') if place == 0 else "",
            way.text if way.ended else f"{way.text} … (no room for more)",
            percent(way.probability),
            number(way.score),
        )
        for place, way in enumerate(ways)
    )
    title = "What the beam found" if len(ways) > 1 else "What the greedy search wrote"
    meaning = (
        "the best mean log-probability a token wins" if len(ways) > 1 else "a beam keeps others in sight: choose one above"
    )
    html = Markup(
        '<div class="ranked"><b>%s</b> <small>%s</small></div><table class="preview alternatives"><thead><tr><th>French</th>'
        "<th>%s</th><th>log a token</th></tr></thead><tbody>%s</tbody></table>"
    )
    is_begun = view.translation.steps[0].is_forced
    st.html(html % (title, meaning, "probability after the beginning" if is_begun else "probability", lines))


def after_attention(view: TranslationView) -> None:
    """Feed-forward of the chosen layer, and the decoder's answer that meets every piece of the vocabulary."""
    translation = view.translation
    side = "encoder" if view.kind.name == "encoder" else "decoder"
    fed = (translation.encoder_feed_forward if side == "encoder" else translation.decoder_feed_forward)[view.layer]
    tokens = translation.source if side == "encoder" else translation.target
    section("Feed-forward", f"{side}, layer {view.layer + 1}: max(0, x W₁ + b₁) W₂ + b₂, for every word alone")
    for name, place in zip(_FEED, st.columns([1, 1.4, 1], gap="medium"), strict=True):
        symbol, role, title, sentence = _FEED[name]
        matrix = getattr(fed, name)
        with place:
            T, width = matrix.shape
            d = fed.x.size(1)
            made = {
                "x": (r"X", shape(T, width)),
                "hidden": (r"H = \max(0,\, X\,W_1 + b_1)", rf"{shape(T, d)}\cdot{shape(d, width)} \to {shape(T, width)}"),
                "output": (
                    r"F = H\,W_2 + b_2",
                    rf"{shape(T, fed.hidden.size(1))}\cdot{shape(fed.hidden.size(1), d)} \to {shape(T, d)}",
                ),
            }[name]
            heading(symbol, role, title, sentence, two_lines(*made))
            zeros = f" {percent((matrix == 0).float().mean().item())} of them are 0." if name == "hidden" else ""
            chart(
                token_heatmap("x", symbol, False, matrix, tokens, view.palette, None),
                key=f"chart-feed-{name}",
                file=f"translation-{side}-layer{view.layer + 1}-feed-{name}",
                alt=f"{title}: {T} rows of {width} numbers from {number(matrix.min())} to {number(matrix.max())}.{zeros}",
            )
            st.html(
                Markup('<p class="says %s-edge">From %s to %s.%s</p>')
                % (role, number(matrix.min()), number(matrix.max()), zeros)
            )
    _output(view)


def _output(view: TranslationView) -> None:
    """The decoder's answer and its logits at the step."""
    output, V = view.translation.output, view.translator.config.vocabulary
    T, d = output.shape
    heading(
        "O",
        "value",
        "The decoder’s answer",
        "After the last layer. A step’s row times every piece’s embedding gives the pieces’ logits; softmax makes shares.",
        two_lines(r"\mathrm{softmax}(O\,\mathrm{Embeddings}^{\top})", rf"{shape(T, d)}\cdot{shape(d, V)} \to {shape(T, V)}"),
    )
    chart(
        token_heatmap("x", "O", False, output, view.translation.target, view.palette, None),
        key="chart-decoder-output",
        file="translation-decoder-output",
        alt=f"The decoder’s answer: {T} rows of {d} numbers from {number(output.min())} to {number(output.max())}.",
    )
    logits = view.translation.logits()[view.step]
    said = f"At step {view.step + 1} the {V:,} logits go from {number(logits.min())} to {number(logits.max())}; "
    st.html(Markup('<p class="says value-edge">%s</p>') % f"{said}their mean is {number(logits.mean())}.")
