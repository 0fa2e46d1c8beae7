"""The sessions table through boto3, rows read by way of JSON.

That is what `architect-functions` does: a number that is not whole is read as a float,
and boto3 refuses to write one.
"""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.sessions.rows import Row

from .. import tables
from ..services import services
from .helpers.json_text import to_json


class UnreadableRowError(ValueError):
    """The row holds what JSON has nothing for, or a number that boto3 cannot read."""


class DynamoSessionTable:
    """A `SessionTable` over boto3's Table resource."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def get(self, idx: str) -> Row | None:
        """Give the row, read consistently, or None.

        Raises:
            UnreadableRowError: there is one, and its values cannot be had.
        """
        key = {"_idx": idx}
        try:
            item = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
            row: Row | None = None if item is None else json.loads(to_json(item))
        except (TypeError, ArithmeticError) as error:
            raise UnreadableRowError(str(error)) from error
        return row

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        self._table.put_item(Item=dict(row))


def open_session_table(table_name: str) -> DynamoSessionTable:
    """Open the table that ARC_SESSION_TABLE_NAME names, logically or physically.

    Raises:
        NameError: the app has no such table.
    """
    known: Mapping[str, str] = services().get("tables", {})
    logical = next(
        (name for name, physical in known.items() if table_name in (name, physical)),
        None,
    )
    if logical is None:
        raise NameError(
            f'ARC_SESSION_TABLE_NAME is "{table_name}", which is not a table of this '
            "app. "
            'Declare it under @tables, or set it to "jwe".'
        )
    return DynamoSessionTable(tables.table(logical))
