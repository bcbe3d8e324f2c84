"""Queries, keys and values on their way to the browser: by a route of the server, under a name that nobody can guess.

A parcel belongs to one browser session and one text. Its name is known to that session alone, and once the session ends, or
reads another text, there is nothing under that name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_urlsafe
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

from pages.shared.frame.session import session

_PATH = "numbers"
_parcels: WeakValueDictionary[str, Parcel] = WeakValueDictionary()
_served = [False]  # whether the server has the route: a page's file that runs alone has none
_AS_IS = {"Cache-Control": "no-store", "Content-Encoding": "identity"}  # to compress floats takes long and saves a fifteenth


@dataclass(frozen=True, eq=False)
class Parcel:
    """The numbers of one text, for one session."""

    text: str
    name: str = field(default_factory=lambda: token_urlsafe(18))


def parcel_of(text: str) -> Parcel:
    """The present session's parcel of a text."""
    mine = session()
    if mine.parcel is None or mine.parcel.text != text:
        mine.parcel = Parcel(text)
        _parcels[mine.parcel.name] = mine.parcel
    return mine.parcel


def address_of(parcel: Parcel) -> str | None:
    """Where the browser finds it; None where the server has no such route."""
    return f"{_base()}/{_PATH}/{parcel.name}" if _served[0] else None


def parcel_routes() -> list[Route]:
    """The routes: /numbers/NAME/LAYER has q, k and v of a layer, /numbers/NAME/LAYER/HEAD the stages as torch computes them."""
    _served[0] = True
    start = f"{_base()}/{_PATH}/{{name}}/{{layer:int}}"
    return [Route(start, _layer), Route(f"{start}/{{head:int}}", _head)]


def _base() -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def _layer(request: Request) -> Response:
    from attention_core.matrices.stage import arrays

    return _answer(request, lambda trace, layer: arrays(trace, layer))


def _head(request: Request) -> Response:
    from attention_core.matrices.stage import stage_bytes

    return _answer(request, lambda trace, layer: stage_bytes(trace.stages(layer, request.path_params["head"])))


def _answer(request: Request, pack) -> Response:
    from attention_core.errors import AttentionError
    from pages.shared.frame import server

    parcel = _parcels.get(request.path_params["name"])
    if parcel is None:  # another sentence came while this was asked for: no fault that a browser should report
        return Response(status_code=204, headers=_AS_IS)
    trace, _ = server.trace_of(parcel.text)
    try:
        packed = pack(trace, request.path_params["layer"])
    except (AttentionError, IndexError):
        return Response(status_code=404, headers=_AS_IS)
    return Response(packed, media_type="application/octet-stream", headers=_AS_IS)
