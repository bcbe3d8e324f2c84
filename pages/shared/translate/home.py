"""Take a translation home: all its numbers as files, and the Python that makes them again."""

from io import RawIOBase

import streamlit as st

from attention_core.translation.files import translation_npz, translation_snippet, write_translation_parquet
from pages.shared.base.downloads import File, offer_files, offering, on_disk
from pages.shared.frame import navigation
from pages.shared.translate.view import TranslationView


def take_translation_home(view: TranslationView) -> None:
    """A button that offers all files and the Python, which are made only when somebody asks for them; and who translated."""
    with st.container(key="translation-home", horizontal=True):
        offering("Take it home", "take-translation-home", lambda: _offer(view))
        navigation.anchor(st, "lesson", "Learn it in five cards", {"lesson": "translation"})
    config, facts = view.translator.config, view.translator.facts
    sizes = f"{config.layers} + {config.layers} layers × {config.heads} heads · d_model {config.d_model} · d_k {config.d_k}"
    st.caption(
        f"The app’s own translator · {sizes} · BLEU {facts.get('bleu_beam_4', '?')} · weights SHA-256 "
        f"{view.translator.sha256[:12]}… · {facts.get('attribution', '')}"
    )


def _offer(view: TranslationView) -> None:
    files = [
        File("This head as one HTML file", "translation.html", "text/html", lambda: _page(view), "take-translation-html"),
        File(
            "All matrices of the three attentions as .npz",
            "translation.npz",
            "application/octet-stream",
            lambda: translation_npz(view.translator, view.translation),
            "take-translation-npz",
        ),
        File(
            "Every link of all heads as .parquet",
            "translation.parquet",
            "application/vnd.apache.parquet",
            lambda: _parquet(view),
            "take-translation-parquet",
        ),
    ]
    offer_files(files)
    st.markdown("**Python**: these lines translate again, in a notebook beside the app’s folder.")
    text, beginning = view.translation.text, view.beginning
    st.code(
        translation_snippet(text, view.beam, beginning, view.kind.name, view.layer, view.head),
        language="python",
        wrap_lines=True,
    )


def _page(view: TranslationView) -> bytes:
    from attention_core.translation.report import translation_report  # as Plotly's own script is read only for who wants it

    return translation_report(view.translator, view.translation, view.cell, view.palette).encode()


def _parquet(view: TranslationView) -> RawIOBase:
    return on_disk(lambda file: write_translation_parquet(file, view.translator, view.translation))
