"""Compare: two sentences, or two heads on one sentence, side by side, and the difference."""

from pages.shared.compare.fields import compare_fields
from pages.shared.frame.opening import begin, of_sentence

view = begin(
    "compare",
    "Compare two sentences",
    "Change a word and see which weights change with it, in any head and any matrix.",
    of_sentence(compare_fields),
)

from pages.shared.compare.comparison import compare

compare(view)
