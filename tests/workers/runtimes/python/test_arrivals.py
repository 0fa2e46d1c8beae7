"""How a worker waits for its next event."""

import socket
from collections.abc import Iterator

import pytest

from sandbox.workers.runtimes.python.arrivals import Arrivals


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give a worker's end of its connection, and the sandbox's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("is_alone", [False, True])
def test_what_was_sent_is_received_in_order(
    ends: tuple[socket.socket, socket.socket],
    is_alone: bool,  # noqa: FBT001 - whether it may stay awake
) -> None:
    """Whether the worker sleeps meanwhile or not; the end of file is no bytes."""
    ours, theirs = ends
    arrivals = Arrivals(ours)
    arrivals.is_alone = is_alone
    for text in (b"one", b"two", b"three"):
        theirs.sendall(text)
        assert arrivals.receive(100) == text
    theirs.sendall(b"last")
    theirs.close()

    assert arrivals.receive(2) + arrivals.receive(2) == b"last"
    assert arrivals.receive(2) == b""


def test_only_quick_events_of_a_lone_worker_keep_it_awake(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    """Else it would take time that others need, or burn it for nothing."""
    ours, theirs = ends
    quick, slow = [0.0, 0.0001], [1.0, 1.0, 1.1]
    ticks = iter([*quick, *slow])
    arrivals = Arrivals(ours, lambda: next(ticks))
    theirs.sendall(b"quick")
    arrivals.receive(100)
    assert not arrivals.stays_awake
    arrivals.is_alone = True
    assert arrivals.stays_awake

    theirs.sendall(b"slow")
    assert arrivals.receive(100) == b"slow"

    assert not arrivals.stays_awake


def test_after_half_a_millisecond_it_sleeps(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    """And receives what comes while it does."""
    ours, theirs = ends
    ticks = iter([0.0, 0.0001, 1.0, 1.0, 1.0004, 1.0006, 1.1])

    def now() -> float:
        tick = next(ticks)
        if tick == 1.0006:
            theirs.sendall(b"late")
        return tick

    arrivals = Arrivals(ours, now)
    arrivals.is_alone = True
    theirs.sendall(b"quick")
    arrivals.receive(100)

    assert arrivals.receive(100) == b"late"
    assert next(ticks, None) is None
