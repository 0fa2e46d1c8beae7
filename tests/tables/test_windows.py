"""Which items of a partition a query is answered from."""

from typing import Any

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType

from sandbox.tables.engine import Engine
from sandbox.tables.orders import Item, Sorting
from sandbox.tables.windows import Bounds, window

KEYS = "abcdefghij"
ITEMS = [
    Item(DynamoType({"S": "p"}), DynamoType({"S": key}), {"key": {"S": key}})
    for key in KEYS
]
SORTING = Sorting("partition", ("key",))


def bounds(**asked: Any) -> Bounds:
    """Give bounds that ask for all, but for what is named."""
    whole = {"comparison": None, "values": (), "start": None, "limit": None}
    return Bounds(**{**whole, "is_forward": True, **asked})


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({}, "abcdefghij"),
        ({"comparison": "=", "values": ("c",)}, "bcd"),
        ({"comparison": "=", "values": ("a",)}, "ab"),
        ({"comparison": "=", "values": ("cc",)}, "cd"),
        ({"comparison": "<", "values": ("c",)}, "abc"),
        ({"comparison": "<=", "values": ("c",)}, "abcd"),
        ({"comparison": ">", "values": ("h",)}, "hij"),
        ({"comparison": ">=", "values": ("h",)}, "ghij"),
        ({"comparison": "BETWEEN", "values": ("c", "e")}, "bcdef"),
        ({"comparison": "BETWEEN", "values": ("e", "c")}, "d"),
        ({"comparison": "BEGINS_WITH", "values": ("i",)}, "hij"),
        ({"limit": 2}, "abcde"),
        ({"limit": 2, "is_forward": False}, "fghij"),
        ({"start": ("h",)}, "hij"),
        ({"start": ("c",), "is_forward": False}, "abc"),
        ({"start": ("c",), "limit": 1}, "cdef"),
        ({"comparison": ">", "values": ("d",), "start": ("f",), "limit": 1}, "fghi"),
    ],
)
def test_a_window_holds_the_answer_and_its_neighbours(
    asked: dict[str, Any], keys: str
) -> None:
    """One item before and after the range, and little more than the limit."""
    found = window(ITEMS, bounds(**asked), SORTING)

    assert "".join(item.range_key.value for item in found if item.range_key) == keys


def test_nothing_lies_beyond_an_empty_partition() -> None:
    """There are no neighbours then."""
    assert window([], bounds(comparison="=", values=("a",), limit=1), SORTING) == []


def test_a_beginning_in_common_is_found_among_many() -> None:
    """Also where it is in the middle, backwards, and page by page."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    names = {"owner": "HASH", "name": "RANGE"}
    types = [{"AttributeName": name, "AttributeType": "S"} for name in names]
    schema = [{"AttributeName": n, "KeyType": kind} for n, kind in names.items()]
    table = {"TableName": "names", "BillingMode": "PAY_PER_REQUEST"}
    create = {**table, "AttributeDefinitions": types, "KeySchema": schema}
    engine.call("CreateTable", create)
    for name in ("ab", "ba", "bb", "bc", "c", "ca"):
        row = {"owner": {"S": "ann"}, "name": {"S": name}}
        engine.call("PutItem", {"TableName": "names", "Item": row})
    request: dict[str, Any] = {
        "TableName": "names",
        "KeyConditionExpression": "#o = :o AND begins_with(#n, :b)",
        "ExpressionAttributeNames": {"#o": "owner", "#n": "name"},
        "ExpressionAttributeValues": {":o": {"S": "ann"}, ":b": {"S": "b"}},
        "ScanIndexForward": False,
        "Limit": 2,
    }

    first: Any = engine.call("Query", request)[0]
    request["ExclusiveStartKey"] = first["LastEvaluatedKey"]
    second: Any = engine.call("Query", request)[0]

    pages = [[row["name"]["S"] for row in page["Items"]] for page in (first, second)]
    assert pages == [["bc", "bb"], ["ba"]]
