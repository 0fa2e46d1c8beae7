"""Saves and loads named start states of a running sandbox: its rows, and its clock."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.clock import MovableClock
from sandbox.errors import SandboxError, WorldError
from sandbox.tables.foreign import ForeignTables
from sandbox.tables.snapshots import Snapshot, SnapshotFacts, SnapshotFolder

if TYPE_CHECKING:
    from sandbox.tables.deferred import Tables
    from sandbox.tables.store import TableStore

FOLDER = "snapshots"


class StartStates:
    """The start states of one app.

    Args:
        folder: gives where what is kept of the app is.
        tables: gives the app's tables, waiting for them.
        clock: is saved and moved.
    """

    def __init__(
        self,
        *,
        folder: Callable[[], Path],
        tables: Callable[[], "Tables"],
        clock: MovableClock,
    ) -> None:
        self._folder = folder
        self._tables = tables
        self._clock = clock

    def save(self, name: str) -> SnapshotFacts:
        """Save all rows and the clock's offset, in place of what has the name.

        Raises:
            SandboxError: it is no name, or cannot be written, or tables are elsewhere.
        """
        offset = self._clock.offset_seconds
        snapshot = Snapshot(
            tables=self._own_tables().describe_all(),
            clock_offset_seconds=offset,
            saved_epoch=self._clock.now_epoch() - offset,
        )
        try:
            return self._saved.save(name, snapshot)
        except ValueError as error:
            raise _no_name(error) from error

    def load(self, name: str) -> tuple[str, ...]:
        """Bring back all rows and the clock's offset.

        Returns:
            What the developer should know, for example a table that is not declared.

        Raises:
            SandboxError: there is none of the name, or it cannot be read, or tables
                are elsewhere; rows and clock are as they were.
        """
        try:
            snapshot = self._saved.load(name)
        except ValueError as error:
            raise _no_name(error) from error
        except KeyError as error:
            raise self._unknown(name) from error
        moved = snapshot.clock_offset_seconds - self._clock.offset_seconds

        def move_clock() -> None:
            if moved:
                self._clock.advance(moved)

        return self._own_tables().restore(snapshot.tables, move_clock=move_clock)

    def list(self) -> tuple[SnapshotFacts, ...]:
        """Give what is saved, by name.

        Raises:
            StorageError: a file cannot be read.
        """
        return self._saved.list()

    def delete(self, name: str) -> None:
        """Delete one.

        Raises:
            SandboxError: there is none of the name, or it cannot be deleted.
        """
        try:
            self._saved.delete(name)
        except ValueError as error:
            raise _no_name(error) from error
        except KeyError as error:
            raise self._unknown(name) from error

    @property
    def _saved(self) -> SnapshotFolder:
        return SnapshotFolder(self._folder() / FOLDER)

    def _own_tables(self) -> "TableStore":
        tables = self._tables()
        if isinstance(tables, ForeignTables):
            raise WorldError(
                "There are no snapshots of tables that are not the sandbox's own.",
                remedy="Start without @sandbox external-db, useAWS and ARC_LOCAL.",
            )
        return tables

    def _unknown(self, name: str) -> SandboxError:
        known = ", ".join(facts.name for facts in self.list()) or "none"
        return WorldError(f'There is no snapshot "{name}".', remedy=f"Saved: {known}.")


def _no_name(error: ValueError) -> SandboxError:
    return WorldError(f"{error}.", remedy="Choose another name.")
