"""Pages of queries and scans."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError

CREATE: dict[str, Any] = {
    "TableName": "things",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("h", "S"), ("r", "N"), ("g", "S"), ("k", "S"), ("b", "B"))
    ],
    "KeySchema": [
        {"AttributeName": "h", "KeyType": "HASH"},
        {"AttributeName": "r", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": name,
            "KeySchema": [
                {"AttributeName": key, "KeyType": kind} for key, kind in keys.items()
            ],
            "Projection": projection,
        }
        for name, keys, projection in (
            ("by-g", {"g": "HASH", "k": "RANGE"}, {"ProjectionType": "ALL"}),
            ("keys", {"g": "HASH"}, {"ProjectionType": "KEYS_ONLY"}),
            (
                "some",
                {"g": "HASH", "b": "RANGE"},
                {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n"]},
            ),
            (
                "many",
                {"h": "HASH", "g": "HASH", "k": "RANGE", "r": "RANGE"},
                {"ProjectionType": "ALL"},
            ),
        )
    ],
}
ROWS = [
    {
        "h": {"S": "ab"[number % 2]},
        "r": {"N": str(number)},
        "n": {"N": str(number % 3)},
        **({"g": {"S": "uv"[number % 2]}} if number % 5 else {}),
        **({"k": {"S": "x" * (number % 4)}} if number % 4 else {}),
        "b": {"B": "AQ==" if number % 3 else "Ag=="},
    }
    for number in range(20)
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Give an engine with a table of twenty items."""
    made = Engine(region="us-west-2", account_id="222233334444")
    made.call("CreateTable", CREATE)
    for row in ROWS:
        made.call("PutItem", {"TableName": "things", "Item": row})
    return made


