"""Whose numbers these are: in words, in file names, and in the files themselves."""

from attention_core.export import matrices as export
from pages.shared.frame.view import View


def origin(view: View) -> dict:
    """Where a file's numbers come from."""
    if view.is_head:
        return export.about(view.model, view.trace, view.layer, view.head) | view.choice.changes()
    return export.about(view.model, view.trace) | {"weights": view.choice.whose()} | view.choice.changes()


def whose(view: View, name: str = "") -> str:
    """Whose matrix it is: x belongs to all heads of its layer, so that another head leaves its chart as it is."""
    if not view.is_head:
        return view.choice.whose()
    return f"layer {view.layer + 1}" + (f", head {view.head + 1}" if name != "x" else "")


def file_name(view: View, name: str = "") -> str:
    """What a file of a view's numbers is called, without its ending."""
    return "attention-" + whose(view, name).replace(", ", "-").replace(" ", "")
