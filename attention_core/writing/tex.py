"""Pieces of TeX that every formula is made of."""


def shape(rows: int, columns: int) -> str:
    return rf"[{rows}{{\times}}{columns}]"


def two_lines(tex: str, shapes: str) -> str:
    return rf"\begin{{gathered}}{tex}\\[2pt]{{\footnotesize {shapes}}}\end{{gathered}}"
