"""The project as the disk has it at this moment, and what hangs on it in step.

Whoever asks gets a project whose tables exist already; a broken manifest is an error at
each request until it is mended, and is told in the terminal once.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

from sandbox.errors import AppError, SandboxError
from sandbox.notice import Notice
from sandbox.project.model import ApiType, Function, Project
from sandbox.project.source import Projects
from sandbox.tables.deferred import DeferredTables


class LiveProject:
    """Gives the current project, and adopts each new one before anybody sees it.

    Args:
        source: reads the disk.
        api_type: overrides the manifest's `@aws apigateway`; None leaves it.
        adopt: called with each new project and the one before it (None at first), one
            call at a time; what it raises counts as a problem of the new project.
        say: told of problems once, and of their end; not before the first project,
            as nothing is served then, and whoever asked gets the error.
    """

    def __init__(
        self,
        source: Projects,
        *,
        api_type: ApiType | None,
        adopt: Callable[[Project, Project | None], None],
        say: Callable[[Notice], None],
    ) -> None:
        self._source = source
        self._api_type = api_type
        self._adopt = adopt
        self._say = say
        self._lock = threading.Lock()
        self._read: Project | None = None
        self._adopted: Project | None = None
        self._told = ""

    def current(self, function: Function | None = None) -> Project:
        """Give the project as it is on disk now; with `function`, its settings too.

        Raises:
            SandboxError: the folder cannot be understood as it stands.
        """
        try:
            read = self._source.current(function)
            if read is not self._read or self._adopted is None:
                return self._change(function)
        except SandboxError as error:
            self._tell(str(error))
            raise
        if self._told:
            self._tell("")
        return self._adopted

    @property
    def last(self) -> Project | None:
        """The last project that could be adopted; None before the first."""
        return self._adopted

    def adopted(self) -> Project:
        """Give what `current` gave last, for whoever comes right after it.

        Raises:
            SandboxError: there was none yet, and the folder cannot be understood.
        """
        return self._adopted or self.current()

    def _change(self, function: Function | None) -> Project:
        """Adopt what the disk has, read where nobody else can be adopting.

        What was read before the lock may be older than what was adopted meanwhile:
        to adopt it would drop the newer tables, and their rows.
        """
        with self._lock:
            read = self._source.current(function)
            if read is self._read and self._adopted is not None:
                return self._adopted
            self._refuse_lost_manifest(read)
            project = replace(read, api_type=self._api_type) if self._api_type else read
            self._adopt(project, self._adopted)
            self._adopted, self._read = project, read
        if self._told:
            self._tell("")
        return project

    def _refuse_lost_manifest(self, read: Project) -> None:
        """Keep the app where its manifest has gone: a checkout takes it for a moment.

        The default project of such a folder has no tables, and theirs would be lost.
        """
        before = self._adopted
        if before and before.manifest_file and read.manifest_file is None:
            raise AppError(
                f'"{before.manifest_file.name}" has gone.',
                remedy="Put it back, or restart to serve public/ alone.",
            )

    def _tell(self, problem: str) -> None:
        if problem == self._told or self._adopted is None:
            return
        self._told = problem
        if problem:
            self._say(Notice(level="error", text=problem))
        else:
            self._say(Notice(level="info", text="The project is in order again."))


class ProjectsWithTables:
    """Projects for the gateway: before a function is run, the tables are there."""

    def __init__(self, projects: LiveProject, tables: DeferredTables) -> None:
        self._projects = projects
        self._tables = tables

    def current(self, function: Function | None = None) -> Project:
        """Give the project as it is on disk; with `function`, wait for the tables.

        Raises:
            SandboxError: the folder or its seeds cannot be understood as they stand.
        """
        project = self._projects.current(function)
        if function is not None and project.tables:
            self._tables.wait_ready()
        return project
