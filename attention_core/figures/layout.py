"""What all figures have in common: font, room for labels, axes of tokens, and text that is safe in Plotly."""

from attention_core.writing.text import cut

ALL_LABELS_UP_TO = 24  # tokens; beyond, about LABELS of them
LABELS = 16
LONGEST_LABEL = 14  # characters; the hover text has it whole
FONT = "'Source Sans', 'Source Sans Pro', 'Liberation Sans', Arial, sans-serif"


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
