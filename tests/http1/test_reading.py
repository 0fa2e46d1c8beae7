"""Reading heads and bodies from a socket: what arrives, and what never does."""

import io
import socket
from collections.abc import Iterator

import pytest

from sandbox.clock import MovableClock
from sandbox.http1 import reading
from sandbox.http1.head import BadRequestError, RequestHead
from sandbox.http1.reading import BodyStream, ClientGoneError, SocketReader


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, SocketReader]]:
    """A client's socket, and a reader at the other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield theirs, SocketReader(ours, MovableClock())


def head_of(**fields: object) -> RequestHead:
    return RequestHead(
        method="POST",
        target="/",
        version="HTTP/1.1",
        headers=(),
        **fields,  # type: ignore[arg-type]
    )


def body_of(reader: SocketReader, **fields: object) -> BodyStream:
    return BodyStream(reader, head_of(**fields), lambda: None)


def test_a_socket_that_takes_no_limit_has_no_client() -> None:
    """As on macOS, where a connection that is over takes no option any more."""
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()

    with pytest.raises(ClientGoneError):
        SocketReader(ours, MovableClock()).read_some(1)


def test_read_head_leaves_what_follows(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    """Two requests that arrive together are read one after the other."""
    client, reader = pair
    client.sendall(b"\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n")
    first = reader.read_head()
    client.sendall(b"Host: x\r\n\r\n")
    second = reader.read_head()

    assert first is not None
    assert second is not None
    assert (first.target, second.target) == ("/a", "/b")


def test_read_head_is_none_once_the_client_is_gone(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    """Closing between requests, or inside a head, is no error."""
    client, reader = pair
    client.sendall(b"GET / HT")
    client.close()

    assert reader.read_head() is None


def test_read_head_is_none_when_nothing_comes(
    pair: tuple[socket.socket, SocketReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle connection ends by itself."""
    monkeypatch.setattr(reading, "IDLE_SECONDS", 0.01)

    assert pair[1].read_head() is None


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", 408),
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"GET / HTTP/1.1\r\nx: " + b"a" * 70_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\ny: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_read_head_refuses_what_is_slow_or_large(
    pair: tuple[socket.socket, SocketReader],
    monkeypatch: pytest.MonkeyPatch,
    sent: bytes,
    status: int,
) -> None:
    """A head has a time and a size."""
    monkeypatch.setattr(reading, "HEAD_SECONDS", 0.02)
    client, reader = pair
    client.sendall(sent)

    with pytest.raises(BadRequestError) as refused:
        reader.read_head()

    assert refused.value.status == status


def test_body_of_known_length_ends_there(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    """What follows belongs to the next request."""
    client, reader = pair
    client.sendall(b"hello, world")
    body = body_of(reader, content_length=5)

    assert io.BufferedReader(body).read() == b"hello"
    assert body.unread_bytes == 0
    assert reader.read_some(100) == b", world"


def test_chunked_body_is_joined(pair: tuple[socket.socket, SocketReader]) -> None:
    """Extensions and trailers are dropped; what follows is left."""
    client, reader = pair
    client.sendall(b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\nnext")
    body = body_of(reader, is_chunked=True)

    assert io.BufferedReader(body).read() == b"abc0123456789"
    assert body.unread_bytes == 0
    assert reader.read_some(100) == b"next"


@pytest.mark.parametrize(
    "sent",
    [b"zz\r\n", b"3\r\nabcd\r\n", b"3\r\nabc0\r\n\r\n", b"1" * 5000],
)
def test_chunked_body_that_is_malformed_is_refused(
    pair: tuple[socket.socket, SocketReader], sent: bytes
) -> None:
    """A size that lies, or no size at all."""
    client, reader = pair
    client.sendall(sent)

    with pytest.raises(BadRequestError):
        io.BufferedReader(body_of(reader, is_chunked=True)).read()


def test_body_that_stops_coming(
    pair: tuple[socket.socket, SocketReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause ends in 408; a client that goes, in an error of its own."""
    monkeypatch.setattr(reading, "STALL_SECONDS", 0.01)
    client, reader = pair
    client.sendall(b"ab")
    body = body_of(reader, content_length=5)

    with pytest.raises(BadRequestError) as refused:
        io.BufferedReader(body).read()
    client.close()
    with pytest.raises(ClientGoneError):
        body.read(5)

    assert refused.value.status == 408


def test_body_is_announced_before_it_is_waited_for(
    pair: tuple[socket.socket, SocketReader],
) -> None:
    """`start` is called once, at the first read."""
    client, reader = pair
    calls: list[str] = []
    body = BodyStream(reader, head_of(content_length=2), lambda: calls.append("go"))
    before = list(calls)
    client.sendall(b"ab")
    body.read(1)
    body.read(1)

    assert (before, calls) == ([], ["go"])
