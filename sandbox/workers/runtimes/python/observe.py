"""What a worker has read of the project: takes audit events, gives the wire's lists.

Stamps are taken before a file is read, so that an edit during the reading is seen as a
change. A file that the handler itself writes is left out, or forgotten where it was
read first: it is data of its own. Code that was read before it is written stays.
"""

import os
import sys
import time
from _thread import _local
from collections.abc import Callable
from hashlib import sha256
from os import stat  # what is on disk, not what a handler is shown
from types import FrameType
from typing import Any, TypedDict

from sandbox.workers.runtimes.python import os_functions
from sandbox.workers.wire import (
    YOUNG_SECONDS,
    folder_digest,
    listing_digest,
    presence_digest,
)

Row = tuple[str, str, str]
"""Path, stamp and digest."""

_INSTALLED = ("/site-packages/", "/dist-packages/", "/node_modules/", "/lib/python3.")
_WRITING = os.O_WRONLY | os.O_RDWR
_BYTECODE_FOLDER = "/__pycache__/"
_BYTECODE = ("/__pycache__", ".pyc")
_CODE_SUFFIXES = (".py", ".so")
_MAKING, _MOVING = "os.mkdir", "os.rename"
_CHANGING_EVENTS = (_MAKING, _MOVING, "os.remove", "os.rmdir")
_NO_FOLDER = -1
"""For a descriptor of the folder in which a name is looked for."""
_LISTING_EVENTS = ("os.listdir", "os.scandir")
_QUESTIONS = ("access", "stat")
"""Functions of `os` by which Python finds out whether a file is there. No audit event
tells of them."""
_LEADING = f"{os.path.dirname(__file__)}/deployed_files.py"
"""Stands between `os.listdir` and who calls it."""
_IMPORT_SYSTEM = "importlib"
"""In the names of the files whose code looks through folders for modules alone."""


class News(TypedDict):
    """What the sandbox does not know yet, as fields of a message."""

    files: list[Row]
    folders: list[Row]
    listings: list[Row]
    presences: list[Row]
    written: list[str]
    disowned: list[str]


