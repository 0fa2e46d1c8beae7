"""The terminal that runs the tests, lent to a handler that stops at `breakpoint()`."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sandbox.workers.debugging import Debugging, is_in_foreground

_STANDARD_INPUT = 0


class Capture(Protocol):
    """What has standard input and output while tests run: pytest's capture manager."""

    def suspend(self, *, in_: bool) -> None:
        """Give them back; with `in_`, standard input too."""

    def resume(self) -> None:
        """Take them again."""


def debugging_in_tests(capture: Capture | None) -> Debugging:
    """Give what workers do beside their work while tests run.

    Args:
        capture: None where nothing is captured, as under `-p no:capture`.
    """
    return Debugging(lend_terminal=LentTerminal(capture).lend)


class LentTerminal:
    """Has one handler at a time talk to the developer; safe between threads."""

    def __init__(self, capture: Capture | None) -> None:
        self._capture = capture
        self._lock = threading.Lock()

    @contextmanager
    def lend(self) -> Iterator[str | None]:
        """Give the terminal's path, and nothing is captured meanwhile.

        None where the tests have no terminal in front of them, as in CI, in the
        background and in the processes of pytest-xdist.
        """
        with self._lock, self._suspended():
            # Only now standard input is what it was when pytest began.
            fd = _STANDARD_INPUT
            yield os.ttyname(fd) if is_in_foreground(fd) else None

    @contextmanager
    def _suspended(self) -> Iterator[None]:
        if self._capture is None:
            yield
            return
        self._capture.suspend(in_=True)
        try:
            yield
        finally:
            self._capture.resume()
