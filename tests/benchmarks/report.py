"""Printing what was measured: aligned tables, ratios beside their limits."""

from collections.abc import Sequence
from statistics import median


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title and a header; the first column is text, all others are aligned to the right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    print(f"\n{title}")
    for line in lines:
        cells = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
        print("  ".join(["  " + line[0].ljust(widths[0]), *cells]).rstrip(), flush=True)


def verdict(value: float, limit: float, digits: int = 2) -> tuple[str, str, str]:
    """A measured value, its limit, and whether it holds, as three cells."""
    return f"{value:.{digits}f}", f"≤ {limit:.{digits}f}", "holds" if value <= limit else "MISSED"


def at_least(value: float, limit: float) -> tuple[str, str, str]:
    """A measured rate, the least that it must be, and whether it is, as three cells."""
    return f"{value:.0f}", f"≥ {limit:.0f}", "holds" if value >= limit else "MISSED"


def milliseconds(seconds: Sequence[float]) -> str:
    """The median of some durations, in ms."""
    value = 1000 * median(seconds)
    return f"{value:.0f} ms" if value >= 20 else f"{value:.2f} ms"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
