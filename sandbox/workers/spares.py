"""Programs started ahead: takes a command line, gives a process that has begun by then.

Node.js takes 40 ms and more to begin, whatever handler comes; Python workers are forked
from the nursery instead. A spare has no environment, folder or code of a function yet:
it takes on all three when it is told which, as any worker does.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress

from sandbox.clock import Clock
from sandbox.workers.started import Started, begin, spawn_program

KEPT_SECONDS = 600.0
"""For how long after the last start of such a program another is held ready."""


class Spares:
    """Holds one spare for each command line that was used of late. Thread-safe.

    Args:
        lifeline_fd: what every process of the pool hangs on; it stays the caller's.
        clock: measures for how long spares are held.
        kept_seconds: how long that is.
    """

    def __init__(
        self, *, lifeline_fd: int, clock: Clock, kept_seconds: float = KEPT_SECONDS
    ) -> None:
        self._lifeline_fd = lifeline_fd
        self._clock = clock
        self._kept_seconds = kept_seconds
        self._lock = threading.Lock()
        self._wanted: dict[tuple[str, ...], float] = {}
        """When such a program was asked for last, on the monotonic clock."""
        self._ready: dict[tuple[str, ...], Started] = {}
        self._is_closed = False

    def take(self, program: Sequence[str]) -> Started:
        """Give a process of that program, the spare one where it is there.

        Args:
            program: its path, and its arguments.

        Raises:
            OSError: no process can be started.
        """
        wanted = tuple(program)
        with self._lock:
            self._wanted[wanted] = self._clock.monotonic()
            spare = self._ready.pop(wanted, None)
        if spare is not None:
            if spare.channel.is_connected():
                return spare
            spare.end()
        return self._start(wanted)

    def refill(self) -> None:
        """Start what is missing, and end what nobody has asked for in a long time.

        One that has ended by itself is not replaced before it is asked for again.
        """
        now = self._clock.monotonic()
        with self._lock:
            ending = [
                self._forget(program)
                for program, asked in tuple(self._wanted.items())
                if now - asked > self._kept_seconds or self._has_ended(program)
            ]
            missing = [
                program for program in self._wanted if program not in self._ready
            ]
        for spare in filter(None, ending):
            spare.end()
        for program in missing:
            with suppress(OSError):  # whoever needs one is told
                self._put(program, self._start(program))

    def close(self) -> None:
        """End all spares; none is started from here on. Idempotent."""
        with self._lock:
            self._is_closed = True
            self._wanted.clear()
            ending = tuple(self._ready.values())
            self._ready.clear()
        for spare in ending:
            spare.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of what is held ready."""
        with self._lock:
            return tuple(spare.process.pid for spare in self._ready.values())

    def _has_ended(self, program: tuple[str, ...]) -> bool:
        spare = self._ready.get(program)
        return spare is not None and not spare.channel.is_connected()

    def _forget(self, program: tuple[str, ...]) -> Started | None:
        del self._wanted[program]
        return self._ready.pop(program, None)

    def _put(self, program: tuple[str, ...], started: Started) -> None:
        with self._lock:
            is_needed = not self._is_closed and program not in self._ready
            if is_needed:
                self._ready[program] = started
        if not is_needed:
            started.end()

    def _start(self, program: tuple[str, ...]) -> Started:
        return begin(
            self._clock,
            lambda channel: spawn_program(
                program, channel, lifeline_fd=self._lifeline_fd
            ),
        )
