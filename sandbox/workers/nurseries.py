"""Keeps a nursery: one at a time, another where one has died.

A nursery needs a while to begin and needs no app for it. Whoever knows early that
handlers will run begins it at once, and hands it to the pool later.
"""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from sandbox.workers.nursery import Nursery, NurseryError

CAN_FORK = sys.platform == "linux"
"""macOS cannot, once system libraries are loaded."""
ALWAYS = frozenset(("datetime", "urllib.parse"))
"""Small modules of the standard library that most handlers come to import."""


class Nurseries:
    """Owns the nursery, and the lifeline that every process of the pool hangs on.

    Args:
        can_fork: whether workers may be forked; without it there is no nursery.
    """

    def __init__(self, *, can_fork: bool = CAN_FORK) -> None:
        self.can_fork = can_fork
        self.lifeline_fd, self._lifeline_end_fd = os.pipe()
        self._lock = threading.Lock()
        self._current: Nursery | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The nursery's process id, if there is one."""
        current = self._current
        return current.pid if current else None

    def begin(
        self,
        names: frozenset[str] = frozenset(),
        *,
        path_additions: tuple[Path, ...] = (),
    ) -> Nursery:
        """Give the nursery, which begins to import these and what is always wanted.

        Does not wait for the imports.

        Args:
            names: packages; those that are not installed are passed over.
            path_additions: folders to import from, searched last.

        Raises:
            OSError: no process can be started, or all is closed.
        """
        with self._lock:
            if self._is_closed:
                raise OSError("the nursery is closed")
            if self._current is None:
                self._current = Nursery(lifeline_fd=self.lifeline_fd)
            with suppress(NurseryError):  # it has died, and says so when it forks
                self._current.preload(ALWAYS | names, path_additions=path_additions)
            return self._current

    def drop(self, nursery: Nursery | None = None) -> None:
        """End a nursery, by default the one there is; another can be begun."""
        with self._lock:
            nursery = nursery or self._current
            if self._current is nursery:
                self._current = None
        if nursery is not None:
            nursery.close()

    def close(self) -> None:
        """End the nursery and cut the lifeline. Idempotent."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self.drop()
        os.close(self._lifeline_end_fd)
        os.close(self.lifeline_fd)
