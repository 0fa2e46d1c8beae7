"""The only reader of time: real clocks, and a wall clock that a developer can move.

TTL, session ages and cookie lifetimes are decided on the wall clock below; time limits
and durations are measured on the monotonic one, which nobody moves.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What everything that depends on the time of day is given."""

    @property
    def offset_seconds(self) -> float:
        """How far this clock stands ahead of real time, in seconds."""
        ...

    def now_epoch(self) -> float:
        """Give the sandbox's time of day in seconds since 1970 (UTC)."""
        ...

    def monotonic(self) -> float:
        """Give seconds that only ever grow, for durations and deadlines."""
        ...


class MovableClock:
    """Real time plus an offset that a developer moves; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_seconds = 0.0
        self._listeners: tuple[Callable[[], None], ...] = ()

    @property
    def offset_seconds(self) -> float:
        """How far this clock stands ahead of real time, in seconds."""
        return self._offset_seconds

    def now_epoch(self) -> float:
        """Give the sandbox's time of day in seconds since 1970 (UTC)."""
        return time.time() + self._offset_seconds

    def now(self) -> datetime:
        """Give the sandbox's time of day as an aware UTC datetime."""
        return datetime.fromtimestamp(self.now_epoch(), UTC)

    monotonic = staticmethod(time.monotonic)
    """Give seconds that only ever grow, for durations and deadlines."""

    def advance(self, seconds: float) -> None:
        """Move the time of day by `seconds`; a negative number moves it back."""
        with self._lock:
            self._offset_seconds += seconds
        self._tell_listeners()

    def set_to(self, epoch: float) -> None:
        """Move the time of day to `epoch`, from where it goes on running."""
        with self._lock:
            self._offset_seconds = epoch - time.time()
        self._tell_listeners()

    def reset(self) -> None:
        """Give real time again."""
        with self._lock:
            was_moved = bool(self._offset_seconds)
            self._offset_seconds = 0.0
        if was_moved:
            self._tell_listeners()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each move, in the thread that moved the clock."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()


class ManualClock:
    """A clock that stands still until it is moved: for tests."""

    offset_seconds = 0.0
    """Its own time is the real one."""

    def __init__(self, epoch: float = 1_700_000_000.0) -> None:
        self._epoch = epoch
        self._monotonic = 0.0

    def now_epoch(self) -> float:
        """Give the time that was last set, in seconds since 1970."""
        return self._epoch

    def monotonic(self) -> float:
        """Give the seconds by which `advance` has moved this clock."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both the time of day and the monotonic time forward."""
        self._epoch += seconds
        self._monotonic += seconds
