"""Questions to the disk whose answers are remembered, and checked again cheaply.

An answer stands as long as the path's times, size and inode do. One of the times, that
of the inode's last change, nobody can set: `cp -p` sets the other. Times that are still
young prove nothing, for an edit in the same tick leaves them as they were: until they
have aged, the question is asked again.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sandbox.clock import Clock
from sandbox.project.files import Files, Kind

YOUNG_SECONDS = 2.0
"""The coarsest tick of a file system's clock (FAT)."""
Signature: TypeAlias = tuple[int, int, int, int] | None
"""What changes with a file; None where there is nothing."""
_Answer: TypeAlias = tuple[str, ...] | str | None


def signature(path: str) -> Signature:
    """Give what changes with a file: its times, size and inode; None for nothing."""
    try:
        status = os.stat(path)  # noqa: PTH116 - half of Path's cost, on each request
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


class Observation:
    """The questions about one path, and the answers that the disk gave. Thread-safe."""

    def __init__(self, path: str, clock: Clock) -> None:
        self.path = path
        self._clock = clock
        self._questions: list[tuple[Callable[[], _Answer], _Answer]] = []
        # One value, so that no thread sees half of another's finding.
        self._known = self._look()

    def answer(self, ask: Callable[[], _Answer]) -> _Answer:
        """Give the disk's answer, and hold it to that from now on."""
        answer = ask()
        self._questions.append((ask, answer))
        return answer

    def still_holds(self) -> bool:
        """Tell whether the disk would give the same answers now."""
        known, is_settled = self._known
        if is_settled and signature(self.path) == known:
            return True
        found = self._look()
        if any(ask() != answer for ask, answer in self._questions):
            return False
        self._known = found
        return True

    def _look(self) -> tuple[Signature, bool]:
        """Give the path's signature, and whether it has aged."""
        found = signature(self.path)
        if found is None:
            return found, True
        age_seconds = self._clock.now_epoch() - max(found[:2]) / 1e9
        return found, age_seconds > YOUNG_SECONDS


class ObservedFiles:
    """Passes questions on, and remembers them with their answers, by path.

    Args:
        files: who answers.
        clock: real time, against which the times of files are young or old.
    """

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._by_path: dict[str, Observation] = {}

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What was asked so far, one for each path."""
        return tuple(self._by_path.values())

    def present(self, folder: str, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of `names` that exist directly in `folder`, in their order."""
        ask = self._files.present
        answer = self._answer(folder, lambda: ask(folder, names))
        return answer if isinstance(answer, tuple) else ()

    def read(self, path: str) -> str | None:
        """Give a file's text, or None if unreadable."""
        ask = self._files.read
        answer = self._answer(path, lambda: ask(path))
        return answer if isinstance(answer, str) else None

    def kind(self, path: str) -> Kind | None:
        """Tell what is at `path`; None for nothing."""
        ask = self._files.kind
        match self._answer(path, lambda: ask(path)):
            case "file":
                return "file"
            case "folder":
                return "folder"
        return None

    def _answer(self, path: str, ask: Callable[[], _Answer]) -> _Answer:
        observation = self._by_path.get(path)
        if observation is None:
            observation = self._by_path[path] = Observation(path, self._clock)
        return observation.answer(ask)
