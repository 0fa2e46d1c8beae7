"""Writes down what a store does to its tables, and gives back what was written before.

Without a ledger nothing is written down. A table that the manifest no longer declares
sleeps: its rows are kept, and are back when it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sandbox.errors import StorageError
from sandbox.json_value import JsonValue
from sandbox.tables.attribute_values import Row
from sandbox.tables.errors import TableError
from sandbox.tables.kept import (
    KeptTable,
    Request,
    TableId,
    open_record,
    restore_record,
    whole_records,
)
from sandbox.tables.key_schema import KeyTypes
from sandbox.tables.ledger import Ledger
from sandbox.tables.lookups import attributes_of
from sandbox.tables.records import Record
from sandbox.tables.stored_table import Change, StoredTable

SCHEMA_OPERATIONS = frozenset(
    {"CreateTable", "DeleteTable", "UpdateTable", "UpdateTimeToLive"}
)


class Keeper:
    """What is written down. Not safe between threads.

    Args:
        ledger: where; None for memory alone. Whoever made it closes it.
        tables: gives the tables that are there now, by physical name.
    """

    def __init__(
        self, ledger: Ledger | None, *, tables: Callable[[], Mapping[str, StoredTable]]
    ) -> None:
        self._ledger = ledger
        self._tables = tables
        self._sleeping: dict[TableId, KeptTable] = {}
        self._requests: dict[str, tuple[Request, ...]] = {}
        self._unwritten: list[JsonValue] = []

    def load(self) -> tuple[str, ...]:
        """Read the ledger; every table in it sleeps until it is woken.

        Returns:
            What the developer should know.

        Raises:
            StorageError: the ledger cannot be read.
        """
        if self._ledger is None:
            return ()
        tables, notices = self._ledger.load()
        self._sleeping = {table.id: table for table in tables}
        return notices

    # Tables that come and go

    def has(self, name: str, keys: KeyTypes) -> bool:
        """Tell whether a table that is not there has rows to come back to."""
        return (name, keys) in self._sleeping

    def wake(self, table: StoredTable) -> Sequence[Row]:
        """Give the rows of a table that sleeps; its writes are written down again.

        Raises:
            StorageError: the ledger refuses.
        """
        self._append(open_record(self._described(table)))
        return self._sleeping[table.name, table.typed_keys].rows

    def settle(self) -> None:
        """Let go of what is kept of tables that are there again."""
        for table in self._tables().values():
            self._sleeping.pop((table.name, table.typed_keys), None)

    def begin(self, table: StoredTable) -> None:
        """Write down a table that is new, with the rows it has already.

        Raises:
            StorageError: the ledger refuses.
        """
        if self._ledger is not None:
            self._append(restore_record([self._whole(table)], forget=()))

    def put_to_sleep(self, table: StoredTable) -> None:
        """Keep the rows of a table that goes."""
        whole = self._whole(table)
        self._sleeping[whole.id] = whole

    @property
    def sleeping(self) -> tuple[KeptTable, ...]:
        """Tables that are kept, and are not there."""
        return tuple(self._sleeping.values())

    def adopt(self, name: str, requests: tuple[Request, ...]) -> None:
        """Note how the app made a table."""
        self._requests[name] = requests

    def replace_all(self) -> None:
        """Write down all tables and rows, in place of what they were.

        What sleeps in memory alone was part of that, and is forgotten.

        Raises:
            StorageError: the ledger refuses.
        """
        tables = self._tables()
        gone = [name for name in self._requests if name not in tables]
        if self._ledger is not None:
            whole = [self._whole(table) for table in tables.values()]
            self._append(restore_record(whole, forget=gone))
        else:
            self._sleeping.clear()
        for name in gone:
            del self._requests[name]

    def describe_all(self) -> Iterator[KeptTable]:
        """Give all tables that are there, with their rows."""
        for table in self._tables().values():
            yield self._whole(table)

    # Writes

    def commit(
        self, operation: str, request: Mapping[str, Any], changes: Sequence[Change]
    ) -> None:
        """Write down an operation that is about to be acknowledged.

        Raises:
            TableError: the ledger refuses, so the operation must be undone.
        """
        if operation in SCHEMA_OPERATIONS:
            requests = self._requests_after(operation, request)
            self._write(lambda: self._schema_record(operation, request, requests))
            self._note(operation, request["TableName"], requests)
        elif changes:
            self._write(lambda: {"op": operation, "changes": _entries(changes)})

    def commit_expiry(self, changes: Sequence[Change]) -> None:
        """Write down expiry, which happens anyway; if need be with the next write."""
        if self._ledger is None:
            return
        self._unwritten += _entries(changes)
        with suppress(StorageError):  # the next write tells it to a client
            self._append_unwritten(self._ledger)

    def _requests_after(
        self, operation: str, request: Mapping[str, Any]
    ) -> tuple[Request, ...]:
        name = request["TableName"]
        if operation == "CreateTable":
            return ((operation, request),)
        known = self._requests.get(name, ())
        return (*known, (operation, request)) if known else ()

    def _schema_record(
        self,
        operation: str,
        request: Mapping[str, Any],
        requests: tuple[Request, ...],
    ) -> dict[str, JsonValue] | None:
        name = request["TableName"]
        if operation == "DeleteTable":
            return {"op": operation, "table": name}
        if not requests:
            return None  # a table of the manifest, whose settings it has from there
        table = KeptTable(
            name=name, keys=self._tables()[name].typed_keys, requests=requests
        )
        if operation == "CreateTable":
            return restore_record([table], forget=())
        return open_record(table)

    def _note(self, operation: str, name: str, requests: tuple[Request, ...]) -> None:
        if operation == "DeleteTable":
            self._requests.pop(name, None)
        elif requests:
            self._requests[name] = requests
        if operation == "CreateTable":
            self._sleeping.pop((name, self._tables()[name].typed_keys), None)

    # The ledger

    def _write(self, make_record: Callable[[], dict[str, JsonValue] | None]) -> None:
        if self._ledger is None:
            return
        record = make_record()
        if record is None:
            return
        try:
            self._append(record)
        except StorageError as error:
            raise TableError("InternalServerError", str(error), status=500) from error

    def _append(self, record: Record) -> None:
        """Append a record, and before it what could not be written earlier."""
        if self._ledger is not None:
            self._append_unwritten(self._ledger)
            self._ledger.append(record)

    def _append_unwritten(self, ledger: Ledger) -> None:
        if self._unwritten:
            ledger.append({"op": "TimeToLive", "changes": self._unwritten})
            self._unwritten = []

    def rewrite_if_wanted(self) -> None:
        """Let the ledger say the same in fewer words, once it has grown too long.

        Raises:
            StorageError: it cannot be rewritten; it goes on as it is.
        """
        if self._ledger is not None and self._ledger.wants_rewriting:
            # What is written of a name later is meant for the last that it opens.
            tables = (*self._sleeping.values(), *self.describe_all())
            self._ledger.rewrite(whole_records(tables))
            self._unwritten = []

    def _described(self, table: StoredTable) -> KeptTable:
        return KeptTable(
            name=table.name,
            keys=table.typed_keys,
            requests=self._requests.get(table.name, ()),
        )

    def _whole(self, table: StoredTable) -> KeptTable:
        rows = tuple(attributes_of(item) for item in table.rows)
        return replace(self._described(table), rows=rows)


def _entries(changes: Sequence[Change]) -> list[JsonValue]:
    """Give changes as a record has them: a row, or the key of one that is gone."""
    entries: list[JsonValue] = []
    for change in changes:
        table = change.table
        if change.after is not None:
            entries.append([table.name, attributes_of(change.after)])
        elif change.before is not None:
            key = attributes_of(change.before, table.table_key_attrs)
            entries.append([table.name, None, key])
    return entries
