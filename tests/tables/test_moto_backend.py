"""Updates and transactions, as far as moto does not carry them out itself."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.store import TableStore

TABLE = "demo-staging-notes"
KEY = {"owner": {"S": "a"}, "number": {"N": "1"}}
OTHER = {**KEY, "number": {"N": "2"}}
TAGGED = {**KEY, "tag": {"S": "red"}}
ONE, EMPTY = {":v": {"N": "1"}}, {":v": {"S": ""}}
_INVALID = "One or more parameter values were invalid"


@pytest.fixture
def notes(store: TableStore) -> TableStore:
    """Give a store with a note."""
    store.call("PutItem", {"TableName": TABLE, "Item": TAGGED})
    return store


def asked(**members: Any) -> dict[str, Any]:
    return {"TableName": TABLE, "Key": KEY, **members}


def item(store: TableStore, key: Any = KEY) -> Any:
    return store.call("GetItem", asked(Key=key)).get("Item")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            {"Update": asked(UpdateExpression="REMOVE gone.x")},
            "The document path provided in the update expression is invalid for update",
        ),
        (
            {"Put": {"TableName": TABLE, "Item": {**KEY, "tag": {"N": "1"}}}},
            f"{_INVALID}: Type mismatch for Index Key tag Expected: S Actual: N "
            "IndexName: by-tag",
        ),
        (
            {"Update": asked(UpdateExpression="REMOVE #k")},
            f"{_INVALID}: Cannot update attribute owner. "
            "This attribute is part of the key",
        ),
    ],
)
def test_a_cancelled_transaction_says_why(
    notes: TableStore, action: dict[str, Any], message: str
) -> None:
    """For each action, in DynamoDB's words, and nothing of it is done."""
    for one in action.values():
        if "#k" in one.get("UpdateExpression", ""):
            one["ExpressionAttributeNames"] = {"#k": "owner"}
    other = {"Put": {"TableName": TABLE, "Item": OTHER}}
    with pytest.raises(TableError) as refused:
        notes.call("TransactWriteItems", {"TransactItems": [other, action]})

    assert refused.value.code == "TransactionCanceledException"
    assert refused.value.message.endswith("[None, ValidationError]")
    assert refused.value.details["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ValidationError", "Message": message},
    ]
    assert (item(notes), item(notes, OTHER)) == (TAGGED, None)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"AttributeUpdates": {"owner": {"Value": {"S": "b"}}}},
            "Cannot update attribute owner. This attribute is part of the key",
        ),
        (
            {"UpdateExpression": "SET tag.k = :v", "ExpressionAttributeValues": ONE},
            "Key attributes must be scalars; list random access '[]' and map lookup "
            "'.' are not allowed: IndexKey: tag",
        ),
        (
            {"UpdateExpression": "SET tag = :v", "ExpressionAttributeValues": ONE},
            "Type mismatch for Index Key tag Expected: S Actual: N IndexName: by-tag",
        ),
        (
            {"UpdateExpression": "SET tag = :v", "ExpressionAttributeValues": EMPTY},
            "attempted to update a secondary index key to a value that is not",
        ),
        (
            {"AttributeUpdates": {"tag": {"Value": {"S": ""}}}},
            "attempted to update a secondary index key to a value that is not",
        ),
        (
            {
                "UpdateExpression": "SET big = :v",
                "ExpressionAttributeValues": {":v": {"S": "x" * 410_000}},
            },
            "Item size to update has exceeded the maximum allowed size",
        ),
    ],
)
@pytest.mark.parametrize("key", [KEY, OTHER], ids=["there", "new"])
def test_an_update_that_breaks_keys_or_bounds_is_refused(
    notes: TableStore, members: dict[str, Any], message: str, key: Any
) -> None:
    """In an item that is there, and in one that would be made."""
    before = item(notes, key)
    with pytest.raises(TableError) as refused:
        notes.call("UpdateItem", {**asked(**members), "Key": key})

    assert message in refused.value.message
    assert item(notes, key) == before


