"""One number: any entry of any matrix, down to the products that it is the sum of."""

from pages import shared

view = shared.begin(
    "one_number",
    "One number, all the way down",
    lead="Every number is a sum that you can follow: these are the model’s own terms.",
    mixes=False,
    switches=False,
)
shared.entry_pickers(view)
shared.explain(view, view.own["stage"], view.own["dimension"] - 1, by_size=view.own["terms"] == "by-size")
