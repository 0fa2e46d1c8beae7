"""Our door to moto against moto's own: the same operations, the same answers.

moto's own door is its whole web layer, from URL to serialized body. Where ours differs
on purpose, a test says so.
"""

import json
import sys
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError

ACCOUNTS = count(200_000_000_000)

CREATE = {
    "TableName": "notes",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "owner", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "tag", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "number", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-tag",
            "KeySchema": [
                {"AttributeName": "tag", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["text"]},
        },
        {
            "IndexName": "keys",
            "KeySchema": [{"AttributeName": "tag", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
}


def note(owner: str, number: int, **attributes: Any) -> dict[str, Any]:
    """Give an item of the table `notes`."""
    return {"owner": {"S": owner}, "number": {"N": str(number)}, **attributes}


def on_notes(**members: Any) -> dict[str, Any]:
    """Give a request that names the table `notes`."""
    return {"TableName": "notes", **members}


RICH = note(
    "ann",
    1,
    tag={"S": "red"},
    text={"S": "h\u00e9llo \U0001f600"},
    done={"BOOL": False},
    nothing={"NULL": True},
    raw={"B": "AAH/"},
    raws={"BS": ["AAH/", "aGk="]},
    words={"SS": ["a", "b"]},
    figures={"NS": ["1", "2.5"]},
    list={"L": [{"N": "1"}, {"L": [{"S": "x"}]}, {"M": {"k": {"B": "aGk="}}}]},
    map={"M": {"deep": {"M": {"er": {"S": "y"}}}, "list": {"L": []}}},
)
SETUP = [
    ("CreateTable", CREATE),
    ("PutItem", on_notes(Item=RICH)),
    *(
        ("PutItem", on_notes(Item=note("bob", n, tag={"S": f"t{n % 3}"}, n={"N": "5"})))
        for n in range(1, 12)
    ),
]
ANN = note("ann", 1)
NAMES = {"#o": "owner"}


def query(**members: Any) -> tuple[str, dict[str, Any]]:
    """Give a query for the notes of bob."""
    return (
        "Query",
        on_notes(
            KeyConditionExpression=members.pop("key", "#o = :o"),
            ExpressionAttributeNames={**NAMES, **members.pop("names", {})},
            ExpressionAttributeValues={":o": {"S": "bob"}, **members.pop("values", {})},
            **members,
        ),
    )


def update(expression: str, **members: Any) -> tuple[str, dict[str, Any]]:
    """Give an update of ann's note."""
    return (
        "UpdateItem",
        on_notes(Key=ANN, UpdateExpression=expression, **members),
    )


ONE = {":one": {"N": "1"}}
TEXT_N = {":n": {"S": "1"}}
OPERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "describe": ("DescribeTable", on_notes()),
    "list tables": ("ListTables", {}),
    "list tables, limited": ("ListTables", {"Limit": 1}),
    "get": ("GetItem", on_notes(Key=ANN)),
    "get, missing": ("GetItem", on_notes(Key=note("eve", 1))),
    "get, projected": (
        "GetItem",
        on_notes(
            Key=ANN,
            ProjectionExpression="#o, #m.deep",
            ExpressionAttributeNames={**NAMES, "#m": "map"},
        ),
    ),
    "get, consistently": ("GetItem", on_notes(Key=ANN, ConsistentRead=True)),
    "get, unknown table": ("GetItem", {"TableName": "no", "Key": ANN}),
    "get, wrong key": ("GetItem", on_notes(Key={"x": {"S": "ann"}})),
    "get, empty key": ("GetItem", on_notes(Key=note("", 1))),
    "put, old values": ("PutItem", on_notes(Item=RICH, ReturnValues="ALL_OLD")),
    "put, condition holds": (
        "PutItem",
        on_notes(Item=RICH, ConditionExpression="attribute_exists(tag)"),
    ),
    "put, condition fails": (
        "PutItem",
        on_notes(Item=RICH, ConditionExpression="attribute_not_exists(tag)"),
    ),
    "put, condition fails, with item": (
        "PutItem",
        on_notes(
            Item=ANN,
            ConditionExpression="attribute_not_exists(tag)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        ),
    ),
    "put, no key": ("PutItem", on_notes(Item={"owner": {"S": "a"}})),
    "put, wrong key type": (
        "PutItem",
        on_notes(Item={"owner": {"N": "1"}, "number": {"N": "1"}}),
    ),
    "put, not a number": ("PutItem", on_notes(Item=note("a", 1, x={"N": "one"}))),
    "put, nothing where an index has its key": (
        "PutItem",
        on_notes(Item=note("a", 1, tag={"NULL": True})),
    ),
    "put, too large": ("PutItem", on_notes(Item=note("a", 1, x={"S": "x" * 410_000}))),
    "delete": ("DeleteItem", on_notes(Key=ANN, ReturnValues="ALL_OLD")),
    "delete, missing": ("DeleteItem", on_notes(Key=note("eve", 1))),
    "delete, condition fails": (
        "DeleteItem",
        on_notes(
            Key=ANN,
            ConditionExpression="tag = :t",
            ExpressionAttributeValues={":t": {"S": "blue"}},
        ),
    ),
    "update, set": update(
        "SET tag = :t, #m.deep.er = :t REMOVE done",
        ExpressionAttributeNames={"#m": "map"},
        ExpressionAttributeValues={":t": {"S": "new"}},
        ReturnValues="ALL_NEW",
    ),
    "update, add": update(
        "ADD visits :one", ExpressionAttributeValues=ONE, ReturnValues="UPDATED_NEW"
    ),
    "update, old values": update(
        "SET done = :one", ExpressionAttributeValues=ONE, ReturnValues="UPDATED_OLD"
    ),
    "update, delete from set": update(
        "DELETE words :w",
        ExpressionAttributeValues={":w": {"SS": ["a"]}},
        ReturnValues="ALL_NEW",
    ),
    "update, if_not_exists and list_append": update(
        "SET seen = if_not_exists(seen, :one), #l = list_append(#l, :l)",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={**ONE, ":l": {"L": [{"S": "z"}]}},
        ReturnValues="ALL_NEW",
    ),
    "update, new item": (
        "UpdateItem",
        on_notes(
            Key=note("new", 1),
            UpdateExpression="SET tag = :t",
            ExpressionAttributeValues={":t": {"S": "x"}},
            ReturnValues="ALL_NEW",
        ),
    ),
    "update, condition fails": update(
        "SET tag = :one",
        ConditionExpression="attribute_not_exists(tag)",
        ExpressionAttributeValues=ONE,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    ),
    "update, unused value": update("REMOVE tag", ExpressionAttributeValues=ONE),
    "update, key": update(
        "SET #n = :one",
        ExpressionAttributeNames={"#n": "number"},
        ExpressionAttributeValues=ONE,
    ),
    "update, syntax": update("SET tag =", ExpressionAttributeValues=ONE),
    "update, legacy": (
        "UpdateItem",
        on_notes(
            Key=ANN,
            AttributeUpdates={"tag": {"Action": "PUT", "Value": {"S": "old way"}}},
            ReturnValues="ALL_NEW",
        ),
    ),
    "query": query(),
    "query, range": query(
        key="#o = :o AND #n BETWEEN :a AND :b",
        names={"#n": "number"},
        values={":a": {"N": "3"}, ":b": {"N": "10"}},
    ),
    "query, backwards and limited": query(ScanIndexForward=False, Limit=3),
    "query, next page": query(Limit=3, ExclusiveStartKey=note("bob", 3)),
    "query, filtered": query(
        FilterExpression="tag = :t", values={":t": {"S": "t1"}}, Select="COUNT"
    ),
    "query, nobody": query(values={":o": {"S": "nobody"}}),
    "query, index": (
        "Query",
        on_notes(
            IndexName="by-tag",
            KeyConditionExpression="tag = :t",
            ExpressionAttributeValues={":t": {"S": "t1"}},
            Limit=2,
        ),
    ),
    "query, keys-only index": (
        "Query",
        on_notes(
            IndexName="keys",
            KeyConditionExpression="tag = :t",
            ExpressionAttributeValues={":t": {"S": "t2"}},
        ),
    ),
    "query, index nobody": (
        "Query",
        on_notes(
            IndexName="keys",
            KeyConditionExpression="tag = :t",
            ExpressionAttributeValues={":t": {"S": "none"}},
        ),
    ),
    "query, no key": query(key="#t = :o AND #o = :o", names={"#t": "tag"}),
    "query, legacy": (
        "Query",
        on_notes(
            KeyConditions={
                "owner": {
                    "ComparisonOperator": "EQ",
                    "AttributeValueList": [{"S": "bob"}],
                }
            }
        ),
    ),
    "scan": ("Scan", on_notes()),
    "scan, page": ("Scan", on_notes(Limit=4)),
    "scan, next page": ("Scan", on_notes(Limit=4, ExclusiveStartKey=note("bob", 3))),
    "scan, last page": ("Scan", on_notes(ExclusiveStartKey=note("bob", 11))),
    "scan, from a key that is gone": (
        "Scan",
        on_notes(Limit=2, ExclusiveStartKey=note("b", 3)),
    ),
    "scan, index": ("Scan", on_notes(IndexName="by-tag")),
    "scan, filtered": (
        "Scan",
        on_notes(
            FilterExpression="contains(tag, :t) AND size(tag) = :s",
            ExpressionAttributeValues={":t": {"S": "t"}, ":s": {"N": "2"}},
        ),
    ),
    "scan, segment": ("Scan", on_notes(Segment=0, TotalSegments=2)),
    "batch get": (
        "BatchGetItem",
        {"RequestItems": {"notes": {"Keys": [ANN, note("bob", 2), note("x", 1)]}}},
    ),
    "batch get, twice": (
        "BatchGetItem",
        {"RequestItems": {"notes": {"Keys": [ANN, ANN]}}},
    ),
    "batch write": (
        "BatchWriteItem",
        {
            "RequestItems": {
                "notes": [
                    {"PutRequest": {"Item": note("cy", 1)}},
                    {"DeleteRequest": {"Key": ANN}},
                ]
            }
        },
    ),
    "transact get": (
        "TransactGetItems",
        {"TransactItems": [{"Get": on_notes(Key=ANN)}]},
    ),
    "transact write": (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": on_notes(Item=note("dan", 1))},
                {"Delete": on_notes(Key=note("bob", 1))},
                {
                    "Update": on_notes(
                        Key=ANN,
                        UpdateExpression="ADD visits :one",
                        ExpressionAttributeValues=ONE,
                    )
                },
            ]
        },
    ),
    "transact write, cancelled": (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": on_notes(Item=note("dan", 1))},
                {
                    "ConditionCheck": on_notes(
                        Key=note("bob", 2), ConditionExpression="attribute_exists(no)"
                    )
                },
            ]
        },
    ),
    "transact write, same item": (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": on_notes(Item=ANN)},
                {"Delete": on_notes(Key=ANN)},
            ]
        },
    ),
    "ttl on": (
        "UpdateTimeToLive",
        on_notes(TimeToLiveSpecification={"AttributeName": "end", "Enabled": True}),
    ),
    "ttl": ("DescribeTimeToLive", on_notes()),
    "backups": ("DescribeContinuousBackups", on_notes()),
    "update table": ("UpdateTable", on_notes(BillingMode="PAY_PER_REQUEST")),
    "create again": ("CreateTable", CREATE),
    "drop": ("DeleteTable", on_notes()),
    "drop, unknown": ("DeleteTable", {"TableName": "no"}),
}


