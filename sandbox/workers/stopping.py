"""Workers that were told to end: puts them in, gives those whose time is over."""

from collections.abc import Iterable

from sandbox.workers.worker import Worker

STOPPING_AT_ONCE = 16
"""How many may take their time; of more, the first are forced."""


class StoppingWorkers:
    """Workers until they are waited for, in the order they came. Its owner locks."""

    def __init__(self) -> None:
        self._older: list[Worker] = []
        self._newer: list[Worker] = []
        self._waiting: list[Worker] = []

    @property
    def has_waiting(self) -> bool:
        """Whether some are told to end at the next call of `put`."""
        return bool(self._waiting)

    def put(self, workers: Iterable[Worker], *, may_wait: bool = False) -> list[Worker]:
        """Tell workers to end; take out those that are too many.

        Those that may wait are told so at the next call.
        """
        if may_wait:
            self._waiting += workers
            return []
        for worker in (*self._waiting, *workers):
            worker.retire()
            self._newer.append(worker)
        self._waiting.clear()
        overdue = self._newer[:-STOPPING_AT_ONCE]
        del self._newer[:-STOPPING_AT_ONCE]
        return overdue

    def take_older(self) -> list[Worker]:
        """Take out those that were there at the last call already."""
        older, self._older, self._newer = self._older, self._newer, []
        return older

    def take_all(self) -> list[Worker]:
        """Take out every worker, also those that were not told to end yet."""
        waiting, self._waiting = self._waiting, []
        return self.take_older() + self.take_older() + waiting


def force(workers: Iterable[Worker]) -> None:
    """End workers at once, and wait for their end."""
    for worker in workers:
        worker.close(grace_seconds=0)
