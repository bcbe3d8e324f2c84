"""Pieces of TeX that every formula is made of."""


def shape(rows: int, columns: int) -> str:
    """A matrix's shape: [11×32]."""
    return rf"[{rows}{{\times}}{columns}]"


def two_lines(tex: str, shapes: str) -> str:
    """A formula, and below it in small print the shapes of what it computes."""
    return rf"\begin{{gathered}}{tex}\\[2pt]{{\footnotesize {shapes}}}\end{{gathered}}"
