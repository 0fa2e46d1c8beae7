"""Takes a transaction, finds what DynamoDB refuses of it before it begins.

The words are DynamoDB's (API Reference, "TransactWriteItems", "TransactGetItems" and
"TransactionCanceledException").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.errors import (
    TableError,
    cancelled_error,
    no_table_error,
    validation_error,
)
from sandbox.tables.item_checks import (
    check_item_types,
    check_item_values,
    check_key_types,
    check_key_values,
)
from sandbox.tables.item_sizes import bytes_of
from sandbox.tables.key_schema import KeysOf, TableKeys

Action: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What is to be done, by its name: `{"Put": {…}}`."""
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
"""API Reference, "TransactWriteItems": the aggregate size of the items."""


def check_transaction(actions: Sequence[Action], keys_of: KeysOf) -> None:
    """Look through the actions of a transaction.

    Args:
        actions: as `shapes` has read them.
        keys_of: gives the keys of a table.

    Raises:
        TableError: DynamoDB would refuse them; where a key is of another type, the
            transaction is cancelled, with its reasons.
    """
    if any(len(action) != 1 for action in actions):
        raise validation_error(
            "TransactItems can only contain one of Check, Put, Update or Delete"
        )
    asked = [_Asked.of(one, keys_of) for action in actions for one in action.values()]
    reasons = [one.type_reason() for one in asked]
    if any("Message" in reason for reason in reasons):
        raise cancelled_error(reasons)
    for one in asked:
        one.check_values()
    keys = [one.key() for one in asked]
    if any(key in keys[:place] for place, key in enumerate(keys)):
        raise validation_error(
            "Transaction request cannot include multiple operations on one item"
        )
    if sum(one.size_bytes() for one in asked) > MAX_TRANSACTION_BYTES:
        raise validation_error("The items of a transaction cannot exceed 4 MB in all")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an action asks for, with the keys of its table."""

    action: Mapping[str, Any]
    keys: TableKeys

    @classmethod
    def of(cls, action: Mapping[str, Any], keys_of: KeysOf) -> "_Asked":
        keys = keys_of(action["TableName"])
        if keys is None:
            raise no_table_error()
        return cls(action=action, keys=keys)

    @property
    def item(self) -> Mapping[str, Any] | None:
        """The item that is put."""
        return self.action.get("Item")

    def type_reason(self) -> dict[str, JsonValue]:
        """Give the reason to cancel for the types of its keys; mostly that of none."""
        try:
            if self.item is not None:
                check_item_types(self.keys, self.item)
            else:
                check_key_types(self.keys.own, self.action["Key"])
        except TableError as error:
            return {"Code": "ValidationError", "Message": error.message}
        return {"Code": "None"}

    def check_values(self) -> None:
        if self.item is not None:
            check_item_values(self.keys, self.item)
        else:
            check_key_values(self.keys.own, self.action["Key"])

    def key(self) -> list[Any]:
        values = self.action["Key"] if self.item is None else self.item
        return [self.action["TableName"], *(values[n] for n, _ in self.keys.own.keys)]

    def size_bytes(self) -> int:
        return 0 if self.item is None else bytes_of(self.item)
