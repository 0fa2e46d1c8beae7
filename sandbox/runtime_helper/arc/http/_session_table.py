"""The sessions table through boto3: plain numbers outside, Decimal inside.

DynamoDB's numbers are decimals, and boto3 refuses floats; a session that was read must
be fit to be written again.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.sessions.rows import Row

from .. import tables
from ..services import services


class DynamoSessionTable:
    """A `SessionTable` over boto3's Table resource."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def get(self, idx: str) -> Row | None:
        """Give the row, read consistently, or None."""
        item = self._table.get_item(Key={"_idx": idx}, ConsistentRead=True).get("Item")
        return None if item is None else convert_numbers(item, _to_python)

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        self._table.put_item(Item=convert_numbers(row, _to_decimal))

    def delete(self, idx: str) -> None:
        """Remove the row; none is no error."""
        self._table.delete_item(Key={"_idx": idx})


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
            f'ARC_SESSION_TABLE_NAME is "{table_name}", which is no table of this app. '
            'Declare it under @tables, or set it to "jwe".'
        )
    return DynamoSessionTable(tables.table(logical))


def convert_numbers(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Copy a value of maps, lists and sets, with each number in it converted."""
    if isinstance(value, Mapping):
        return {key: convert_numbers(each, convert) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [convert_numbers(each, convert) for each in value]
    if isinstance(value, set | frozenset):
        return {convert(each) for each in value}
    return convert(value)


def _to_python(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _to_decimal(value: Any) -> Any:
    # Through its text, or 0.1 would be stored with fifty-five digits.
    return Decimal(repr(value)) if isinstance(value, float) else value
