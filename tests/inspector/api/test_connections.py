"""WebSocket connections by the API: who is there, what was said, and by hand."""

import json
from typing import Any

import pytest

from sandbox.testing.websocket import WebSocketClosedError

pytestmark = pytest.mark.slow


def connection(inspected: Any) -> Any:
    (one,) = inspected.get("connections")["connections"]
    return one


def test_connections_are_listed(table_app: Any) -> None:
    """Since when, until when, from where, and what passed last."""
    with table_app.websocket("/?room=1", **{"User-Agent": "a browser"}) as websocket:
        before = connection(table_app)
        websocket.send("hello")
        websocket.receive()
        one = connection(table_app)

    assert (before["received"], before["sent"], before["last"]) == (0, 0, None)
    last = one["last"]["text"]
    assert (one["received"], one["sent"], last) == (1, 1, '"hello"')
    assert one["last"]["is_received"] is False
    assert (one["path"], one["query"]) == ("/", "room=1")
    assert (one["user_agent"], one["client_address"]) == ("a browser", "127.0.0.1")
    assert one["ends_epoch"] == pytest.approx(one["last_active_epoch"] + 600)


def test_a_connection_is_shown_whole(table_app: Any) -> None:
    """With its handshake, and both sides of what was said."""
    with table_app.websocket(Cookie="name=Ada") as websocket:
        websocket.send("hello")
        websocket.receive()
        one = table_app.get(f"connections/{connection(table_app)['id']}")

    assert ["Cookie", "name=Ada"] in one["headers"]
    said = [(each["is_received"], each["text"]) for each in one["messages"]]
    assert said == [(True, "hello"), (False, '"hello"')]


def test_a_message_is_sent_by_hand(table_app: Any) -> None:
    """As a function would send it; one that is too long or no text is told."""
    with table_app.websocket() as websocket:
        path = f"connections/{connection(table_app)['id']}"
        table_app.post(f"{path}/messages", {"text": '{"from": "me"}'})
        received = websocket.receive()
        long = {"text": "x" * 131_073}
        half = {"text": "\ud800"}
        kind = {"Content-Type": "application/json"}
        refused = [
            table_app.api.post(
                f"/api/{path}/messages", content=json.dumps(body), headers=kind
            ).status_code
            for body in (long, half)
        ]

    assert received == {"from": "me"}
    assert refused == [413, 400]


def test_a_connection_is_ended(table_app: Any, wait_until: Any) -> None:
    """The client is told, and it is gone: nothing reaches it any more."""
    with table_app.websocket() as websocket:
        path = f"/api/connections/{connection(table_app)['id']}"
        assert table_app.api.delete(path).status_code == 200
        with pytest.raises(WebSocketClosedError) as closed:
            websocket.receive()
    wait_until(lambda: not table_app.get("connections")["connections"])

    assert closed.value.code == 1000
    for method, below in (("GET", ""), ("POST", "/messages"), ("DELETE", "")):
        gone = table_app.api.request(method, f"{path}{below}", json={"text": "late"})
        assert gone.status_code == 404
        assert "no open connection" in gone.json()["message"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_no_page_of_another_origin_sends_or_ends(
    table_app: Any, headers: dict[str, str]
) -> None:
    """Neither without the header that a form cannot send, nor with a foreign origin."""
    with table_app.websocket() as websocket:
        path = f"/api/connections/{connection(table_app)['id']}"
        if not headers:
            del table_app.api.headers["X-Arc-Sandbox"]
        try:
            answers = [
                table_app.api.post(
                    f"{path}/messages", json={"text": "forged"}, headers=headers
                ),
                table_app.api.delete(path, headers=headers),
            ]
        finally:
            table_app.api.headers["X-Arc-Sandbox"] = "1"
        websocket.send("mine")
        assert websocket.receive() == "mine"

    assert [answer.status_code for answer in answers] == [403, 403]
