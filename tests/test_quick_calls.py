"""What waits to be read, asked both ways that there are, and what is sent at once."""

import os
import socket
import sys
from collections.abc import Callable

import pytest

from sandbox import quick_calls

WAYS = [quick_calls.unread_bytes, quick_calls._ask_system]  # noqa: SLF001 (macOS's way, here too)


@pytest.mark.parametrize("ask", WAYS)
def test_what_waits_in_a_pipe_is_counted(ask: Callable[[int], int]) -> None:
    """An end of file counts as nothing."""
    reader, writer = os.pipe()

    counts = [ask(reader)]
    os.write(writer, b"abc")
    counts.append(ask(reader))
    os.read(reader, 3)
    os.close(writer)
    counts.append(ask(reader))

    assert counts == [0, 3, 0]
    os.close(reader)


@pytest.mark.parametrize("ask", WAYS)
def test_a_closed_descriptor_is_an_error(ask: Callable[[int], int]) -> None:
    """As for any other call."""
    reader, writer = os.pipe()
    os.close(writer)
    os.close(reader)

    with pytest.raises(OSError, match="Bad file descriptor"):
        ask(reader)


def test_a_socket_takes_what_it_has_room_for() -> None:
    """NUL bytes are bytes as others; a full one says so, and an end is no signal."""
    ours, theirs = socket.socketpair()
    if sys.platform != "linux":
        ours.settimeout(0)
    with ours:
        with theirs:
            assert quick_calls.send_at_once(ours.fileno(), b"a\0b") == 3
            assert theirs.recv(10) == b"a\0b"

            sent = quick_calls.send_at_once(ours.fileno(), bytes(10_000_000))
            assert 0 < sent < 10_000_000
            with pytest.raises(BlockingIOError):
                quick_calls.send_at_once(ours.fileno(), b"more")

        with pytest.raises(BrokenPipeError):
            quick_calls.send_at_once(ours.fileno(), b"too late")
    with pytest.raises(OSError, match="Bad file descriptor"):
        quick_calls.send_at_once(ours.fileno(), b"much too late")
