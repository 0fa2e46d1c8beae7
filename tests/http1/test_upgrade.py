"""Wire: bytes both ways on a connection that HTTP has left."""

import socket
import threading
from collections.abc import Iterator

import pytest

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
