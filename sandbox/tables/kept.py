"""Takes the records of a ledger in order, gives the tables and rows that they leave.

A table is known by its name and its keys: rows of a table whose keys the manifest
changed are kept under the old ones, and come back with them.

Records, one an operation, so that a transaction is there wholly or not at all::

    {"op": "Open", "table", "keys", "requests"}     writes to `table` follow
    {"op": "PutItem", "changes": [[table, row], [table, null, key], …]}
    {"op": "DeleteTable", "table"}
    {"op": "Restore", "forget": [table, …], "tables": [{"table", "keys", "rows", …}]}
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.attribute_values import Row
from sandbox.tables.key_schema import KeyTypes
from sandbox.tables.records import Record

TableId: TypeAlias = tuple[str, KeyTypes]
Request: TypeAlias = tuple[str, Mapping[str, object]]
"""An operation that makes or changes a table, and its request."""

ROWS_A_RECORD = 200
"""How many rows are written in one line where a whole table is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A table as it is written down."""

    name: str
    """The physical name."""
    keys: KeyTypes
    rows: Sequence[Row] = ()
    requests: tuple[Request, ...] = ()
    """How the app made it; empty for a table of the manifest."""

    @property
    def id(self) -> TableId:
        """The name and the keys."""
        return self.name, self.keys


def open_record(table: KeptTable) -> dict[str, JsonValue]:
    """Give the record after which writes to a table are written down."""
    record: dict[str, Any] = {
        "op": "Open",
        "table": table.name,
        "keys": [list(key) for key in table.keys],
    }
    if table.requests:
        record["requests"] = [list(request) for request in table.requests]
    return record


def put_records(table: KeptTable) -> Iterator[dict[str, JsonValue]]:
    """Give the records that put all rows of a table."""
    for start in range(0, len(table.rows), ROWS_A_RECORD):
        page = table.rows[start : start + ROWS_A_RECORD]
        yield {"op": "PutItem", "changes": [[table.name, row] for row in page]}


def whole_records(tables: Iterable[KeptTable]) -> Iterator[dict[str, JsonValue]]:
    """Give records that say everything about these tables."""
    for table in tables:
        yield open_record(table)
        yield from put_records(table)


def restore_record(
    tables: Iterable[KeptTable], *, forget: Iterable[str]
) -> dict[str, JsonValue]:
    """Give the record that replaces the rows of tables, and forgets others."""
    return {
        "op": "Restore",
        "forget": list(forget),
        "tables": [
            {**open_record(table), "rows": list(table.rows)} for table in tables
        ],
    }


@dataclass(slots=True)
class _Table:
    requests: tuple[Request, ...] = ()
    rows: dict[tuple[object, ...], Row] = field(default_factory=dict)


class KeptTables:
    """The tables that records leave behind.

    Args:
        records: written by this module; some may be missing.

    Attributes:
        headless: tables whose rows are lost since the record that opens them is.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.headless: set[str] = set()
        self._tables: dict[TableId, _Table] = {}
        self._keys: dict[str, KeyTypes] = {}
        readers: Mapping[object, Callable[[Any], object]] = {
            "Open": self._open,
            "DeleteTable": lambda record: self._forget(record["table"]),
            "Restore": self._restore,
        }
        for record in records:
            readers.get(record.get("op"), self._change)(record)

    def tables(self) -> Iterator[KeptTable]:
        """Give each table with its rows, in the order in which they were made."""
        for (name, keys), table in self._tables.items():
            yield KeptTable(
                name=name,
                keys=keys,
                rows=tuple(table.rows.values()),
                requests=table.requests,
            )

    def _open(self, record: Any) -> _Table:
        name = record["table"]
        keys = tuple((attribute, kind) for attribute, kind in record["keys"])
        self._keys[name] = keys
        table = self._tables.setdefault((name, keys), _Table())
        table.requests = tuple(
            (operation, request) for operation, request in record.get("requests", ())
        )
        return table

    def _forget(self, name: str) -> None:
        keys = self._keys.pop(name, None)
        if keys is not None:
            self._tables.pop((name, keys), None)

    def _restore(self, record: Any) -> None:
        for name in record["forget"]:
            self._forget(name)
        for whole in record["tables"]:
            self._open(whole).rows.clear()
            self._change({"changes": [[whole["table"], row] for row in whole["rows"]]})

    def _change(self, record: Any) -> None:
        for name, row, *key in record.get("changes", ()):
            keys = self._keys.get(name)
            if keys is None:
                self.headless.add(name)
                continue
            rows = self._tables[name, keys].rows
            if row is None:
                rows.pop(_key(key[0], keys), None)
            else:
                rows[_key(row, keys)] = row


def _key(row: Mapping[str, Any], keys: KeyTypes) -> tuple[object, ...]:
    """Give a row's key so that equal numbers are equal: `1` and `1.0`."""
    return tuple(
        Decimal(row[attribute][kind]) if kind == "N" else row[attribute][kind]
        for attribute, kind in keys
    )


def sleeping_notices(tables: Iterable[KeptTable]) -> tuple[str, ...]:
    """Say which tables are kept although nothing declares them; empty ones apart."""
    kept = [
        f'"{table.name}" with the key {" and ".join(name for name, _ in table.keys)} '
        f"({len(table.rows)} rows)"
        for table in tables
        if table.rows
    ]
    if not kept:
        return ()
    return (
        f"Kept, but not declared any more: {', '.join(kept)}. Declare them again to "
        "have their rows back.",
    )
