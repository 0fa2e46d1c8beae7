"""Wire: bytes both ways on a connection that HTTP has left."""

import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.certificates import own_certificate, server_context
from sandbox.clock import MovableClock
from sandbox.http1.upgrade import Wire

DEADLINE = 5.0


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    """Give a wire, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(DEADLINE)
    with ours, theirs:
        yield Wire(ours), theirs


def test_wire_takes_and_sends(pair: tuple[Wire, socket.socket]) -> None:
    """What one end sends comes out at the other."""
    wire, theirs = pair
    theirs.sendall(b"there")
    wire.send(b"here")

    assert wire.receive(DEADLINE) == b"there"
    assert theirs.recv(10) == b"here"


def test_wire_sends_more_than_the_system_takes_at_once(
    pair: tuple[Wire, socket.socket],
) -> None:
    """After it has received, too, which it does without waiting."""
    wire, theirs = pair
    theirs.sendall(b"there")
    assert wire.receive(DEADLINE) == b"there"

    size = 8_000_000
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(wire.send, bytes(size))
        while size > 0:
            size -= len(theirs.recv(size))

        assert sending.exception(DEADLINE) is None


def test_wire_gives_first_what_came_early() -> None:
    """Bytes that HTTP's reader had read already are not lost."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = Wire(ours, b"early")
        theirs.sendall(b"late")

        assert wire.receive(DEADLINE) == b"early"
        assert wire.receive(DEADLINE) == b"late"


def test_wire_tells_silence_from_the_end(pair: tuple[Wire, socket.socket]) -> None:
    """None where nothing came in time, no bytes once the other end has gone."""
    wire, theirs = pair

    assert wire.receive(0) is None
    theirs.close()
    assert wire.receive(DEADLINE) == b""
    with pytest.raises(OSError, match="pipe"):
        wire.send(b"x")


def test_cutting_a_wire_wakes_its_reader(pair: tuple[Wire, socket.socket]) -> None:
    """From another thread; a second time does no harm."""
    wire, _theirs = pair
    received: list[bytes | None] = []
    reader = threading.Thread(  # noqa: TID251 - cut from another one
        target=lambda: received.append(wire.receive(DEADLINE))
    )
    reader.start()
    wire.cut()
    reader.join(DEADLINE)
    wire.cut()

    assert received == [b""]


class HalfSender:
    """A TLS client of a wire, which can send half a record."""

    def __init__(self, theirs: socket.socket) -> None:
        self._socket = theirs
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._tls = context.wrap_bio(self._in, self._out)

    def shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._out.read())
                self._in.write(self._socket.recv(65_536))
            else:
                self._socket.sendall(self._out.read())
                return

    def record(self, data: bytes) -> bytes:
        self._tls.write(data)
        return self._out.read()


def test_half_a_record_of_tls_holds_up_nobody(tmp_path: Path) -> None:
    """Who sends meanwhile does not wait for the other half."""
    now = datetime.fromtimestamp(MovableClock().now_epoch(), UTC)
    files = own_certificate(tmp_path / "own.pem", now=now)
    ours, theirs = socket.socketpair()
    ours.settimeout(DEADLINE)
    theirs.settimeout(DEADLINE)
    client = HalfSender(theirs)
    with ThreadPoolExecutor() as threads, theirs:
        wrap = server_context(files).wrap_socket
        accepting = threads.submit(wrap, ours, server_side=True)
        client.shake_hands()
        with accepting.result(DEADLINE) as secure:
            wire = Wire(secure)
            record = client.record(b"hello")
            theirs.sendall(record[:-1])

            assert threads.submit(wire.receive, DEADLINE).result(1) is None
            theirs.sendall(record[-1:])
            assert wire.receive(DEADLINE) == b"hello"
