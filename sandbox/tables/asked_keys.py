"""Takes a request, finds the keys in it that are none of their table's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.tables.errors import validation_error
from sandbox.tables.item_checks import TypesOf, check_key, check_table_keys
from sandbox.tables.transaction_checks import check_transaction

_Asked: TypeAlias = tuple[str, Mapping[str, Any]]
"""A table's name and a key."""

MAX_BATCH_WRITES = 25
"""API Reference, "BatchWriteItem"."""
_TRANSACTIONS = frozenset({"TransactGetItems", "TransactWriteItems"})


def check_keys(operation: str, request: Mapping[str, Any], types_of: TypesOf) -> None:
    """Refuse keys that are none of their table's, and batches that are none.

    Args:
        operation: such as `BatchGetItem`.
        request: as `shapes` has read it.
        types_of: gives the keys of a table.

    Raises:
        TableError: a key has other attributes than the table's, or other types, is
            empty or too long; a put lacks a key; a batch has too many writes, or two of
            one item; a transaction is none, as `check_transaction` says.
    """
    if operation in _TRANSACTIONS:
        check_transaction(request["TransactItems"], types_of)
    elif operation == "PutItem":
        wanted = types_of(request["TableName"]) or {}
        check_table_keys(wanted.items(), request["Item"])
    for table, key in _KEYS.get(operation, _no_keys)(request):
        types = types_of(table)
        if types is not None:
            check_key(types, key)
    if operation == "BatchWriteItem":
        _check_batch(request["RequestItems"], types_of)


def _check_batch(
    writes: Mapping[str, Sequence[Mapping[str, Any]]], types_of: TypesOf
) -> None:
    if sum(map(len, writes.values())) > MAX_BATCH_WRITES:
        raise validation_error("Too many items requested for the BatchWriteItem call")
    for table, requests in writes.items():
        names = sorted(types_of(table) or ())
        written = [_written(request) for request in requests]
        keys = [[item.get(name) for name in names] for item in written]
        if names and any(key in keys[:place] for place, key in enumerate(keys)):
            raise validation_error("Provided list of item keys contains duplicates")


def _written(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the item that is put, or the key that is deleted.

    DynamoDB says the same of neither as of both.
    """
    match request:
        case {"PutRequest": put} if len(request) == 1:
            item: Mapping[str, Any] = put["Item"]
            return item
        case {"DeleteRequest": delete} if len(request) == 1:
            key: Mapping[str, Any] = delete["Key"]
            return key
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


def _keys_to_delete(request: Mapping[str, Any]) -> Iterable[_Asked]:
    for table, writes in request["RequestItems"].items():
        for write in writes:
            if "DeleteRequest" in write:
                yield table, write["DeleteRequest"]["Key"]


_KEYS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[_Asked]]] = {
    "BatchGetItem": _keys_to_get,
    "BatchWriteItem": _keys_to_delete,
    "DeleteItem": _key,
    "GetItem": _key,
    "UpdateItem": _key,
}
