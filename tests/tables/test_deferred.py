"""A store that is made when it is first needed, whatever happens meanwhile."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from sandbox.errors import SeedError
from sandbox.project.model import Project
from sandbox.tables.deferred import DeferredTables

MakeProject = Callable[..., Project]


class Store:
    """Stands for a table store: knows which project it was last given."""

    def __init__(self) -> None:
        self.name = ""

    def close(self) -> None:
        """Do nothing; there is nothing to let go of."""


class LockInTurns:
    """A lock that threads get in the order of their names."""

    def __init__(self, *turns: str) -> None:
        self._turns = list(turns)
        self._changed = threading.Condition()
        self.came: set[str] = set()

    def __enter__(self) -> None:
        name = threading.current_thread().name
        with self._changed:
            self.came.add(name)
            assert self._changed.wait_for(lambda: self._turns[0] == name, timeout=10)

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._turns.pop(0)
            self._changed.notify_all()


@pytest.fixture
def store() -> Store:
    """Give the store that will be made."""
    return Store()


@pytest.fixture
def deferred(store: Store) -> Iterator[DeferredTables]:
    """Give deferred tables that note the project of their store."""

    def follow(made: Any, project: Project) -> None:
        made.name = project.name

    def make(project: Project) -> Any:
        follow(store, project)
        return store

    deferred = DeferredTables(make, update=follow)
    yield deferred
    deferred.close()


def test_the_store_is_of_the_last_project(
    deferred: DeferredTables,
    store: Store,
    make_project: MakeProject,
    wait_until: Callable[..., None],
) -> None:
    """Who asks for tables while a save is followed does not make those before it."""
    deferred.follow(replace(make_project(), name="old", tables=()))
    main = threading.current_thread().name
    lock = LockInTurns(main, "waits_0", main, main)
    deferred._lock = lock  # type: ignore[assignment]  # noqa: SLF001 - orders threads

    with ThreadPoolExecutor(thread_name_prefix="waits") as threads:
        waiting = threads.submit(deferred.wait_ready)
        wait_until(lambda: "waits_0" in lock.came)
        deferred.follow(replace(make_project(), name="new"))
        waiting.result(10)

    assert store.name == "new"


def test_a_closed_store_is_given_to_nobody(
    deferred: DeferredTables, store: Store, make_project: MakeProject
) -> None:
    """It has no rows any more, and would be taken for an app without any."""
    deferred.follow(replace(make_project(), name="old"))
    assert deferred.wait_ready() is deferred.ready
    deferred.close()
    deferred.follow(replace(make_project(), name="new"))

    assert deferred.ready is None
    with pytest.raises(RuntimeError, match="the tables are closed"):
        deferred.wait_ready()
    assert store.name == "old"


def test_closing_amid_a_save_fails_nothing(
    deferred: DeferredTables,
    make_project: MakeProject,
    wait_until: Callable[..., None],
) -> None:
    """A save may be followed just as the sandbox ends: there is nothing to tell."""
    main = threading.current_thread().name
    lock = LockInTurns("follows_0", main, "follows_0")
    deferred._lock = lock  # type: ignore[assignment]  # noqa: SLF001 - orders threads

    with ThreadPoolExecutor(thread_name_prefix="follows") as threads:
        following = threads.submit(deferred.follow, make_project())
        wait_until(lambda: "follows_0" in lock.came)
        deferred.close()
        following.result(10)
        deferred._lock = threading.Lock()  # noqa: SLF001 - the fixture closes again


def test_what_keeps_tables_away_is_told_to_clients(make_project: MakeProject) -> None:
    """An SDK shows a 400 with its message; a 500 it would try again and again."""

    def make(_project: Project) -> Any:
        raise SeedError('The seed file "sandbox-seed.py" failed.', remedy="Mend it.")

    deferred = DeferredTables(make, update=lambda _store, _project: None)
    deferred.follow(make_project())
    statuses: list[str] = []

    body = b"".join(deferred({}, lambda status, *_: statuses.append(status)))  # type: ignore[arg-type]

    deferred.close()
    assert statuses == ["400 Bad Request"]
    assert json.loads(body) == {
        "__type": "com.amazon.coral.validate#ValidationException",
        "message": 'The seed file "sandbox-seed.py" failed. Mend it.',
    }
