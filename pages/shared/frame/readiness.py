"""Whether this process can serve: the model is loaded, and gave the known number for a fixed sentence.

A balancer asks /health/ready before it sends anybody here.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import config

SENTENCE_KNOWN = "A dog ate the food because it was hungry"
_PLACE = (3, 1, 7, 2)  # layer, head, query "it" and key "dog", from 0
_KNOWN, _APART = 0.5289, 0.0005  # as the model's maker computes it, and how far another machine may be from it
_LOADING = "The model is being loaded."
_reason: list[str | None] = [_LOADING]  # why not; None once it is ready


def check_readiness() -> None:
    """Read the fixed sentence and remember what came of it; called once, when the server starts."""
    from attention_core.errors import AttentionError
    from pages.shared.frame import server

    try:
        trace, _ = server.trace_of(SENTENCE_KNOWN)
    except AttentionError as error:
        _reason[0] = str(error)
        return
    layer, head, query, key = _PLACE
    found = trace.stages(layer, head).weights[query, key].item()
    if abs(found - _KNOWN) > _APART:
        _reason[0] = (
            f"The model gave {found:.4f} where it has to give {_KNOWN}: its weights or this machine are not what they were."
        )
    else:
        _reason[0] = None


def readiness_routes() -> list[Route]:
    """The route /health/ready: 200, or 503 with the reason."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return [Route(f"/{base}/health/ready" if base else "/health/ready", _answer)]


def _answer(_request: Request) -> Response:
    reason = _reason[0]
    said = {"ready": True} if reason is None else {"ready": False, "reason": reason}
    return JSONResponse(said, 200 if reason is None else 503, headers={"Cache-Control": "no-store"})