def test_a_condition_of_old_shows_the_item_that_did_not_meet_it(
    notes: TableStore,
) -> None:
    """Where it is asked for."""
    with pytest.raises(TableError) as refused:
        notes.call(
            "UpdateItem",
            asked(
                AttributeUpdates={"tag": {"Value": {"S": "blue"}}},
                Expected={"tag": {"Exists": False}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            ),
        )

    assert refused.value.code == "ConditionalCheckFailedException"
    assert refused.value.details["Item"] == TAGGED


@pytest.mark.parametrize(
    ("members", "result"),
    [
        ({}, {}),
        ({"ReturnValues": "ALL_OLD"}, {"Attributes": TAGGED}),
        ({"ReturnValues": "UPDATED_OLD"}, {"Attributes": {"tag": {"S": "red"}}}),
        ({"ReturnValues": "UPDATED_NEW"}, {"Attributes": {"n": {"N": "1"}}}),
        (
            {"ReturnValues": "ALL_NEW", "ReturnConsumedCapacity": "TOTAL"},
            {
                "Attributes": {**KEY, "n": {"N": "1"}},
                "ConsumedCapacity": {"TableName": TABLE, "CapacityUnits": 3.0},
            },
        ),
    ],
)
@pytest.mark.parametrize("is_old", [False, True], ids=["expression", "of old"])
def test_an_update_gives_what_was_asked_for(
    notes: TableStore, members: dict[str, Any], result: object, *, is_old: bool
) -> None:
    """And capacity only where that was asked for as well."""
    update: dict[str, Any] = {
        "UpdateExpression": "REMOVE tag SET n = :v",
        "ExpressionAttributeValues": ONE,
    }
    if is_old:
        actions = {"tag": {"Action": "DELETE"}, "n": {"Value": {"N": "1"}}}
        update = {"AttributeUpdates": actions}

    assert notes.call("UpdateItem", asked(**update, **members)) == result


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetItem", {}),
        ("DeleteItem", {}),
        ("UpdateItem", {"UpdateExpression": "REMOVE tag"}),
    ],
)
def test_an_empty_key_is_refused(
    notes: TableStore, operation: str, members: dict[str, Any]
) -> None:
    """DynamoDB has no item with one."""
    key = {**KEY, "owner": {"S": ""}}
    with pytest.raises(TableError, match=r"empty string value\. Key: owner"):
        notes.call(operation, {**asked(**members), "Key": key})


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("UpdateItem", {"UpdateExpression": "REMOVE tag", "Expected": {}}),
        ("UpdateItem", {"UpdateExpression": "REMOVE tag", "AttributeUpdates": {}}),
        ("GetItem", {"ProjectionExpression": "tag", "AttributesToGet": ["tag"]}),
    ],
)
def test_expressions_do_not_go_with_what_was_before_them(
    notes: TableStore, operation: str, members: dict[str, Any]
) -> None:
    """The refusal names both."""
    expression, old = members
    with pytest.raises(TableError) as refused:
        notes.call(operation, asked(**members))

    assert refused.value.message == (
        "Can not use both expression and non-expression parameters in the same "
        f"request: Non-expression parameters: {{{old}}} "
        f"Expression parameters: {{{expression}}}"
    )


@pytest.mark.parametrize(
    ("operation", "members", "message"),
    [
        (
            "UpdateItem",
            {
                "Key": {**KEY, "owner": {"S": "x" * 2049}},
                "UpdateExpression": "REMOVE tag",
            },
            "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            "PutItem",
            {"Item": {"owner": KEY["owner"]}, "ConditionExpression": "tag = tag.x"},
            f"{_INVALID}: Missing the key number in the item",
        ),
        (
            "PutItem",
            {"Item": TAGGED, "ReturnValues": "ALL_NEW"},
            "ReturnValues can only be ALL_OLD or NONE",
        ),
        (
            "DeleteItem",
            {"Key": KEY, "ReturnValues": "UPDATED_OLD"},
            "ReturnValues can only be ALL_OLD or NONE",
        ),
    ],
)
def test_a_write_that_cannot_be_is_refused(
    notes: TableStore, operation: str, members: dict[str, Any], message: str
) -> None:
    """Before any condition is looked at."""
    with pytest.raises(TableError) as refused:
        notes.call(operation, {"TableName": TABLE, **members})

    assert message in refused.value.message


