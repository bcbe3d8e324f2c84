"""The server says that it is ready when the model gave the known number, and else why it is not."""

import asyncio
import json

import pytest
from starlette.applications import Starlette

from attention_core.errors import CheckpointError
from pages.shared.frame import readiness, server


def answer() -> tuple[int, dict]:
    """Status and JSON of the route."""
    sent = []

    async def send(one):
        sent.append(one)

    async def receive():
        return {"type": "http.request"}

    path = "/health/ready"
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": []}
    app = Starlette(routes=readiness.readiness_routes())
    asyncio.run(app(scope | {"root_path": "", "server": ("here", 80), "scheme": "http"}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.fixture(autouse=True)
def before_the_check(monkeypatch):
    monkeypatch.setattr(readiness, "_reason", [readiness._LOADING])


def test_it_is_ready_once_the_known_number_came(trace, monkeypatch):
    assert answer() == (503, {"ready": False, "reason": "The model is being loaded."})
    monkeypatch.setattr(server, "trace_of", lambda text: (trace, None))
    readiness.check_readiness()
    assert answer() == (200, {"ready": True})


def test_it_is_not_where_the_number_is_another_or_the_model_cannot_be_read(trace, model, monkeypatch):
    monkeypatch.setattr(server, "trace_of", lambda text: (model.trace("A dog ate the food because it was tasty too"), None))
    readiness.check_readiness()
    status, said = answer()
    assert status == 503
    assert "where it has to give 0.5289" in said["reason"]

    def broken(text):
        raise CheckpointError("The weights are damaged. Install them again.")

    monkeypatch.setattr(server, "trace_of", broken)
    readiness.check_readiness()
    assert answer() == (503, {"ready": False, "reason": "The weights are damaged. Install them again."})
