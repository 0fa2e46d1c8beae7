"""A test's own connection: what it sends, gives, and says when nothing comes."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection

from sandbox.options import Options, Tls
from sandbox.testing import (
    Client,
    HandlerFailedError,
    SandboxUnderTest,
    WebSocketClosedError,
    WebSocketRefusedError,
)
from sandbox.testing.websocket import WebSocket
from tests.files import write_files

pytestmark = pytest.mark.slow

DEADLINE = 5.0

FILES = {
    "app.arc": "@app\nchat\n@aws\nruntime python\n@http\nget /\n@ws\n",
    "src/http/get-index/index.py": "def handler(event, context):\n    return 'page'\n",
    "src/ws/connect/index.py": """import arc
def handler(event, context):
    if event.get("queryStringParameters") == {"slow": "1"}:
        import time
        time.sleep(1)
    return {"statusCode": 200}
""",
    "src/ws/disconnect/index.py": "def handler(event, context):\n    return {}\n",
    "src/ws/default/index.py": """import arc
def handler(event, context):
    print("heard", event["body"])
    if event["body"] == "fail":
        raise ValueError("I take no such message.")
    if event["body"] != "silence":
        arc.ws.api().post_to_connection(
            ConnectionId=event["requestContext"]["connectionId"],
            Data=event["body"].encode() if event["body"] != "binary" else b"\\xff",
        )
    return {"statusCode": 200}
""",
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app that says what it hears."""
    return write_files(tmp_path / "app", FILES)


@pytest.fixture
def client(app: Path) -> Iterator[Client]:
    """Give a client of that app."""
    with SandboxUnderTest(app) as sandbox, Client(sandbox) as made:
        yield made


@pytest.mark.parametrize(
    ("message", "received"),
    [
        ("plain", "plain"),
        ("", ""),
        ("ü\N{PILE OF POO}", "ü\N{PILE OF POO}"),
        ("1", 1),
        ({"a": [1, None]}, {"a": [1, None]}),
        (None, None),
        ("x" * 32_000, "x" * 32_000),
    ],
)
def test_a_message_comes_back(
    client: Client, message: object, received: object
) -> None:
    """Text goes as it is, anything else as JSON; what is JSON is read."""
    with client.websocket() as websocket:
        websocket.send(message)

        assert websocket.receive() == received


def test_bytes_come_back_as_bytes(client: Client) -> None:
    """A function may send what is no text, though a client may not."""
    with client.websocket() as websocket:
        websocket.send("binary")

        assert websocket.receive() == b"\xff"


def test_bytes_end_the_connection(client: Client) -> None:
    """API Gateway takes no binary frames."""
    with client.websocket() as websocket:
        websocket.send(b"x")

        with pytest.raises(WebSocketClosedError, match="1003 Binary frames"):
            websocket.receive()
        with pytest.raises(WebSocketClosedError):
            websocket.send("more")


def test_a_handler_that_fails_fails_the_test(client: Client) -> None:
    """With its own traceback and output, where its answer is waited for."""
    with client.websocket() as websocket:
        websocket.send("fail")
        with pytest.raises(HandlerFailedError, match="I take no such message") as told:
            websocket.receive()

    assert "heard fail" in str(told.value)


def test_what_does_not_come_is_said(client: Client) -> None:
    """With how long it was waited for."""
    with client.websocket() as websocket:
        websocket.send("silence")
        with pytest.raises(TimeoutError, match=r"nothing came in 0\.1 seconds"):
            websocket.receive(timeout=0.1)

        websocket.send("x")
        assert websocket.receive() == "x"


def test_a_handshake_that_is_not_answered_is_said(client: Client) -> None:
    """By the same limit."""
    with pytest.raises(TimeoutError, match=r"nothing came in 0\.1 seconds"):
        client.websocket("/?slow=1", timeout=0.1)


def test_a_closed_connection_can_be_closed_again(client: Client) -> None:
    """And takes nothing any more."""
    websocket = client.websocket()
    websocket.close()
    websocket.close()

    with pytest.raises(WebSocketClosedError, match="1000"):
        websocket.send("x")
    with pytest.raises(WebSocketClosedError, match="1000"):
        websocket.receive()


