"""Tells what functions write from what a developer saves: takes paths, gives a yes.

A worker says with its answer what it has written in the app's folder. Such a file stays
the function's until it is another than it was then. While an event is under way, the
difference may be the event's own doing, and is taken for it.
"""

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
        self._left: dict[str, Signature] = {}

    def note(self, paths: Iterable[str]) -> None:
        """Take files that an event has just written; it still counts as under way."""
        for path in paths:
            self._left.pop(path, None)
            self._left[path] = signature(path)
        for path in list(self._left)[:-MOST_REMEMBERED]:
            self._left.pop(path, None)

    def explain(self, change: Change) -> bool:
        """Tell whether a function has made this change, as far as that can be told."""
        path = str(change.path)
        if path not in self._left:
            return False
        return self._left[path] == signature(path) or self._is_running()
