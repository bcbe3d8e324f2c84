"""One number: any entry of any matrix, down to the products that it is the sum of."""

from pages.shared.frame.opening import begin, of_sentence
from pages.shared.one_number.fields import one_number_fields

view = begin(
    "one_number",
    "One number, all the way down",
    "Every number is a sum that you can follow: these are the model’s own terms.",
    of_sentence(one_number_fields, mixes=False, switches=False),
)

from pages.shared.one_number.pickers import entry_pickers, explained
from pages.shared.parts.explanation import explain
from pages.shared.parts.ways import Ways

entry_pickers(view)
by_size = view.own["terms"] == "by-size"
explain(explained(view), view.own["stage"], view.own["dimension"] - 1, by_size, Ways())
