"""API Gateway's WebSocket API for a real app, from clients' and handlers' sides."""

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from sandbox.exchange import Returned
from sandbox.http1.upgrade import UPGRADE, Wire
from sandbox.notice import Notice
from sandbox.testing import (
    Client,
    SandboxUnderTest,
    WebSocketClosedError,
    WebSocketRefusedError,
)
from tests.raw_websocket import HANDSHAKE
from tests.websocket.conftest import events_of

pytestmark = pytest.mark.slow

ID = re.compile(r"[\w-]{15}=")


@pytest.fixture
def client(sandbox: SandboxUnderTest) -> Iterator[Client]:
    """Give a client of the app."""
    with Client(sandbox) as made:
        yield made


def test_a_message_is_answered_by_the_function_that_it_names(client: Client) -> None:
    """By its `action`; what the function returns is not sent."""
    with client.websocket("/?a=1") as websocket:
        websocket.send({"action": "hello", "n": 1})
        event = websocket.receive()
        websocket.send("plain")
        other = websocket.receive()

    assert event["body"] == '{"action": "hello", "n": 1}'
    context = event["requestContext"]
    assert context["routeKey"] == "hello"
    assert ID.fullmatch(context["connectionId"])
    assert ID.fullmatch(context["messageId"])
    assert context["stage"] == "testing"
    assert other["body"] == "plain"
    assert other["requestContext"]["routeKey"] == "$default"
    assert other["requestContext"]["connectionId"] == context["connectionId"]
    assert other["requestContext"]["messageId"] != context["messageId"]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        '"hello"',
        "null",
        "[" * 100_000,
        {"action": "nobody"},
        {"action": "connect"},
        {"action": "$connect"},
        {"action": "$disconnect"},
        {"action": "default"},
        {"action": 1},
        {"action": ["hello"]},
        {"action": {"hello": 1}},
        {"action": None},
        {"other": "hello"},
    ],
)
def test_any_other_message_goes_to_default(client: Client, message: Any) -> None:
    """What is not JSON, names no route, or one that is not for messages."""
    with client.websocket() as websocket:
        if isinstance(message, str) and len(message) > 1000:
            message = message[:32_000]
        websocket.send(message)

        assert websocket.receive()["requestContext"]["routeKey"] == "$default"


def test_connect_and_disconnect_are_told(
    sandbox: SandboxUnderTest, client: Client
) -> None:
    """With cookies, headers and query; and with how it ended."""
    client.jar.keep("name=Ada", url=sandbox.url)
    headers = {"User-Agent": "a browser", "Origin": "http://elsewhere.example"}
    with client.websocket("/?a=1", headers=headers) as websocket:
        websocket.close(4001, "enough")

    (connected,) = events_of(sandbox, "@ws connect")
    (ended,) = events_of(sandbox, "@ws disconnect")
    assert connected["headers"]["Cookie"] == "name=Ada"
    assert connected["headers"]["Origin"] == "http://elsewhere.example"
    assert connected["queryStringParameters"] == {"a": "1"}
    context, last = connected["requestContext"], ended["requestContext"]
    identity = {"userAgent": "a browser", "sourceIp": "127.0.0.1"}
    assert context["identity"] == last["identity"] == identity
    assert context["connectionId"] == last["connectionId"]
    assert context["connectedAt"] == last["connectedAt"]
    assert last["disconnectStatusCode"] == 4001
    assert last["disconnectReason"] == "enough"


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("status=401", 401, "Unauthorized"),
        ("status=403", 403, "Forbidden"),
        ("status=418", 418, "I'm a Teapot"),
        ("status=499", 499, "Unknown"),
        ("status=302", 302, "Found"),
        ("status=199", 502, "Internal server error"),
        ("nothing=1", 502, "Internal server error"),
    ],
)
def test_connect_decides_who_comes_in(
    sandbox: SandboxUnderTest, client: Client, query: str, status: int, message: str
) -> None:
    """Any status but a 2xx is the client's answer; none at all is a bad one."""
    with pytest.raises(WebSocketRefusedError) as refused:
        client.websocket(f"/?{query}")

    assert refused.value.status == status
    told = json.loads(refused.value.body)
    assert told["message"] == message
    assert ID.fullmatch(told["connectionId"])
    assert ID.fullmatch(told["requestId"])
    assert events_of(sandbox, "@ws disconnect") == []


