"""Compare: two sentences, or two heads on one sentence, side by side, and the difference."""

from pages import shared

view = shared.begin(
    "compare",
    "Compare two sentences",
    lead="Change a word and see which weights change with it, in any head and any matrix.",
)
shared.compare(view)
