"""How many events run at once: takes places, gives them back, says when to wait."""

import threading
from collections import Counter

from sandbox.exchange import Throttled, Unavailable
from sandbox.project.model import Function


class Capacity:
    """Counts running events by function, and all of them against one limit.

    Args:
        limit: how many may run at once.
        wait_seconds: how long a further one waits for a place.
    """

    def __init__(self, limit: int, *, wait_seconds: float) -> None:
        self._limit = limit
        self._wait_seconds = wait_seconds
        self._condition = threading.Condition()
        self._running: Counter[str] = Counter()
        self._total = 0

    def enter(self, function: Function) -> Throttled | Unavailable | None:
        """Take a place for one event; waits where the sandbox is full.

        Returns:
            None, or the outcome of an event that gets no place. A function's own
            `concurrency` leaves none at once: Lambda does not wait either (AWS Lambda
            developer guide, "Reserved concurrency").
        """
        key = key_of(function)
        allowed = function.config.concurrency
        with self._condition:
            if allowed is not None and self._running[key] >= allowed:
                return Throttled(concurrency=allowed)
            self._running[key] += 1
            has_place = False
            try:
                has_place = self._condition.wait_for(
                    lambda: self._total < self._limit, self._wait_seconds
                )
                self._total += has_place
            finally:
                self._running[key] -= not has_place
        return None if has_place else self._full()

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
        with self._condition:
            self._running[key_of(function)] -= 1
            self._total -= 1
            self._condition.notify()

    def running(self, key: str) -> int:
        """Give how many events a function has in work or waiting."""
        return self._running[key]


def key_of(function: Function) -> str:
    """Give what tells functions of a project apart: pragma and name."""
    return f"@{function.pragma} {function.name}"
