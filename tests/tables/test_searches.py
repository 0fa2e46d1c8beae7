"""Where queries and scans look and begin."""

from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.store import TableStore

TABLE = "demo-staging-notes"
TEXT, RED = {"S": "ann"}, {"S": "red"}
START = {"owner": TEXT, "number": {"N": "2"}}
INDEXED = {**START, "tag": RED}
INVALID = "The provided starting key is invalid"
SCHEMA = f"{INVALID}: The provided key element does not match the schema"
_OF_TAG: dict[str, Any] = {"keys": "tag = :o", "IndexName": "by-tag"}
_OF_KEYS: dict[str, Any] = {"keys": "tag = :o", "IndexName": "keys-by-tag"}


@pytest.fixture
def notes(store: TableStore) -> TableStore:
    """Give a store with three notes of ann."""
    for number in "123":
        row = {"owner": TEXT, "number": {"N": number}, "tag": RED}
        store.call("PutItem", {"TableName": TABLE, "Item": row})
    return store


def query(store: TableStore, keys: str = "#o = :o", **members: Any) -> Any:
    names = {"#o": "owner", "#n": "number"}
    values = {":o": TEXT, ":n": {"N": "1"}, ":m": {"N": "2"}, ":red": RED}
    request = {
        "TableName": TABLE,
        "KeyConditionExpression": keys,
        "ExpressionAttributeNames": {k: v for k, v in names.items() if k in keys},
        "ExpressionAttributeValues": {k: v for k, v in values.items() if k in keys},
        **members,
    }
    if not request["ExpressionAttributeNames"]:
        del request["ExpressionAttributeNames"]
    return store.call("Query", request)


def test_a_scan_of_a_global_index_gives_what_it_has(notes: TableStore) -> None:
    """As a query; in both, by any name for it."""
    scan = {"TableName": TABLE, "IndexName": "keys-by-tag"}
    with pytest.raises(TableError, match=r"does not project \[title\]"):
        notes.call("Scan", {**scan, "AttributesToGet": ["title", "owner"]})

    found: Any = notes.call("Scan", {**scan, "ProjectionExpression": "tag"})
    assert found["Items"] == [{"tag": RED}] * 3


