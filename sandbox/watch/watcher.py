"""Turns watchdog's events about an app's folder into debounced sets of changes.

Folders that no handler is edited in (`node_modules`, `.git`, virtual environments) are
not watched at all: watching a whole dependency tree overflows inotify.
"""

import logging
import queue
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from sandbox.watch.changes import IGNORED_FOLDERS, Change, is_ignored

QUIET_SECONDS = 0.01
"""A save is often several events; they are handed on after this long a quiet."""
HELD_AT_MOST = 25
"""So many times as long they wait for the end of requests, which may have caused them:
it is only then that functions tell what they have written."""

_KINDS: dict[str, Literal["added", "modified", "removed"]] = {
    EVENT_TYPE_CREATED: "added",
    EVENT_TYPE_MODIFIED: "modified",
    EVENT_TYPE_DELETED: "removed",
}


class Watcher:
    """Calls `react` with each set of changes below `root`, in a thread of its own.

    Args:
        root: the app's folder.
        react: called with changes; an exception in it is passed to `on_error`.
        on_error: told of whatever goes wrong; watching goes on.
        is_busy: tells whether a request is being answered.
        observer: makes what asks the system for events.
    """

    def __init__(
        self,
        root: Path,
        *,
        react: Callable[[frozenset[Change]], None],
        on_error: Callable[[Exception], None],
        is_busy: Callable[[], bool] = lambda: False,
        observer: Callable[[], BaseObserver] = Observer,
    ) -> None:
        self._root = root
        self._react = react
        self._on_error = on_error
        self._is_busy = is_busy
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._make_observer = observer
        self._observer: BaseObserver
        self._watches: dict[Path, ObservedWatch] = {}
        self._thread = threading.Thread(
            target=self.run, name="arc-watcher", daemon=True
        )
        self._is_started = False

    def start(self) -> OSError | None:
        """Begin watching; returns once every folder is being watched.

        Where the system gives no events (for example, no inotify watches are left),
        files are looked at every second instead.

        Returns:
            What the system said then; None where it gives events.

        Raises:
            OSError: the folder cannot be looked at either.
        """
        refusal = None
        try:
            self._observe(self._make_observer)
        except OSError as error:
            refusal = error
            self._observe(PollingObserver)
        self._thread.start()
        self._is_started = True
        return refusal

    def _observe(self, make_observer: Callable[[], BaseObserver]) -> None:
        # watchdog says so of every folder made inside one that it begins to watch.
        warnings.filterwarnings(
            "ignore", "Callback with id ", RuntimeWarning, r"watchdog\."
        )
        self._watches.clear()
        # Making it asks the system already, and may begin a thread of its own.
        self._observer = make_observer()
        events = _Events(self)
        try:
            self._observer.schedule(events, str(self._root), recursive=False)
            for folder in sorted(self._root.iterdir()):
                self.watch_folder(folder, events)
            self._observer.start()
        except OSError:
            self._observer.stop()
            raise

    def watch_folder(self, folder: Path, events: FileSystemEventHandler) -> None:
        """Watch a folder directly below the root, unless it is one to ignore.

        Raises:
            OSError: the system cannot.
        """
        self.forget_folder(folder)
        if folder.name not in IGNORED_FOLDERS and folder.is_dir():
            self._watches[folder] = self._observer.schedule(
                events, str(folder), recursive=True
            )

    def forget_folder(self, folder: Path) -> None:
        """Watch no longer what was at that path; watching nothing there is no error.

        An observer takes a path for watched even when what was there is deleted, and
        then does not begin to watch what is made in its place.
        """
        watch = self._watches.pop(folder, None)
        if watch is not None:
            self._observer.unschedule(watch)

    def follow_folder(self, folder: Path, events: FileSystemEventHandler) -> None:
        """Watch a folder that has appeared; what goes wrong is told, not raised."""
        try:
            self.watch_folder(folder, events)
        except OSError as error:
            if folder.is_dir():  # else it is gone already, and nothing is amiss
                self._on_error(error)

    @property
    def root(self) -> Path:
        """The folder being watched."""
        return self._root

    def add(self, change: Change) -> None:
        """Take one change, as the observer's thread does; drop one to ignore."""
        if not is_ignored(change.path, self._root):
            self._changes.put(change)

    def run(self) -> None:
        """Hand changes on until `close`; the body of the thread."""
        while (first := self._changes.get()) is not None:
            changes, is_closing = self._gather(first)
            try:
                self._react(changes)
            except Exception as error:  # noqa: BLE001 - told to the owner; watching goes on
                self._on_error(error)
            if is_closing:
                return

    def _gather(self, first: Change) -> tuple[frozenset[Change], bool]:
        changes = {first}
        held = 0
        while True:
            try:
                change = self._changes.get(timeout=QUIET_SECONDS)
            except queue.Empty:
                if held < HELD_AT_MOST and self._is_busy():
                    held += 1
                    continue
                return frozenset(changes), False
            if change is None:
                return frozenset(changes), True
            changes.add(change)

    def close(self) -> None:
        """Stop watching and wait for the threads; may be called again."""
        if not self._is_started:
            return
        self._is_started = False
        with _silent_emitters():
            self._observer.stop()
            self._changes.put(None)
            self._observer.join()
        self._thread.join()


@contextmanager
def _silent_emitters() -> Iterator[None]:
    """Keep watchdog from calling it an error that an emitter looks when it is stopped.

    Its thread does where it is between two looks at that moment; nothing is amiss.
    """

    def refuse(_record: logging.LogRecord) -> bool:
        return False

    logger = logging.getLogger("watchdog.observers.inotify")
    logger.addFilter(refuse)
    try:
        yield
    finally:
        logger.removeFilter(refuse)


class _Events(FileSystemEventHandler):
    """Translates watchdog's words into ours."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def on_any_event(self, event: FileSystemEvent) -> None:
        source = Path(str(event.src_path))
        if event.event_type == EVENT_TYPE_MOVED:
            self._watcher.forget_folder(source)
            self._watcher.add(Change(path=source, kind="removed"))
            self._appeared(Path(str(event.dest_path)), is_folder=event.is_directory)
        elif event.event_type == EVENT_TYPE_CREATED:
            self._appeared(source, is_folder=event.is_directory)
        elif event.event_type in _KINDS and not event.is_directory:
            self._watcher.add(Change(path=source, kind=_KINDS[event.event_type]))

    def _appeared(self, path: Path, *, is_folder: bool) -> None:
        if is_folder and path.parent == self._watcher.root:
            self._watcher.follow_folder(path, self)
        self._watcher.add(Change(path=path, kind="added"))
