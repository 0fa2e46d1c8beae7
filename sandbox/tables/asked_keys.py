"""Takes a request, finds the keys in it that are none of their table's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.errors import TableError, validation_error
from sandbox.tables.item_checks import check_table_keys

KeyTypes: TypeAlias = Mapping[str, str]
"""The types of a table's key attributes by name: `{"_idx": "S"}`."""
_Asked: TypeAlias = tuple[str, Mapping[str, Any] | None]
"""A table's name and a key; None where there is none."""

MAX_BATCH_WRITES = 25
"""API Reference, "BatchWriteItem"."""
_SPOKEN = {"S": "string", "B": "binary"}
_WRONG = "The provided key element does not match the schema"


def check_keys(
    operation: str,
    request: Mapping[str, Any],
    key_types: Callable[[str], KeyTypes | None],
) -> None:
    """Refuse a key with other attributes, or of other types, than the table's.

    Empty texts and binaries are refused too, and a put without its table's keys.

    Args:
        operation: such as `BatchGetItem`.
        request: as `shapes` has read it.
        key_types: gives the keys of a table, or None where there is no such table.

    Raises:
        TableError: a key does not fit. A transaction is cancelled, with its reasons.
    """
    if operation == "PutItem":
        types = key_types(request["TableName"]) or {}
        check_table_keys(types.items(), request["Item"])
    asked = list(_KEYS.get(operation, _no_keys)(request))
    fits = [
        key is None or key_types(table) in (None, _types_of(key))
        for table, key in asked
    ]
    if all(fits):
        for _, key in asked:
            _check_contents(key or {})
        return
    raise _cancelled(fits) if operation in _TRANSACTIONS else validation_error(_WRONG)


def check_batch(
    writes: Mapping[str, Sequence[Mapping[str, Any]]],
    key_types: Callable[[str], KeyTypes | None],
) -> None:
    """Refuse a batch of too many writes, or with two of one item.

    Args:
        writes: by table, as BatchWriteItem has them, their keys checked.
        key_types: as for `check_keys`.

    Raises:
        TableError: it is such a batch.
    """
    if sum(map(len, writes.values())) > MAX_BATCH_WRITES:
        raise validation_error("Too many items requested for the BatchWriteItem call")
    for table, requests in writes.items():
        names = sorted(key_types(table) or ())
        written = [_written(request) for request in requests]
        keys = [[item.get(name) for name in names] for item in written]
        if names and any(key in keys[:place] for place, key in enumerate(keys)):
            raise validation_error("Provided list of item keys contains duplicates")


def _written(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the item that is put, or the key that is deleted."""
    if "PutRequest" in request:
        item: Mapping[str, Any] = request["PutRequest"]["Item"]
        return item
    if "DeleteRequest" in request:
        key: Mapping[str, Any] = request["DeleteRequest"]["Key"]
        return key
    raise validation_error(
        "Supplied write request is empty, must contain a PutRequest or a DeleteRequest"
    )


def _check_contents(key: Mapping[str, Mapping[str, Any]]) -> None:
    for name, value in key.items():
        ((kind, content),) = value.items()
        if not content:
            raise validation_error(
                "One or more parameter values are not valid. The AttributeValue for a "
                f"key attribute cannot contain an empty {_SPOKEN.get(kind, kind)} "
                f"value. Key: {name}"
            )


def _types_of(key: Mapping[str, Mapping[str, Any]]) -> KeyTypes:
    return {name: next(iter(value)) for name, value in key.items()}


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
            yield (
                table,
                write["DeleteRequest"]["Key"] if "DeleteRequest" in write else None,
            )


def _keys_of_actions(request: Mapping[str, Any]) -> Iterable[_Asked]:
    """Give one for each action of a transaction; a put has none."""
    for item in request["TransactItems"]:
        action: Mapping[str, Any] = next(iter(item.values()), {})
        yield action.get("TableName", ""), action.get("Key")


_KEYS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[_Asked]]] = {
    "BatchGetItem": _keys_to_get,
    "BatchWriteItem": _keys_to_delete,
    "DeleteItem": _key,
    "GetItem": _key,
    "TransactGetItems": _keys_of_actions,
    "TransactWriteItems": _keys_of_actions,
    "UpdateItem": _key,
}
_TRANSACTIONS = frozenset({"TransactGetItems", "TransactWriteItems"})


def _cancelled(fits: Sequence[bool]) -> TableError:
    """Word it as a transaction (API Reference, "TransactionCanceledException")."""
    reasons: list[JsonValue] = [
        {"Code": "None"} if is_fit else {"Code": "ValidationError", "Message": _WRONG}
        for is_fit in fits
    ]
    codes = ", ".join("None" if is_fit else "ValidationError" for is_fit in fits)
    return TableError(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific "
        f"reasons [{codes}]",
        details={"CancellationReasons": reasons},
    )
