"""What waits to be read, asked both ways that there are."""

import os
from collections.abc import Callable

import pytest

from sandbox import unread

WAYS = [unread.unread_bytes, unread._ask_system]  # noqa: SLF001 (macOS's way, here too)


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
