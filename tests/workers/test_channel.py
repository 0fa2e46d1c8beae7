"""What connects a worker: an answer is taken, whether it was slept or looked for."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.clock import MovableClock
from sandbox.workers import wire
from sandbox.workers.channel import (
    HEEDS_DONTWAIT,
    Channel,
    ConnectionEndedError,
    EventNotTakenError,
)

ANSWER = {"type": "returned", "value": 1}
CLOCK = MovableClock()


@pytest.fixture(params=sorted({HEEDS_DONTWAIT, False}))
def channel(request: pytest.FixtureRequest) -> Iterator[Channel]:
    """Give a channel whose worker's ends are the test's; answers may be looked for."""
    made = Channel(CLOCK, heeds_dontwait=request.param)
    made.may_spin = True
    yield made
    made.close_worker_ends()
    made.close()


def ask(channel: Channel) -> wire.Message:
    return channel.wait_answer(CLOCK.monotonic() + 10, look_after=lambda: None)


def be_quick(channel: Channel) -> None:
    """Have an answer there at once, so that the next one is looked for."""
    channel.worker_socket.sendall(wire.encode(ANSWER))
    assert ask(channel) == ANSWER


@pytest.fixture
def later() -> Iterator[Callable[[float, Callable[[], object]], None]]:
    """Give a function that has something done in another thread, after a while."""
    timers: list[threading.Timer] = []  # noqa: TID251 - a test's own

    def do(seconds: float, what: Callable[[], object]) -> None:
        timers.append(threading.Timer(seconds, what))  # noqa: TID251 - a test's own
        timers[-1].start()

    yield do
    for timer in timers:
        timer.join()


@pytest.mark.parametrize("seconds", [0.0, 0.05], ids=["soon", "later"])
def test_an_answer_is_found_after_a_quick_one(
    channel: Channel, later: Callable[..., None], seconds: float
) -> None:
    """One that takes longer than is looked for is slept for."""
    for _ in range(3):
        be_quick(channel)
        later(seconds, lambda: channel.worker_socket.sendall(wire.encode(ANSWER)))

        assert ask(channel) == ANSWER


def test_output_is_complete_when_an_answer_was_looked_for(channel: Channel) -> None:
    """It was printed before the answer was sent."""
    be_quick(channel)
    os.write(channel.worker_output_fd, b"printed")
    channel.worker_socket.sendall(wire.encode(ANSWER))

    assert ask(channel) == ANSWER
    assert channel.output.take() == "printed"


def test_an_end_is_noticed_where_an_answer_was_looked_for(
    channel: Channel, later: Callable[..., None]
) -> None:
    """A worker that ends meanwhile is no endless wait."""
    be_quick(channel)
    later(0.05, lambda: channel.worker_socket.shutdown(socket.SHUT_RDWR))

    with pytest.raises(ConnectionEndedError):
        ask(channel)


@pytest.mark.parametrize("size", [10, 65_000, 3_000_000], ids=["short", "fits", "long"])
def test_a_frame_arrives_whole(channel: Channel, size: int) -> None:
    """However long the worker takes to read it, and whether it has room for it."""
    message = {"type": "invoke", "event": "x" * size}
    frame = wire.encode(message)
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(channel.send, frame, CLOCK.monotonic() + 10)
        received = channel.worker_socket.recv(len(frame), socket.MSG_WAITALL)
        sending.result(timeout=10)

    assert wire.FrameReader().feed(received) == message


@pytest.mark.parametrize("size", [10, 3_000_000], ids=["short", "long"])
def test_a_worker_that_is_gone_takes_no_frame(channel: Channel, size: int) -> None:
    """Another one may take the event."""
    channel.worker_socket.close()

    with pytest.raises(EventNotTakenError):
        channel.send(bytes(size), CLOCK.monotonic() + 10)


@pytest.mark.parametrize("heeds_dontwait", [True, False])
def test_no_send_waits_where_the_system_heeds_no_flag(*, heeds_dontwait: bool) -> None:
    """It would with the interpreter lock in its hand, and the worker waits for us."""
    channel = Channel(CLOCK, heeds_dontwait=heeds_dontwait)
    connection = channel._connection  # noqa: SLF001 (what a system does with it, no test here can see)

    assert os.get_blocking(connection.fileno()) is heeds_dontwait
    channel.close_worker_ends()
    channel.close()
