"""What a session may fetch of its text: the model's own numbers, under a name that only it knows, as long as it is there."""

import asyncio
import gc

import numpy as np
import pytest
from starlette.applications import Starlette

from pages.shared.frame import parcels
from tests.pages.screen import OPENING, component, open_page, type_text


@pytest.fixture
def ask(monkeypatch):
    """Asks the server's own routes for a path: status, headers and bytes."""
    monkeypatch.setattr(parcels, "_served", [False])
    app = Starlette(routes=parcels.parcel_routes())

    def ask(path: str) -> tuple[int, dict[str, str], bytes]:
        answers = []
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": []}

        async def receive():
            return {"type": "http.request"}

        async def send(message):
            answers.append(message)

        asyncio.run(app(scope | {"root_path": "", "server": ("here", 80), "scheme": "http"}, receive, send))
        headers = {name.decode(): value.decode() for name, value in answers[0]["headers"]}
        return answers[0]["status"], headers, b"".join(answer.get("body", b"") for answer in answers)

    return ask


def address_on(at) -> str:
    return component(at, "head-stage")["address"]


def test_a_session_gets_the_numbers_of_its_text(ask, trace):
    page = open_page()  # kept: its numbers go with it
    address = address_on(page)
    for layer in range(6):
        status, headers, body = ask(f"{address}/{layer}")
        assert (status, headers["cache-control"], headers["content-encoding"]) == (200, "no-store", "identity")
        sent = np.frombuffer(body, "<f4").reshape(4, 11 * 384)
        for part, numbers in zip("xqkv", sent, strict=True):
            assert np.array_equal(numbers, getattr(trace.layers[layer], part).numpy().ravel())
    _, _, body = ask(f"{address}/3/1")
    stages = trace.stages(3, 1)
    expected = [matrix.numpy().ravel() for matrix in (stages.scores, stages.scaled, stages.weights, stages.z)]
    assert np.array_equal(np.frombuffer(body, "<f4"), np.concatenate(expected))


@pytest.mark.parametrize("place", ["6", "-1", "99999999999999999999", "x", "0/12", "0/-1", "6/0", "0/0/0", ""])
def test_what_the_model_does_not_have_is_not_found(ask, place):
    assert ask(f"{address_on(open_page())}/{place}")[0] == 404


def test_every_session_and_every_text_has_a_name_of_its_own(ask):
    one, other = open_page(), open_page()
    first = address_on(one)
    assert first != address_on(other)
    assert len(first.rpartition("/")[2]) >= 24
    assert address_on(one.run()) == first
    assert address_on(type_text(one, "A cat slept")) != first
    gc.collect()
    assert ask(f"{first}/0")[::2] == (204, b"")
    assert ask(f"{address_on(one)}/0")[0] == 200


def test_nothing_is_left_of_a_session_that_has_ended(ask):
    at = open_page()
    address = address_on(at)
    assert ask(f"{address}/0")[0] == 200
    del at
    gc.collect()
    assert ask(f"{address}/0")[::2] == (204, b"")


@pytest.mark.parametrize("name", ["", "x", "../secrets", OPENING.text, "%00", "a" * 5000])
def test_a_name_that_nobody_has_leads_nowhere(ask, name):
    open_page()
    status, _, body = ask(f"/numbers/{name}/0")
    assert status in (204, 404)  # where the address has another shape, there is no such place
    assert len(body) < 100


def test_without_the_route_a_component_brings_the_shown_layer(trace):
    at = open_page()
    assert address_on(at) is None
    carried = component(at, "head-stage-sentence")
    end = 4 + int.from_bytes(carried[:4], "little")
    sent = np.frombuffer(carried[end:], "<f4").reshape(4, 11 * 384)
    assert np.array_equal(sent[1], trace.layers[3].q.numpy().ravel())
