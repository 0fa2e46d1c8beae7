"""The only reader of time: real clocks, and a wall clock that a developer can move.

TTL, session ages and cookie lifetimes are decided on the wall clock below; time limits
and durations are measured on the monotonic one, which nobody moves.
"""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What everything that depends on the time of day is given."""

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

    def monotonic(self) -> float:
        """Give seconds that only ever grow, for durations and deadlines."""
        return time.monotonic()

    def advance(self, seconds: float) -> None:
        """Move the time of day by `seconds`; a negative number moves it back."""
        with self._lock:
            self._offset_seconds += seconds

    def set_to(self, epoch: float) -> None:
        """Move the time of day to `epoch`, from where it goes on running."""
        with self._lock:
            self._offset_seconds = epoch - time.time()

    def reset(self) -> None:
        """Give real time again."""
        with self._lock:
            self._offset_seconds = 0.0


class ManualClock:
    """A clock that stands still until it is moved: for tests."""

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
