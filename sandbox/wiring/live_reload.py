"""What open pages show of a save: loads them again, or tells what it has broken."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from sandbox.errors import Problem, SandboxError
from sandbox.exchange import (
    Execution,
    Frame,
    Invocation,
    Outcome,
    Raised,
    Returned,
    Unavailable,
)
from sandbox.gateway.live_pages import App, LivePages
from sandbox.gateway.open_pages import OpenPages, Trouble
from sandbox.notice import Notice
from sandbox.project.model import Function, Project, Static
from sandbox.watch.changes import Reaction

SHOWN_METHODS = frozenset(("get", "any"))
"""Routes of these answer what a browser shows."""


class LiveReload:
    """Follows saves for the open pages, one at a time; events may end meanwhile.

    Args:
        pages: told what to show.
        project: gives the app as it was last read; None before that.
        say: told why a page is left alone.
    """

    def __init__(
        self,
        pages: OpenPages,
        *,
        project: Callable[[], Project | None],
        say: Callable[[Notice], None],
    ) -> None:
        self._project = project
        self._say = say
        self._pages = pages
        self._lock = threading.Lock()
        self._broken: dict[str, Trouble] = {}
        """By the keys of functions."""
        self._of_app: tuple[Trouble, ...] = ()
        """What keeps the app from being read; functions wait for that."""

    def around(self, app: App) -> LivePages:
        """Give the gateway with live reload around it."""
        return LivePages(
            app,
            pages=self._pages,
            is_on=self._is_on,
            say=lambda text: self._say(Notice(level="info", text=text)),
        )

    def follow(
        self,
        reaction: Reaction,
        project: Project,
        loaded: Iterable[tuple[Function, Execution | None]],
    ) -> None:
        """Show what a save did.

        Args:
            reaction: what changed.
            project: the app as it is now.
            loaded: the functions that were loaded anew, and what went wrong; None
                where nothing did.
        """
        seen = replace(reaction, assets=_saved_assets(reaction, project.static))
        with self._lock:
            was_broken = bool(self._pages.troubles)
            self._of_app = ()
            self._note(loaded, project)
            self._show()
            if self._broken:
                return
            if was_broken or changes_pages(seen):
                self._pages.reload()
            elif seen.assets:
                self._pages.swap_styles()

    def show_broken(self, error: SandboxError) -> None:
        """Show that the app cannot be read as it stands."""
        with self._lock:
            self._of_app = troubles_of_app(error)
            self._show()

    @property
    def broken(self) -> tuple[str, ...]:
        """Keys of the functions that are shown not to load."""
        with self._lock:
            return tuple(self._broken)

    def run(
        self, invocation: Invocation, invoke: Callable[[Invocation], Execution]
    ) -> Execution:
        """Run an event; a function that takes one loads again, whatever mended it.

        So does one that lacked a package until pip installed it, which is no save.

        Args:
            invocation: the event.
            invoke: runs it.
        """
        trouble = self._broken.get(invocation.function.key)
        execution = invoke(invocation)
        if trouble is not None and was_loaded(execution.outcome):
            self._mend(invocation.function, trouble)
        return execution

    def _mend(self, function: Function, trouble: Trouble) -> None:
        """Forget a trouble, unless a save has meanwhile brought another."""
        with self._lock:
            if self._broken.get(function.key) is not trouble:
                return
            del self._broken[function.key]
            self._show()
            if not self._pages.troubles:
                self._pages.reload()

    def _show(self) -> None:
        self._pages.show(*(self._of_app or self._broken.values()))

    def _is_on(self) -> bool:
        project = self._project()
        return project is None or project.preferences.sandbox("livereload") is not False

    def _note(
        self, loaded: Iterable[tuple[Function, Execution | None]], project: Project
    ) -> None:
        for function, failed in loaded:
            trouble = trouble_of_function(function.name, failed, project.root)
            self._broken.pop(function.key, None)
            if trouble is not None:
                self._broken[function.key] = trouble
        there = {function.key for function in project.functions}
        for key in self._broken.keys() - there:
            del self._broken[key]


def changes_pages(reaction: Reaction) -> bool:
    """Tell whether pages may differ in more than their style sheets."""
    return (
        reaction.reload_project
        or reaction.other_code
        or any(path.suffix.lower() != ".css" for path in reaction.assets)
        or any(
            function.pragma == "http" and function.name.split()[0] in SHOWN_METHODS
            for function in (*reaction.functions, *reaction.sharing)
        )
    )


def _saved_assets(reaction: Reaction, static: Static | None) -> tuple[Path, ...]:
    """Leave out the `static.json` that the sandbox writes after each save of a file.

    Taken for a save, it loaded pages again whose style sheet had been swapped in place.
    """
    if static is None or static.fingerprint is not True:
        return reaction.assets
    own = static.names_file
    return tuple(path for path in reaction.assets if path != own)


def was_loaded(outcome: Outcome) -> bool:
    """Tell whether a function took the event, so that it had been loaded."""
    if isinstance(outcome, Raised):
        return not outcome.while_loading
    return isinstance(outcome, Returned)


def trouble_of_function(
    name: str, failed: Execution | None, root: Path
) -> Trouble | None:
    """Give what keeps a function from being loaded; None where nothing does."""
    outcome = failed.outcome if failed else None
    title = f"{name} does not load."
    if isinstance(outcome, Unavailable):
        return Trouble(title=title, message=outcome.message, remedy=outcome.remedy)
    if not isinstance(outcome, Raised):
        return None
    frame = _own_frame(outcome)
    return Trouble(
        title=title,
        message=f"{outcome.error_type}: {outcome.message}",
        place=f"{_shown(frame.file, root)}, line {frame.line}" if frame else "",
        source=frame.source_line.strip() if frame else "",
        cause=outcome.trace.rstrip(),
        remedy=outcome.remedy,
    )


def troubles_of_app(error: SandboxError) -> tuple[Trouble, ...]:
    """Give what keeps the app from being read, one trouble a problem."""
    return tuple(map(_trouble_of_problem, error.problems))


def _trouble_of_problem(problem: Problem) -> Trouble:
    location = problem.location
    return Trouble(
        title="The app cannot be read.",
        message=problem.message,
        place=f"{location.file}, line {location.line}" if location else "",
        source=location.source_line.strip() if location else "",
        remedy=problem.remedy,
    )


def _own_frame(raised: Raised) -> Frame | None:
    """Give the innermost frame of the app's own code, else the innermost one."""
    own = [frame for frame in raised.stack if frame.is_app_code]
    return next(reversed(own or raised.stack), None)


def _shown(file: str, root: Path) -> str:
    path = Path(file)
    return str(path.relative_to(root)) if path.is_relative_to(root) else file
