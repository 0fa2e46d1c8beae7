"""A terminal that gives single keys: takes its file descriptor, gives characters.

Only a terminal in whose foreground this process runs is touched; what it was is
restored at the end, at Ctrl-Z, and while something else has it for itself.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import termios
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, Self, TextIO

_READ_BYTES = 1024
_LOOK_SECONDS = 0.5
"""How often a process in the background looks whether it is in front again."""
_ESCAPE = "\x1b"


class TerminalState:
    """How a terminal was when this was made; nothing at all where there is none."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stdin
        self._fd = stream.fileno() if stream is not None and stream.isatty() else None
        self._settings = None if self._fd is None else termios.tcgetattr(self._fd)

    def restore(self) -> None:
        """Make the terminal as it was, where this process has it."""
        if self._fd is not None and self._settings and is_in_foreground(self._fd):
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._settings)


class KeyReader:
    """Gives keys as they are pressed; a context manager, for the main thread.

    Args:
        fd: a terminal.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._former: Any = None
        self._wake_up, self._woken = socket.socketpair()
        for end in (self._wake_up, self._woken):
            end.settimeout(0)

    def __enter__(self) -> Self:
        self._former_wake_up = signal.set_wakeup_fd(
            self._wake_up.fileno(), warn_on_full_buffer=False
        )
        self._former_handlers = {
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._suspend),
            # Does nothing but end the wait: another program has used the terminal.
            signal.SIGCONT: signal.signal(signal.SIGCONT, _do_nothing),
        }
        self._take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._give_back()
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_wake_up)
        self._wake_up.close()
        self._woken.close()

    def wait_keys(self) -> str | None:
        """Wait for keys; "" after a signal or an arrow key, None once all is over."""
        woken = self._woken.fileno()
        # A shell's `fg` need not send a signal to what already runs.
        self._take()
        waited_for, seconds = (
            ((woken, self._fd), None) if self._former else ((woken,), _LOOK_SECONDS)
        )
        ready, _, _ = select.select(waited_for, (), (), seconds)
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                self._woken.recv(_READ_BYTES)
        if self._fd not in ready or not is_in_foreground(self._fd):
            return ""
        try:
            typed = os.read(self._fd, _READ_BYTES).decode(errors="ignore")
        except OSError:  # the terminal is gone
            typed = ""
        if not typed:
            return None
        return "" if typed.startswith(_ESCAPE) else typed

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to something else meanwhile."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        if self._former is not None or not is_in_foreground(self._fd):
            return
        self._former = termios.tcgetattr(self._fd)
        settings = termios.tcgetattr(self._fd)
        settings[3] &= ~(termios.ICANON | termios.ECHO)
        settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._fd, termios.TCSADRAIN, settings)

    def _give_back(self) -> None:
        former, self._former = self._former, None
        if former is not None and is_in_foreground(self._fd):
            with contextlib.suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._fd, termios.TCSADRAIN, former)

    def _suspend(self, number: int, _frame: FrameType | None) -> None:
        self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # stops here, until it is continued
        signal.signal(number, self._suspend)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def is_in_foreground(fd: int) -> bool:
    """Tell whether this process may use the terminal without being stopped for it."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False
