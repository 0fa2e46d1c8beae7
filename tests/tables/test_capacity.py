"""ConsumedCapacity, by the rules of DynamoDB's Developer Guide."""

from collections.abc import Sequence
from typing import Any

import pytest

from sandbox.tables.capacity import in_all
from sandbox.tables.engine import Engine

NOTES, OTHERS = "notes", "others"
KEY = {"id": {"S": "a"}}
GONE = {"id": {"S": "gone"}}


def item(kilobytes: float = 0.0, **attributes: str) -> dict[str, Any]:
    """Give an item of about that size."""
    texts = {name: {"S": value} for name, value in attributes.items()}
    return {**KEY, **texts, "text": {"S": "x" * int(kilobytes * 1024)}}


def index(name: str, key: str, projection: dict[str, Any]) -> dict[str, Any]:
    """Give an index by one attribute."""
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": schema, "Projection": projection}


@pytest.fixture
def engine() -> Engine:
    """Give an engine with a table that has two indexes, and one that has none."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    types = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "tag")]
    table = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": schema}
    whole, keys = {"ProjectionType": "ALL"}, {"ProjectionType": "KEYS_ONLY"}
    indexes = [index("whole", "tag", whole), index("keys", "tag", keys)]
    more = {"AttributeDefinitions": types, "GlobalSecondaryIndexes": indexes}
    engine.call("CreateTable", {**table, **more, "TableName": NOTES})
    more = {"AttributeDefinitions": types[:1]}
    engine.call("CreateTable", {**table, **more, "TableName": OTHERS})
    return engine


def cost(engine: Engine, operation: str, wanted: str = "TOTAL", **asked: Any) -> Any:
    """Give what an operation tells of its capacity."""
    request = {**asked, "ReturnConsumedCapacity": wanted}
    result, _ = engine.call(operation, request)
    return result["ConsumedCapacity"]


def total(units: float, table: str = OTHERS) -> dict[str, Any]:
    """Give a cost as TOTAL tells it."""
    return {"TableName": table, "CapacityUnits": units}


def put(engine: Engine, table: str = OTHERS, **attributes: Any) -> None:
    """Store the item, whatever that costs."""
    engine.call("PutItem", {"TableName": table, "Item": item(**attributes)})


@pytest.mark.parametrize(
    ("kilobytes", "units"), [(0.0, 0.5), (3.9, 0.5), (4.0, 1.0), (9.0, 1.5)]
)
def test_a_read_costs_half_a_unit_for_4_kb(
    engine: Engine, kilobytes: float, units: float
) -> None:
    """Twice that where it is consistent, four times in a transaction."""
    put(engine, kilobytes=kilobytes)
    one = {"TableName": OTHERS, "Key": KEY}

    assert cost(engine, "GetItem", **one) == total(units)
    assert cost(engine, "GetItem", **one, ConsistentRead=True) == total(2 * units)
    batch = {"RequestItems": {OTHERS: {"Keys": [KEY, GONE]}}}
    assert cost(engine, "BatchGetItem", **batch) == [total(units + 0.5)]
    transaction = {"TransactItems": [{"Get": one}]}
    assert cost(engine, "TransactGetItems", **transaction) == [
        {**total(4 * units), "ReadCapacityUnits": 4 * units}
    ]


def test_what_is_not_there_costs_one_read(engine: Engine) -> None:
    """As an item of up to 4 KB would."""
    assert cost(engine, "GetItem", TableName=OTHERS, Key=GONE) == total(0.5)
    assert cost(engine, "DeleteItem", TableName=OTHERS, Key=GONE) == total(1.0)


@pytest.mark.parametrize(
    ("sizes", "units"), [((0.0, 0.0), 1.0), ((0.5, 2.5), 3.0), ((2.5, 0.5), 3.0)]
)
def test_a_write_costs_a_unit_for_each_kb_of_the_larger_item(
    engine: Engine, sizes: Sequence[float], units: float
) -> None:
    """Of the item before it and after it, by whatever operation it is written."""
    before, after = sizes
    put(engine, kilobytes=before)
    put_after = {"TableName": OTHERS, "Item": item(after)}
    update = {
        "TableName": OTHERS,
        "Key": KEY,
        "UpdateExpression": "SET #t = :t",
        "ExpressionAttributeNames": {"#t": "text"},
        "ExpressionAttributeValues": {":t": item(after)["text"]},
    }
    batch = {"RequestItems": {OTHERS: [{"PutRequest": {"Item": item(after)}}]}}
    transaction = {"TransactItems": [{"Put": put_after}]}
    doubled = {**total(2 * units), "WriteCapacityUnits": 2 * units}
    for operation, asked, expected in (
        ("PutItem", put_after, total(units)),
        ("UpdateItem", update, total(units)),
        ("BatchWriteItem", batch, [total(units)]),
        ("TransactWriteItems", transaction, [doubled]),
    ):
        put(engine, kilobytes=before)
        assert cost(engine, operation, **asked) == expected


def test_a_delete_costs_what_it_deletes(engine: Engine) -> None:
    """For the item has to be taken out of the table and of its indexes."""
    put(engine, NOTES, kilobytes=2.5, tag="red")

    assert cost(engine, "DeleteItem", "INDEXES", TableName=NOTES, Key=KEY) == {
        **total(7.0, NOTES),
        "Table": {"CapacityUnits": 3.0},
        "GlobalSecondaryIndexes": {
            "whole": {"CapacityUnits": 3.0},
            "keys": {"CapacityUnits": 1.0},
        },
    }


@pytest.mark.parametrize(
    ("before", "after", "indexes"),
    [
        ({}, {"tag": "red"}, {"whole": 1.0, "keys": 1.0}),
        ({"tag": "red"}, {"tag": "red"}, {}),
        ({"tag": "red"}, {"tag": "red", "more": "x"}, {"whole": 1.0}),
        ({"tag": "red"}, {"tag": "blue"}, {"whole": 2.0, "keys": 2.0}),
        ({"tag": "red"}, {}, {"whole": 1.0, "keys": 1.0}),
        ({}, {"more": "x"}, {}),
    ],
)
def test_an_index_costs_where_its_entry_changes(
    engine: Engine,
    before: dict[str, str],
    after: dict[str, str],
    indexes: dict[str, float],
) -> None:
    """Twice where the entry moves, for it is taken out and put in."""
    put(engine, NOTES, **before)

    told = cost(engine, "PutItem", "INDEXES", TableName=NOTES, Item=item(**after))

    assert told["CapacityUnits"] == 1.0 + sum(indexes.values())
    assert told["Table"] == {"CapacityUnits": 1.0}
    assert told.get("GlobalSecondaryIndexes", {}) == {
        name: {"CapacityUnits": units} for name, units in indexes.items()
    }


def test_a_batch_and_a_transaction_tell_of_each_table(engine: Engine) -> None:
    """A look at an item is paid for as a write of it is."""
    put(engine, kilobytes=1.5)
    batch = {
        NOTES: [{"DeleteRequest": {"Key": GONE}}, {"PutRequest": {"Item": item()}}],
        OTHERS: [{"DeleteRequest": {"Key": GONE}}],
    }
    assert cost(engine, "BatchWriteItem", RequestItems=batch) == [
        total(2.0, NOTES),
        total(1.0),
    ]

    look = {
        "TableName": OTHERS,
        "Key": KEY,
        "ConditionExpression": "attribute_exists(id)",
    }
    gone = {"Delete": {"TableName": NOTES, "Key": GONE}}
    actions = [{"ConditionCheck": look}, gone]
    assert cost(engine, "TransactWriteItems", TransactItems=actions) == [
        {**total(4.0), "WriteCapacityUnits": 4.0},
        {**total(2.0, NOTES), "WriteCapacityUnits": 2.0},
    ]


def test_a_search_of_an_index_costs_what_the_index_has(engine: Engine) -> None:
    """The table itself is not read."""
    put(engine, NOTES, kilobytes=9.0, tag="red")
    query = {
        "TableName": NOTES,
        "KeyConditionExpression": "tag = :t",
        "ExpressionAttributeValues": {":t": {"S": "red"}},
    }

    for name, units in (("whole", 1.5), ("keys", 0.5)):
        assert cost(engine, "Query", "INDEXES", **query, IndexName=name) == {
            **total(units, NOTES),
            "Table": {"CapacityUnits": 0.0},
            "GlobalSecondaryIndexes": {name: {"CapacityUnits": units}},
        }


def test_nothing_is_told_unasked(engine: Engine) -> None:
    """As clients would have to pass over it."""
    for asked in ({}, {"ReturnConsumedCapacity": "NONE"}):
        request = {"TransactItems": [{"Get": {"TableName": OTHERS, "Key": KEY}}]}
        result, _ = engine.call("TransactGetItems", {**request, **asked})
        assert "ConsumedCapacity" not in result


def test_costs_of_several_requests_are_added_up() -> None:
    """Index by index, where each is told."""
    of_index = {"CapacityUnits": 0.5}
    one = {
        **total(0.5),
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"keys": of_index},
    }
    other = {**one, "GlobalSecondaryIndexes": {"whole": of_index}}

    assert in_all([one, one, other]) == {
        **total(1.5),
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"keys": {"CapacityUnits": 1.0}, "whole": of_index},
    }
