"""A few lines of Python that make one matrix and its picture again, for a notebook."""

from attention_core.errors import ChoiceError
from attention_core.matrices.names import BETWEEN, MATRICES
from attention_core.weights.choice import Choice


def snippet(text: str, layer: int, head: int, name: str = "weights") -> str:
    """Python that reads `text` with the embedded model, takes one of the MATRICES and ends in its figure.

    layer and head count from 0, as in the code that is made. Raises ChoiceError for a name that is none of the MATRICES.
    """
    if name not in MATRICES and name not in BETWEEN:
        raise ChoiceError(f"There is no matrix {name!r}. Choose one of {', '.join(MATRICES)}.")
    if name == "x":
        take = f"trace.layers[{layer}].x  # Python counts from 0: layer {layer + 1} of the page"
    else:
        take = f"trace.stages(layer={layer}, head={head}).{name}"
        take += f"  # Python counts from 0: layer {layer + 1}, head {head + 1} of the page"
    # repr keeps quotes, line breaks and all that shows nothing within one string literal on one line.
    return f"""\
from attention_core import figures, load_model, palette

trace = load_model().trace({text!r})
{name} = {take}
figures.matrix_figure({name!r}, {name}, trace.tokens, palette.LIGHT)
"""


def choice_snippet(text: str, choice: Choice) -> str:
    """Python that makes the weights of `text` and their picture again as chosen: of one head, a mean, rollout, words."""
    if choice == Choice(choice.layer, choice.head):
        return snippet(text, choice.layer, choice.head)
    return f"""\
from attention_core import figures, load_model, palette
from attention_core.weights.choice import Choice, show

choice = {choice!r}  # counted from 0: {choice.whose()}
shown = show(load_model().trace({text!r}), choice)
figures.matrix_figure("weights", shown.weights, shown.units.tokens, palette.LIGHT)
"""