def pages(
    engine: Engine, operation: str, request: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give each page until there is no other."""
    found: list[dict[str, Any]] = []
    start: Any = None
    while not found or start is not None:
        begun = {"ExclusiveStartKey": start} if start else {}
        asked = {"TableName": "things", **request, **begun}
        found.append(dict(engine.call(operation, asked)[0]))
        start = found[-1].get("LastEvaluatedKey")
    return found


def numbers(found: list[dict[str, Any]]) -> list[int]:
    return [int(item["r"]["N"]) for page in found for item in page["Items"]]


INDEXES: dict[str | None, list[str]] = {
    None: ["h", "r"],
    "by-g": ["g", "k", "h", "r"],
    "keys": ["g", "r", "h"],
    "some": ["g", "b", "h", "r"],
    "many": ["h", "g", "k", "r"],
}


@given(
    index=st.sampled_from(list(INDEXES)),
    limit=st.none() | st.integers(1, 25),
    is_filtered=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_scan_gives_each_item_once_in_order(
    engine: Engine, index: str | None, limit: int | None, *, is_filtered: bool
) -> None:
    """In pages of any length, of a table and of each of its indexes."""
    names = INDEXES[index]
    request: dict[str, Any] = {"IndexName": index} if index else {}
    if limit:
        request["Limit"] = limit
    if is_filtered:
        request["FilterExpression"] = "n = :n"
        request["ExpressionAttributeValues"] = {":n": {"N": "1"}}
    found = pages(engine, "Scan", request)

    there = [row for row in ROWS if all(name in row for name in names)]
    there.sort(key=lambda row: [plain(row[name]) for name in names])
    has_n = index != "keys"
    expected = [
        int(row["r"]["N"])
        for row in there
        if not is_filtered or (has_n and row["n"] == {"N": "1"})
    ]
    assert numbers(found) == expected
    assert sum(page["ScannedCount"] for page in found) == len(there)
    assert all(page["Count"] == len(page["Items"]) for page in found)
    assert all(page["ScannedCount"] == limit for page in found[:-1])


def plain(value: dict[str, str]) -> Any:
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content


@pytest.mark.parametrize(
    ("index", "keys", "expected"),
    [
        (None, "h = :a", [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]),
        (None, "h = :a AND r = :four", [4]),
        (None, "h = :a AND r > :four", [6, 8, 10, 12, 14, 16, 18]),
        (None, "h = :a AND r >= :four", [4, 6, 8, 10, 12, 14, 16, 18]),
        (None, "h = :a AND r < :four", [0, 2]),
        (None, "h = :a AND r <= :four", [0, 2, 4]),
        (None, "h = :a AND r BETWEEN :four AND :nine", [4, 6, 8]),
        (None, "h = :gone", []),
        ("by-g", "g = :u AND begins_with(k, :xx)", [2, 6, 14, 18]),
        ("by-g", "g = :v AND begins_with(k, :xx)", [3, 7, 11, 19]),
        ("by-g", "g = :v AND k < :xx", [1, 9, 13, 17]),
        ("keys", "g = :u", [2, 4, 6, 8, 12, 14, 16, 18]),
        ("some", "g = :u AND b = :two", [6, 12, 18]),
        ("some", "g = :u AND begins_with(b, :two)", [6, 12, 18]),
        ("many", "h = :b AND g = :v", [1, 9, 13, 17, 3, 7, 11, 19]),
        ("many", "g = :v AND h = :b AND k = :x", [1, 9, 13, 17]),
        ("many", "g = :v AND h = :b AND k = :x AND r > :nine", [13, 17]),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_query_gives_what_it_asks_for(
    engine: Engine, index: str | None, keys: str, expected: list[int], limit: int
) -> None:
    """Of a partition, in pages of any length, in either direction."""
    values = {
        ":a": {"S": "a"},
        ":b": {"S": "b"},
        ":u": {"S": "u"},
        ":v": {"S": "v"},
        ":x": {"S": "x"},
        ":xx": {"S": "xx"},
        ":gone": {"S": "gone"},
        ":four": {"N": "4"},
        ":nine": {"N": "9"},
        ":two": {"B": "Ag=="},
    }
    used = {part.strip("(),") for part in keys.split()}
    request: dict[str, Any] = {
        "KeyConditionExpression": keys,
        "ExpressionAttributeValues": {k: v for k, v in values.items() if k in used},
        "Limit": limit,
        **({"IndexName": index} if index else {}),
    }

    assert numbers(pages(engine, "Query", request)) == expected
    backwards = pages(engine, "Query", {**request, "ScanIndexForward": False})
    assert numbers(backwards) == expected[::-1]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("g = :v", "Query condition missed key schema element: h"),
        ("g = :v AND h = :b AND r = :n", "missed key schema element: k"),
        ("g = :v AND h > :b", "Query key condition not supported"),
        ("g = :v AND h = :b AND k > :v AND r = :n", "condition not supported"),
    ],
)
def test_several_keys_are_asked_for_from_the_left(
    engine: Engine, keys: str, message: str
) -> None:
    """All of the partition, and of the sort keys only the last by a range."""
    values = {":v": {"S": "v"}, ":b": {"S": "b"}, ":n": {"N": "1"}}
    request = {
        "TableName": "things",
        "IndexName": "many",
        "KeyConditionExpression": keys,
        "ExpressionAttributeValues": {k: v for k, v in values.items() if k in keys},
    }
    with pytest.raises(TableError, match=message):
        engine.call("Query", request)


@pytest.mark.parametrize(
    ("index", "names"),
    [
        ("keys", {"h", "r", "g"}),
        ("some", {"h", "r", "g", "b", "n"}),
        ("by-g", {"h", "r", "g", "k", "b", "n"}),
    ],
)
def test_an_index_has_what_it_projects(
    engine: Engine, index: str, names: set[str]
) -> None:
    """Its keys and the table's, and what it includes."""
    request = {"TableName": "things", "IndexName": index}
    found: Any = engine.call("Scan", request)[0]

    assert set().union(*found["Items"]) == names
    counted = engine.call("Scan", {**request, "Select": "COUNT"})[0]
    assert counted == {"Count": found["Count"], "ScannedCount": found["ScannedCount"]}


def test_a_local_index_fetches_what_it_lacks() -> None:
    """Where it is asked for; it gives what it has otherwise."""
    engine = Engine(region="us-west-2", account_id="222233335555")
    names = ("h", "r", "n")
    engine.call(
        "CreateTable",
        {
            "TableName": "things",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in names
            ],
            "KeySchema": _keys("h", "r"),
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "by-n",
                    "KeySchema": _keys("h", "n"),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        },
    )
    row = {name: {"S": name} for name in (*names, "rest")}
    engine.call("PutItem", {"TableName": "things", "Item": row})
    scan = {"TableName": "things", "IndexName": "by-n"}

    for member, expected in (
        ({}, names),
        ({"Select": "ALL_ATTRIBUTES"}, (*names, "rest")),
        ({"ProjectionExpression": "h, rest"}, ("h", "rest")),
    ):
        [found] = engine.call("Scan", {**scan, **member})[0]["Items"]  # type: ignore[misc,union-attr]  # a list
        assert set(found) == set(expected)


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def test_segments_share_a_table_out(engine: Engine) -> None:
    """Each item is in one of them."""
    found = [
        number
        for segment in range(3)
        for number in numbers(
            pages(engine, "Scan", {"Segment": segment, "TotalSegments": 3, "Limit": 2})
        )
    ]

    assert sorted(found) == list(range(20))


def test_a_page_ends_at_a_megabyte() -> None:
    """With the item that fills it, and says where it ended."""
    engine = Engine(region="us-west-2", account_id="222233335555")
    engine.call("CreateTable", CREATE)
    for number in range(6):
        row = {"h": {"S": "a"}, "r": {"N": str(number)}, "t": {"S": "x" * 300_000}}
        engine.call("PutItem", {"TableName": "things", "Item": row})
    request: dict[str, Any] = {
        "KeyConditionExpression": "h = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
        "ReturnConsumedCapacity": "TOTAL",
    }

    first, second = pages(engine, "Query", request)
    assert [first["Count"], second["Count"]] == [4, 2]
    assert first["ConsumedCapacity"] == {"TableName": "things", "CapacityUnits": 146.5}
    consistent = pages(engine, "Query", {**request, "ConsistentRead": True})
    assert consistent[0]["ConsumedCapacity"]["CapacityUnits"] == 293.0
    whole: Any = pages(engine, "Scan", {"ProjectionExpression": "r"})
    assert [page["Count"] for page in whole] == [4, 2]