def test_connect_that_fails_refuses(sandbox: SandboxUnderTest, client: Client) -> None:
    """As 502; and the failure is that of the test."""
    with (
        sandbox.expect_failure("ValueError") as failure,
        pytest.raises(WebSocketRefusedError) as refused,
    ):
        client.websocket("/?fail=1")

    assert refused.value.status == 502
    assert failure.message == "I let nobody in."


@pytest.mark.parametrize(
    "query", ["text=1", "status=204", "status=200", 'json={"statusCode":200.0}']
)
def test_connect_lets_in_with_any_2xx(client: Client, query: str) -> None:
    """A number in a string counts, and a whole one with a dot, as for @http."""
    with client.websocket(f"/?{query}") as websocket:
        websocket.send("x")

        assert websocket.receive()["body"] == "x"


@pytest.mark.parametrize(("chosen", "agreed"), [("v2", "v2"), ("v3", None), ("", None)])
def test_connect_chooses_the_subprotocol(
    client: Client, chosen: str, agreed: str | None
) -> None:
    """By the header of its result, among those that were offered."""
    path, offered = f"/?protocol={chosen}", ("v1", "v2")

    with client.websocket(path, subprotocols=offered) as websocket:
        assert websocket.subprotocol == agreed


def test_nobody_is_reached_before_connect_has_ended(client: Client) -> None:
    """As on AWS, where the connection is made after it: GoneException."""
    with pytest.raises(WebSocketRefusedError) as refused:
        client.websocket("/?post=1")

    assert refused.value.status == 401


@pytest.mark.parametrize(("action", "error"), [("boom", "ZeroDivisionError")])
def test_a_client_is_told_that_a_function_failed(
    sandbox: SandboxUnderTest, client: Client, action: str, error: str
) -> None:
    """In API Gateway's words."""
    with client.websocket() as websocket, sandbox.expect_failure(error):
        websocket.send({"action": action})
        told = websocket.receive()

    assert told["message"] == "Internal server error"
    assert ID.fullmatch(told["connectionId"])
    assert ID.fullmatch(told["requestId"])


def test_a_client_is_told_of_a_status_that_is_an_error(client: Client) -> None:
    """A function that answers with 400 or more has failed, for API Gateway."""
    with client.websocket() as websocket:
        websocket.send({"action": "refuse"})

        assert websocket.receive()["message"] == "Internal server error"


def test_a_result_without_a_status_is_said_once(
    sandbox: SandboxUnderTest, client: Client, said: list[Notice]
) -> None:
    """The client hears nothing; the developer does."""
    with client.websocket() as websocket:
        for _ in range(2):
            websocket.send({"action": "silent"})
        assert sandbox.bus.wait_idle()
        websocket.send({"action": "hello"})
        assert websocket.receive()["requestContext"]["routeKey"] == "hello"

    told = [notice.text for notice in said if "statusCode" in notice.text]
    assert len(told) == 1
    assert told[0].startswith("@ws silent returned no statusCode")


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("[200]", "no statusCode"),
        ('{"statusCode":999}', "999 for a statusCode"),
        ('{"statusCode":true}', "true for a statusCode"),
    ],
)
def test_a_result_with_a_status_that_is_none_is_said(
    client: Client, said: list[Notice], result: str, told: str
) -> None:
    """With what it is."""
    with pytest.raises(WebSocketRefusedError, match="502"):
        client.websocket(f"/?json={quote(result)}")

    (notice,) = said
    assert notice.text == (
        f"@ws connect returned {told}, which API Gateway takes for a failure. "
        'Return {"statusCode": 200}.'
    )


def test_messages_run_side_by_side(client: Client) -> None:
    """As on AWS, where a slow one holds up no other; order is not promised."""
    with client.websocket() as websocket:
        websocket.send({"action": "slow", "wait": True})
        websocket.send({"action": "slow", "wait": False})
        received = [json.loads(websocket.receive())["wait"] for _ in range(2)]

    assert received == [False, True]


def test_any_function_reaches_a_client(client: Client) -> None:
    """A route of @http, for one."""
    with client.websocket() as websocket:
        websocket.send("x")
        context = websocket.receive()["requestContext"]
        sent = {"id": context["connectionId"], "payload": {"from": "http"}}
        client.post("/send", json=sent)

        assert websocket.receive() == {"from": "http"}


