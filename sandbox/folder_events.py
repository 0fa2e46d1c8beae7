"""Has anything been touched in these folders? Takes paths, tells by one system call.

Linux queues an event for each change of a folder's entries before the call that made
the change returns (inotify(7)). So whoever saw his files unchanged, and finds no event
since, need not look at each of them again: that costs a microsecond, where looking
costs two a file and lets go of the interpreter lock as often.

Nothing is believed for long. What inotify cannot see (an edit by way of another hard
link, a renamed folder further up, another machine's write to a shared file system) is
found by the next look, `TRUSTED_SECONDS` later at most. Where there is no inotify,
every question is a look.
"""

import ctypes
import os
import struct
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sandbox.clock import Clock
from sandbox.quick_calls import unread_bytes

TRUSTED_SECONDS = 0.05
"""How long silence stands for a look. A person takes longer from a save to a click."""

_EVENT = struct.Struct("iIII")
_READ_BYTES = 65_536
_NOT_OPEN = -1

_CLOSE_WRITE, _MOVED_FROM, _MOVED_TO = 0x8, 0x40, 0x80
_MODIFY, _ATTRIB, _CREATE, _DELETE = 0x2, 0x4, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _UNMOUNT = 0x400, 0x800, 0x2000
_OVERFLOW, _IGNORED, _ONLY_FOLDERS = 0x4000, 0x8000, 0x0100_0000
_ENTRIES = _MODIFY | _ATTRIB | _CLOSE_WRITE | _CREATE | _DELETE
_MOVES = _MOVED_FROM | _MOVED_TO | _DELETE_SELF | _MOVE_SELF
_WATCHED = _ENTRIES | _MOVES | _ONLY_FOLDERS
_NEW_NAMES = _CREATE | _DELETE | _MOVED_FROM | _MOVED_TO
_GONE = _DELETE_SELF | _MOVE_SELF | _UNMOUNT | _OVERFLOW | _IGNORED


class FolderEvents:
    """Counts what happens in folders, from the first that is to be covered on.

    Safe between threads. Whoever covers anything closes it at the end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = 0
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = _NOT_OPEN
        self._is_closed = not sys.platform.startswith("linux")
        self._watched: dict[str, int] = {}
        self._covered: set[str] = set()

    def generation(self) -> int:
        """Give a number that is another one once anything has happened."""
        if self._has_news():
            self._take_in()
        return self._generation

    def cover(self, paths: Collection[str]) -> bool:
        """Watch for changes of files and folders, existing or not, from now on.

        Gives whether that is possible for all of them.
        """
        with self._lock:
            if self._covered.issuperset(paths):
                return True
            return self._open() and all(map(self._cover, paths))

    def close(self) -> None:
        """Stop watching; from here on nothing can be covered. Idempotent."""
        with self._lock:
            self._is_closed = True
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = _NOT_OPEN
            self._watched.clear()
            self._covered.clear()

    def _open(self) -> bool:
        if self._fd < 0 and not self._is_closed:
            flags = os.O_NONBLOCK | os.O_CLOEXEC
            self._fd = int(self._libc.inotify_init1(flags))
        return self._fd >= 0

    def _has_news(self) -> bool:
        """Tell whether anything is queued, without taking it: safe between threads."""
        if self._fd < 0:
            return False
        try:
            return unread_bytes(self._fd) > 0
        except OSError:  # closed by another thread meanwhile
            return True

    def _take_in(self) -> None:
        """Count first, and empty the queue after that.

        So who finds it empty sees the new count as well.
        """
        with self._lock:
            self._generation += 1
            try:
                events = os.read(self._fd, _READ_BYTES)
            except OSError:  # somebody else has emptied or closed it
                return
            offset = 0
            while offset < len(events):
                descriptor, mask, _, size = _EVENT.unpack_from(events, offset)
                offset += _EVENT.size + size
                if mask & (_NEW_NAMES | _GONE):
                    self._covered.clear()  # a path may lead elsewhere now
                if mask & _GONE:
                    self._forget(descriptor, mask)

    def _forget(self, descriptor: int, mask: int) -> None:
        """Let a folder that was moved or deleted be watched anew where it was."""
        if mask & _OVERFLOW:
            self._watched.clear()
            return
        if mask & _MOVE_SELF:
            self._libc.inotify_rm_watch(self._fd, descriptor)
        self._watched = {p: d for p, d in self._watched.items() if d != descriptor}

    def _cover(self, path: str) -> bool:
        """Watch the folder of `path`, and that of the file which it leads to.

        Handlers try to open whatever a text says: names that are too long, links that
        lead in circles, folders that nobody may read.
        """
        named = Path(path)
        try:
            real = named.resolve()
        except (OSError, RuntimeError):  # a link that leads to itself
            real = named
        except ValueError:  # a NUL in it: no such file can ever be
            self._covered.add(path)
            return True
        folders = {_existing(named.parent), _existing(real.parent)}
        if _is_folder(real):
            folders.add(real)
        is_covered = all(self._watch(str(folder)) for folder in folders)
        if is_covered:
            self._covered.add(path)
        return is_covered

    def _watch(self, folder: str) -> bool:
        if folder not in self._watched:
            name = os.fsencode(folder)
            descriptor = self._libc.inotify_add_watch(self._fd, name, _WATCHED)
            if descriptor < 0:
                return False
            self._watched[folder] = descriptor
        return True


class Unchanged:
    """Remembers that a check held, for as long as nothing happens to its files.

    Safe between threads.

    Args:
        events: tells of changes; without it each question is a check.
        clock: says for how long nothing is believed.
        check: looks at the disk.
        paths: all that it looks at.
    """

    def __init__(
        self,
        events: FolderEvents | None,
        clock: Clock,
        *,
        check: Callable[[], bool],
        paths: Sequence[str] = (),
    ) -> None:
        self._events = events
        self._clock = clock
        self._check = check
        self._paths = paths
        self._known: tuple[Sequence[str] | None, int, float] = (None, -1, 0.0)
        """What the check held for, when, and until when that is believed."""

    def still_holds(self) -> bool:
        """Give what the check gives, without asking it where nothing has happened."""
        events = self._events
        if events is None:
            return self._check()
        # What happens from here on is told, what happened before is looked at.
        paths, generation = self._paths, events.generation()
        known_paths, known_generation, until = self._known
        is_known = known_paths is paths and known_generation == generation
        if is_known and self._clock.monotonic() < until:
            return True
        is_covered = events.cover(paths)
        holds = self._check()
        if holds and is_covered:
            until = self._clock.monotonic() + TRUSTED_SECONDS
            self._known = paths, generation, until
        return holds

    def look_at(self, paths: Sequence[str]) -> None:
        """Take other paths; the next question is a check, whatever has happened.

        Also where another thread is at a check, which may not have seen these yet.
        """
        self._paths = list(paths)


def _existing(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that exists."""
    while not _is_folder(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # too long a name, or nothing that this user may look at
        return False
