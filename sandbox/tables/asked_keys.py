"""Takes a request, finds the keys in it that are none of their table's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.tables.errors import validation_error
from sandbox.tables.item_checks import (
    check_index_types,
    check_item,
    check_item_values,
    check_key,
    check_key_types,
)
from sandbox.tables.key_schema import KeysOf, TableKeys
from sandbox.tables.transaction_checks import check_transaction

_Asked: TypeAlias = tuple[str, Mapping[str, Any]]
"""A table's name and a key."""

MAX_BATCH_WRITES = 25
"""API Reference, "BatchWriteItem"."""
_TRANSACTIONS = frozenset({"TransactGetItems", "TransactWriteItems"})


def check_keys(operation: str, request: Mapping[str, Any], keys_of: KeysOf) -> None:
    """Refuse keys that are none of their table's, and batches that are none.

    Args:
        operation: such as `BatchGetItem`.
        request: as `shapes` has read it.
        keys_of: gives the keys of a table.

    Raises:
        TableError: a key has other attributes than the table's, or other types, is
            empty or too long; an item's keys do not fit; a batch has too many writes,
            or two of one item; a transaction is none, as `check_transaction` says.
    """
    if operation in _TRANSACTIONS:
        check_transaction(request["TransactItems"], keys_of)
    elif operation == "BatchWriteItem":
        _check_batch(request["RequestItems"], keys_of)
    elif operation == "PutItem" and (keys := keys_of(request["TableName"])):
        check_item(keys, request["Item"])
    for table, key in _KEYS.get(operation, _no_keys)(request):
        if wanted := keys_of(table):
            check_key(wanted.own, key)


def _check_batch(
    writes: Mapping[str, Sequence[Mapping[str, Any]]], keys_of: KeysOf
) -> None:
    if sum(map(len, writes.values())) > MAX_BATCH_WRITES:
        raise validation_error("Too many items requested for the BatchWriteItem call")
    for table, requests in writes.items():
        keys = keys_of(table)
        if keys is None:
            continue  # as moto will find
        written = [_written(request, keys) for request in requests]
        if any(key in written[:place] for place, key in enumerate(written)):
            raise validation_error("Provided list of item keys contains duplicates")


def _written(request: Mapping[str, Any], keys: TableKeys) -> Mapping[str, Any]:
    """Give the key of the item that is put or deleted, which fits.

    DynamoDB says the same of neither as of both; and of an item that is put with
    another key, what it says of one that is deleted.
    """
    match request:
        case {"PutRequest": {"Item": item}} if len(request) == 1:
            names = dict(keys.own.keys)
            key = {name: value for name, value in item.items() if name in names}
            check_key_types(keys.own, key)
            check_index_types(keys.indexes, item)
            check_item_values(keys, item)
            return key
        case {"DeleteRequest": {"Key": key}} if len(request) == 1:
            check_key(keys.own, key)
            return dict(key)
    raise validation_error(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly "
        "one of the supported datatypes"
    )


def _no_keys(_request: Mapping[str, Any]) -> Iterable[_Asked]:
    return ()


def _key(request: Mapping[str, Any]) -> Iterable[_Asked]:
    return ((request["TableName"], request["Key"]),)


def _keys_to_get(request: Mapping[str, Any]) -> Iterable[_Asked]:
    for table, asked in request["RequestItems"].items():
        yield from ((table, key) for key in asked["Keys"])


_KEYS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[_Asked]]] = {
    "BatchGetItem": _keys_to_get,
    "DeleteItem": _key,
    "GetItem": _key,
    "UpdateItem": _key,
}