def test_an_idle_connection_ends_by_the_sandbox_s_clock(
    sandbox: SandboxUnderTest, client: Client
) -> None:
    """After ten minutes without a message, in either direction."""
    with client.websocket() as websocket:
        for _ in range(2):
            sandbox.clock.advance(590)
            sandbox.tick()
            websocket.send("still there")
            assert websocket.receive()["body"] == "still there"
        sandbox.clock.advance(601)
        with pytest.raises(WebSocketClosedError, match="1001 Going away"):
            websocket.receive()

    (ended,) = events_of(sandbox, "@ws disconnect")
    assert ended["requestContext"]["disconnectStatusCode"] == 1001
    assert ended["requestContext"]["disconnectReason"] == "Going away"


def test_a_busy_connection_ends_by_the_sandbox_s_clock(
    sandbox: SandboxUnderTest, client: Client
) -> None:
    """After two hours, whatever was sent meanwhile."""
    with client.websocket() as websocket:
        for _ in range(12):
            sandbox.clock.advance(590)
            sandbox.tick()
            websocket.send("still there")
            assert websocket.receive()["body"] == "still there"
        sandbox.clock.advance(7200 - 12 * 590)
        with pytest.raises(WebSocketClosedError, match="1001 Going away"):
            websocket.receive()


def test_connections_outlive_a_save(
    sandbox: SandboxUnderTest, client: Client, app: Path
) -> None:
    """And the next message runs what was saved."""
    with client.websocket() as websocket:
        websocket.send("x")
        websocket.receive()
        (app / "src/ws/default/index.py").write_text(
            "import arc\n"
            "def handler(event, context):\n"
            "    arc.ws.send(event['requestContext']['connectionId'], 'saved')\n"
            "    return {'statusCode': 200}\n"
        )
        websocket.send("x")

        assert websocket.receive() == "saved"
    assert sandbox.bus.wait_idle()


def test_a_route_that_is_new_takes_the_next_message(client: Client, app: Path) -> None:
    """The manifest is read again for it; a manifest without @ws has no routes left."""
    with client.websocket() as websocket:
        manifest = (app / "app.arc").read_text()
        (app / "src/ws/fresh").mkdir()
        echo = (app / "src/ws/hello/index.py").read_text()
        (app / "src/ws/fresh/index.py").write_text(echo)
        (app / "app.arc").write_text(f"{manifest}fresh\n")
        websocket.send({"action": "fresh"})
        assert websocket.receive()["requestContext"]["routeKey"] == "fresh"

        (app / "app.arc").write_text(manifest.partition("@ws")[0])
        websocket.send({"action": "fresh"})
        assert websocket.receive()["message"] == "Forbidden"


def test_a_manifest_that_cannot_be_read_is_said(
    app: Path, client: Client, said: list[Notice]
) -> None:
    """To the developer; the client hears what API Gateway would say."""
    with client.websocket() as websocket:
        (app / "app.arc").write_text("@app\nchat\n@ws\nhello\n  (\n@http\nnonsense\n")
        websocket.send({"action": "hello"})

        assert websocket.receive()["message"] == "Internal server error"
    assert any("app.arc" in n.text and n.level == "error" for n in said)


def test_reset_ends_all_connections_unheard(
    sandbox: SandboxUnderTest, client: Client
) -> None:
    """The next test begins without them."""
    with client.websocket() as websocket:
        sandbox.reset()
        with pytest.raises(WebSocketClosedError, match="1001"):
            websocket.receive()

    assert sandbox.bus.deliveries == ()


def test_who_is_connecting_while_all_is_reset_is_not_let_in(
    sandbox: SandboxUnderTest,
    client: Client,
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    """The next test begins without them, too, and hears of nothing."""
    gate = tmp_path / "gate"
    with client.websocket() as other, ThreadPoolExecutor() as threads:
        connecting = threads.submit(client.websocket, f"/?gate={gate}")
        wait_until(gate.exists)
        resetting = threads.submit(sandbox.reset)
        with pytest.raises(WebSocketClosedError, match="1001"):
            other.receive()
        gate.rmdir()
        resetting.result(5)
        with (
            connecting.result(5) as late,
            pytest.raises(WebSocketClosedError, match="1001"),
        ):
            late.receive()

    assert sandbox.bus.wait_idle()
    assert sandbox.bus.deliveries == ()


def test_a_sandbox_ends_while_somebody_is_connected(app: Path) -> None:
    """The client is told; nothing is left running."""
    with SandboxUnderTest(app) as sandbox, Client(sandbox) as client:
        websocket = client.websocket()
        sandbox.close()
        with pytest.raises(WebSocketClosedError, match="1001"):
            websocket.receive()
        websocket.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upgrade": "websocket"}, 400),
        ({"Upgrade": "websocket", "Connection": "upgrade"}, 400),
        (
            {
                "Upgrade": "websocket",
                "Connection": "upgrade",
                "Sec-WebSocket-Version": "7",
            },
            426,
        ),
        ({"Upgrade": "h2c", "Connection": "upgrade"}, 200),
        ({}, 200),
    ],
)
def test_a_request_that_is_no_handshake(
    sandbox: SandboxUnderTest, headers: dict[str, str], status: int
) -> None:
    """A malformed one is refused; any other upgrade is ignored (RFC 9110, 7.8)."""
    answer = httpx.get(sandbox.url, headers=headers)

    assert answer.status_code == status
    if status == 200:
        assert answer.text == "page"
    if status == 426:
        assert answer.headers["sec-websocket-version"] == "13"


