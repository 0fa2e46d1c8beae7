"""Workers that wait for events: puts them in, takes them out by use or by age."""

from collections.abc import Callable, Iterable, Iterator

from sandbox.workers.worker import Worker


class IdleWorkers:
    """Idle workers by key, the last used first out. Its owner locks."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[Worker]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Worker]:
        for workers in self._by_key.values():
            yield from workers

    def count(self, key: str) -> int:
        """Give how many wait under `key`."""
        return len(self._by_key.get(key, ()))

    def put(self, key: str, worker: Worker) -> None:
        """Keep a worker for the next event of `key`."""
        self._by_key.setdefault(key, []).append(worker)
        self._count += 1

    def pop(self, key: str) -> Worker | None:
        """Take the worker that was used last, so that the others may grow old."""
        workers = self._by_key.get(key)
        if not workers:
            return None
        self._count -= 1
        return workers.pop()

    def take_surplus(self, limit: int) -> list[Worker]:
        """Take out the longest idle ones, so that `limit` remain."""
        surplus = self._count - limit
        if surplus <= 0:
            return []
        oldest = sorted(self, key=lambda worker: worker.tally.idle_since)[:surplus]
        return self.take(lambda worker: worker in oldest)

    def take(self, is_wanted: Callable[[Worker], bool]) -> list[Worker]:
        """Take out every worker for which `is_wanted` is true."""
        taken = [worker for worker in self if is_wanted(worker)]
        for key, workers in list(self._by_key.items()):
            rest = [worker for worker in workers if worker not in taken]
            if rest:
                self._by_key[key] = rest
            else:
                del self._by_key[key]
        self._count -= len(taken)
        return taken


def keys_of_outdated(workers: Iterable[Worker]) -> tuple[str, ...]:
    """Give the keys of functions with a worker whose code has changed on disk.

    That of the worker that was used last comes first.
    """
    by_use = sorted(workers, key=lambda worker: worker.tally.idle_since, reverse=True)
    behind = (worker for worker in by_use if not worker.has_current_code())
    return tuple(dict.fromkeys(worker.setup.function.key for worker in behind))
