"""Numbers on coloured cells, each black or white, whichever is read better there: a softer ink would be too pale on some."""

from collections.abc import Sequence

import numpy as np

BLACK, WHITE = "#000000", "#ffffff"  # one of these two has a contrast of 4.5:1 or more on any colour


def inks_of_cells(colours: Sequence[str], shares: np.ndarray) -> list[str]:
    """The ink for each cell, row by row, whose colour stands at a share of the way through evenly spaced colours."""
    light = luminances(colours, shares).ravel()
    return np.where((light + 0.05) / 0.05 > 1.05 / (light + 0.05), BLACK, WHITE).tolist()


def luminances(colours: Sequence[str], shares: np.ndarray) -> np.ndarray:
    """The relative luminance, as WCAG 2 defines it, of the colours at some shares of the way, from 0 to 1."""
    stops = np.array([[int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)] for colour in colours])
    ends = np.linspace(0, 1, len(stops))
    channels = np.stack([np.interp(shares, ends, stops[:, channel]) for channel in range(3)], axis=-1)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def cell_numbers(heat: dict, texts: Sequence[Sequence[str]], columns: Sequence, rows: Sequence, size: float) -> dict:
    """The texts of a heatmap trace's cells as a trace of their own; `columns` and `rows` are the places on its axes.

    Plotly writes the texts of a heatmap in dark grey or white, which misses a contrast of 4.5:1 on the colours between.
    """
    span = heat["zmax"] - heat["zmin"]
    colours = [colour for _, colour in heat["colorscale"]]
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(columns) * len(rows),
        "y": [row for row in rows for _ in columns],
        "text": [text for line in texts for text in line],
        "textfont": {"size": size, "color": inks_of_cells(colours, (np.asarray(heat["z"]) - heat["zmin"]) / span)},
        "hoverinfo": "skip",
        "showlegend": False,
    }