class MotosDoor:
    """moto entered as its server does: a request in, a serialized body out."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def __call__(self, operation: str, request: Mapping[str, Any]) -> Any:
        """Give (code, message, body): the first two are empty unless it failed."""
        headers = {
            "x-amz-target": f"DynamoDB_20120810.{operation}",
            "content-type": "application/x-amz-json-1.0",
            "x-moto-account-id": self._account_id,
            "host": "dynamodb.us-west-2.amazonaws.com",
        }
        url = "https://dynamodb.us-west-2.amazonaws.com/"
        body = json.dumps(request).encode()
        asked = Request.from_primitives("POST", url, headers, body)
        status, _headers, answer = DynamoHandler.dispatch(asked, url, headers)
        content = json.loads(answer)
        if "ReturnConsumedCapacity" not in request:  # which moto gives all the same
            content.pop("ConsumedCapacity", None)
            content.pop("ItemCollectionMetrics", None)
        if int(status) == 200:
            return "", "", content
        code = content.pop("__type").rpartition("#")[2]
        message = content.pop("message", None) or content.pop("Message")
        return code, message, content


class OurDoor:
    """The engine of the sandbox."""

    def __init__(self, account_id: str) -> None:
        self._engine = Engine(region="us-west-2", account_id=account_id)

    def __call__(self, operation: str, request: Mapping[str, Any]) -> Any:
        """Give (code, message, body) as moto's door does."""
        try:
            return "", "", self._engine.call(operation, request)[0]
        except TableError as error:
            return error.code, error.message, dict(error.details)


