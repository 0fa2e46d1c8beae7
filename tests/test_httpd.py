"""LoopbackServer: its life, its connections, and what clients do wrong."""

import contextlib
import errno
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from sandbox.certificates import own_certificate, server_context
from sandbox.errors import PortInUseError, WorldError
from sandbox.httpd import LoopbackServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def hello(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer with the method, the target and the body's length."""
    length = len(environ["wsgi.input"].read())
    text = f"{environ['REQUEST_METHOD']} {environ['REQUEST_URI']} {length}".encode()
    start("200 OK", [("Content-Type", "text/plain")])
    return [text]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """A running server of `hello`."""
    with LoopbackServer(hello, name="test") as running:
        yield running


def connect(server: LoopbackServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=5)


def talk(server: LoopbackServer, sent: bytes) -> bytes:
    """Send, and give all that comes until the server closes."""
    with connect(server) as client:
        with contextlib.suppress(OSError):  # it may close before it has read all
            client.sendall(sent)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    pieces = []
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def read_answer(client: socket.socket) -> bytes:
    """Read one answer that has a length."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += client.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def test_server_listens_before_it_is_started() -> None:
    """A client that connects early is answered once the server starts."""
    server = LoopbackServer(hello, name="test")
    with connect(server) as client:
        client.sendall(CLOSE)
        with server:
            answer = read_all(client)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nGET / 0")


def test_url_is_where_it_answers(server: LoopbackServer) -> None:
    """Any HTTP client can use the url."""
    with urlopen(f"{server.url}/x?y") as answer:  # noqa: S310 - our own server
        assert answer.read() == b"GET /x?y 0"


def test_second_server_on_a_port_is_refused(server: LoopbackServer) -> None:
    """The error says which port, and who holds it where the system tells."""
    with pytest.raises(PortInUseError) as refused:
        LoopbackServer(hello, port=server.port, name="second")

    assert refused.value.port == server.port
    assert f'Port {server.port} on "127.0.0.1" is already in use.' in str(refused.value)
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EADDRINUSE


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_address_of_no_interface_is_refused(host: str) -> None:
    """An address that is not this machine's is an error with a remedy."""
    with pytest.raises(WorldError, match=host):
        LoopbackServer(hello, host=host, name="test")


def test_close_is_quick_and_leaves_nothing(server: LoopbackServer) -> None:
    """Idle connections do not hold it up, and closing twice does no harm."""
    with connect(server) as idle, connect(server) as kept:
        kept.sendall(GET)
        read_answer(kept)
        server.close()
        server.close()

        assert read_all(idle) == b""
        assert read_all(kept) == b""
    assert not [t for t in threading.enumerate() if t.name.startswith("arc-test")]
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_close_does_not_wait_for_a_handshake(tmp_path: Path) -> None:
    """A client that connects to HTTPS and says nothing holds nobody up."""
    files = own_certificate(tmp_path / "own.pem", now=datetime.now(UTC))
    server = LoopbackServer(hello, name="test", ssl_context=server_context(files))
    server.start()
    trusting = ssl.create_default_context(cafile=files.certificate)
    with connect(server) as silent:
        plain = connect(server)
        with trusting.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(CLOSE)
            assert read_all(client).startswith(b"HTTP/1.1 200 OK")
        server.close()

        assert read_all(silent) == b""
    assert not [t for t in threading.enumerate() if t.name.startswith("arc-test")]


def test_close_lets_a_running_request_finish() -> None:
    """Half a second is given to what is being answered."""
    entered, proceed = threading.Event(), threading.Event()

    def slow(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        entered.set()
        proceed.wait(5)
        start("200 OK", [])
        return [b"done"]

    server = LoopbackServer(slow, name="test")
    server.start()
    with connect(server) as client, connect(server) as idle:
        client.sendall(GET)
        entered.wait(5)
        with ThreadPoolExecutor() as threads:
            closing = threads.submit(server.close)
            assert read_all(idle) == b""
            proceed.set()
            answer = read_all(client)
            closing.result(5)

    assert answer.endswith(b"\r\n\r\ndone")
    assert b"Connection: close" in answer


def test_connection_is_kept_and_requests_may_be_pipelined(
    server: LoopbackServer,
) -> None:
    """Each request of a connection gets its answer, in order."""
    post = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    answer = talk(server, GET + post + CLOSE)

    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert b"POST /p 3" in answer
    assert answer.count(b"Connection: close") == 1


def test_many_connections_at_once(server: LoopbackServer) -> None:
    """200 clients that are all connected are all answered."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(200)]
        for client in clients:
            client.sendall(GET)
        answers = [read_answer(client) for client in clients]

    assert all(answer.endswith(b"GET / 0") for answer in answers)


def test_threads_are_used_again(server: LoopbackServer) -> None:
    """Clients that come one after the other are served by few threads."""
    for _ in range(50):
        talk(server, CLOSE)

    names = [t.name for t in threading.enumerate() if t.name.startswith("arc-test")]
    assert 1 <= len(names) <= 8


def refuse(thread: threading.Thread) -> None:
    """Stand in for `Thread.start` on a machine that has no thread left."""
    raise RuntimeError("can't start new thread")


def test_server_outlives_threads_that_cannot_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread there is serves one connection after the other."""
    with LoopbackServer(hello, name="test") as server:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            answers = [talk(server, CLOSE) for _ in range(3)]
        later = talk(server, CLOSE)

    assert all(one.startswith(b"HTTP/1.1 200") for one in (*answers, later))


def test_server_that_cannot_start_can_be_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error is the thread's own, and the port is free again."""
    server = LoopbackServer(hello, name="test")
    monkeypatch.setattr(threading.Thread, "start", refuse)

    with pytest.raises(RuntimeError, match="can't start new thread"):
        server.start()
    server.close()

    with pytest.raises(ConnectionRefusedError):
        connect(server)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", b"400"),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            b"400",
        ),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", b"505"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_request_that_breaks_the_rules_ends_the_connection(
    server: LoopbackServer, sent: bytes, status: bytes
) -> None:
    """It is answered as JSON, what was smuggled behind it is not, and life goes on."""
    answer = talk(server, sent + GET)

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'\r\n\r\n{"message":"' in answer
    assert answer.count(b"HTTP/1.1") == 1
    assert talk(server, CLOSE).startswith(b"HTTP/1.1 200")


def test_client_that_goes_away_hurts_nobody(
    server: LoopbackServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """Half a head, half a body, an answer nobody reads."""
    for sent in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9"):
        connect(server).close()
        with connect(server) as client:
            client.sendall(sent)
    with connect(server) as client:
        client.sendall(GET * 500)

    assert talk(server, CLOSE).startswith(b"HTTP/1.1 200")
    assert capfd.readouterr().err == ""


def test_application_that_fails_is_answered_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The client gets a 500, the terminal the traceback, the server lives."""

    def failing(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        raise FileNotFoundError("a bug")

    with LoopbackServer(failing, name="test") as server:
        answer = talk(server, GET)
        again = talk(server, GET)

    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error")
    assert again.startswith(b"HTTP/1.1 500")
    assert "FileNotFoundError: a bug" in capfd.readouterr().err
