"""A terminal that gives single keys: takes its file descriptor, gives characters.

Only a terminal in whose foreground this process runs is touched; what it was is
restored at the end, at Ctrl-Z, where it is quit, and while something else has it.
"""

import contextlib
import os
import select
import signal
import socket
import termios
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any, Self, TextIO

from sandbox.workers.debugging import is_in_foreground

_READ_BYTES = 1024
_LOOK_SECONDS = 0.5
"""How often a process in the background looks whether it is in front again."""
_ESCAPE = "\x1b"


class TerminalState:
    """How a terminal was when this was made; nothing at all where there is none."""

    def __init__(self, stream: TextIO | None) -> None:
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
        self.fd = fd
        self._former: Any = None
        self._lock = threading.RLock()  # a signal may come while it is held
        self._pauses = 0
        self._ends: tuple[socket.socket, socket.socket] | None = None

    def __enter__(self) -> Self:
        self._ends = socket.socketpair()
        for end in self._ends:
            end.settimeout(0)
        self._former_wake_up = signal.set_wakeup_fd(
            self._ends[0].fileno(), warn_on_full_buffer=False
        )
        self._former_handlers = {
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._give_way),
            signal.SIGQUIT: signal.signal(signal.SIGQUIT, self._give_way),
            # Does nothing but end the wait: another program has used the terminal.
            signal.SIGCONT: signal.signal(signal.SIGCONT, _do_nothing),
        }
        self._take()
        return self

    def __exit__(self, *_error: object) -> None:
        self._give_back()
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_wake_up)
        ends, self._ends = self._ends, None
        for end in ends or ():
            end.close()

    def wait_keys(self) -> str | None:
        """Wait for keys; "" after a signal or an arrow key, None once all is over."""
        if self._ends is None:
            return None
        woken = self._ends[1].fileno()
        # A shell's `fg` need not send a signal to what already runs.
        self._take()
        waited_for, seconds = (
            ((woken, self.fd), None) if self._former else ((woken,), _LOOK_SECONDS)
        )
        ready, _, _ = select.select(waited_for, (), (), seconds)
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                self._ends[1].recv(_READ_BYTES)
        if self.fd not in ready or not is_in_foreground(self.fd):
            return ""
        try:
            typed = os.read(self.fd, _READ_BYTES).decode(errors="ignore")
        except OSError:  # the terminal is gone
            typed = ""
        if not typed:
            return None
        return "" if typed.startswith(_ESCAPE) else typed

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to something else meanwhile; from any thread."""
        with self._lock:
            self._pauses += 1
            self._give_back()
        self._wake()
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1
            self._wake()

    def _wake(self) -> None:
        """Have the main thread look at the terminal anew."""
        ends = self._ends
        if ends is not None:
            with contextlib.suppress(OSError):  # it is on its way already
                ends[0].send(b".")

    def _take(self) -> None:
        with self._lock:
            if self._former or self._pauses or not is_in_foreground(self.fd):
                return
            self._former = termios.tcgetattr(self.fd)
            settings = termios.tcgetattr(self.fd)
            settings[3] &= ~(termios.ICANON | termios.ECHO)
            settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self.fd, termios.TCSADRAIN, settings)

    def _give_back(self) -> None:
        with self._lock:
            former, self._former = self._former, None
            if former is not None and is_in_foreground(self.fd):
                with contextlib.suppress(termios.error):  # the terminal is gone
                    termios.tcsetattr(self.fd, termios.TCSADRAIN, former)

    def _give_way(self, number: int, _frame: FrameType | None) -> None:
        """Leave the terminal as it was, and do what the signal does by default."""
        self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # ends here, or stops until it is continued
        signal.signal(number, self._give_way)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def keys_of(stream: TextIO | None) -> KeyReader | None:
    """Give the reader of a terminal's keys; None for what is none, or is closed."""
    if stream is None or not stream.isatty():
        return None
    return KeyReader(stream.fileno())
