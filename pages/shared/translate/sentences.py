"""The two sentences face each other; beside them the cross-attention as the well-known heatmap, and below the steps."""

import streamlit as st
from markupsafe import Markup

from attention_core.model.tokens import Token
from attention_core.translation.figures import alignment_spec
from attention_core.translation.words import say_alignment, token_label
from attention_core.writing.phrases import plain
from pages.shared.base.assets import packed, script, style
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.messages import sent, whole
from pages.shared.translate.view import TranslationView

_KEY = "facing-sentences"
_component = st.components.v2.component(
    "facing", html='<div class="facing" role="group"></div>', css=style("facing.css"), js=script("facing.js")
)
_WHOSE_LINES = {"head": "One head", "mean": "Mean of heads"}


def facing(view: TranslationView) -> None:
    """The sentences with lines between them, the steps, the words that say what is seen, and the heatmap of all steps."""
    translation, weights = view.translation, view.crossing()
    head = 1 + (view.head if view.kind.name == "cross" else 0)
    whose = f"layer {view.layer + 1}, " + ("mean of its heads" if view.is_mean else f"head {head}")
    lines, picture = st.columns([1.9, 1], gap="medium")
    with lines, st.container(border=True):
        data = {
            "english": [_word(token) for token in translation.source],
            "french": [_word(token) | {"given": place < translation.forced} for place, token in enumerate(translation.written)],
            "rows": [[round(share, 6) for share in row] for row in weights.tolist()],
            "step": view.step,
            "name": f"English above, French below; cross-attention, {whose}. Choose the French word that is written.",
        }
        _component(data=packed(data), key=_KEY, on_step_change=lambda: _go(len(translation.steps)))
        with st.container(key="steps-bar", horizontal=True, vertical_alignment="bottom"):
            if len(translation.steps) > 1:
                st.slider("Step of the decoder", 1, len(translation.steps), key="step", on_change=_ask_anew)
            st.segmented_control(
                "Whose lines", list(_WHOSE_LINES), key="lines", format_func=_WHOSE_LINES.get, required=True, width="content"
            )
        said = say_alignment(translation, weights, view.step)
        about = f"Lines: cross-attention of {whose}. Click a French word, or go on with the arrow keys."
        st.html(Markup('<p class="answer">%s</p><p class="look-for">%s</p>') % (phrase_html(said), about))
    with picture:
        heading(
            "a",
            "weight",
            "Who looks where, step by step",
            f"Rows: French, as it is written. Columns: English. {whose.capitalize()}.",
        )
        chart(
            alignment_spec(weights, translation.written, translation.source, view.palette),
            key="chart-alignment",
            file=f"translation-alignment-layer{view.layer + 1}",
            alt=f"Cross-attention, {whose}: a heatmap with a row for each French token. {plain(said)}",
        )


def _word(token: Token) -> dict:
    return {"label": token_label(token), "special": token.is_special, "piece": token.continues_word}


def _go(steps: int) -> None:
    step = whole(sent(_KEY, "step"), steps)
    if step is not None:
        st.session_state["step"] = step + 1
        _ask_anew()


def _ask_anew() -> None:
    """Another step asks from another word, which looks at other words."""
    st.session_state["asked"] = None
