"""What a process has started in sessions of their own, which its group's end misses.

Node's `detached` and Python's `start_new_session` make such processes; browsers that a
handler drives are started so. In Lambda they end with the execution environment. They
are found in the process tree as long as what started them is there (proc(5),
`/proc/pid/task/tid/children`); once it has ended by itself, by a variable that they
have from it (`/proc/pid/environ`). They are held by descriptors, which never come to
mean a stranger (pidfd_open(2)). Where the system has none of it, as macOS, none are
known.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST_HELD = 64
"""Of one process; each takes a file descriptor until it is ended."""


class Strays:
    """Processes that descend from one that is to end, and are not of its group.

    Args:
        mark: a variable of that one's environment alone, as `NAME=value`.
    """

    def __init__(self, mark: str) -> None:
        self._mark = os.fsencode(mark)
        self._held: dict[int, int] = {}
        """Descriptors by process id."""

    def note(self, pid: int) -> None:
        """Hold what `pid`, which leads a group, has started outside of that group.

        Call it before `pid` is told to end: its children have another parent then.
        """
        if not hasattr(os, "pidfd_open"):
            return
        for stray in _descendants(pid):
            with suppress(OSError):  # it has ended
                if os.getpgid(stray) != pid:
                    self._hold(stray)

    def search(self) -> None:
        """Hold every process with the mark: what made them has ended by itself.

        Its children have another parent then. Looks at each process of the machine.
        """
        if not hasattr(os, "pidfd_open"):
            return
        for pid in _processes():
            if self._is_marked(pid):
                self._hold(pid)
                if pid in self._held and not self._is_marked(pid):
                    os.close(self._held.pop(pid))  # it ended; its id is another's

    def _is_marked(self, pid: int) -> bool:
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # another user's, or ended
            return False
        return self._mark in variables.split(b"\0")

    def _hold(self, pid: int) -> None:
        if pid not in self._held and len(self._held) < MOST_HELD:
            with suppress(OSError):  # it has ended, or no descriptor is left
                self._held[pid] = os.pidfd_open(pid)

    def kill(self) -> None:
        """End what is held, and let go of it; may be called again."""
        while self._held:
            _, descriptor = self._held.popitem()
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            os.close(descriptor)


def _processes() -> Iterator[int]:
    return (
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()
    )


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
