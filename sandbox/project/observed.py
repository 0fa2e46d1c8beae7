"""Questions to the disk whose answers are remembered, and checked again cheaply.

An answer stands as long as the path's time, size and inode do. A time that is still
young proves nothing, for an edit in the same tick leaves it as it was: until it has
aged, the question is asked again.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sandbox.clock import Clock
from sandbox.project.files import Files, Kind

YOUNG_SECONDS = 2.0
"""The coarsest tick of a file system's clock (FAT)."""
_Signature: TypeAlias = tuple[int, int, int] | None
_Answer: TypeAlias = tuple[str, ...] | str | None


def signature(path: str) -> _Signature:
    """Give what changes with a file: its time, size and inode; None for nothing."""
    try:
        status = os.stat(path)  # noqa: PTH116 - half of Path's cost, on each request
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class Observation:
    """One question about a path, and the answer that the disk gave."""

    def __init__(self, path: str, ask: Callable[[], _Answer], clock: Clock) -> None:
        self.path = path
        self._ask = ask
        self._clock = clock
        self._signature = signature(path)
        self._is_settled = self._has_aged(self._signature)
        self.answer = ask()

    def still_holds(self) -> bool:
        """Tell whether the disk would give the same answer now."""
        current = signature(self.path)
        if self._is_settled and current == self._signature:
            return True
        is_settled = self._has_aged(current)
        if self._ask() != self.answer:
            return False
        self._signature = current
        self._is_settled = is_settled
        return True

    def _has_aged(self, found: _Signature) -> bool:
        if found is None:
            return True
        return self._clock.now_epoch() - found[0] / 1e9 > YOUNG_SECONDS


class ObservedFiles:
    """Passes questions on, and remembers each one with its answer.

    Args:
        files: who answers.
        clock: real time, against which the times of files are young or old.
    """

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self.observations: list[Observation] = []

    def present(self, folder: str, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of `names` that exist directly in `folder`, in their order."""
        ask = self._files.present
        observation = self._observe(folder, lambda: ask(folder, names))
        answer = observation.answer
        return answer if isinstance(answer, tuple) else ()

    def read(self, path: str) -> str | None:
        """Give a file's text, or None if unreadable."""
        ask = self._files.read
        answer = self._observe(path, lambda: ask(path)).answer
        return answer if isinstance(answer, str) else None

    def kind(self, path: str) -> Kind | None:
        """Tell what is at `path`; None for nothing."""
        ask = self._files.kind
        match self._observe(path, lambda: ask(path)).answer:
            case "file":
                return "file"
            case "folder":
                return "folder"
        return None

    def _observe(self, path: str, ask: Callable[[], _Answer]) -> Observation:
        observation = Observation(path, ask, self._clock)
        self.observations.append(observation)
        return observation
