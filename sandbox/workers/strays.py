"""What a process has started in sessions of their own, which its group's end misses.

Node's `detached` and Python's `start_new_session` make such processes; browsers that a
handler drives are started so. In Lambda they end with the execution environment. They
are found in the process tree as long as what started them is there (proc(5),
`/proc/pid/task/tid/children`), and held by descriptors, which never come to mean a
stranger (pidfd_open(2)). Where the system has neither, as macOS, none are known.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST_HELD = 64
"""Of one process; each takes a file descriptor until it is ended."""


class Strays:
    """Processes that descend from one that is to end, and are not of its group."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}
        """Descriptors by process id."""

    def note(self, pid: int) -> None:
        """Hold what `pid`, which leads a group, has started outside of that group.

        Call it before `pid` is told to end: its children have another parent then.
        """
        if not hasattr(os, "pidfd_open"):
            return
        for stray in _descendants(pid):
            if stray in self._held or len(self._held) >= MOST_HELD:
                continue
            with suppress(OSError):  # it has ended, or no descriptor is left
                if os.getpgid(stray) != pid:
                    self._held[stray] = os.pidfd_open(stray)

    def kill(self) -> None:
        """End what is held, and let go of it; may be called again."""
        while self._held:
            _, descriptor = self._held.popitem()
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            os.close(descriptor)


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> Iterator[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        with suppress(OSError):  # it has ended meanwhile
            yield from map(int, (thread / "children").read_text("ascii").split())
