"""What all pages need, brought along when the server starts; and what the server has beside Streamlit."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pkgutil import walk_packages
from threading import Lock, Thread
from typing import Any

from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

import pages.shared
from pages.shared.base.scripts import CompressedScripts
from pages.shared.base.turns import bringing_along
from pages.shared.frame.examples import examples
from pages.shared.frame.parcels import parcel_routes
from pages.shared.frame.readiness import check_readiness, readiness_routes
from pages.shared.frame.room_streams import close_streams_on_signal, room_routes

_begun = Lock()  # taken by who comes first, and never given back


def server_parts() -> dict[str, Any]:
    """What `st.App` takes beside the script: routes, middleware, and what happens when the server starts."""
    PagesManager.uses_pages_directory = False  # or before the first visit only the files in pages/ would have addresses
    return {
        "routes": [*parcel_routes(), *room_routes(), *readiness_routes()],
        "middleware": [Middleware(CompressedScripts)],
        "lifespan": _lifespan,
    }


def warm() -> None:
    """Import everything that any page needs, once a server; at once where somebody else does it already."""
    if not _begun.acquire(blocking=False):
        return
    for module in walk_packages(pages.shared.__path__, "pages.shared."):
        import_module(module.name)
    # Collecting garbage goes through all objects that are not frozen; with torch's many it would stop every student.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _lifespan(_app) -> AsyncIterator[None]:
    close_streams_on_signal()
    Thread(target=_bring_along, name="warm", daemon=True).start()
    yield


def _bring_along() -> None:
    """What the first picture needs, before the first visitor has found the page; a page tells what cannot be had."""
    with bringing_along():
        from attention_core.errors import AttentionError
        from pages.shared.frame import server
        from pages.shared.frame.head_pickers import read_view  # noqa: F401
        from pages.shared.step_by_step.picture import draw_stage  # noqa: F401

        with suppress(AttentionError):  # a checkpoint that cannot be used
            server.trace_of(examples()[0].text)
        check_readiness()
    warm()
