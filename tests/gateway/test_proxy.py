"""@proxy: what goes to the target, and what comes back."""

import json
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from sandbox.clock import ManualClock, MovableClock
from sandbox.gateway import proxy
from sandbox.gateway.proxy import UnreachableError, forward
from sandbox.httpd import LoopbackServer
from tests.gateway.conftest import make_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLOCK = MovableClock()


def upstream(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Echo the request as JSON."""
    headers = [("X-Up", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start("418 I'm a teapot", [*headers, ("Connection", "close")])
    told = {
        "method": environ["REQUEST_METHOD"],
        "target": environ["REQUEST_URI"],
        "headers": {name.lower(): value for name, value in environ["arc.headers"]},
        "body": environ["wsgi.input"].read().decode("latin-1"),
    }
    return [json.dumps(told).encode()]


@pytest.fixture
def target() -> Iterator[str]:
    """Give the address of a running upstream."""
    with LoopbackServer(upstream, name="upstream") as server:
        yield server.url


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """Give the address of a target that answers one request with these bytes."""

    def answer(listener: socket.socket) -> None:
        client = listener.accept()[0]
        with client:
            client.recv(65536)
            client.sendall(raw)

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        ThreadPoolExecutor() as threads,
    ):
        serving = threads.submit(answer, listener)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving.result(5)


def test_forward_passes_the_request_on(target: str) -> None:
    """Method, raw path, query, body and end-to-end headers arrive."""
    request = make_request(
        "PUT /a%20b/%E2%9C%93?x=%20",
        "Host: localhost:3333",
        "Content-Type: text/plain",
        "Cookie: a=1",
        "Authorization: Bearer x",
        "Connection: keep-alive, X-Hop",
        "X-Hop: 1",
        "TE: trailers",
        body=b"body",
    )
    told = json.loads(forward(request, f"{target}/base/", CLOCK).body)
    headers = told["headers"]

    assert (told["method"], told["target"], told["body"]) == (
        "PUT",
        "/base/a%20b/%E2%9C%93?x=%20",
        "body",
    )
    assert headers["host"] == target.removeprefix("http://")
    assert headers["x-forwarded-host"] == "localhost:3333"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert (headers["cookie"], headers["authorization"]) == ("a=1", "Bearer x")
    assert not {"x-hop", "te", "connection"} & set(headers)


def test_forward_gives_the_answer_as_it_is(target: str) -> None:
    """Status and repeated headers stay, in lower case; hop-by-hop headers do not."""
    answer = forward(make_request("GET /"), target, CLOCK)

    assert answer.status == 418
    assert [v for n, v in answer.headers if n == "set-cookie"] == ["a=1", "b=2"]
    assert ("x-up", "1") in answer.headers
    assert "connection" not in {name.lower() for name, _ in answer.headers}


@pytest.mark.parametrize("method", ["HEAD", "DELETE", "POST"])
def test_forward_frames_every_method(target: str, method: str) -> None:
    """Without a body nothing waits for one."""
    assert forward(make_request(f"{method} /"), target, CLOCK).status == 418


def test_forward_keeps_the_length_that_a_head_tells(target: str) -> None:
    """It is that of the body which a GET would give."""
    answer = forward(make_request("HEAD /"), target, CLOCK)

    assert int(dict(answer.headers)["content-length"]) > 100
    assert answer.body == b""


def test_forward_says_why_a_target_does_not_answer() -> None:
    """Nothing listens there."""
    with pytest.raises(UnreachableError, match="Connection refused"):
        forward(make_request("GET /"), "http://127.0.0.1:1", CLOCK)


def test_forward_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that says nothing is given up."""
    monkeypatch.setattr(proxy, "TIMEOUT_SECONDS", 0.05)
    silent = LoopbackServer(upstream, name="silent")  # listens, is never started
    try:
        with pytest.raises(UnreachableError, match="no whole answer within"):
            forward(make_request("GET /"), silent.url, CLOCK)
    finally:
        silent.close()


def test_forward_does_not_read_for_ever() -> None:
    """A target that sends on and on is given up as one that says nothing."""
    clock = ManualClock()

    def events(_: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
        start("200 OK", [("content-type", "text/event-stream")])
        while True:
            clock.advance(10)
            yield b"data: x\n\n"

    with (
        LoopbackServer(events, name="endless") as server,
        pytest.raises(UnreachableError, match="no whole answer within 29 seconds"),
    ):
        forward(make_request("GET /"), server.url, clock)


def test_forward_refuses_half_an_answer() -> None:
    """What the target promised and did not send is no answer."""

    def half(_: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
        start("200 OK", [("content-length", "10")])
        yield b"half"

    with (
        LoopbackServer(half, name="half") as server,
        pytest.raises(UnreachableError, match="6 more expected"),
    ):
        forward(make_request("GET /"), server.url, CLOCK)


@pytest.mark.parametrize(
    ("interim", "body"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n", b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 200, None),
    ],
)
def test_forward_waits_for_the_answer_behind_others(
    interim: bytes, body: bytes | None
) -> None:
    """What goes before it, such as early hints, is not the answer."""
    final = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    with answering(interim + final) as url:
        if body is None:
            with pytest.raises(UnreachableError, match="sends no final response"):
                forward(make_request("GET /"), url, CLOCK)
        else:
            assert forward(make_request("GET /"), url, CLOCK).body == body


@pytest.mark.parametrize(
    ("line", "header"),
    [
        (b"X-A: a,\r\n\tb\r\n  c", [("x-a", "a, b c")]),
        (b"X-A: \0a\x01\x7f\x1b[2Jb\xe9", [("x-a", "a [2Jb\u00e9")]),
        (b"X-(A): a", []),
        (b"X-A:", [("x-a", "")]),
    ],
)
def test_forward_passes_on_what_a_header_may_hold(
    line: bytes, header: list[tuple[str, str]]
) -> None:
    """Folds and controls become spaces, as of a gateway; no name, no header."""
    raw = b"HTTP/1.1 200 OK\r\n" + line + b"\r\nX-B: b\r\ncontent-length: 2\r\n\r\nok"
    with answering(raw) as url:
        answer = forward(make_request("GET /"), url, CLOCK)

    assert [*answer.headers] == [*header, ("x-b", "b"), ("content-length", "2")]


def test_forward_refuses_another_protocol() -> None:
    """Nobody has asked for it: the header that does is not sent on."""
    raw = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"
    with (
        answering(raw) as url,
        pytest.raises(UnreachableError, match="another protocol unasked"),
    ):
        forward(make_request("GET /", "Upgrade: websocket"), url, CLOCK)
