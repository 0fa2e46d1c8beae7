"""How many events run at once: takes places, gives them back, says when to wait."""

import threading
from collections import Counter

from sandbox.project.model import Function


class Capacity:
    """Counts running events by function, and all of them against one limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._condition = threading.Condition()
        self._running: Counter[str] = Counter()
        self._total = 0

    def enter(self, function: Function) -> bool:
        """Take a place for one event; waits where the sandbox is full.

        Returns:
            False where the function's own `concurrency` leaves no place: Lambda does
            not wait either (AWS Lambda developer guide, "Reserved concurrency").
        """
        key = key_of(function)
        allowed = function.config.concurrency
        with self._condition:
            if allowed is not None and self._running[key] >= allowed:
                return False
            self._running[key] += 1
            while self._total >= self._limit:
                self._condition.wait()
            self._total += 1
            return True

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
