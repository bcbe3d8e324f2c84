"""What all figures have in common: font, colours, room for labels, axes of tokens, and text that is safe in Plotly."""

from collections.abc import Mapping, Sequence

from attention_core.palette import Palette
from attention_core.writing.text import cut

ALL_LABELS_UP_TO = 24  # tokens; beyond, about LABELS of them
LABELS = 16
LONGEST_LABEL = 14  # characters; the hover text has it whole
FONT = "'Source Sans', 'Source Sans Pro', 'Liberation Sans', Arial, sans-serif"


def base_layout(palette: Palette, height: int, margin: Mapping[str, int], size: int = 11) -> dict:
    """The part of a layout that all figures share; height, margins 'l', 'r', 't', 'b' and font size are in pixels."""
    return {
        "height": height,
        "margin": dict(margin),
        "font": {"family": FONT, "size": size, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,  # a finger on the chart scrolls the page
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
    }


def colour_scale(colours: Sequence[str]) -> list[list]:
    """The colours as Plotly takes them, in equal steps from 0 to 1."""
    steps = len(colours) - 1
    return [[step / steps, colour] for step, colour in enumerate(colours)]


def colour_legend(colours: Sequence[str], low: str, high: str, below: int) -> dict:
    """A scale as one line of text, `below` pixels under the lower right corner; its ends are the page's own text."""
    blocks = "".join(f'<span style="color:{colour}">█</span>' for colour in colours)
    place = {"xref": "paper", "yref": "paper", "x": 1, "xanchor": "right", "y": 0, "yanchor": "top", "yshift": -below}
    return place | {"text": f"{low} {blocks} {high}", "showarrow": False}


def plotly_text(text: str) -> str:
    """The text with nothing left that Plotly would interpret as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def token_axis(shown: list[str]) -> dict:
    """An axis of tokens, of many only some of them named."""
    T = len(shown)
    step = 1 if T <= ALL_LABELS_UP_TO else -(-T // LABELS)
    positions = list(range(0, T, step))
    return {
        "type": "category",
        "tickmode": "array",
        "tickvals": positions,
        "ticktext": [plotly_text(shortened(shown[position])) for position in positions],
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": 4,
        "automargin": False,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
    }


def shortened(text: str) -> str:
    """The text as long as a label may be."""
    return cut(text, LONGEST_LABEL)


def label_room(shown: list[str]) -> int:
    """Pixels that the longest label takes."""
    return 14 + round(6.3 * max(len(shortened(text)) for text in shown))
