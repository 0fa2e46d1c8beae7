"""The sessions table of a running sandbox, as the sessions library wants it.

Rows are plain Python values: numbers are int or float, sets are sets.
"""

import base64
from typing import Any

from sandbox.json_value import JsonValue
from sandbox.project.model import Project, Stage
from sandbox.sessions.rows import Row
from sandbox.tables.attribute_values import to_row
from sandbox.tables.store import TableStore


def physical_name(project: Project, table: str, *, stage: Stage) -> str:
    """Give the name by which DynamoDB knows a table of the manifest."""
    table_stage = "production" if stage == "production" else "staging"
    return f"{project.name}-{table_stage}-{table}"


class SessionRows:
    """A `SessionTable` on the sandbox's own store, in process.

    Args:
        store: the running sandbox's tables.
        table: the physical name of the sessions table.
    """

    def __init__(self, store: TableStore, table: str) -> None:
        self._store = store
        self._table = table

    def get(self, idx: str) -> Row | None:
        """Give the row, as last written, or None."""
        found = self._store.call(
            "GetItem", {"TableName": self._table, "Key": {"_idx": {"S": idx}}}
        )
        item = found.get("Item")
        return _plain_row(item) if isinstance(item, dict) else None

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        self._store.call("PutItem", {"TableName": self._table, "Item": to_row(row)})

    def delete(self, idx: str) -> None:
        """Remove the row; none is no error."""
        self._store.call(
            "DeleteItem", {"TableName": self._table, "Key": {"_idx": {"S": idx}}}
        )


def _plain_row(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: dict[str, JsonValue]) -> Any:
    """Give the Python value of an AttributeValue (DynamoDB API Reference)."""
    ((kind, content),) = value.items()
    match kind, content:
        case "NULL", _:
            return None
        case "L", list():
            return [_plain(member) for member in content]
        case "M", dict():
            return _plain_row(content)
        case (("SS" | "NS" | "BS"), list()):
            return {_scalar(kind[0], str(member)) for member in content}
        case (("N" | "B"), str()):
            return _scalar(kind, content)
    return content


def _scalar(kind: str, content: str) -> str | bytes | float:
    if kind == "B":
        return base64.b64decode(content)
    if kind == "N":
        return float(content) if set(content) & set(".eE") else int(content)
    return content
