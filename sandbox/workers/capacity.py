"""How many events run at once: takes places, gives them back, says when to wait."""

import math
import threading
from collections import Counter

from sandbox.clock import Clock
from sandbox.exchange import Throttled, Unavailable
from sandbox.project.model import Function

_CROWDED_SECONDS = 0.05
"""For so long after two events ran at once, two are expected to do so again."""


class Capacity:
    """Counts running events by function, and all of them against one limit.

    Args:
        limit: how many may run at once.
        wait_seconds: how long a further one waits for a place.
        clock: says how long ago two ran at once.
    """

    def __init__(self, limit: int, *, wait_seconds: float, clock: Clock) -> None:
        self._limit = limit
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._crowded_at = -math.inf
        self._lock = threading.Lock()
        self._freed = threading.Condition(self._lock)
        self._running: Counter[str] = Counter()
        self._total = 0
        self._waiting = 0

    def enter(self, function: Function) -> Throttled | Unavailable | None:
        """Take a place for one event; waits where the sandbox is full.

        Returns:
            None, or the outcome of an event that gets no place. A function's own
            `concurrency` leaves none at once: Lambda does not wait either (AWS Lambda
            developer guide, "Reserved concurrency").
        """
        key = function.key
        allowed = function.config.concurrency
        with self._lock:
            if allowed is not None and self._running[key] >= allowed:
                return Throttled(concurrency=allowed)
            self._running[key] += 1
            if self._total >= self._limit and not self._wait_for_place(key):
                return self._full()
            self._total += 1
            if self._total > 1:
                self._crowded_at = self._clock.monotonic()
        return None

    def _wait_for_place(self, key: str) -> bool:
        """Wait, under the lock; tells whether there is a place now."""
        self._waiting += 1
        has_place = False
        try:
            has_place = self._freed.wait_for(
                lambda: self._total < self._limit, self._wait_seconds
            )
        finally:
            self._waiting -= 1
            self._running[key] -= not has_place
        return has_place

    def _full(self) -> Unavailable:
        return Unavailable(
            message=(
                f'All "{self._limit}" places for events were taken for '
                f'"{self._wait_seconds:g}" seconds.'
            ),
            remedy="Send fewer requests at once, or look for handlers that hang.",
        )

    def leave(self, function: Function) -> None:
        """Give a place back."""
        with self._lock:
            self._running[function.key] -= 1
            self._total -= 1
            if self._waiting:
                self._freed.notify()

    def is_calm(self) -> bool:
        """Tell whether one event at a time has run of late, this one included."""
        return self._clock.monotonic() - self._crowded_at > _CROWDED_SECONDS

    def running(self, key: str) -> int:
        """Give how many events a function has in work or waiting."""
        return self._running[key]