@pytest.mark.parametrize(
    "keys",
    [
        "#o = :o AND #n BETWEEN :n AND :m",
        "#n BETWEEN :n AND :m AND #o = :o",
        ":m >= #n AND :o = #o",
        "(#n <= :m) AND (#o = :o)",
    ],
)
def test_keys_are_asked_for_in_any_order(notes: TableStore, keys: str) -> None:
    """And with the value in front."""
    found = query(notes, keys)["Items"]

    assert [item["number"]["N"] for item in found] == ["1", "2"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"IndexName": "gone"},
            "The table does not have the specified index: gone",
        ),
        (
            {**_OF_TAG, "ConsistentRead": True},
            "Consistent reads are not supported on global secondary indexes",
        ),
        *(
            (
                {**_OF_KEYS, **member},
                "One or more parameter values were invalid: Global secondary index "
                "keys-by-tag does not project [title]",
            )
            for member in (
                {"ProjectionExpression": "title[0], tag"},
                {"Select": "SPECIFIC_ATTRIBUTES", "ProjectionExpression": "title"},
            )
        ),
        (
            {
                **_OF_KEYS,
                "FilterExpression": "title = book.b OR attribute_exists(book.c)",
            },
            "One or more parameter values were invalid: Secondary index keys-by-tag "
            "does not project one or more filter attributes: [book, title]",
        ),
        ({"keys": "#n = :n"}, "Query condition missed key schema element: owner"),
        (
            {"keys": "#o = :o AND tag = :red"},
            "Query condition missed key schema element: number",
        ),
        (
            {"keys": "tag = :red AND #n = :n", "IndexName": "keys-by-tag"},
            "Query key condition not supported",
        ),
        ({"keys": "#o > :o"}, "Query key condition not supported"),
        (
            {"keys": "#o = :o AND #n > :n AND tag = :red"},
            "Conditions can be of length 1 or 2 only",
        ),
        (
            {"keys": "#o = :n"},
            "One or more parameter values were invalid: Condition parameter type does "
            "not match schema type",
        ),
        ({"ExclusiveStartKey": {"owner": TEXT}}, INVALID),
        ({"ExclusiveStartKey": INDEXED}, INVALID),
        ({**_OF_TAG, "ExclusiveStartKey": START}, INVALID),
        ({"ExclusiveStartKey": {**START, "number": TEXT}}, SCHEMA),
        (
            {"ExclusiveStartKey": {**START, "owner": {"S": "bob"}}},
            "The provided starting key is outside query boundaries based on provided "
            "conditions",
        ),
        (
            {"keys": "#o = :o AND #n < :m", "ExclusiveStartKey": START},
            "The provided starting key does not match the range key predicate",
        ),
        (
            {
                "keys": "#o = :o AND #n = :m",
                "ExclusiveStartKey": {**START, "owner": {"S": "bob"}},
            },
            "The query can return at most one row and cannot be restarted",
        ),
    ],
)
def test_a_query_that_looks_nowhere_is_refused(
    notes: TableStore, members: dict[str, Any], message: str
) -> None:
    """In DynamoDB's words, none of which are a sandbox's failure."""
    with pytest.raises(TableError) as refused:
        query(notes, **members)

    assert refused.value.code == "ValidationException"
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"IndexName": "gone"},
            "The table does not have the specified index: gone",
        ),
        ({"ExclusiveStartKey": {"owner": TEXT}}, SCHEMA),
        ({"IndexName": "by-tag", "ExclusiveStartKey": START}, INVALID),
        (
            {"Segment": 3, "TotalSegments": 2},
            "The Segment parameter is zero-based and must be less than parameter "
            "TotalSegments: Segment: 3 is not less than TotalSegments: 2",
        ),
        (
            {"Segment": 0},
            "The TotalSegments parameter is required but was not present in the "
            "request when Segment parameter is present",
        ),
        (
            {"TotalSegments": 2},
            "The Segment parameter is required but was not present in the request "
            "when parameter TotalSegments is present",
        ),
    ],
)
def test_a_scan_that_looks_nowhere_is_refused(
    notes: TableStore, members: dict[str, Any], message: str
) -> None:
    """Likewise."""
    with pytest.raises(TableError) as refused:
        notes.call("Scan", {"TableName": TABLE, **members})

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            "Must specify the AttributesToGet or ProjectionExpression when choosing "
            "to get SPECIFIC_ATTRIBUTES",
        ),
        (
            {"Select": "COUNT", "ProjectionExpression": "title"},
            "Cannot specify the ProjectionExpression when choosing to get only the "
            "Count",
        ),
        (
            {"Select": "ALL_PROJECTED_ATTRIBUTES"},
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an "
            "IndexName",
        ),
    ],
)
def test_what_is_selected_fits_what_is_asked_for(
    notes: TableStore, members: dict[str, Any], message: str
) -> None:
    """Of queries and scans."""
    for search in (
        lambda: query(notes, **members),
        lambda: notes.call("Scan", {"TableName": TABLE, **members}),
    ):
        with pytest.raises(TableError) as refused:
            search()
        assert refused.value.message.endswith(message)


def test_a_search_goes_on_where_it_ended(notes: TableStore) -> None:
    """In a table and in an index, forwards and backwards, consistently read or not."""
    first = query(notes, Limit=2, ConsistentRead=True)
    rest = query(notes, ExclusiveStartKey=first["LastEvaluatedKey"])
    back = query(notes, ExclusiveStartKey=START, ScanIndexForward=False)
    members = {"keys": "tag = :red", "IndexName": "by-tag"}
    tagged = query(notes, **members, ExclusiveStartKey=INDEXED)
    scanned: Any = notes.call("Scan", {"TableName": TABLE, "ExclusiveStartKey": START})

    numbers = [
        [item["number"]["N"] for item in found["Items"]]
        for found in (first, rest, back, tagged, scanned)
    ]
    assert numbers == [["1", "2"], ["3"], ["1"], ["3"], ["3"]]