def test_a_batch_writes_items_of_one_key_to_two_tables(notes: TableStore) -> None:
    """They are two items, and no duplicates."""
    other = "demo-staging-other"
    key_types = {"owner": "S", "number": "N"}
    notes.call(
        "CreateTable",
        {
            "TableName": other,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in key_types.items()
            ],
            "KeySchema": [
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
        },
    )
    put, delete = {"PutRequest": {"Item": OTHER}}, {"DeleteRequest": {"Key": KEY}}

    notes.call("BatchWriteItem", {"RequestItems": {TABLE: [put], other: [put]}})
    for table in (TABLE, other):
        assert notes.call("GetItem", {"TableName": table, "Key": OTHER}) == {
            "Item": OTHER
        }

    notes.call("BatchWriteItem", {"RequestItems": {TABLE: [delete], other: [delete]}})
    assert item(notes) is None


LARGEST_TEXT = "x" * (400 * 1024 - len("owneranumbert") - 2)
"""With the key, whose number takes two bytes, an item of 400 KB."""


def _put(text: str) -> tuple[str, Any]:
    return "PutItem", {"TableName": TABLE, "Item": {**KEY, "t": {"S": text}}}


def _put_on_condition(text: str) -> tuple[str, Any]:
    name, request = _put(text)
    return name, {**request, "ConditionExpression": "attribute_not_exists(t)"}


def _put_for_old(text: str) -> tuple[str, Any]:
    name, request = _put(text)
    return name, {**request, "ReturnValues": "ALL_OLD"}


def _batch(text: str) -> tuple[str, Any]:
    put = {"PutRequest": {"Item": _put(text)[1]["Item"]}}
    return "BatchWriteItem", {"RequestItems": {TABLE: [put]}}


def _transaction(text: str) -> tuple[str, Any]:
    return "TransactWriteItems", {"TransactItems": [{"Put": _put(text)[1]}]}


def _update(text: str) -> tuple[str, Any]:
    values = {":t": {"S": text}}
    return "UpdateItem", asked(
        UpdateExpression="SET t = :t REMOVE tag", ExpressionAttributeValues=values
    )


@pytest.mark.parametrize(
    "write", [_put, _put_on_condition, _put_for_old, _batch, _transaction, _update]
)
def test_an_item_may_have_400_kb_whoever_writes_it(
    notes: TableStore, write: Callable[[str], tuple[str, Any]]
) -> None:
    """A byte more is refused, and the item stays as it is."""
    notes.call(*write(LARGEST_TEXT))
    assert item(notes) == {**KEY, "t": {"S": LARGEST_TEXT}}

    notes.call("PutItem", {"TableName": TABLE, "Item": TAGGED})
    with pytest.raises(TableError, match="exceeded the maximum allowed size"):
        notes.call(*write(f"{LARGEST_TEXT}x"))
    assert item(notes) == TAGGED


def test_a_put_whose_condition_is_not_met_shows_what_is_there(
    notes: TableStore,
) -> None:
    """Where it is asked for; the item stays as it is."""
    request = {
        "TableName": TABLE,
        "Item": {**KEY, "tag": {"S": "blue"}},
        "ConditionExpression": "attribute_not_exists(tag)",
    }
    for shows, shown in (("ALL_OLD", TAGGED), ("NONE", None)):
        with pytest.raises(TableError) as refused:
            notes.call(
                "PutItem", {**request, "ReturnValuesOnConditionCheckFailure": shows}
            )
        assert refused.value.code == "ConditionalCheckFailedException"
        assert refused.value.body().get("Item") == shown
    assert item(notes) == TAGGED
