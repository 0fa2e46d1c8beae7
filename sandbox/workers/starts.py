"""Starts of workers under way: who is late may wait for one instead of another.

A save has the edited function loaded at once, and often a request comes for it at the
same moment. Two starts would compete for the processors, and one worker would be idle.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sandbox.exchange import Execution, Outcome
from sandbox.project.model import Function, Project
from sandbox.workers.lifecycle import State
from sandbox.workers.worker import Worker

WAIT_SECONDS = 35.0
"""Longer than a module may load, as often as one is loaded: three times ten seconds."""


@dataclass(slots=True, kw_only=True, eq=False)
class Start:
    """One start, until its worker can be found elsewhere."""

    key: str
    """Of the function."""
    project: Project
    is_free: bool
    """Whether its worker is for whoever comes, not for a request of its own."""
    failure: Execution | None = None
    """What an event would come to, where the code does not load."""
    ended: threading.Event = field(default_factory=threading.Event)


class Starts:
    """Knows all starts under way. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: list[Start] = []

    @contextmanager
    def begin(self, key: str, project: Project, *, is_free: bool) -> Iterator[Start]:
        """Have the start that the block makes be known while it lasts."""
        start = Start(key=key, project=project, is_free=is_free)
        with self._lock:
            self._under_way.append(start)
        try:
            yield start
        finally:
            with self._lock:
                self._under_way.remove(start)
            start.ended.set()

    def wait(self, key: str, project: Project, *, only_free: bool) -> Start | None:
        """Wait for a start of that function in the same project; None without one."""
        with self._lock:
            found = [
                start
                for start in self._under_way
                if start.key == key
                and start.project is project
                and (start.is_free or not only_free)
            ]
        if not found:
            return None
        found[0].ended.wait(WAIT_SECONDS)
        return found[0]


def cold_start(worker: Worker, execution: Execution) -> Execution:
    """Give what the first event of a worker comes to, with what its start took."""
    return replace(
        execution,
        is_cold=True,
        init_ms=worker.tally.init_ms,
        output=worker.tally.init_output + execution.output,
    )


def failed_start(worker: Worker, failure: Outcome) -> Execution:
    """Give what an event comes to whose worker's code does not load."""
    return Execution(
        outcome=failure,
        output=worker.tally.init_output,
        is_cold=True,
        worker_pid=worker.pid,
        init_ms=worker.tally.init_ms,
        max_memory_bytes=worker.tally.max_memory_bytes,
        written=worker.tally.take_written(),
    )


def is_at_work(worker: Worker, function: Function, project: Project) -> bool:
    """Tell whether a worker is at an event of the function, with its current code."""
    return (
        worker.setup.function.key == function.key
        and worker.state is State.BUSY
        and worker.project is project
        and worker.has_current_code()
    )
