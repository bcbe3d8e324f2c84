"""What the screen says of a model that is not the embedded one: kind, sizes, checks, and what it would write next."""

import streamlit as st
from markupsafe import Markup

from attention_core.models.facts import model_lines
from attention_core.writing.numbers import percent
from attention_core.writing.text import isolated, visible
from pages.shared.frame.view import View


def model_facts(view: View) -> None:
    """Kind and sizes of a watched model, what its attention does here, and how far its record was checked."""
    lines = model_lines(view.model, view.trace.layers[view.layer], view.head)
    name = Markup("<b>%s</b>: ") % isolated(visible(view.model.name)).replace("␣", " ")
    html = Markup("<br>").join(Markup("%s") % line for line in lines)
    st.html(Markup('<p class="model-facts note quiet">%s%s</p>') % (name, html))


def next_tokens(view: View) -> None:
    """The ten likeliest next tokens of a decoder, with their probabilities."""
    if not view.trace.likeliest:
        return
    last = view.trace.target_tokens[-1] if view.trace.target_tokens else view.trace.tokens[-1]
    longest = max(share for _, share in view.trace.likeliest)
    line = Markup(
        '<tr><td>%s</td><td class="bar"><span style="width:%.2f%%;background:var(--weight-ink)"></span></td><td>%s</td></tr>'
    )
    lines = Markup().join(
        line % (percent(share), 100 * share / longest, isolated(visible(text))) for text, share in view.trace.likeliest
    )
    html = Markup(
        '<table class="mix next-tokens"><caption>What comes after %s, by probability</caption><thead><tr><th>probability</th>'
        "<th></th><th>next token</th></tr></thead><tbody>%s</tbody></table>"
    )
    st.html(html % (isolated(visible(last.text)), lines))
