"""Decides where an app's tables are, makes them, and keeps them in step with it."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.inspector.feed import Feed
from sandbox.notice import Notice
from sandbox.options import Options, Settings, resolve
from sandbox.project.model import Project
from sandbox.ready_file import state_folder
from sandbox.tables.foreign import (
    ForeignTables,
    create_missing,
    external_call,
    refuse_call,
)
from sandbox.tables.ledger import Ledger
from sandbox.tables.policy import expiry_policy
from sandbox.tables.seed_program import run_seed_program
from sandbox.tables.seeds import load_seeds
from sandbox.wiring.surroundings import seen_environment
from sandbox.wiring.table_streams import TableStreams
from sandbox.workers.environment import DUMMY_ACCESS_KEY, seed_environment

if TYPE_CHECKING:
    from sandbox.tables.attribute_values import Seeds
    from sandbox.tables.deferred import Tables


class TableHome:
    """Makes an app's tables where the settings want them. Safe between threads.

    Args:
        root: the app's folder.
        clock: decides which items have expired.
        options: decide where tables are, and which of them holds sessions.
        say: told what the developer should know, such as that a table was emptied.
        feed: told when rows have changed.
        streams: told which items have changed.
    """

    def __init__(
        self,
        root: Path,
        clock: Clock,
        options: Options,
        *,
        say: Callable[[Notice], None],
        feed: Feed,
        streams: TableStreams,
    ) -> None:
        self._root = root
        self._clock = clock
        self._options = options
        self._say = say
        self._feed = feed
        self._streams = streams
        self._lock = threading.Lock()
        self._settings: Settings | None = None
        self._ledger: Ledger | None = None

    def folder(self) -> Path:
        """Where what is kept of the app is, outside of its folder."""
        options = self._options
        home = options.home or _home_of(options.shell.get("HOME"))
        return state_folder(self._root, home=home, shell=options.shell)

    def open(self, project: Project) -> Settings:
        """Settle once and for all where tables are, and take hold of that place.

        Raises:
            ProjectError: preferences that cannot be followed.
            StorageError: the place cannot be had.
        """
        with self._lock:
            if self._settings is None:
                settings = resolve(self._options, project.preferences)
                if settings.backing == "disk":
                    self._ledger = Ledger(self.folder() / "tables")
                self._settings = settings
                self._tell(*settings.notices)
            return self._settings

    def make(self, project: Project) -> "Tables":
        """Make the tables of a project, with the rows that are kept, or else seeds.

        Raises:
            SandboxError: they cannot be made.
        """
        settings = self.open(project)
        if settings.backing == "aws":
            return ForeignTables(refuse_call)
        if settings.backing == "external":
            return self._external(project, settings.tables.number)
        # moto is imported here, and only when an app needs tables: it takes half a
        # second, and an app without tables never pays for it.
        from sandbox.tables.store import TableStore

        store = TableStore(
            clock=self._clock,
            ledger=self._ledger,
            on_change=self._feed.tell_change,
            on_items=self._streams.follow,
        )
        policy = expiry_policy(project, seen_environment(project, self._options))
        self._tell(*store.load(project, seeds=self._seeds_of(project), policy=policy))
        return store

    def update(self, store: "Tables", project: Project) -> None:
        """Bring tables in step with a project that has changed.

        Raises:
            SandboxError: they cannot be.
        """
        seeds = self._seeds_of(project)
        if isinstance(store, ForeignTables):
            if self.open(project).backing == "external":
                self._tell(*create_missing(store.call, project, seeds=seeds))
            return
        policy = expiry_policy(project, seen_environment(project, self._options))
        self._tell(*store.apply(project, seeds=seeds, policy=policy))

    def tick(self, store: "Tables | None") -> None:
        """Expire rows, and hand what was written down to the disk.

        Raises:
            StorageError: the disk does not take it.
        """
        if store is not None:
            store.expire()
            store.tidy()
        if self._ledger is not None:
            self._ledger.sync()

    def close(self) -> None:
        """Let go of the place; called after the tables are closed, and again."""
        if self._ledger is not None:
            self._ledger.close()

    def _seeds_of(self, project: Project) -> "Callable[[], Seeds]":
        environ = seed_environment(project, shell=self._options.shell)
        run_program = partial(run_seed_program, environ=environ)
        return lambda: load_seeds(project, run_program=run_program)

    def _external(self, project: Project, port: int) -> ForeignTables:
        tables = ForeignTables(
            external_call(port=port, region=project.region, access_key=DUMMY_ACCESS_KEY)
        )
        self.update(tables, project)
        if any(function.table for function in project.functions):
            self._tell("Changes in an external database reach no @tables-streams.")
        return tables

    def _tell(self, *texts: str) -> None:
        for text in texts:
            self._say(Notice(level="warning", text=text))


def _home_of(text: str | None) -> Path | None:
    return Path(text) if text else None
