"""Tells what is legal in an app but will bite: once, and again when it is new."""

import threading
from collections.abc import Callable, Mapping

from sandbox.notice import Level as NoticeLevel
from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.advice import Advice, Level, Surroundings, advise
from sandbox.project.dependency_advice import advise_dependencies
from sandbox.project.model import Project
from sandbox.sessions.advice import advise_sessions
from sandbox.wiring.remembered import Remembered
from sandbox.wiring.surroundings import collect_surroundings

NOTICE_LEVELS: Mapping[Level, NoticeLevel] = {
    "error": "error",
    "warning": "warning",
    "hint": "detail",
}
"""How loud an advice is; hints are for those who ask (`--verbose`)."""
_ORDER: tuple[Level, ...] = ("error", "warning", "hint")


def advise_all(project: Project, surroundings: Surroundings) -> tuple[Advice, ...]:
    """Give all there is to say about a project: errors first, then warnings, hints."""
    found = (*advise(project, surroundings), *advise_dependencies(surroundings))
    if project.functions:
        found += advise_sessions(project, surroundings)
    return tuple(sorted(found, key=lambda advice: _ORDER.index(advice.level)))


def advice_text(advice: Advice) -> str:
    """Give an advice as a short block: what, where, why, fix."""
    where = f"{advice.where.file}:{advice.where.line}" if advice.where else ""
    fix = f"Fix: {advice.fix}" if advice.fix else ""
    return "\n".join(line for line in (advice.what, where, advice.why, fix) if line)


class Adviser:
    """Remembers what it has told. Safe between threads.

    Args:
        current: gives the app as it is on disk now; raises SandboxError.
        options: decide which stage, and so which variables, advice is about.
        say: told of each advice that is new.
    """

    def __init__(
        self,
        current: Callable[[], Project],
        *,
        options: Options,
        say: Callable[[Notice], None],
    ) -> None:
        self._current = current
        self._options = options
        self._say = say
        self._known = Remembered()
        self._lock = threading.Lock()
        self._project: Project | None = None
        self._is_edited = False
        self._told: frozenset[tuple[str, str]] = frozenset()

    def advice(self) -> tuple[Advice, ...]:
        """Give what is legal in the app, but will bite: errors, warnings, hints.

        Raises:
            SandboxError: the app cannot be understood as it stands.
        """
        return self._advice(self._current())

    def tell(self) -> None:
        """Say all that will bite; from now on, `follow` says what is new.

        Raises:
            SandboxError: the app cannot be understood as it stands.
        """
        self._tell_new(self._current())

    def _advice(self, project: Project) -> tuple[Advice, ...]:
        around = collect_surroundings(project, self._options, known=self._known)
        return advise_all(project, around)

    def _tell_new(self, project: Project) -> None:
        """Say what is new since the last telling; what was mended is forgotten."""
        with self._lock:
            self._project = project
            found = {(one.code, one.what): one for one in self._advice(project)}
            told, self._told = self._told, frozenset(found)
        for key, one in found.items():
            if key not in told:
                level = NOTICE_LEVELS[one.level]
                self._say(Notice(level=level, text=advice_text(one)))

    def note_edit(self) -> None:
        """Look again at the next `follow`: code has changed, if not the project.

        Not at once, for a save often comes with a request, which needs the processor.
        """
        self._is_edited = True

    def follow(self, project: Project | None) -> None:
        """Tell again where something has changed since; nothing before the first.

        Args:
            project: the app as it is now; None where it cannot be understood.
        """
        if project is None or self._project is None:
            return
        is_edited = self._is_edited
        if is_edited:  # else an edit that comes just now would go unnoticed
            self._is_edited = False
        if is_edited or project is not self._project:
            self._tell_new(project)