class Observer:
    """Notes the project's files as they are opened, and folders as asked."""

    def __init__(
        self, roots: tuple[str, ...], real_time: Callable[[], float] = time.time
    ) -> None:
        self._real_time = real_time
        folders = {*roots, *map(os.path.realpath, roots)}
        prefixes = (root.rstrip("/") + "/" for root in folders)
        self._prefixes = tuple(sorted(prefixes, key=len))
        """The outermost first, since what is installed is judged below that."""
        self._files: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}
        self._listings: dict[str, tuple[str, str]] = {}
        self._listed: set[str] = set()
        self._presences: dict[str, tuple[str, str]] = {}
        self._asked: set[str] = set()
        self._is_loading = True
        self._seen: set[str] = set()
        self._written: set[str] = set()
        self._just_written: set[str] = set()
        self._disowned: set[str] = set()
        self._thread = _local()

    def is_project_path(self, path: str) -> bool:
        """Tell whether `path` is the app's own, and nothing installed below it.

        The app itself may well lie in a folder such as `lib/python3.12`.
        """
        for prefix in self._prefixes:
            if path.startswith(prefix):
                below = path[len(prefix) - 1 :]
                return not any(part in below for part in _INSTALLED)
        return False

    def watch(self) -> None:
        """Note files from now on. Audit hooks last as long as the process."""
        sys.addaudithook(self._audit)

    def watch_questions(self) -> None:
        """Note from now on which files the handler's module asks after."""
        for name in _QUESTIONS:
            os_functions.replace(name, self._noting)

    def note_absent(self, path: str) -> None:
        """Note a file that would be read if it were there; nothing where it is."""
        if path in self._seen or not self.is_project_path(path):
            return
        if _on_disk(path) is None:
            self._seen.add(path)
            self._files[path] = "", ""

    def note_folder(self, path: str) -> None:
        """Note that imports are about to be looked for in `path`."""
        self._folders[path] = self._names_state(path, folder_digest)

    def end_loading(self) -> None:
        """Note no more listings and questions: an event sees what is, each time."""
        self._is_loading = False

    @property
    def has_news(self) -> bool:
        """Whether anything was noted that the sandbox does not know."""
        return bool(
            self._files
            or self._folders
            or self._listings
            or self._presences
            or self._just_written
            or self._disowned
        )

    def news(self) -> News:
        """Give what was noted and not forgotten."""
        return {
            "files": _rows(self._files),
            "folders": _rows(self._folders),
            "listings": _rows(self._listings),
            "presences": _rows(self._presences),
            "written": list(self._just_written),
            "disowned": list(self._disowned),
        }

    def forget(self, news: News) -> None:
        """Drop what the sandbox knows by now; it is not noted again."""
        for path, _, _ in news["files"]:
            self._files.pop(path, None)
        for path, _, _ in news["folders"]:
            self._folders.pop(path, None)
        for path, _, _ in news["listings"]:
            self._listings.pop(path, None)
        for path, _, _ in news["presences"]:
            self._presences.pop(path, None)
        self._just_written.difference_update(news["written"])
        self._disowned.difference_update(news["disowned"])

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._note_open(arguments[0], arguments[2])
        elif event in _CHANGING_EVENTS:
            self._note_changes(event, arguments)
        elif self._is_loading and event in _LISTING_EVENTS:
            caller = sys._getframe(1)  # noqa: SLF001 - the only way to whose call it is
            if caller.f_code.co_filename == _LEADING and caller.f_back is not None:
                caller = caller.f_back
            self._note_listing(arguments[0], caller)

    def _note_open(self, target: object, flags: object) -> None:
        if not isinstance(flags, int) or getattr(self._thread, "is_reading", False):
            return
        path = self._project_path(target)
        if path is None:
            return
        if flags & _WRITING:
            self._note_change(path, is_one=os.path.isdir(os.path.dirname(path)))
            return
        path = _source_of(path)
        if path in self._seen or path in self._written:
            return
        self._seen.add(path)
        self._files[path] = self._state(path)

    def _note_listing(self, target: object, caller: FrameType) -> None:
        """Note a folder that the handler's module looks through."""
        if getattr(self._thread, "is_reading", False):
            return
        if _IMPORT_SYSTEM in caller.f_code.co_filename:
            return
        path = self._project_path("." if target is None else target)
        if path is None or path in self._listed:
            return
        self._listed.add(path)
        self._listings[path] = self._names_state(path, listing_digest)

    def _noting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*arguments: Any, **settings: Any) -> Any:
            if self._is_loading and settings.get("dir_fd") is None:
                target = arguments[0] if arguments else settings.get("path")
                self._note_question(target)
            return function(*arguments, **settings)

        return ask

    def _note_question(self, target: object) -> None:
        if getattr(self._thread, "is_reading", False):
            return
        path = self._project_path(target)
        if path is None or path in self._written:
            return
        # A module may wait for a file: what it was told last is what counts.
        self._asked.add(path)
        self._presences[path] = self._names_state(path, presence_digest)

    def _note_changes(self, event: str, arguments: tuple[Any, ...]) -> None:
        if arguments[-1] != _NO_FOLDER:
            return  # as `shutil.rmtree` calls it, with names that are no paths
        path = self._project_path(arguments[0])
        if path is not None:
            self._note_change(path, is_one=os.path.lexists(path) != (event == _MAKING))
        path = self._project_path(arguments[1]) if event == _MOVING else None
        if path is not None:
            self._note_change(path, is_one=True)

    def _note_change(self, path: str, *, is_one: bool) -> None:
        """Leave out a file that the handler writes, and say so if it was read.

        `is_one` tells whether anything changes; it is told of the attempt alone.
        """
        if is_one and not path.endswith(_BYTECODE):
            self._just_written.add(path)
        if path in self._asked:
            self._asked.discard(path)
            if self._presences.pop(path, None) is None:
                self._disowned.add(f"{path}?")
        if path in self._written:
            return
        folder = os.path.dirname(path)
        if folder in self._listed and self._listings.pop(folder, None) is None:
            self._disowned.add(f"{folder}/")
        if path in self._seen:
            if path.endswith(_CODE_SUFFIXES):
                return
            self._disowned.add(path)
        self._written.add(path)
        self._files.pop(path, None)

    def _project_path(self, target: object) -> str | None:
        if isinstance(target, os.PathLike):
            target = os.fspath(target)
        if isinstance(target, bytes):
            target = os.fsdecode(target)
        if not isinstance(target, str):
            return None
        try:
            folder = "" if os.path.isabs(target) else os.getcwd()
        except OSError:  # the handler took its working folder away
            return None
        path = os.path.normpath(os.path.join(folder, target))
        return path if self.is_project_path(path) else None

    def _names_state(
        self, path: str, digest_of: Callable[[str], str]
    ) -> tuple[str, str]:
        stamp = _stamp(_on_disk(path))
        self._thread.is_reading = True
        try:
            return stamp, digest_of(path)
        finally:
            self._thread.is_reading = False

    def _state(self, path: str) -> tuple[str, str]:
        found = _on_disk(path)
        stamp = _stamp(found)
        if found is None or self._real_time() - _last_time(found) > YOUNG_SECONDS:
            return stamp, ""
        self._thread.is_reading = True
        try:
            with open(path, "rb") as file:
                return stamp, sha256(file.read()).hexdigest()
        except OSError:
            return stamp, ""
        finally:
            self._thread.is_reading = False


def _source_of(path: str) -> str:
    """Give the module whose bytecode a file is: Python may open nothing else."""
    folder, separator, name = path.rpartition(_BYTECODE_FOLDER)
    is_bytecode = separator and name.endswith(".pyc")
    return f"{folder}/{name.partition('.')[0]}.py" if is_bytecode else path


def _on_disk(path: str) -> os.stat_result | None:
    try:
        return stat(path)
    except (OSError, ValueError):
        return None


def _stamp(found: os.stat_result | None) -> str:
    if found is None:
        return ""
    return f"{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_size}-{found.st_ino}"


def _last_time(found: os.stat_result) -> float:
    return max(found.st_mtime, found.st_ctime)


def _rows(noted: dict[str, tuple[str, str]]) -> list[Row]:
    # A thread of the handler may open a file meanwhile: list() is one step.
    return [(path, *state) for path, state in list(noted.items())]
