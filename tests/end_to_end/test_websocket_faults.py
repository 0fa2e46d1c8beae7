"""@ws before clients that are hostile or broken, and before handlers that fail."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Crashed, Outcome, Raised, Returned, TimedOut
from tests.end_to_end.conftest import Served
from tests.raw_websocket import (
    BINARY,
    CLOSE,
    HANDSHAKE,
    PING,
    PONG,
    TEXT,
    RawWebSocket,
    frame,
)

pytestmark = pytest.mark.slow

FAULTS = """import os, signal, sys, time
def fail(how):
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        sys.exit(3)
    if how == "stall":
        time.sleep(60)
    if how == "unsayable":
        return object()
    return {"statusCode": 200}
"""
CONNECT = """from faults import fail
import pathlib, time
def handler(event, context):
    query = event.get("queryStringParameters", {})
    if query.get("gate"):
        gate = pathlib.Path(query["gate"])
        gate.mkdir()
        while gate.exists():
            time.sleep(0.01)
    return fail(query.get("how"))
"""
DISCONNECT = """from faults import fail
def handler(event, context):
    return fail(event["requestContext"]["disconnectReason"])
"""
ECHO = """import arc
from faults import fail
def handler(event, context):
    if event["body"].startswith("fail "):
        return fail(event["body"][5:])
    arc.ws.send(event["requestContext"]["connectionId"], event["body"])
    return {"statusCode": 200}
"""
FLOOD = """import arc
def handler(event, context):
    while True:
        arc.ws.send(event["requestContext"]["connectionId"], "x" * 100_000)
"""
HOLD = """import json, pathlib, time
def handler(event, context):
    gate = pathlib.Path(json.loads(event["body"])["gate"])
    while gate.exists():
        time.sleep(0.01)
    return {"statusCode": 200}
"""
MOST_WAITING_THREADS = 8
"""That a server keeps for the next connections."""
FAULTY = ("connect", "default", "disconnect")
FILES = {
    "src/http/get-index/index.py": "def handler(event, context):\n    return 'page'\n",
    "src/ws/connect/index.py": CONNECT,
    **{f"src/ws/{name}/faults.py": FAULTS for name in FAULTY},
    "src/ws/default/index.py": ECHO,
    "src/ws/flood/index.py": FLOOD,
    "src/ws/hold/index.py": HOLD,
    "src/ws/disconnect/index.py": DISCONNECT,
}
Connect = Callable[..., RawWebSocket]


@pytest.fixture
def served(make_app: Any, serve: Any) -> Served:
    """Serve an app that echoes."""
    one: Served = serve(make_app(FILES, more="@ws\nflood\nhold"))
    return one


@pytest.fixture
def connect(served: Served) -> Iterator[Connect]:
    """Give a function that connects, and as a rule shakes hands."""
    opened: list[RawWebSocket] = []

    def open_connection(first: bytes = HANDSHAKE, **how: int) -> RawWebSocket:
        opened.append(RawWebSocket(served.sandbox.ports.http, **how))
        opened[-1].send(first)
        return opened[-1]

    yield open_connection
    for each in opened:
        each.socket.close()


def outcomes_of(served: Served, key: str) -> list[Outcome]:
    """Give what became of a function's events."""
    deliveries = served.sandbox.bus.deliveries
    return [d.execution.outcome for d in deliveries if d.function.key == key]


def code_of(served: Served) -> int:
    """Give the code that a function was told at the only connection's end."""
    (ended,) = [
        delivery.event
        for delivery in served.sandbox.bus.deliveries
        if delivery.function.key == "@ws disconnect"
    ]
    code: int = ended["requestContext"]["disconnectStatusCode"]  # type: ignore[call-overload,index]
    return code


def threads_of(name: str) -> list[str]:
    """Give the names of a server's threads."""
    return [t.name for t in threading.enumerate() if t.name.startswith(f"{name}-")]


