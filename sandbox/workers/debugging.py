"""How handlers are debugged and measured: a terminal to lend, ports, coverage.

Nothing of it is on unless somebody asks; a worker then costs what it costs.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from sandbox.errors import WorldError

DEFAULT_PORT = 5678
"""What debugpy and its editors take where nothing else is said."""
PORTS_TRIED = 100
LONG_SECONDS = 7 * 86_400.0
"""What somebody who debugs may take; poll(2) knows no longer time than 24 days."""
_COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""By which Coverage.py asks to be started in processes (its docs, "Measuring
subprocesses")."""
_SAVING_SECONDS = 1.5
_ENDING_SECONDS = 0.1
_LOOKS = 10


def say_nothing(_text: str) -> None:
    """Drop what nobody wants to know."""


@contextmanager
def no_terminal() -> Iterator[str | None]:
    """Lend nothing: for sandboxes that no terminal belongs to."""
    yield None


def is_in_foreground(fd: int) -> bool:
    """Tell whether this process may use the terminal without being stopped for it."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Debugging:
    """What workers are to do beside their work."""

    lend_terminal: Callable[[], AbstractContextManager[str | None]] = no_terminal
    """Called from any thread; gives the path of a terminal that a worker has for
    itself meanwhile, or None. May block."""
    port: int | None = None
    """Where given, each worker waits for a debugger, at this port or a later one."""
    say: Callable[[str], None] = say_nothing
    """Told where a debugger finds a worker."""
    coverage: Mapping[str, str] = field(default_factory=dict)
    """Variables by which Coverage.py starts in a worker; none where it does not."""

    def limit(self, seconds: float) -> float:
        """Give the time limit: one that never comes while a debugger may wait."""
        return seconds if self.port is None else LONG_SECONDS

    @property
    def ending_seconds(self) -> float:
        """What a worker has for its exit hooks, of which one may write coverage."""
        return _SAVING_SECONDS if self.coverage else _ENDING_SECONDS


def coverage_variables(shell: Mapping[str, str]) -> dict[str, str]:
    """Give of a shell's variables those that Coverage.py goes by."""
    return {name: shell[name] for name in _COVERAGE if name in shell}


class DebuggerPorts:
    """Gives each function a port of its own, the same after each of its restarts.

    Safe between threads; `take` may wait for a worker that is ending.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._lock = threading.Lock()
        self._by_function: dict[str, int] = {}

    def take(self, function: str) -> int:
        """Give a port for one more worker of the function called `function`.

        Raises:
            WorldError: none is free.
        """
        with self._lock:
            port = self._by_function.get(function)
            if port is not None and _wait_free(port):
                return port
            taken = set(self._by_function.values())
            for port in range(self._first, min(self._first + PORTS_TRIED, 65_536)):
                if port not in taken and _is_free(port):
                    self._by_function.setdefault(function, port)
                    return port
        raise WorldError(
            f"No port is free for a debugger from {self._first} on.",
            remedy="Choose another with --debugger PORT.",
        )


def _wait_free(port: int) -> bool:
    pause = threading.Event()
    for _ in range(_LOOKS):
        if _is_free(port):
            return True
        pause.wait(_ENDING_SECONDS)
    return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
