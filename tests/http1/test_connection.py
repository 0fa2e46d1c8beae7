"""One connection: what the application is told, and how its answer leaves."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.clock import MovableClock
from sandbox.http1.connection import KeptConnectionServer
from sandbox.http1.upgrade import UPGRADE, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Exchange = Callable[[Any, bytes], bytes]


@pytest.fixture
def exchange() -> Exchange:
    """Give a function that serves one connection and gives what came back."""

    def run(app: Any, sent: bytes) -> bytes:
        ours, theirs = socket.create_server(("127.0.0.1", 0)), socket.socket()
        with ours, theirs:
            theirs.connect(ours.getsockname())
            accepted, address = ours.accept()
            server = KeptConnectionServer(ours.getsockname(), app, clock=MovableClock())
            theirs.sendall(sent)
            theirs.shutdown(socket.SHUT_WR)
            with ThreadPoolExecutor() as threads:
                serving = threads.submit(server.finish_request, accepted, address)
                pieces = []
                while piece := theirs.recv(65536):
                    pieces.append(piece)
                serving.result(5)
        return b"".join(pieces)

    return run


def answer_with(status: str, headers: list[tuple[str, str]], body: Any) -> Any:
    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        start(status, headers)
        return body

    return app


def test_environ_tells_the_target_and_headers_as_sent(exchange: Exchange) -> None:
    """What WSGI cannot say is in REQUEST_URI and arc.headers."""
    seen: dict[str, Any] = {}

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        seen.update(environ)
        start("200 OK", [])
        return []

    exchange(
        app,
        b"GET /a%2Fb%C3%BC?x=%20&x HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n"
        b"Cookie: a=1\r\nCookie: b=2\r\nContent-Type: t\r\nX_A: spoof\r\n\r\n",
    )

    assert seen["REQUEST_URI"] == "/a%2Fb%C3%BC?x=%20&x"
    assert seen["PATH_INFO"] == "/a/bÃ¼"
    assert seen["QUERY_STRING"] == "x=%20&x"
    assert seen["HTTP_X_A"] == "1,2"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["CONTENT_TYPE"] == "t"
    assert seen["arc.headers"][1:3] == (("X-A", "1"), ("x-a", "2"))
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert int(seen["SERVER_PORT"]) > 0


@pytest.mark.parametrize(
    ("method", "status", "expected_end"),
    [
        (b"GET", "200 OK", b"Content-Length: 4\r\n\r\nbody"),
        (b"HEAD", "200 OK", b"Content-Length: 4\r\n\r\n"),
        (b"GET", "304 Not Modified", b"GMT\r\n\r\n"),
        (b"GET", "204 No Content", b"GMT\r\n\r\n"),
    ],
)
def test_framing_follows_method_and_status(
    exchange: Exchange, method: bytes, status: str, expected_end: bytes
) -> None:
    """No body after HEAD, 204 and 304, whatever the application gives."""
    raw = exchange(
        answer_with(status, [], [b"bo", b"dy"]),
        method + b" / HTTP/1.1\r\nHost: h\r\n\r\n",
    )

    assert raw.endswith(expected_end)


def test_a_head_is_told_the_length_of_what_a_get_would_give(exchange: Exchange) -> None:
    """RFC 9110 section 8.6; who passes a request on has no body to measure."""
    raw = exchange(
        answer_with("200 OK", [("content-length", "5000")], [b""]),
        b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
    )

    assert raw.endswith(b"Content-Length: 5000\r\n\r\n")


def test_headers_that_frame_are_the_servers_own(exchange: Exchange) -> None:
    """An application cannot lie about length, connection or coding."""
    headers = [
        ("Content-Length", "999"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("X-Kept", "1"),
    ]
    raw = exchange(
        answer_with("200 OK", headers, [b"body"]), b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    )

    assert b"Content-Length: 4\r\n" in raw
    assert b"999" not in raw
    assert b"chunked" not in raw
    assert b"X-Kept: 1\r\n" in raw


def test_stream_is_chunked(exchange: Exchange) -> None:
    """Pieces leave as they are made; empty ones would end the body and do not."""
    raw = exchange(
        answer_with("200 OK", [], iter([b"one", b"", b"three"])),
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    )

    assert b"Transfer-Encoding: chunked\r\n" in raw
    assert raw.endswith(b"\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n")


def test_stream_for_http_1_0_ends_with_the_connection(exchange: Exchange) -> None:
    """HTTP/1.0 knows no chunks."""
    raw = exchange(
        answer_with("200 OK", [], iter([b"one", b"two"])), b"GET / HTTP/1.0\r\n\r\n"
    )

    assert raw.endswith(b"Connection: close\r\n\r\nonetwo")


def test_stream_with_a_length_keeps_it(exchange: Exchange) -> None:
    """A stream whose length is known is sent as it is."""
    raw = exchange(
        answer_with("200 OK", [("Content-Length", "6")], iter([b"one", b"two"])),
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    )

    assert raw.endswith(b"Content-Length: 6\r\n\r\nonetwo")


def test_stream_that_fails_is_cut_and_closed(
    exchange: Exchange, capfd: pytest.CaptureFixture[str]
) -> None:
    """No second head is written into a body, and the generator is closed."""
    closed = threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            raise OSError("midway")
        finally:
            closed.set()

    raw = exchange(
        answer_with("200 OK", [], pieces()), b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    )

    assert raw.count(b"HTTP/1.1") == 1
    assert not raw.endswith(b"0\r\n\r\n")
    assert closed.is_set()
    assert "midway" in capfd.readouterr().err


def test_header_that_would_split_the_answer_is_a_500(
    exchange: Exchange, capfd: pytest.CaptureFixture[str]
) -> None:
    """Injection through a header value reaches nobody."""
    raw = exchange(
        answer_with("200 OK", [("x", "a\r\nset-cookie: evil=1")], [b""]),
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    )

    assert raw.startswith(b"HTTP/1.1 500")
    assert b"evil" not in raw
    assert "cannot be sent" in capfd.readouterr().err


def test_continue_is_sent_when_the_body_is_read(exchange: Exchange) -> None:
    """`Expect: 100-continue` is answered by the first read, not before."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        body = environ["wsgi.input"].read()
        start("200 OK", [])
        return [body]

    head = (
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
    )
    raw = exchange(app, head + b"\r\nhi")
    unread = exchange(answer_with("413 Too Large", [], []), head + b"\r\nhi")

    assert raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert raw.endswith(b"hi")
    assert unread.startswith(b"HTTP/1.1 413 Too Large\r\n")


