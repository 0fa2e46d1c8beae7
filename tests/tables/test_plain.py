"""Plain gets and puts: answered without moto, and exactly as moto would.

A member that changes nothing, such as `ReturnValues: NONE`, has moto answer instead.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError
from sandbox.tables.lookups import attributes_of
from sandbox.tables.plain import get_plainly, put_plainly
from sandbox.tables.shapes import input_reader

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
            "KeySchema": [{"AttributeName": "tag", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        },
    ],
}
KEY = {"owner": {"S": "ann"}, "number": {"N": "1"}}
OF_MOTO = {"ReturnConsumedCapacity": "NONE"}
BINARY = st.sampled_from(["", "AAH/", "aGk="])
NUMBERS = st.sampled_from(["0", "-1", "2.50", "1e3", "1E400", "1e-140", " 1", "x", ""])
SCALARS = st.one_of(
    st.fixed_dictionaries({"S": st.text(max_size=3)}),
    st.fixed_dictionaries({"S": st.sampled_from(["x" * 300, "é" * 2000])}),
    st.fixed_dictionaries({"N": NUMBERS}),
    st.fixed_dictionaries({"B": BINARY}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.fixed_dictionaries({"NULL": st.booleans()}),
    st.fixed_dictionaries({"SS": st.lists(st.text(max_size=2), max_size=2)}),
    st.fixed_dictionaries({"NS": st.lists(NUMBERS, max_size=2)}),
    st.fixed_dictionaries({"BS": st.lists(BINARY, max_size=2)}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries(
            {"M": st.dictionaries(st.sampled_from(["a", "N", "SS"]), inner, max_size=2)}
        ),
    ),
    max_leaves=4,
)
ITEMS = st.builds(
    lambda kept, attributes: {**kept, **attributes},
    st.sampled_from([KEY, KEY, KEY, {"owner": KEY["owner"]}, {}]),
    st.dictionaries(
        st.sampled_from(["owner", "number", "tag", "text", "more"]), VALUES, max_size=3
    ),
)


def notes() -> Engine:
    """Give an engine with an empty table of notes."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    engine.call("CreateTable", CREATE)
    return engine


def asked(engine: Engine, operation: str, **members: Any) -> Any:
    """Give the answer on the notes and the changes, or the refusal."""
    try:
        answer, changes = engine.call(operation, {"TableName": "notes", **members})
    except TableError as error:
        return error.code, error.message
    rows = [
        item and attributes_of(item) for c in changes for item in (c.before, c.after)
    ]
    return answer, [c.key for c in changes], rows


@settings(max_examples=300, deadline=None)
@given(first=ITEMS, second=ITEMS)
def test_items_are_stored_and_read_as_by_moto(first: Any, second: Any) -> None:
    """Whatever the item: the same answers, changes, refusals and rows."""
    ours, motos = notes(), notes()
    for item in (first, second):
        assert asked(ours, "PutItem", Item=item) == asked(
            motos, "PutItem", Item=item, **OF_MOTO
        )
        key = {name: item[name] for name in KEY if name in item}

        assert asked(ours, "GetItem", Key=key) == asked(
            motos, "GetItem", Key=key, **OF_MOTO
        )
    assert asked(ours, "Scan") == asked(motos, "Scan")


@pytest.mark.parametrize(
    "members",
    [
        {"ConditionExpression": "attribute_not_exists(#o)"},
        {"Expected": {}},
        {"ReturnValues": "ALL_OLD"},
        {"ReturnConsumedCapacity": "TOTAL"},
        {"Item": {"owner": {"S": "ann"}}},
        {"Item": {**KEY, "owner": {"N": "1"}}},
        {"Item": {**KEY, "tag": {"S": ""}}},
        {"Item": {**KEY, "tag": {"NULL": True}}},
        {"Item": {**KEY, "owner": {"S": "x" * 2000}}},
        {"Item": {**KEY, "text": {"S": "x" * 410_000}}},
        {"Item": {**KEY, "text": {"S": "\ud800"}}},
    ],
)
def test_what_moto_may_refuse_is_left_to_it(members: dict[str, Any]) -> None:
    """Conditions, what is returned, and items that may not be stored: None."""
    engine = notes()
    request = {"TableName": "notes", "Item": KEY, **members}

    answer = put_plainly(engine.tables["notes"], input_reader("PutItem")(request, ""))

    assert answer is None
    assert asked(engine, "Scan")[0]["Count"] == 0


@pytest.mark.parametrize(
    "members",
    [
        {"ProjectionExpression": "text"},
        {"AttributesToGet": ["text"]},
        {"Key": {"owner": {"S": "ann"}}},
        {"Key": {**KEY, "more": {"S": "x"}}},
        {"Key": {**KEY, "owner": {"S": ""}}},
        {"Key": {**KEY, "owner": {"BOOL": True}}},
    ],
)
def test_a_part_of_an_item_is_read_by_moto(members: dict[str, Any]) -> None:
    """So are keys that are none."""
    engine = notes()
    request = {"TableName": "notes", "Key": KEY, **members}

    answer = get_plainly(engine.tables["notes"], input_reader("GetItem")(request, ""))

    assert answer is None


def test_a_whole_item_needs_no_moto() -> None:
    """What a session asks for is answered here, its keys' types and all."""
    table = notes().tables["notes"]
    item = {**KEY, "tag": {"S": "red"}, "list": {"L": [{"N": "1"}, {"BOOL": False}]}}

    stored = put_plainly(table, {"TableName": "notes", "Item": item})

    assert stored == {}
    asked_for = {"TableName": "notes", "Key": KEY, "ConsistentRead": True}
    assert get_plainly(table, asked_for) == {"Item": item}


def test_an_item_of_many_attributes_is_measured_once() -> None:
    """An item up to DynamoDB's limit is stored, however many attributes it has."""
    engine = notes()
    many = {f"attribute {number}": {"S": "x" * 20} for number in range(2500)}

    put = asked(engine, "PutItem", Item={**KEY, **many})

    assert put[0] == {}
    assert asked(engine, "GetItem", Key=KEY)[0]["Item"] == {**KEY, **many}
