"""The look of a page: its style sheets, in the palette of the theme that the person sees."""

import streamlit as st

from attention_core.palette import DARK, LIGHT, Palette, css_variables
from pages.shared.base.assets import STYLES, style


def palette() -> Palette:
    """The colours of the theme that the person sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def dress(*sheets: str) -> None:
    """Give the page some style sheets, and these the palette's colours as --query-ink, --query-tint and so on."""
    st.html(f"<style>{css_variables(palette())}{''.join(style(sheet, STYLES) for sheet in sheets)}</style>")