def test_an_app_without_websockets_ignores_the_wish(app: Path) -> None:
    """As an HTTP API does: the page is answered."""
    manifest = (app / "app.arc").read_text().partition("@ws")[0]
    (app / "app.arc").write_text(manifest)
    with (
        SandboxUnderTest(app) as sandbox,
        Client(sandbox) as client,
        pytest.raises(WebSocketRefusedError) as refused,
    ):
        client.websocket()

    assert refused.value.status == 200
    assert refused.value.body == "page"


def test_functions_of_websockets_are_invoked_by_name(
    sandbox: SandboxUnderTest,
) -> None:
    """Like all others."""
    assert sandbox.invoke("@ws silent").outcome == Returned(value=None)


def test_connections_are_seen_and_followed(
    sandbox: SandboxUnderTest, client: Client, wait_until: Any
) -> None:
    """Told when one opens, passes a message, and ends."""
    told: list[str] = []
    sandbox.websockets.subscribe(told.append)
    with client.websocket("/?room=1") as websocket:
        websocket.send("plain")
        websocket.receive()
        wait_until(lambda: len(told) == 3)
        (seen,) = sandbox.websockets.connections
    wait_until(lambda: sandbox.websockets.connections == ())
    wait_until(lambda: len(told) == 4)

    assert set(told) == {seen.connection_id}
    assert (seen.received, seen.sent) == (1, 1)
    assert [one.is_received for one in seen.messages] == [True, False]
    assert seen.messages[0].text == "plain"
    assert seen.request.query_string == "room=1"


def test_a_developer_may_send_and_end(
    sandbox: SandboxUnderTest, client: Client
) -> None:
    """As `@connections` does; the app is told of the end."""
    with client.websocket() as websocket:
        (seen,) = sandbox.websockets.connections
        assert sandbox.websockets.send(seen.connection_id, b"hello")
        assert websocket.receive() == "hello"
        assert sandbox.websockets.end(seen.connection_id)
        with pytest.raises(WebSocketClosedError) as closed:
            websocket.receive()

    assert closed.value.code == 1000
    (ended,) = events_of(sandbox, "@ws disconnect")
    assert ended["requestContext"]["disconnectStatusCode"] == 1000


def test_nobody_is_there_for_an_unknown_connection(sandbox: SandboxUnderTest) -> None:
    """It takes no message and has no end; what is too large is refused first."""
    assert not sandbox.websockets.send("unknown", b"hello")
    assert not sandbox.websockets.end("unknown")
    with pytest.raises(ValueError, match="at most 131072 bytes"):
        sandbox.websockets.send("unknown", b"x" * 131_073)


def test_a_client_that_takes_no_welcome_holds_up_nobody(
    sandbox: SandboxUnderTest,
) -> None:
    """Its buffers are full of what it asked for before, and did not read."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        while True:
            ours.send(bytes(1000))
    is_opening = threading.Event()

    def take_over(speak: Callable[[Wire], None]) -> list[bytes]:
        is_opening.set()
        speak(Wire(ours))
        return []

    _, *lines = HANDSHAKE.decode().split("\r\n")[:-2]
    environ = {
        "HTTP_UPGRADE": "websocket",
        "REQUEST_METHOD": "GET",
        "SERVER_PORT": "3333",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "arc.headers": tuple(tuple(line.split(": ")) for line in lines),
        UPGRADE: take_over,
    }
    answer: Any = sandbox.websockets.around(lambda *_: [])
    with ours, ThreadPoolExecutor() as threads:
        speaking = threads.submit(answer, environ, lambda *_: None)
        assert is_opening.wait(5)
        asked = threads.submit(sandbox.websockets.connection, "nobody")
        try:
            assert asked.result(1) is None
            assert not speaking.done()
        finally:
            theirs.close()