def test_body_that_is_not_read_is_drained(exchange: Exchange) -> None:
    """The next request of the connection is found behind it."""
    post = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /"
    raw = exchange(answer_with("200 OK", [], [b"ok"]), post + post)

    assert raw.count(b"HTTP/1.1 200 OK") == 2


def test_long_body_that_is_not_read_ends_the_connection(exchange: Exchange) -> None:
    """It is not read for nothing, and what stands in it is no request."""
    long = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 4000
    post = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(long)
    raw = exchange(answer_with("200 OK", [], [b"ok"]), post + long)

    assert raw.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in raw


def test_old_write_is_supported(exchange: Exchange) -> None:
    """PEP 3333's `write` callable sends before the returned pieces."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        start("200 OK", [])(b"first ")
        return [b"second"]

    raw = exchange(app, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    assert raw.endswith(b"Content-Length: 12\r\n\r\nfirst second")


class CountingSocket:
    """A socket that counts its writes and remembers its options."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.writes = 0
        self.options: set[int] = set()

    def sendall(self, sent: bytes) -> None:
        self.writes += 1
        self._inner.sendall(sent)

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.options.add(option)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_answer_leaves_in_one_write_without_delay() -> None:
    """Nagle's algorithm would hold a second write back for 40 ms."""
    app = answer_with("200 OK", [], [b"a", b"b"])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        counting = CountingSocket(ours)
        theirs.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 3)
        theirs.shutdown(socket.SHUT_WR)
        server = KeptConnectionServer(("127.0.0.1", 80), app, clock=MovableClock())
        server.finish_request(counting, ("", 0))  # type: ignore[arg-type]

    assert counting.writes == 3
    assert socket.TCP_NODELAY in counting.options


def test_equal_heads_make_environs_of_their_own(exchange: Exchange) -> None:
    """What an application does to one is not seen by the next; bodies are their own."""
    seen: list[tuple[bytes, object]] = []

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        seen.append((environ["wsgi.input"].read(), environ.pop("HTTP_HOST")))
        assert "left" not in environ
        environ["left"] = "behind"
        start("200 OK", [])
        return []

    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    exchange(app, head + b"a" + head + b"b")

    assert seen == [(b"a", "x"), (b"b", "x")]


def test_an_application_takes_a_connection_over(exchange: Exchange) -> None:
    """It speaks from then on; what came behind the head is the first it reads."""
    read: list[bytes | None] = []

    def speak(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 101 Switching Protocols\r\n\r\nhello")
        read.append(wire.receive(5))

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        taken: list[bytes] = environ[UPGRADE](speak)
        return taken

    request = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    answer = exchange(app, request + b"early" + request)

    assert answer == b"HTTP/1.1 101 Switching Protocols\r\n\r\nhello"
    assert read == [b"early" + request]


def test_a_last_word_is_not_lost_to_what_the_client_still_sends(
    exchange: Exchange,
) -> None:
    """Unread bytes at the end would reset the connection (RFC 9112 section 9.6)."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        taken: list[bytes] = environ[UPGRADE](lambda wire: wire.send(b"bye"))
        return taken

    sent = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" + bytes(200_000)

    assert exchange(app, sent) == b"bye"


def test_a_bug_in_what_speaks_is_not_told_in_http(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    """The connection ends, and the developer sees the bug."""

    def speak(wire: Wire) -> None:
        raise LookupError("of ours")

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        taken: list[bytes] = environ[UPGRADE](speak)
        return taken

    assert exchange(app, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n") == b""
    assert "LookupError: of ours" in capsys.readouterr().err


def test_who_is_gone_when_a_connection_ends_is_no_bug(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is who does not hang up in time: nobody is left to tell."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        taken: list[bytes] = environ[UPGRADE](lambda wire: wire.cut())
        return taken

    assert exchange(app, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n") == b""
    assert capsys.readouterr().err == ""