def test_an_error_says_why_the_app_refused(app: Path) -> None:
    """With status and body."""
    (app / "src/ws/connect/index.py").write_text(
        "def handler(event, context):\n    return {'statusCode': 401}\n"
    )
    with (
        SandboxUnderTest(app) as sandbox,
        Client(sandbox) as client,
        pytest.raises(WebSocketRefusedError, match=r'401: \{"message": "Una'),
    ):
        client.websocket()


def test_a_connection_may_be_encrypted(app: Path, tmp_path: Path) -> None:
    """`wss`, where the app is served by HTTPS."""
    options = Options(
        http_port=0,
        tables_port=0,
        internal_port=0,
        events_port=0,
        home=tmp_path / "home",
        tls=Tls(),
    )
    with SandboxUnderTest(app, options=options) as sandbox, Client(sandbox) as client:
        assert sandbox.url.startswith("https:")
        with client.websocket() as websocket:
            for _ in range(3):
                websocket.send("x" * 30_000)
                assert websocket.receive() == "x" * 30_000


Script = Callable[[socket.socket, bytes], None]


@pytest.fixture
def connect_to() -> Iterator[Callable[[Script], WebSocket]]:
    """Give a function that connects to a server which does what it is told.

    That is given its socket, and the answer that lets the client in.
    """
    with (
        ThreadPoolExecutor() as threads,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):

        def serve(script: Script) -> None:
            protocol = WSConnection(ConnectionType.SERVER)
            accepted, _ = server.accept()
            with accepted:
                protocol.receive_data(accepted.recv(65_536))
                script(accepted, protocol.send(AcceptConnection()))

        def connect(script: Script) -> WebSocket:
            threads.submit(serve, script)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            return WebSocket(url, headers={}, check=lambda: None)

        yield connect


def test_a_message_may_come_with_the_welcome(
    connect_to: Callable[[Script], WebSocket],
) -> None:
    """In one piece, as where the app greets who comes; no other has to follow."""
    is_read = threading.Event()

    def greet(accepted: socket.socket, welcome: bytes) -> None:
        accepted.sendall(welcome + b"\x81\x05hello")
        is_read.wait(DEADLINE)

    with connect_to(greet) as websocket:
        try:
            assert websocket.receive(timeout=1) == "hello"
        finally:
            is_read.set()


def go(accepted: socket.socket, *last: bytes) -> None:
    """Say something last, and reset the connection."""
    accepted.sendall(b"".join(last))
    linger = struct.pack("ii", 1, 0)
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def test_an_app_that_is_gone_has_closed_the_connection(
    connect_to: Callable[[Script], WebSocket], wait_until: Callable[..., None]
) -> None:
    """With the code for those who say nothing, whether one sends or receives."""
    with connect_to(go) as websocket:
        with pytest.raises(WebSocketClosedError, match="1006"):
            websocket.receive()
        with pytest.raises(WebSocketClosedError, match="1006"):
            websocket.send("x")


def test_who_sends_to_a_closed_connection_is_told_how_it_ended(
    connect_to: Callable[[Script], WebSocket], wait_until: Callable[..., None]
) -> None:
    """Though that had not been read yet."""

    def close(accepted: socket.socket, welcome: bytes) -> None:
        accepted.sendall(welcome + b"\x88\x05\x03\xe9bye")

    with (
        connect_to(close) as websocket,
        pytest.raises(WebSocketClosedError, match="1001 bye"),
    ):
        wait_until(lambda: websocket.send("x"))


def test_an_app_that_goes_amid_the_handshake(
    connect_to: Callable[[Script], WebSocket],
) -> None:
    """Has closed it as well, whatever was said before."""
    for part in (b"", b"HTTP/1.1 101 Swi"):
        with pytest.raises(WebSocketClosedError, match="1006"):
            connect_to(lambda accepted, _, part=part: accepted.sendall(part))
