"""Matrices and single numbers as Plotly figures, which are plain dicts until somebody asks for a `plotly` Figure."""

from attention_core.figures.matrix import matrix_figure, projection_figure

__all__ = ["matrix_figure", "projection_figure"]