def comparable(answer: Any) -> Any:
    """Take out what may differ: times, and the order in sets."""
    match answer:
        case dict():
            return {
                name: sorted(value) if name in ("SS", "NS", "BS") else comparable(value)
                for name, value in answer.items()
                if name != "CreationDateTime"
            }
        case list() | tuple():
            return [comparable(value) for value in answer]
    return answer


@pytest.mark.parametrize("name", OPERATIONS)
def test_our_door_answers_as_motos(name: str) -> None:
    """The same operation on the same rows gives the same answer and the same rows."""
    account_id = str(next(ACCOUNTS))
    moto, ours = MotosDoor(account_id), OurDoor(account_id)
    for operation, request in SETUP:
        assert comparable(ours(operation, request)) == comparable(
            moto(operation, request)
        )

    operation, request = OPERATIONS[name]
    expected = comparable(moto(operation, request))

    assert comparable(ours(operation, request)) == expected
    rows = ("Scan", {"TableName": "notes"})
    assert comparable(ours(*rows)) == comparable(moto(*rows))


NUMBER = st.integers(0, 12).map(lambda number: {"N": str(number)})
CONDITIONS = st.one_of(
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBER).map(
        lambda pair: (f"#o = :o AND #n {pair[0]} :a", {":a": pair[1]})
    ),
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
        lambda pair: (
            "#o = :o AND #n BETWEEN :a AND :b",
            {":a": {"N": str(min(pair))}, ":b": {"N": str(max(pair))}},
        )
    ),
)
STARTS = st.integers(0, 12).map(lambda number: note("bob", number))


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Give a query for some of the notes of bob."""
    members: dict[str, Any] = {"ScanIndexForward": draw(st.booleans())}
    if condition := draw(st.none() | CONDITIONS):
        key, values = condition
        members |= {"key": key, "names": {"#n": "number"}, "values": values}
    if limit := draw(st.none() | st.integers(1, 12)):
        members["Limit"] = limit
    if start := draw(st.none() | STARTS):
        members["ExclusiveStartKey"] = start
    return query(**members)


@st.composite
def index_queries(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Give a query for some of the notes with one tag."""
    index = draw(st.sampled_from(["by-tag", "keys"]))
    asked: dict[str, Any] = {
        "IndexName": index,
        "KeyConditionExpression": "tag = :t",
        "ExpressionAttributeValues": {":t": {"S": draw(st.sampled_from(["t0", "t1"]))}},
        "ScanIndexForward": draw(st.booleans()),
    }
    if index == "by-tag" and (condition := draw(st.none() | CONDITIONS)):
        key, values = condition
        asked["KeyConditionExpression"] = key.replace("#o = :o", "tag = :t")
        asked["ExpressionAttributeNames"] = {"#n": "number"}
        asked["ExpressionAttributeValues"] |= values
    if limit := draw(st.none() | st.integers(1, 12)):
        asked["Limit"] = limit
    if start := draw(st.none() | st.integers(0, 12)):
        tag = asked["ExpressionAttributeValues"][":t"]
        asked["ExclusiveStartKey"] = note("bob", start, tag=tag)
    return "Query", on_notes(**asked)