@pytest.mark.parametrize("host", [b"Host: localhost\r\n", b""])
def test_an_older_client_cannot_ask(connect: Connect, host: bytes) -> None:
    """An Upgrade in an HTTP/1.0 request is ignored (RFC 9110 section 7.8)."""
    asked = HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/1.0")
    client = connect(asked.replace(b"Host: localhost\r\n", host))

    assert client.answer().startswith(b"HTTP/1.1 200 ")
    assert client.wait_end() == b"page"


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 19000", b"Transfer-Encoding: chunked"]
)
def test_the_body_of_a_handshake_is_not_taken_for_frames(
    served: Served, connect: Connect, framing: bytes
) -> None:
    """Such a request is refused, and no function hears of it."""
    client = connect(HANDSHAKE[:-2] + framing + b"\r\n\r\n")

    assert client.answer().startswith(b"HTTP/1.1 400 ")
    assert served.sandbox.bus.wait_idle()
    assert served.sandbox.bus.deliveries == ()


def test_the_wish_may_be_spelled_otherwise(connect: Connect) -> None:
    """Its keyword has no case (RFC 6455 section 4.2.1)."""
    client = connect(HANDSHAKE.replace(b"websocket", b"WebSocket"))

    assert client.answer().startswith(b"HTTP/1.1 101 ")


def test_frames_may_come_with_the_handshake_or_byte_by_byte(connect: Connect) -> None:
    """Each message is taken once, whole."""
    client = connect(HANDSHAKE + frame(TEXT, b"early"))
    assert client.answer().startswith(b"HTTP/1.1 101 ")
    assert client.next_frame() == (TEXT, b'"early"')

    first, last = frame(TEXT, b"\xc3", is_last=False), frame(0, b"\xbc")
    for byte in first + frame(PING) + last:
        client.send(bytes([byte]))

    assert client.next_frame().opcode == PONG
    assert client.next_frame() == (TEXT, b'"\\u00fc"')


def test_frames_behind_a_refused_handshake_are_not_taken(connect: Connect) -> None:
    """They are no HTTP request, either."""
    refused = HANDSHAKE.replace(b"GET / ", b"GET /?how=exit ")
    client = connect(refused + frame(TEXT, b"hello\r\n\r\n"))

    assert client.answer().startswith(b"HTTP/1.1 502 ")
    assert b"HTTP/1.1 400 " in client.wait_end()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"\x81\x01x", 1002),
        (b"\xc1\x81\0\0\0\0x", 1002),
        (b"\x83\x80\0\0\0\0", 1002),
        (b"\x09\x80\0\0\0\0", 1002),
        (b"\x89\xfe\0\x7e\0\0\0\0" + bytes(126), 1002),
        (b"\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 1002),
        (frame(1, b"\xc3", is_last=False) + frame(0, b"("), 1007),
        (frame(BINARY, b"x"), 1003),
        (frame(1, bytes(40_000)), 1009),
    ],
    ids=[
        "unmasked",
        "reserved bit",
        "reserved opcode",
        "fragmented ping",
        "long ping",
        "2**63 bytes",
        "bad UTF-8",
        "binary",
        "long",
    ],
)
def test_a_client_learns_what_it_did_though_it_goes_on_sending(
    served: Served, connect: Connect, wrong: bytes, code: int
) -> None:
    """The close is not lost to a reset; and no function is run for what was wrong."""
    client = connect(HANDSHAKE)
    assert client.answer().startswith(b"HTTP/1.1 101 ")
    client.send(wrong, bytes(1 << 20))

    opcode, payload = client.next_frame()

    assert (opcode, int.from_bytes(payload[:2], "big")) == (CLOSE, code)
    assert client.wait_end() == b""
    assert served.sandbox.bus.wait_idle()
    told = [one.function.key for one in served.sandbox.bus.deliveries]
    assert told == ["@ws connect", "@ws disconnect"]


