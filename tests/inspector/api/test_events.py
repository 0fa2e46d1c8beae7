"""The stream: requests, notices, changes and moves of the clock, as they happen."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow


def events(stream: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Give name and content of each event."""
    name = ""
    for line in stream.iter_lines():
        field, _, text = line.partition(": ")
        if field == "event":
            name = text
        elif field == "data":
            yield name, json.loads(text)


def test_what_happens_is_streamed(table_app: Any) -> None:
    """In the order in which it happens."""
    with table_app.api.stream("GET", "/api/events") as stream:
        found = (event for event in events(stream) if event[0] != "change")
        table_app.app.get("/")
        request = next(found)
        table_app.sandbox.clock.advance(60)
        notice, clock = next(found), next(found)

    (known,) = table_app.get("requests")["requests"]
    assert request == ("request", {"id": known["id"]})
    assert notice[0] == "notice"
    assert notice[1]["level"] == "info"
    assert clock[0] == "clock"
    assert clock[1]["offset_seconds"] == 60


def test_a_change_by_the_api_is_streamed(jwe_app: Any) -> None:
    """A token that is changed is no row; pages beside the one that asked follow it."""
    forged = jwe_app.post("sessions/forge", {"data": {"count": 1}})
    with jwe_app.api.stream("GET", "/api/events") as stream:
        found = events(stream)
        jwe_app.get("sessions")
        jwe_app.api.put(f"/api/sessions/{forged['id']}", json={"data": {"count": 2}})

        assert next(found) == ("change", {})


def test_deliveries_and_connections_are_streamed(table_app: Any) -> None:
    """By their ids: a page asks for what it shows."""
    with table_app.api.stream("GET", "/api/events") as stream:
        found = (one for one in events(stream) if one[0] in ("delivery", "connection"))
        with table_app.websocket() as websocket:
            connected, opened = next(found), next(found)
            websocket.send("hello")
            passed = next(found)
            websocket.receive()
            (connection,) = table_app.get("connections")["connections"]

    (first, *_) = table_app.get("deliveries")["deliveries"]
    assert connected == ("delivery", {"id": first["id"]})
    assert opened == passed == ("connection", {"id": connection["id"]})