def test_queries_are_answered_as_by_moto() -> None:
    """Whatever part of a partition is asked for, in whatever pages and order."""
    account_id = str(next(ACCOUNTS))
    moto, ours = MotosDoor(account_id), OurDoor(account_id)
    for operation, request in SETUP:
        ours(operation, request)
        moto(operation, request)

    @settings(max_examples=200, deadline=None)
    @given(queries() | index_queries())
    def answers_alike(asked: tuple[str, dict[str, Any]]) -> None:
        expected, answer = comparable(moto(*asked)), comparable(ours(*asked))
        # Where no page could have ended; moto begins there all the same.
        assume("starting key" not in answer[1])
        page = answer[-1]
        if page.get("ScannedCount") == asked[1].get("Limit"):
            # DynamoDB stops there; moto looks whether another item follows.
            last = page["LastEvaluatedKey"]
            expected[-1].setdefault("LastEvaluatedKey", last)
            assert last.items() <= page["Items"][-1].items()
        assert answer == expected

    answers_alike()


@pytest.fixture
def engine() -> Engine:
    """Give an engine that holds the notes of the contract."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    for operation, request in SETUP:
        engine.call(operation, request)
    return engine


THIRDS = {
    "IndexName": "keys",
    "KeyConditionExpression": "tag = :t",
    "ExpressionAttributeValues": {":t": {"S": "t0"}},
}


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (query(Limit=11), note("bob", 11)),
        (query(Limit=11, ScanIndexForward=False), note("bob", 1)),
        (query(Limit=11, FilterExpression="n = :o"), note("bob", 11)),
        (query(Limit=11, Select="COUNT"), note("bob", 11)),
        (query(Limit=12), None),
        (query(Limit=11, ExclusiveStartKey=note("bob", 11)), None),
        (("Query", on_notes(**THIRDS, Limit=3)), note("bob", 9, tag={"S": "t0"})),
        (("Query", on_notes(**THIRDS, Limit=4)), None),
        (("Scan", on_notes(Limit=12)), note("bob", 11)),
        (("Scan", on_notes(Limit=13)), None),
    ],
)
def test_a_page_that_ends_at_its_limit_has_a_last_key(
    engine: Engine, asked: tuple[str, dict[str, Any]], last: object
) -> None:
    """Whether or not anything follows, and whatever a filter leaves of it."""
    assert engine.call(*asked)[0].get("LastEvaluatedKey") == last


def test_a_transaction_reads_more_than_moto_allows(engine: Engine) -> None:
    """Moto stops at 25 items, DynamoDB at a hundred."""
    gets = [{"Get": on_notes(Key=note("bob", number))} for number in range(60)]

    responses: Any = engine.call("TransactGetItems", {"TransactItems": gets})[0]

    found = [number for number, one in enumerate(responses["Responses"]) if one]
    assert found == list(range(1, 12))


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PutItem", on_notes(Item=ANN, ConditionExpression="size > nonsense(")),
        ("Query", on_notes(KeyConditionExpression="owner ~ 1")),
        ("UpdateItem", on_notes(Key=ANN, UpdateExpression="SET a = size(b)")),
        ("Scan", on_notes(FilterExpression="a = :missing")),
        (
            "UpdateTable",
            on_notes(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "no"}}]),
        ),
    ],
)
def test_a_gap_of_motos_is_answered_as_a_bad_request(
    engine: Engine, operation: str, request_: dict[str, Any]
) -> None:
    """Whatever moto trips over, clients get an error that they do not retry."""
    with pytest.raises(TableError) as failure:
        engine.call(operation, request_)

    assert failure.value.status == 400
    assert failure.value.code == "ValidationException"


WRONG_KEY = {"owner": {"S": "ann"}, "number": {"S": "1"}}


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        (
            "GetItem",
            on_notes(Key=WRONG_KEY),
            "The provided key element does not match the schema",
        ),
        (
            "PutItem",
            on_notes(Item=note("", 1)),
            "One or more parameter values are not valid. The AttributeValue for a key "
            "attribute cannot contain an empty string value. Key: owner",
        ),
        (
            "PutItem",
            on_notes(Item=note("a", 1, tag={"S": ""})),
            "One or more parameter values are not valid. A value specified for a "
            "secondary index key is not supported. The AttributeValue for a key "
            "attribute cannot contain an empty string value. IndexName: by-tag, "
            "IndexKey: tag",
        ),
        *(
            (
                "BatchWriteItem",
                {"RequestItems": {"notes": [{"PutRequest": {"Item": item}}]}},
                "The provided key element does not match the schema",
            )
            for item in (WRONG_KEY, {"owner": {"S": "ann"}})
        ),
        *(
            (
                operation,
                on_notes(Key=note("x" * 2049, 1)),
                "One or more parameter values were invalid: Size of hashkey has "
                "exceeded the maximum size limit of2048 bytes",
            )
            for operation in ("GetItem", "DeleteItem", "UpdateItem")
        ),
        (
            "TransactGetItems",
            {"TransactItems": [{"Get": on_notes(Key=WRONG_KEY)}]},
            "Transaction cancelled, please refer cancellation reasons for specific "
            "reasons [ValidationError]",
        ),
        (
            *query(key="#o = :o AND #n = :n", names={"#n": "number"}, values=TEXT_N),
            "One or more parameter values were invalid: Condition parameter type does "
            "not match schema type",
        ),
        (
            "PutItem",
            on_notes(Item=note("a", 1, tag={"N": "1"})),
            "One or more parameter values were invalid: Type mismatch for Index Key "
            "tag Expected: S Actual: N IndexName: by-tag",
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"notes": [{"DeleteRequest": {"Key": WRONG_KEY}}]}},
            "The provided key element does not match the schema",
        ),
        (
            "PutItem",
            on_notes(Item=note("a", 1, text={"S": "x" * 409_600}), ReturnValues="NONE"),
            "Item size has exceeded the maximum allowed size",
        ),
        (
            "Scan",
            on_notes(FilterExpression="tag = :t"),
            "Invalid FilterExpression: An expression attribute value used in "
            "expression is not defined; attribute value: :t",
        ),
    ],
)
def test_what_moto_lets_pass_is_refused_as_on_aws(
    engine: Engine, operation: str, request_: dict[str, Any], message: str
) -> None:
    """Or it would be found out once the app is deployed."""
    with pytest.raises(TableError) as failure:
        engine.call(operation, request_)

    assert failure.value.message == message


def test_a_filter_compares_whatever_types_it_meets(engine: Engine) -> None:
    """Values of two types are in no order, and nothing that is missing is equal."""
    for number, value in ((50, {"S": "soon"}), (51, {"N": "1"}), (52, {"N": "9"})):
        engine.call("PutItem", on_notes(Item=note("bob", number, due=value)))

    def found(condition: str, **values: Any) -> list[Any]:
        asked = {f":{name}": value for name, value in values.items()}
        members = {"ExpressionAttributeValues": asked} if asked else {}
        request = on_notes(FilterExpression=condition, **members)
        rows: Any = engine.call("Scan", request)[0]["Items"]
        return [row["number"]["N"] for row in rows]

    assert found("due < :n", n={"N": "5"}) == ["51"]
    assert found("due BETWEEN :a AND :b", a={"S": "a"}, b={"S": "z"}) == ["50"]
    assert found("gone = away") == []
    assert found("attribute_exists(due) AND size(due) > :n", n={"N": "1"}) == ["50"]
    assert found("attribute_exists(due) AND due <> :n", n={"N": "1"}) == ["50", "52"]


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ("attribute_exists(tag)", True),
        ("attribute_not_exists(tag)", False),
        ("gone = away", False),
        ("tag < :n", False),
        ("NOT tag < :n", True),
    ],
)
def test_a_condition_decides_a_write(
    engine: Engine, condition: str, *, is_met: bool
) -> None:
    """Alone and in a transaction; what it is told goes with it to the client."""
    engine.call("PutItem", on_notes(Item=note("cy", 1, tag={"S": "x"})))
    values = {":n": {"N": "5"}}
    members: dict[str, Any] = {"ConditionExpression": condition}
    if ":n" in condition:
        members["ExpressionAttributeValues"] = values
    delete = on_notes(Key=note("cy", 1), **members)
    check = {"ConditionCheck": {**delete}}

    if is_met:
        engine.call("TransactWriteItems", {"TransactItems": [check]})
        assert len(engine.call("DeleteItem", delete)[1]) == 1
        return
    with pytest.raises(TableError) as cancelled:
        engine.call("TransactWriteItems", {"TransactItems": [check]})
    with pytest.raises(TableError) as failed:
        engine.call(
            "DeleteItem", {**delete, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        )

    assert cancelled.value.code == "TransactionCanceledException"
    assert failed.value.code == "ConditionalCheckFailedException"
    assert failed.value.details == {"Item": note("cy", 1, tag={"S": "x"})}


def test_a_row_of_another_type_is_in_no_index(engine: Engine) -> None:
    """An index that is made later passes over what cannot be its key."""
    engine.call("PutItem", on_notes(Item=note("cy", 1, kind={"S": "k"})))
    engine.call("PutItem", on_notes(Item=note("cy", 2, kind={"N": "1"})))
    keys = [{"AttributeName": "kind", "KeyType": "HASH"}]
    index = {
        "IndexName": "by-kind",
        "KeySchema": keys,
        "Projection": {"ProjectionType": "ALL"},
    }
    engine.call(
        "UpdateTable",
        on_notes(
            AttributeDefinitions=[{"AttributeName": "kind", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": index}],
        ),
    )

    found: Any = engine.call("Scan", on_notes(IndexName="by-kind"))[0]

    assert [row["number"]["N"] for row in found["Items"]] == ["1"]


PUT_ONE = {"PutRequest": {"Item": note("cy", 1)}}
OTHER = {**CREATE, "TableName": "others"}


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (
            {"notes": [PUT_ONE, {"DeleteRequest": {"Key": note("cy", 1)}}]},
            "Provided list of item keys contains duplicates",
        ),
        (
            {
                table: [{"PutRequest": {"Item": note("cy", n)}} for n in range(13)]
                for table in ("notes", "others")
            },
            "Too many items requested for the BatchWriteItem call",
        ),
        *(
            (
                {"notes": [write]},
                "Supplied AttributeValue has more than one datatypes set, must contain "
                "exactly one of the supported datatypes",
            )
            for write in (
                {},
                {**PUT_ONE, "DeleteRequest": {"Key": note("dan", 2)}},
            )
        ),
    ],
)
def test_a_batch_has_each_item_once(
    engine: Engine, batch: dict[str, Any], message: str
) -> None:
    """And 25 writes at most, over all tables."""
    engine.call("CreateTable", OTHER)

    with pytest.raises(TableError) as failure:
        engine.call("BatchWriteItem", {"RequestItems": batch})

    assert failure.value.message == message
    assert engine.call("GetItem", on_notes(Key=note("cy", 1)))[0] == {}


def test_a_wide_item_is_measured_once(engine: Engine) -> None:
    """In a batch too: moto looks at the whole item for each attribute it adds."""
    looks = 0
    wide = {f"a{number}": {"S": "x"} for number in range(3000)}
    requests = [{"PutRequest": {"Item": note("cy", 1, **wide)}}]

    def count(*_arguments: object) -> None:
        nonlocal looks
        looks += 1

    sys.setprofile(count)
    try:
        engine.call("BatchWriteItem", {"RequestItems": {"notes": requests}})
    finally:
        sys.setprofile(None)

    assert looks < 100 * len(wide)


PROJECTED = {
    "ProjectionExpression": "#l[0], #l[2].k, #m.deep",
    "ExpressionAttributeNames": {"#l": "list", "#m": "map"},
}
PART = {
    "list": {"L": [{"N": "1"}, {"M": {"k": {"B": "aGk="}}}]},
    "map": {"M": {"deep": {"M": {"er": {"S": "y"}}}}},
}


def test_parts_of_items_are_given_by_each_operation(engine: Engine) -> None:
    """Several elements of one list among them, and in a transaction as well."""
    one = on_notes(Key=ANN, **PROJECTED)
    keys = {"notes": {"Keys": [ANN], **PROJECTED}}
    key = {"KeyConditionExpression": "#o = :o", **PROJECTED}
    names = {**PROJECTED["ExpressionAttributeNames"], "#o": "owner"}
    values = {":o": {"S": "ann"}}
    query_ = on_notes(
        **{**key, "ExpressionAttributeNames": names}, ExpressionAttributeValues=values
    )

    def call(operation: str, request: dict[str, Any]) -> Any:
        return engine.call(operation, request)[0]

    assert call("GetItem", one) == {"Item": PART}
    assert call("Query", query_)["Items"] == [PART]
    batch = call("BatchGetItem", {"RequestItems": keys})
    assert batch["Responses"] == {"notes": [PART]}
    got = call("TransactGetItems", {"TransactItems": [{"Get": one}]})
    assert got["Responses"] == [{"Item": PART}]


@pytest.mark.parametrize(
    ("expression", "old", "new"),
    [
        ("SET tag = :t", {"tag": {"S": "red"}}, {"tag": {"S": "red"}}),
        (
            "SET tag = if_not_exists(tag, :t), fresh = :t",
            {"tag": {"S": "red"}},
            {"tag": {"S": "red"}, "fresh": {"S": "red"}},
        ),
        (
            "SET #m.deep.er = :t",
            {"map": {"M": {"deep": {"M": {"er": {"S": "y"}}}}}},
            {"map": {"M": {"deep": {"M": {"er": {"S": "red"}}}}}},
        ),
        ("REMOVE tag", {"tag": {"S": "red"}}, None),
    ],
)
def test_an_update_gives_what_it_touched(
    engine: Engine, expression: str, old: Any, new: Any
) -> None:
    """Whether or not it changed, and of a map no more than that."""
    members: dict[str, Any] = {}
    if "#m" in expression:
        members["ExpressionAttributeNames"] = {"#m": "map"}
    if ":t" in expression:
        members["ExpressionAttributeValues"] = {":t": {"S": "red"}}

    request = update(expression, **members, ReturnValues="UPDATED_OLD")
    assert engine.call(*request)[0].get("Attributes") == old
    engine.call("PutItem", on_notes(Item=RICH))
    request = update(expression, **members, ReturnValues="UPDATED_NEW")
    assert engine.call(*request)[0].get("Attributes") == new


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_an_update_may_group_its_values(engine: Engine, operation: str) -> None:
    """DynamoDB takes parentheses that moto does not."""
    _, asked = update(
        "SET fresh = (if_not_exists(fresh, :one) + :one), spare = (:one)",
        ExpressionAttributeValues=ONE,
    )
    whole = {"TransactItems": [{"Update": asked}]}
    engine.call(operation, asked if operation == "UpdateItem" else whole)

    kept: Any = engine.call("GetItem", on_notes(Key=ANN))[0]["Item"]
    assert (kept["fresh"], kept["spare"]) == ({"N": "2"}, {"N": "1"})


def test_an_update_of_nothing_makes_the_item(engine: Engine) -> None:
    """There is then an item of its key alone; one that is there stays as it is."""
    for key in (note("new", 1), ANN):
        engine.call("UpdateItem", on_notes(Key=key))

    assert engine.call("GetItem", on_notes(Key=note("new", 1)))[0] == {
        "Item": note("new", 1)
    }
    kept: Any = engine.call("GetItem", on_notes(Key=ANN))[0]["Item"]
    assert kept["tag"] == {"S": "red"}


def test_changes_name_each_item_with_what_it_was(engine: Engine) -> None:
    """A batch tells its writes in order, a read tells none."""
    batch = {
        "notes": [
            {"PutRequest": {"Item": note("cy", 1)}},
            {"DeleteRequest": {"Key": ANN}},
        ]
    }
    changes = engine.call("BatchWriteItem", {"RequestItems": batch})[1]

    assert [(c.key, c.before is None, c.after is None) for c in changes] == [
        (("cy", 1), True, False),
        (("ann", 1), False, True),
    ]
    assert engine.call("Scan", on_notes())[1] == ()


def test_an_item_that_is_stored_is_never_changed(engine: Engine) -> None:
    """Whoever holds an item, such as a snapshot, goes on holding what it was."""
    table = engine.tables["notes"]
    before = table.find(ANN)
    assert before is not None

    engine.call(
        *update(
            "SET #m.deep.er = :one",
            ExpressionAttributeNames={"#m": "map"},
            ExpressionAttributeValues=ONE,
        )
    )

    assert before.attrs["map"]["deep"]["er"].value == "y"
    after = table.find(ANN)
    assert after is not None
    assert after.attrs["map"]["deep"]["er"].value == "1"


def test_an_error_of_motos_later_kind_is_dynamodbs(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other services of moto's raise it already, so its DynamoDB may one day."""

    def refuse(*_: object) -> None:
        raise ServiceException("LimitExceededException", "Too many tables.")

    monkeypatch.setattr(DynamoDBBackend, "describe_table", refuse)

    with pytest.raises(TableError) as failure:
        engine.call("DescribeTable", on_notes())
    assert failure.value.code == "LimitExceededException"
    assert failure.value.message == "Too many tables."


def test_streams_of_a_client_keep_no_records() -> None:
    """Moto would keep a record of each write for as long as the table lives."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    engine.call("CreateTable", {**CREATE, "StreamSpecification": stream})

    assert engine.tables["notes"].stream_shard is None
