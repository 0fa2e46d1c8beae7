"""@ws before clients that are hostile or broken, and before handlers that fail."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Outcome, Raised, Returned
from tests.end_to_end.conftest import Served
from tests.raw_websocket import (
    BINARY,
    CLOSE,
    HANDSHAKE,
    TEXT,
    RawWebSocket,
    frame,
)

pytestmark = pytest.mark.slow

CONNECT = "def handler(event, context):\n    return {'statusCode': 200}\n"
ECHO = """import arc
def handler(event, context):
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
FILES = {
    "src/http/get-index/index.py": "def handler(event, context):\n    return 'page'\n",
    "src/ws/connect/index.py": CONNECT,
    "src/ws/default/index.py": ECHO,
    "src/ws/flood/index.py": FLOOD,
    "src/ws/hold/index.py": HOLD,
    "src/ws/disconnect/index.py": "def handler(event, context):\n    return event\n",
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
