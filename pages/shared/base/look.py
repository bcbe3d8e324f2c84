"""The look of a page: its style sheets, in the palette of the theme that the person sees."""

import streamlit as st

from attention_core.palette import DARK, LIGHT, ROLES, Palette
from pages.shared.base.assets import STYLES, style


def palette() -> Palette:
    """The colours of the theme that the person sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def dress(*sheets: str) -> None:
    """Give the page some style sheets, and these the palette's colours as --query-ink, --query-tint and so on."""
    colours = palette()
    variables = {"page": colours.page, "text": colours.text, "faint": colours.faint}
    for role in ROLES:
        pair = getattr(colours, role)
        variables |= {f"{role}-ink": pair.ink, f"{role}-tint": pair.tint}
    root = "".join(f"--{name}:{value};" for name, value in variables.items())
    st.html(f"<style>:root{{{root}}}{''.join(style(sheet, STYLES) for sheet in sheets)}</style>")
