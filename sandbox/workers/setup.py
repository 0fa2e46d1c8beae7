"""What a worker is started with: takes a function and its project, gives `start`.

Two workers with equal setups are interchangeable; a warm one whose setup is no longer
the current one is replaced.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.exchange import Unavailable
from sandbox.project.function_names import context_name
from sandbox.project.model import Function, Project
from sandbox.workers.environment import LOG_STREAM, LOG_STREAM_NAME
from sandbox.workers.languages import handler_file_of, language_of
from sandbox.workers.wire import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """All that decides how a function runs, but for its code."""

    function: Function
    handler_file: Path
    """The file that is there now, which may be another than the project's."""
    environment: Mapping[str, str]
    project_root: Path
    shared_folder: Path | None
    views_folder: Path | None
    static_manifest: Path | None
    table_names: frozenset[str]
    """Runtime helpers remember them for the life of a process; what else they are told
    of the app is in the environment."""
    path_additions: tuple[Path, ...]

    def start_message(
        self, clock_offset_seconds: float, *, log_stream: str = LOG_STREAM
    ) -> Message:
        """Give the message that has a worker load the function.

        Args:
            clock_offset_seconds: how far the sandbox's clock is ahead.
            log_stream: what its name is, where there is one: each worker has its own,
                as on Lambda.
        """
        environment = dict(self.environment)
        if LOG_STREAM_NAME in environment:
            environment[LOG_STREAM_NAME] = log_stream
        return {
            "type": "start",
            "function_name": context_name(self.function),
            "function_version": "$LATEST",
            "invoked_function_arn": "sandbox",
            "memory_limit_mb": self.function.config.memory_mb,
            "folder": str(self.function.folder),
            "handler_file": str(self.handler_file),
            "handler_method": self.function.handler_method,
            "environment": environment,
            "project_root": str(self.project_root),
            "shared_folder": _text(self.shared_folder),
            "views_folder": _text(self.views_folder),
            "static_manifest": _text(self.static_manifest),
            "path_additions": [str(path) for path in self.path_additions],
            "clock_offset_seconds": clock_offset_seconds,
        }


class Setups:
    """Gives setups as they are at this moment.

    Args:
        environment: gives the variables that a function sees.
        path_additions: as in a `Setup`.
    """

    def __init__(
        self,
        environment: Callable[[Function], Mapping[str, str]],
        path_additions: tuple[Path, ...],
    ) -> None:
        self._environment = environment
        self._path_additions = path_additions

    def of(self, function: Function, project: Project) -> Setup | Unavailable:
        """Give the setup of `function` in `project`, or why it cannot have one."""
        language = language_of(function)
        if isinstance(language, Unavailable):
            return language
        handler_file = handler_file_of(function, language)
        if isinstance(handler_file, Unavailable):
            return handler_file
        copied = project.folders_copied_into(function)
        return Setup(
            function=function,
            handler_file=handler_file,
            environment=self._environment(function),
            project_root=project.root,
            shared_folder=copied.get("shared"),
            views_folder=copied.get("views"),
            static_manifest=_static_manifest(project),
            table_names=frozenset(table.name for table in project.tables),
            path_additions=self._path_additions,
        )


def _static_manifest(project: Project) -> Path | None:
    """Give what Architect copies into the shared code of every function."""
    if project.static is None or not project.static.names_file.is_file():
        return None
    return project.static.names_file


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
