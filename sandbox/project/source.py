"""The project as the disk has it now, for whoever serves it.

Nothing here watches: each call looks at the few files that matter for it, so that a
request that arrives right after a save already sees what was saved.
"""

import os.path
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sandbox.clock import Clock, MovableClock
from sandbox.errors import AppError
from sandbox.folder_events import FolderEvents, Unchanged
from sandbox.project.load import DiskFiles, read_project, usable
from sandbox.project.model import Function, Project
from sandbox.project.observed import Observation, ObservedFiles


class Projects(Protocol):
    """Where whoever serves an app learns what it is, at each request."""

    def current(self, function: Function | None = None) -> Project:
        """Give the project as its files say now; the same object while unchanged.

        Args:
            function: what will answer; its own configuration is looked at too.

        Raises:
            SandboxError: the files are wrong.
        """
        ...


def find_function(projects: Projects, key: str) -> tuple[Project, Function] | None:
    """Give a function by its key, such as `@events a`, as its own files say now.

    Raises:
        SandboxError: the files are wrong.
    """
    for known in projects.current().functions_called(key):
        project = projects.current(known)
        for function in project.functions_called(key):
            return project, function
    return None


class ProjectSource:
    """Gives the project of a folder, and reads it again once its files change.

    Safe between threads; who comes while it is read waits for that reading.

    Args:
        root: the app's folder.
        home: the developer's home folder, for preferences; None leaves it out.
        environ: of which AWS_REGION counts.
        events: spare it most looks at the disk.
        clock: tells when a file has aged; times of files are real, and so is it.
    """

    def __init__(
        self,
        root: Path,
        *,
        home: Path | None,
        environ: Mapping[str, str],
        events: FolderEvents | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._events = events
        self._root = root
        self._home = home
        self._environ = environ
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._clock = clock or MovableClock()

    def current(self, function: Function | None = None) -> Project:
        """Give the project as the files have it now; the same object if unchanged.

        The manifest, preferences, `.env` and the shared folders are looked at, and
        with `function` that function's own folder too.

        Raises:
            ManifestSyntaxError: the manifest does not parse, until it is mended.
            ProjectError: the project is wrong, until it is mended.
        """
        loaded = self._loaded
        if loaded is None or not loaded.still_holds(function):
            loaded = self._load_once(function)
        return loaded.project()

    def _load_once(self, function: Function | None) -> "_Loaded":
        """Load, unless whoever held the lock before has done so."""
        with self._lock:
            loaded = self._loaded
            if loaded is None or not loaded.still_holds(function):
                loaded = self._load()
        return loaded

    def _load(self) -> "_Loaded":
        files = ObservedFiles(DiskFiles(), self._clock)
        result: Project | AppError
        try:
            result = usable(
                read_project(
                    files, root=self._root, home=self._home, environ=self._environ
                )
            )
        except AppError as error:
            result = error
        loaded = self._loaded = _Loaded(
            result,
            files.observations,
            events=self._events,
            clock=self._clock,
        )
        return loaded


class _Loaded:
    """A project or its error, and the observations that it rests on."""

    def __init__(
        self,
        result: Project | AppError,
        observations: Sequence[Observation],
        *,
        events: FolderEvents | None,
        clock: Clock,
    ) -> None:
        self._result = result
        self._events = events
        self._clock = clock
        self._grounds: dict[Path | None, Unchanged] = {}
        """That the disk would still give the same answers, by function."""
        self._by_folder: dict[str, list[Observation]] = {}
        """What is about a function; with an error there are none."""
        self._common: list[Observation] = []
        root = ""
        if isinstance(result, Project):
            root = str(result.root)
            self._by_folder = {str(f.folder): [] for f in result.functions}
        for observation in observations:
            folder = self._folder_of(observation.path.rstrip("/"))
            if folder is not None:
                self._by_folder[folder].append(observation)
            if folder in (None, root):  # a function may have `src .`
                self._common.append(observation)

    def project(self) -> Project:
        """Give the project, or raise its error."""
        if isinstance(self._result, AppError):
            raise self._result.with_traceback(None)
        return self._result

    def still_holds(self, function: Function | None) -> bool:
        """Tell whether nothing has changed that matters for `function`."""
        folder = None if function is None else function.folder
        grounds = self._grounds.get(folder)
        if grounds is None:
            grounds = self._grounds[folder] = self._grounds_of(folder)
        return grounds.still_holds()

    def _grounds_of(self, folder: Path | None) -> Unchanged:
        known = (*self._common, *self._by_folder.get(str(folder), ()))
        return Unchanged(
            self._events,
            self._clock,
            check=lambda: all(observation.still_holds() for observation in known),
            paths=[observation.path for observation in known],
        )

    def _folder_of(self, path: str) -> str | None:
        """Give the function's folder that a path is, or is in; None for no function."""
        if path in self._by_folder:
            return path
        above = os.path.dirname(path)  # noqa: PTH120 - many, at each load
        return above if above in self._by_folder else None
