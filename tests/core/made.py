"""Tokens and matrices made for a test, and what a figure says, read back as plain values."""

import html
import re

import numpy as np
import torch

from attention_core import Token

TRUE_MINUS = "−"


def tokens(*texts: str) -> tuple[Token, ...]:
    """One token a text, [CLS] and [SEP] special as in a sentence that was read."""
    return tuple(
        Token(text, id, text in ("[CLS]", "[SEP]"), None if text in ("[CLS]", "[SEP]") else id, (id, id + 1))
        for id, text in enumerate(texts)
    )


def words(count: int) -> tuple[Token, ...]:
    """That many different tokens."""
    return tokens(*(f"word{index}" for index in range(count)))


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shares(count: int, seed: int = 0) -> torch.Tensor:
    """Weights of a made-up head, (count, count)."""
    return (3 * random(count, count, seed=seed)).softmax(dim=-1)


def read_number(text: str) -> float:
    return float(text.replace(TRUE_MINUS, "-").replace(",", ""))


def legend(figure) -> tuple[float, float, str]:
    """The two ends of the colour scale as the legend says them, and its remark."""
    (text,) = (note.text for note in figure.layout.annotations if "█" in note.text)
    said = re.fullmatch(r"\s*(\S+)\s*█+\s*(\S+)\s*(.*)", html.unescape(re.sub(r"<[^>]*>", "", text)))
    return read_number(said[1]), read_number(said[2]), said[3]


def legend_colours(figure) -> list[str]:
    (text,) = (note.text for note in figure.layout.annotations if "█" in note.text)
    return re.findall(r"color:(#[0-9a-f]{6})", text)


def ticks(axis) -> dict[int, str]:
    """The label that is drawn at each position, as Plotly shows it."""
    return {position: html.unescape(text) for position, text in zip(axis.tickvals, axis.ticktext, strict=True)}


def beyond(figure) -> int:
    """How many values lie outside the colour scale."""
    trace = figure.data[0]
    return int((np.abs(trace.z) > trace.zmax).sum())
