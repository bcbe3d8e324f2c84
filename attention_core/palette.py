"""One colour for one role: query, key, value and weight look the same in charts, formulas and words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """The colours of one role: `ink` for text and frames (contrast 4.5:1 on page and tint), `tint` for fills."""

    ink: str
    tint: str


@dataclass(frozen=True)
class Palette:
    """All colours of one theme; the scales' hues are used by no role, so frames stand out on every picture."""

    dark: bool
    page: str
    text: str
    faint: str  # secondary text, still 4.5:1 on the page
    input: Role
    query: Role
    key: Role
    value: Role
    weight: Role
    signed: tuple[str, ...]  # evenly spaced from the most negative to the most positive, zero in the middle
    share: tuple[str, ...]  # evenly spaced from 0 to 1


LIGHT = Palette(
    dark=False,
    page="#ffffff",
    text="#1f2430",
    faint="#5b6270",
    input=Role("#3f4a5e", "#e6eaf0"),
    query=Role("#1a4fd0", "#dde8ff"),
    key=Role("#9c4a00", "#ffe9cc"),
    value=Role("#0b6b62", "#d0f3ec"),
    weight=Role("#6a28d4", "#ece4ff"),
    signed=("#8e0152", "#c51b7d", "#de77ae", "#f1b6da", "#fafafa", "#b8e186", "#7fbc41", "#4d9221", "#276419"),
    share=("#fbfaff", "#ddd3fb", "#b9a3f3", "#9270e8", "#6f3ad9", "#4f1fae", "#340f7c"),
)
DARK = Palette(
    dark=True,
    page="#14151a",
    text="#eceef2",
    faint="#a4abb8",
    input=Role("#c4ccd9", "#343b48"),
    query=Role("#9cc0ff", "#1c3566"),
    key=Role("#ffbd75", "#54310a"),
    value=Role("#66e0cf", "#0b433d"),
    weight=Role("#cbb5ff", "#402876"),
    signed=("#ffb3dc", "#ee76b9", "#b9468a", "#6b2b53", "#22242b", "#35521e", "#5c8a30", "#8fc454", "#cdf59b"),
    share=("#1d1e26", "#33265e", "#4f3796", "#7150cb", "#9775ee", "#bda5fb", "#eae2ff"),
)
ROLES = ("input", "query", "key", "value", "weight")


def inks(palette: Palette) -> dict[str, str]:
    """The colours of words and frames by name: page, text, faint, query-ink, query-tint and so on."""
    named = {"page": palette.page, "text": palette.text, "faint": palette.faint}
    for role in ROLES:
        pair = getattr(palette, role)
        named |= {f"{role}-ink": pair.ink, f"{role}-tint": pair.tint}
    return named


def css_variables(palette: Palette) -> str:
    """The colours of words and frames as CSS variables: --page, --text, --faint, --query-ink, --query-tint and so on."""
    return ":root{" + "".join(f"--{name}:{value};" for name, value in inks(palette).items()) + "}"
