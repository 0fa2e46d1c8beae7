"""Transactions that DynamoDB refuses before they begin."""

from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.store import TableStore

TABLE = "demo-staging-notes"
ANN = {"owner": {"S": "ann"}, "number": {"N": "1"}}
BOB = {"owner": {"S": "bob"}, "number": {"N": "1"}}
WRITE, READ = "TransactWriteItems", "TransactGetItems"
_TWICE = "Transaction request cannot include multiple operations on one item"
_ONE_OF = "TransactItems can only contain one of Check, Put, Update or Delete"


def put(item: dict[str, Any], table: str = TABLE) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item}}


def delete(key: dict[str, Any]) -> dict[str, Any]:
    return {"Delete": {"TableName": TABLE, "Key": key}}


def get(key: dict[str, Any], table: str = TABLE) -> dict[str, Any]:
    return {"Get": {"TableName": table, "Key": key}}


@pytest.mark.parametrize(
    ("operation", "actions", "code", "message"),
    [
        (WRITE, [put(ANN), {}], "ValidationException", _ONE_OF),
        (WRITE, [{**put(ANN), **delete(BOB)}], "ValidationException", _ONE_OF),
        (
            WRITE,
            [put(ANN), delete({**ANN, "number": {"N": "1"}})],
            "ValidationException",
            _TWICE,
        ),
        (READ, [get(ANN), get(BOB), get(ANN)], "ValidationException", _TWICE),
        *(
            (
                operation,
                [action(ANN), action(BOB, "gone")],
                "ResourceNotFoundException",
                "Requested resource not found",
            )
            for operation, action in ((WRITE, put), (READ, get))
        ),
    ],
)
def test_a_transaction_that_is_none_is_refused(
    store: TableStore,
    operation: str,
    actions: list[dict[str, Any]],
    code: str,
    message: str,
) -> None:
    """As a whole, in DynamoDB's words; nothing of it is written."""
    with pytest.raises(TableError) as refused:
        store.call(operation, {"TransactItems": actions})

    assert (refused.value.code, refused.value.message) == (code, message)
    assert store.call("Scan", {"TableName": TABLE})["Count"] == 0


_NOT_VALID = "One or more parameter values are not valid."
_EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (put({**ANN, "owner": {"S": ""}}), f"{_NOT_VALID} {_EMPTY} Key: owner"),
        (delete({**ANN, "owner": {"S": ""}}), f"{_NOT_VALID} {_EMPTY} Key: owner"),
        (
            put({**ANN, "tag": {"S": ""}}),
            f"{_NOT_VALID} A value specified for a secondary index key is not "
            f"supported. {_EMPTY} IndexName: by-tag, IndexKey: tag",
        ),
        (
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": ANN,
                    "UpdateExpression": "SET tag = :t",
                    "ExpressionAttributeValues": {":t": {"S": ""}},
                }
            },
            f"{_NOT_VALID} The update expression attempted to update a secondary index "
            f"key to a value that is not supported. {_EMPTY}",
        ),
    ],
)
def test_an_empty_key_refuses_it(
    store: TableStore, action: dict[str, Any], message: str
) -> None:
    """It does not cancel it, as another type does."""
    with pytest.raises(TableError) as refused:
        store.call(WRITE, {"TransactItems": [put(BOB), action]})

    assert (refused.value.code, refused.value.message) == (
        "ValidationException",
        message,
    )
    assert store.call("Scan", {"TableName": TABLE})["Count"] == 0


def test_its_items_have_four_megabytes_in_all(store: TableStore) -> None:
    """Each fits alone."""
    large = [
        put({"owner": {"S": "a"}, "number": {"N": str(n)}, "t": {"S": "x" * 350_000}})
        for n in range(12)
    ]
    store.call(WRITE, {"TransactItems": large[:11]})

    with pytest.raises(TableError, match="cannot exceed 4 MB"):
        store.call(WRITE, {"TransactItems": large})


@pytest.mark.parametrize(
    ("operation", "action", "message"),
    [
        (
            WRITE,
            put({"owner": {"S": "ann"}}),
            "One or more parameter values were invalid: Missing the key number in the "
            "item",
        ),
        (
            WRITE,
            put({**ANN, "number": {"S": "1"}}),
            "One or more parameter values were invalid: Type mismatch for key number "
            "expected: N actual: S",
        ),
        *(
            (
                operation,
                action({**ANN, "more": {"S": "x"}}),
                "The provided key element does not match the schema",
            )
            for operation, action in ((WRITE, delete), (READ, get))
        ),
    ],
)
def test_a_key_that_does_not_fit_cancels_it(
    store: TableStore, operation: str, action: dict[str, Any], message: str
) -> None:
    """The reasons say which action it was."""
    other = put(BOB) if operation == WRITE else get(BOB)
    with pytest.raises(TableError) as cancelled:
        store.call(operation, {"TransactItems": [other, action]})

    assert cancelled.value.code == "TransactionCanceledException"
    assert cancelled.value.message.endswith("[None, ValidationError]")
    assert cancelled.value.details["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ValidationError", "Message": message},
    ]
