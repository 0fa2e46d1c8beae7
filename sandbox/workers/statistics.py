"""What functions have done: takes executions as they end, gives their sums."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.exchange import Execution, Outcome, Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionStatistics:
    """What a function's workers have done since the pool was opened."""

    name: str
    """`@http get /path`."""
    idle: int = 0
    """Warm workers that wait."""
    running: int = 0
    """Events in work or waiting for a place."""
    invocations: int = 0
    cold_starts: int = 0
    failures: int = 0
    """Events whose outcome was not `Returned`."""
    max_memory_bytes: int | None = None
    last_outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatistics:
    """The pool at one moment."""

    functions: tuple[FunctionStatistics, ...]
    worker_pids: tuple[int, ...]
    spare_pids: tuple[int, ...]
    """Processes that were started ahead, and have no function yet."""
    nursery_pid: int | None


@dataclass(slots=True)
class _Sums:
    invocations: int = 0
    cold_starts: int = 0
    failures: int = 0
    max_memory_bytes: int = 0
    last_outcome: Outcome | None = None


class Statistics:
    """Sums by function. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, _Sums] = {}

    def count(self, key: str, execution: Execution) -> None:
        """Add one execution."""
        with self._lock:
            sums = self._by_key.get(key)
            if sums is None:
                sums = self._by_key[key] = _Sums()
            sums.invocations += 1
            sums.cold_starts += execution.is_cold
            sums.failures += not isinstance(execution.outcome, Returned)
            sums.last_outcome = execution.outcome
            memory_bytes = execution.max_memory_bytes or 0
            if memory_bytes > sums.max_memory_bytes:
                sums.max_memory_bytes = memory_bytes

    def by_function(
        self, *, idle: Callable[[str], int], running: Callable[[str], int]
    ) -> tuple[FunctionStatistics, ...]:
        """Give the sums, with the counts of the moment."""
        with self._lock:
            return tuple(
                FunctionStatistics(
                    name=key,
                    idle=idle(key),
                    running=running(key),
                    invocations=sums.invocations,
                    cold_starts=sums.cold_starts,
                    failures=sums.failures,
                    max_memory_bytes=sums.max_memory_bytes or None,
                    last_outcome=sums.last_outcome,
                )
                for key, sums in self._by_key.items()
            )
