"""What functions have done: takes executions as they end, gives their sums."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

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
    nursery_pid: int | None


class Statistics:
    """Sums by function. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, FunctionStatistics] = {}

    def count(self, key: str, execution: Execution) -> None:
        """Add one execution."""
        with self._lock:
            known = self._by_key.get(key) or FunctionStatistics(name=key)
            self._by_key[key] = replace(
                known,
                invocations=known.invocations + 1,
                cold_starts=known.cold_starts + execution.is_cold,
                failures=known.failures + (not isinstance(execution.outcome, Returned)),
                max_memory_bytes=max(
                    known.max_memory_bytes or 0, execution.max_memory_bytes or 0
                )
                or None,
                last_outcome=execution.outcome,
            )

    def by_function(
        self, *, idle: Callable[[str], int], running: Callable[[str], int]
    ) -> tuple[FunctionStatistics, ...]:
        """Give the sums, with the counts of the moment."""
        with self._lock:
            known = list(self._by_key.items())
        return tuple(
            replace(sums, idle=idle(key), running=running(key)) for key, sums in known
        )
