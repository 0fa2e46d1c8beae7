"""The project in step with the disk, decided with a source that is a plain object."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.errors import AppError
from sandbox.notice import Notice
from sandbox.project.model import ApiType, Function, Project
from sandbox.wiring.live_project import LiveProject


class Disk:
    """A source whose content a test sets: a project, or the error of reading it."""

    def __init__(self, content: Project | AppError) -> None:
        self.content = content
        self.before_giving: Callable[[], object] | None = None

    def current(self, function: Function | None = None) -> Project:
        read = self.content
        if isinstance(read, AppError):
            raise read
        if (happen := self.before_giving) is not None:
            self.before_giving = None
            happen()
        return read


def project(name: str) -> Project:
    return Project(root=Path("/app"), name=name, manifest_file=Path("/app/app.arc"))


class Watched:
    """A live project over a `Disk`, and what it adopted and said."""

    def __init__(self, content: Project, *, api_type: ApiType | None = None) -> None:
        self.disk = Disk(content)
        self.adopted: list[tuple[str, str | None]] = []
        self.said: list[Notice] = []
        self.live = LiveProject(
            self.disk, api_type=api_type, adopt=self._adopt, say=self.said.append
        )

    def _adopt(self, new: Project, before: Project | None) -> None:
        self.adopted.append((new.name, before.name if before else None))


def test_current_adopts_each_project_once() -> None:
    """The same object is adopted once; a new one comes with the one before it."""
    watched = Watched(project("one"))
    watched.live.current()
    watched.live.current()

    watched.disk.content = project("two")
    watched.live.current()

    assert watched.adopted == [("one", None), ("two", "one")]


def test_current_never_goes_back() -> None:
    """Who has read before a save, and comes after its reader, adopts the save too."""
    watched = Watched(project("one"))

    def another_thread_sees_a_save() -> None:
        watched.disk.content = project("two")
        watched.live.current()

    watched.disk.before_giving = another_thread_sees_a_save
    seen = watched.live.current()

    assert (seen.name, watched.adopted) == ("two", [("two", None)])


def test_adopted_looks_at_the_disk_only_before_the_first() -> None:
    """Who comes right after `current` pays for no second look."""
    watched = Watched(project("one"))
    first = watched.live.adopted()
    watched.disk.content = project("two")

    assert (watched.live.adopted(), first.name) == (first, "one")


def test_current_lays_the_asked_api_type_over_the_manifest() -> None:
    """ARC_API_TYPE beats `@aws apigateway`."""
    watched = Watched(project("one"), api_type="rest")

    assert watched.live.current().api_type == "rest"


def test_current_tells_a_problem_once_and_its_end() -> None:
    """A broken manifest raises at each request, and is said once."""
    watched = Watched(project("one"))
    watched.live.current()
    mended = watched.disk.content
    watched.disk.content = AppError("No.", remedy="Mend it.")

    for _ in range(2):
        with pytest.raises(AppError):
            watched.live.current()
    watched.disk.content = mended
    watched.live.current()

    assert [(n.level, n.text) for n in watched.said] == [
        ("error", "No. Mend it."),
        ("info", "The project is in order again."),
    ]


def test_last_is_the_project_before_the_break() -> None:
    """While the manifest is broken, the last good project is still known."""
    watched = Watched(project("one"))
    watched.live.current()
    watched.disk.content = AppError("No.")

    with pytest.raises(AppError):
        watched.live.current()

    assert watched.live.last is not None
    assert watched.live.last.name == "one"


def test_current_leaves_a_broken_start_to_who_asked() -> None:
    """The command shows the error and ends; said as well, it would be there twice."""
    watched = Watched(project("one"))
    watched.disk.content = AppError("No.")

    with pytest.raises(AppError):
        watched.live.current()

    assert watched.said == []


def test_current_keeps_the_app_while_its_manifest_is_away() -> None:
    """A checkout takes app.arc for a moment: no table is dropped, and it heals."""
    watched = Watched(project("one"))
    watched.live.current()
    here = watched.disk.content
    watched.disk.content = Project(root=Path("/app"), name="x", manifest_file=None)

    with pytest.raises(AppError, match=r'"app\.arc" has gone'):
        watched.live.current()
    watched.disk.content = here

    assert watched.live.current().name == "one"
    assert watched.adopted == [("one", None)]
