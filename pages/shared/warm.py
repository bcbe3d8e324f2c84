"""What all pages import, brought along before the second visitor asks for it."""

import gc
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import pages.shared


@cache
def warm() -> None:
    """Import everything that any page needs, once a server."""
    for module in walk_packages(pages.shared.__path__, "pages.shared."):
        import_module(module.name)
    # Collecting garbage goes through all objects that are not frozen; with torch's many it would stop every student.
    gc.collect()
    gc.freeze()
