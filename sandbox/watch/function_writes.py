"""Tells what functions write from what a developer saves: takes paths, gives a yes.

A worker says with its answer what it has written in the app's folder. Such a file stays
the function's until it is another than it was then. While an event is under way, the
difference may be the event's own doing, and is taken for it.
"""

import threading
from collections.abc import Callable, Iterable

from sandbox.project.observed import Signature, signature
from sandbox.watch.changes import Change

MOST_REMEMBERED = 1000
"""Files; those that were written longest ago give way."""


class FunctionWrites:
    """Remembers files as functions have left them. Safe between threads.

    Args:
        is_running: tells whether an event is under way.
    """

    def __init__(self, is_running: Callable[[], bool]) -> None:
        self._is_running = is_running
        self._lock = threading.Lock()
        self._left: dict[str, Signature] = {}

    def note(self, paths: Iterable[str]) -> None:
        """Take files that an event has just written; it still counts as under way."""
        left = {path: signature(path) for path in paths}
        with self._lock:
            for path in left:
                self._left.pop(path, None)  # the last written is remembered longest
            self._left.update(left)
            for path in list(self._left)[:-MOST_REMEMBERED]:
                del self._left[path]

    def explain(self, change: Change) -> bool:
        """Tell whether a function has made this change, as far as that can be told."""
        path = str(change.path)
        with self._lock:
            is_known, left = path in self._left, self._left.get(path)
        return is_known and (left == signature(path) or self._is_running())
