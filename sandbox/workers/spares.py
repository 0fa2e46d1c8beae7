"""Processes started ahead: takes what kind is needed, gives one that has begun by then.

Node.js takes 40 ms and more to begin, whatever handler comes; and where nothing can be
forked, a Python interpreter 30, and 300 more to import boto3. A spare has no
environment, folder or code of a function yet: it takes on all three when it is told
which, as any worker does.
"""

import math
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sandbox.clock import Clock
from sandbox.workers import wire
from sandbox.workers.channel import ConnectionEndedError, EventNotTakenError
from sandbox.workers.started import (
    Started,
    begin,
    spawn_interpreter,
    spawn_program,
)

KEPT_SECONDS = 600.0
"""For how long after the last start of a program another is held ready."""
_PRELOADING_SECONDS = 10.0
"""What imports may take on a machine under load."""


class Kind(Protocol):
    """What tells one spare from another; hashable."""

    @property
    def kept_seconds(self) -> float:
        """For how long one is held after the last was asked for."""
        ...

    def start(self, clock: Clock, lifeline_fd: int) -> Started:
        """Start one; raises OSError where that cannot be."""
        ...

    def wait_ready(self, started: Started, clock: Clock) -> frozenset[str]:
        """Wait for the last step of a start; give the modules that are imported.

        Raises:
            TimeoutError: it takes too long.
            ConnectionEndedError, EventNotTakenError: the process is gone.
            WireError: what it says is no message.
        """
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A program of another language than Python, with its arguments."""

    command: tuple[str, ...]
    kept_seconds: float = KEPT_SECONDS

    def start(self, clock: Clock, lifeline_fd: int) -> Started:
        """Start it."""
        return begin(
            clock,
            lambda channel: spawn_program(
                self.command, channel, lifeline_fd=lifeline_fd
            ),
        )

    def wait_ready(self, started: Started, clock: Clock) -> frozenset[str]:
        """Do not wait; its modules are its own affair."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python interpreter that has imported packages, if they are installed.

    One that has imported less serves as well: a handler imports the rest itself.
    """

    names: frozenset[str] = field(compare=False)
    path_additions: tuple[Path, ...] = ()
    uses_aws: bool = False
    kept_seconds: float = math.inf

    def start(self, clock: Clock, lifeline_fd: int) -> Started:
        """Start one and ask for the imports."""
        started = begin(
            clock,
            lambda channel: spawn_interpreter(
                channel, lifeline_fd=lifeline_fd, is_ahead=True
            ),
        )
        message = {
            "type": "preload",
            "names": sorted(self.names),
            "path_additions": [str(path) for path in self.path_additions],
        }
        with suppress(EventNotTakenError, TimeoutError):  # it will not be ready, then
            deadline = clock.monotonic() + _PRELOADING_SECONDS
            started.channel.send(wire.encode(message), deadline)
        return started

    def wait_ready(self, started: Started, clock: Clock) -> frozenset[str]:
        """Wait for the imports."""
        deadline = clock.monotonic() + _PRELOADING_SECONDS
        answer = started.channel.wait_answer(deadline, lambda: None)
        return frozenset(answer["modules"])


@dataclass(slots=True, eq=False)
class _Spare:
    started: Started
    modules: frozenset[str] | None = None
    """None until somebody has waited for it."""


def _any(_modules: frozenset[str]) -> bool:
    return True


class Spares:
    """Holds one spare of each kind that was used of late. Thread-safe.

    Args:
        lifeline_fd: what every process of the pool hangs on; it stays the caller's.
        clock: measures for how long spares are held.
    """

    def __init__(self, *, lifeline_fd: int, clock: Clock) -> None:
        self._lifeline_fd = lifeline_fd
        self._clock = clock
        self._lock = threading.Lock()
        self._wanted: dict[Kind, float] = {}
        """When each kind was asked for last, on the monotonic clock."""
        self._ready: dict[Kind, _Spare] = {}
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of what is held ready."""
        with self._lock:
            return tuple(spare.started.process.pid for spare in self._ready.values())

    def expect(self, kinds: Iterable[Kind]) -> None:
        """Start spares of kinds that nobody has asked for yet."""
        with self._lock:
            for kind in kinds:
                self._want(kind)
        self.refill()

    def take(
        self, kind: Kind, may_use: Callable[[frozenset[str]], bool] = _any
    ) -> Started | None:
        """Give the spare of that kind, and have `refill` start another.

        Gives None where there is none, or none that may be used.

        Args:
            kind: what is needed.
            may_use: judges by the modules that the spare has imported.
        """
        with self._lock:
            self._want(kind)
            spare = self._ready.pop(kind, None)
        if spare is None:
            return None
        try:
            modules = self._wait_ready(kind, spare)
        except (TimeoutError, ConnectionEndedError, EventNotTakenError, wire.WireError):
            spare.started.end()
            return None
        if may_use(modules):
            return spare.started
        self._put(kind, spare)
        return None

    def refill(self) -> None:
        """Start what is missing, and end what nobody has asked for in a long time.

        One that has ended by itself is not replaced before it is asked for again.
        """
        now = self._clock.monotonic()
        with self._lock:
            ending = [
                self._forget(kind)
                for kind, asked in tuple(self._wanted.items())
                if now - asked > kind.kept_seconds or self._has_ended(kind)
            ]
            missing = self._wanted.keys() - self._ready.keys()
        for spare in filter(None, ending):
            spare.started.end()
        for kind in missing:
            with suppress(OSError):  # whoever needs one is told
                self._put(kind, _Spare(kind.start(self._clock, self._lifeline_fd)))

    def close(self) -> None:
        """End all spares; none is started from here on. Idempotent."""
        with self._lock:
            self._is_closed = True
            self._wanted.clear()
            ending = tuple(self._ready.values())
            self._ready.clear()
        for spare in ending:
            spare.started.end()

    def _want(self, kind: Kind) -> None:
        """Note that a kind was asked for, in place of one that is equal."""
        self._wanted.pop(kind, None)
        if not self._is_closed:
            self._wanted[kind] = self._clock.monotonic()

    def _wait_ready(self, kind: Kind, spare: _Spare) -> frozenset[str]:
        if spare.modules is None:
            spare.modules = kind.wait_ready(spare.started, self._clock)
        if not spare.started.channel.is_connected():  # it has ended since it answered
            raise ConnectionEndedError
        return spare.modules

    def _has_ended(self, kind: Kind) -> bool:
        spare = self._ready.get(kind)
        return spare is not None and not spare.started.channel.is_connected()

    def _forget(self, kind: Kind) -> _Spare | None:
        del self._wanted[kind]
        return self._ready.pop(kind, None)

    def _put(self, kind: Kind, spare: _Spare) -> None:
        with self._lock:
            is_needed = not self._is_closed and kind not in self._ready
            if is_needed:
                self._ready[kind] = spare
        if not is_needed:
            spare.started.end()