def test_a_client_that_takes_nothing_is_gone(
    served: Served, connect: Connect, wait_until: Callable[..., None]
) -> None:
    """Its function learns so within its five seconds; others are served meanwhile."""
    client, other = connect(HANDSHAKE, receive_bytes=4096), connect(HANDSHAKE)
    client.answer()
    other.answer()
    client.send(frame(TEXT, b'{"action":"flood"}'))
    client.next_frame()
    for number in range(20):
        other.send(frame(TEXT, b"%d" % number))
        assert other.next_frame() == (TEXT, b'"%d"' % number)

    wait_until(lambda: outcomes_of(served, "@ws disconnect"))
    wait_until(lambda: outcomes_of(served, "@ws flood"))
    (flood,) = outcomes_of(served, "@ws flood")
    assert isinstance(flood, Raised)
    assert flood.error_type == "GoneException"


def test_a_client_sends_no_faster_than_its_functions_work(
    served: Served, connect: Connect, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Else what it sends would fill the memory; others are served meanwhile."""
    gate = tmp_path / "gate"
    gate.touch()
    message = {"action": "hold", "gate": str(gate), "more": "x" * 30_000}
    sent = frame(TEXT, json.dumps(message).encode()) * 700
    client, other = connect(HANDSHAKE), connect(HANDSHAKE)
    client.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        client.socket.sendall(sent)
    other.answer()
    other.send(frame(TEXT, b"hello"))
    assert other.next_frame() == (TEXT, b'"hello"')

    gate.unlink()
    client.reset()

    wait_until(lambda: outcomes_of(served, "@ws disconnect"))
    assert served.sandbox.bus.wait_idle()
    held = outcomes_of(served, "@ws hold")
    assert len(held) > 100
    assert all(isinstance(outcome, Returned) for outcome in held)


def test_a_reset_waits_for_no_function(
    served: Served, connect: Connect, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Nor does a client that was ahead of them."""
    config = served.sandbox.project.root / "src/ws/hold/config.arc"
    config.write_text("@aws\ntimeout 60\n")
    gate = tmp_path / "gate"
    gate.touch()
    message = json.dumps({"action": "hold", "gate": str(gate)}).encode()
    client = connect(HANDSHAKE)
    client.answer()
    client.send(frame(TEXT, message) * 150, frame(CLOSE))
    wait_until(lambda: served.sandbox.bus.under_way == 100)

    served.sandbox.websockets.clear()

    assert client.next_frame().opcode == CLOSE
    assert client.wait_end() == b""
    gate.unlink()
    assert served.sandbox.bus.wait_idle()
    assert len(outcomes_of(served, "@ws hold")) == 100


# Clients that go, and many of them


def test_a_client_that_goes_while_it_is_let_in(
    served: Served, connect: Connect, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Is connected as on AWS, where nobody knows, and its end is told."""
    gate = tmp_path / "gate"
    asked = f"GET /?gate={gate} ".encode()
    client = connect(HANDSHAKE.replace(b"GET / ", asked))
    wait_until(gate.exists)
    client.reset()
    gate.rmdir()

    wait_until(lambda: outcomes_of(served, "@ws disconnect"))
    assert code_of(served) == 1006


def test_a_client_that_goes_while_the_app_cannot_be_read(
    served: Served, connect: Connect, wait_until: Callable[..., None]
) -> None:
    """Is no longer listed, though nobody can be told."""
    client = connect(HANDSHAKE)
    client.answer()
    assert len(served.sandbox.websockets.connections) == 1
    (served.sandbox.project.root / "app.arc").write_text("@app\n")

    client.reset()

    wait_until(lambda: not served.sandbox.websockets.connections)


def test_a_client_that_goes_while_its_function_works(
    served: Served, connect: Connect, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Its function ends as it would, and the end of the connection is told at once."""
    gate = tmp_path / "gate"
    gate.touch()
    client = connect(HANDSHAKE)
    client.answer()
    message = json.dumps({"action": "hold", "gate": str(gate)})
    client.send(frame(TEXT, message.encode()))
    client.send(frame(PING))
    assert client.next_frame().opcode == PONG
    client.reset()

    wait_until(lambda: outcomes_of(served, "@ws disconnect"))
    assert code_of(served) == 1006
    gate.unlink()
    assert served.sandbox.bus.wait_idle()
    assert outcomes_of(served, "@ws hold") == [Returned(value={"statusCode": 200})]


def test_two_hundred_connections_at_once(
    served: Served, connect: Connect, wait_until: Callable[..., None]
) -> None:
    """All are let in and answered; half say good-bye; no thread and no file is left."""
    open_files = Path("/proc/self/fd")
    connect(HANDSHAKE).answer()
    before, threads = len(tuple(open_files.iterdir())), len(threads_of("arc-http"))
    clients = [connect(HANDSHAKE) for _ in range(200)]
    for client in clients:
        assert client.answer().startswith(b"HTTP/1.1 101 ")
        client.send(frame(TEXT, b"hello"))
    for client in clients:
        assert client.next_frame() == (TEXT, b'"hello"')

    for client in clients[:100]:
        client.send(frame(CLOSE))
    for client in clients[100:]:
        client.reset()
    for client in clients[:100]:
        client.wait_end()
        client.socket.close()

    wait_until(lambda: len(outcomes_of(served, "@ws disconnect")) == 200)
    wait_until(lambda: len(threads_of("arc-http")) <= threads + MOST_WAITING_THREADS)
    wait_until(lambda: len(tuple(open_files.iterdir())) < before + 100)


# Handlers


@pytest.fixture
def how(request: pytest.FixtureRequest, served: Served) -> str:
    """Give how a function fails, which has a second for that."""
    asked: str = request.param
    if asked == "stall":
        folder = served.sandbox.project.root / "src/ws"
        for name in FAULTY:
            (folder / name / "config.arc").write_text("@aws\ntimeout 1\n")
    return asked


@pytest.mark.parametrize("how", ["kill", "exit", "stall", "unsayable"], indirect=True)
def test_a_function_that_fails_to_let_in(
    served: Served, connect: Connect, how: str
) -> None:
    """Lets nobody in; the next is asked about as ever."""
    asked = f"GET /?how={how} ".encode()
    refused = connect(HANDSHAKE.replace(b"GET / ", asked))

    assert refused.answer().startswith(b"HTTP/1.1 502 ")
    assert connect(HANDSHAKE).answer().startswith(b"HTTP/1.1 101 ")
    assert served.sandbox.bus.wait_idle()
    assert outcomes_of(served, "@ws disconnect") == []


@pytest.mark.parametrize("how", ["kill", "exit", "stall", "unsayable"], indirect=True)
def test_a_function_that_fails_at_a_message(connect: Connect, how: str) -> None:
    """Has its client told; the connection lives on, as do others."""
    client = connect(HANDSHAKE)
    client.answer()
    client.send(frame(TEXT, f"fail {how}".encode()))
    told = json.loads(client.next_frame().payload)
    client.send(frame(TEXT, b"hello"))

    assert told["message"] == "Internal server error"
    assert client.next_frame() == (TEXT, b'"hello"')


@pytest.mark.parametrize("how", ["kill", "stall"], indirect=True)
def test_a_function_that_fails_at_the_end(
    served: Served, connect: Connect, how: str
) -> None:
    """Keeps no client waiting, whose connection is closed as it asked."""
    client = connect(HANDSHAKE)
    client.answer()
    client.send(frame(CLOSE, b"\x0f\xa0" + how.encode()))

    assert client.next_frame() == (CLOSE, b"\x0f\xa0" + how.encode())
    assert client.wait_end() == b""
    assert served.sandbox.bus.wait_idle()
    (outcome,) = outcomes_of(served, "@ws disconnect")
    assert isinstance(outcome, Crashed | TimedOut)


def test_connections_live_on_while_code_is_edited(
    served: Served, connect: Connect
) -> None:
    """The next message of each runs what was saved, be that broken or well."""
    clients = [connect(HANDSHAKE) for _ in range(3)]
    for client in clients:
        client.answer()
    code = served.sandbox.project.root / "src/ws/default/index.py"
    for text, expected in (
        (ECHO, b'"x"'),
        (ECHO.replace('event["body"])', '"new")'), b'"new"'),
        ("def handler(", b"Internal server error"),
        (ECHO, b'"x"'),
    ):
        code.write_text(text)
        for client in clients:
            client.send(frame(TEXT, b"x"))
            assert expected in client.next_frame().payload
