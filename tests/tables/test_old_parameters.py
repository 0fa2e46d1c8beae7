"""Requests as they were before expressions."""

from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.old_parameters import with_expressions
from sandbox.tables.store import TableStore

N, M, S = {"N": "1"}, {"N": "2"}, {"S": "x"}
TABLE = "demo-staging-notes"
KEY = {"owner": {"S": "ann"}, "number": N}
NOTE = {**KEY, "tag": {"S": "red"}, "words": {"SS": ["a", "b"]}}


def one(operator: str, *values: object) -> dict[str, Any]:
    listed = {"AttributeValueList": list(values)} if values else {}
    return {"ComparisonOperator": operator, **listed}


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (one("EQ", N), "# = :"),
        (one("NE", N), "# <> :"),
        (one("LE", N), "# <= :"),
        (one("LT", N), "# < :"),
        (one("GE", N), "# >= :"),
        (one("GT", N), "# > :"),
        (one("NULL"), "attribute_not_exists(#)"),
        (one("NOT_NULL"), "attribute_exists(#)"),
        (one("CONTAINS", S), "contains(#, :)"),
        (one("NOT_CONTAINS", S), "NOT contains(#, :)"),
        (one("BEGINS_WITH", S), "begins_with(#, :)"),
        (one("BETWEEN", N, M), "# BETWEEN : AND :"),
        (one("IN", N, M, N), "# IN (:, :, :)"),
        ({"Value": N}, "# = :"),
        ({"Value": N, "Exists": True}, "# = :"),
        ({"Exists": False}, "attribute_not_exists(#)"),
        ({"ComparisonOperator": "GT", "Value": N}, "# > :"),
    ],
)
def test_each_operator_is_a_condition(condition: dict[str, Any], text: str) -> None:
    """With stand-ins for the name and the values, in their order."""
    modern = with_expressions({"TableName": "t", "Expected": {"a.b": condition}})

    names, values = (
        modern.pop(f"ExpressionAttribute{kind}", {}) for kind in ("Names", "Values")
    )
    written = modern["ConditionExpression"]
    for stand_in in (*names, *values):
        written = written.replace(stand_in, stand_in[0])
    given = condition.get("AttributeValueList") or [condition.get("Value")]
    assert written == text
    assert list(names.values()) == ["a.b"]
    assert list(values.values()) == [value for value in given if value is not None]
    assert modern.keys() == {"TableName", "ConditionExpression"}


def test_conditions_join_and_stand_beside_expressions() -> None:
    """Keys by AND whatever the operator is; names that are there stay."""
    modern = with_expressions(
        {
            "KeyConditions": {"h": one("EQ", S), "r": one("LT", N)},
            "QueryFilter": {"a": one("NULL"), "b": one("EQ", N)},
            "AttributesToGet": ["a", "b"],
            "ConditionalOperator": "OR",
            "ExpressionAttributeNames": {"#of_old_1": "own"},
        }
    )

    assert modern["KeyConditionExpression"].count(" AND ") == 1
    assert modern["FilterExpression"].count(" OR ") == 1
    assert len(modern["ProjectionExpression"].split(", ")) == 2
    assert modern["ExpressionAttributeNames"]["#of_old_1"] == "own"
    assert len(modern["ExpressionAttributeNames"]) == 7
    assert "ConditionalOperator" not in modern


def test_what_has_nothing_of_old_stays_as_it_is() -> None:
    """Which is nearly every request."""
    scope = {"TableName": "t", "FilterExpression": "a = :b"}

    assert with_expressions(scope) is scope


@pytest.mark.parametrize(
    ("field", "conditions", "message"),
    [
        (
            "Expected",
            {"a": {**one("EQ", N), "Value": N}},
            "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            "Expected",
            {"a": {**one("EQ", N), "Exists": True}},
            "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            "Expected",
            {"a": one("GT")},
            "Value or AttributeValueList must be used with ComparisonOperator: GT "
            "for Attribute: a",
        ),
        (
            "Expected",
            {"a": {"AttributeValueList": [N]}},
            "AttributeValueList can only be used with a ComparisonOperator "
            "for Attribute: a",
        ),
        (
            "Expected",
            {"a": {"Exists": True}},
            "Value must be provided when Exists is true for Attribute: a",
        ),
        (
            "Expected",
            {"a": {}},
            "Value must be provided when Exists is null for Attribute: a",
        ),
        (
            "Expected",
            {"a": {"Exists": False, "Value": N}},
            "Value cannot be used when Exists is false for Attribute: a",
        ),
        (
            "ScanFilter",
            {"a": one("EQ", N, N)},
            "Invalid number of argument(s) for the EQ ComparisonOperator",
        ),
        (
            "ScanFilter",
            {"a": one("NULL", N)},
            "Invalid number of argument(s) for the NULL ComparisonOperator",
        ),
        (
            "ScanFilter",
            {"a": one("IN")},
            "Invalid number of argument(s) for the IN ComparisonOperator",
        ),
        (
            "QueryFilter",
            {"a": one("BETWEEN", N, S)},
            "AttributeValues inside AttributeValueList must be of same type",
        ),
        (
            "QueryFilter",
            {"a": one("BEGINS_WITH", N)},
            "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (
            "QueryFilter",
            {"a": one("BETWEEN", M, N)},
            "The BETWEEN condition was provided a range where the lower bound is "
            "greater than the upper bound",
        ),
        (
            "KeyConditions",
            {"a": one("NE", N)},
            "Attempted conditional constraint is not an indexable operation",
        ),
        (
            "KeyConditions",
            {name: one("EQ", N) for name in "abc"},
            "Conditions can be of length 1 or 2 only",
        ),
    ],
)
def test_what_cannot_be_is_refused(field: str, conditions: Any, message: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(TableError) as refused:
        with_expressions({field: conditions})

    assert refused.value.message.endswith(message)


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ({}, "cannot be used without Filter or Expected"),
        ({"KeyConditions": {"a": {}, "b": {}}}, "cannot be used without Filter"),
        ({"ScanFilter": {"a": {"ComparisonOperator": "NULL"}}}, "has two or more"),
        ({"Expected": {"a": {"Exists": False}}}, "has two or more elements"),
    ],
)
def test_an_operator_joins_two_conditions(scope: dict[str, Any], message: str) -> None:
    """Of a filter, or of what is expected; those of keys are joined by AND."""
    with pytest.raises(TableError, match=f"ConditionalOperator .*{message}"):
        with_expressions({**scope, "ConditionalOperator": "OR"})


def test_an_attribute_is_asked_for_once() -> None:
    """As DynamoDB has it."""
    with pytest.raises(TableError, match="Duplicate value in attribute name: a"):
        with_expressions({"AttributesToGet": ["a", "b", "a"]})


@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem", "UpdateItem"])
@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ({"tag": {"Value": {"S": "red"}}}, True),
        ({"tag": {"Value": {"S": "blue"}}}, False),
        ({"tag": {"Exists": False}}, False),
        ({"words": one("CONTAINS", {"S": "b"}), "gone": one("NULL")}, True),
        ({"tag": one("GT", N)}, False),
    ],
)
def test_writes_hold_to_what_is_expected(
    store: TableStore, operation: str, expected: Any, *, holds: bool
) -> None:
    """A delete as well, and where types differ."""
    store.call("PutItem", {"TableName": TABLE, "Item": NOTE})
    aim = {"Item": {**KEY, "new": N}} if operation == "PutItem" else {"Key": KEY}
    request = {"TableName": TABLE, **aim, "Expected": expected}
    if holds:
        store.call(operation, request)
        return

    with pytest.raises(TableError, match="ConditionalCheckFailedException"):
        store.call(operation, request)
    found = store.call("GetItem", {"TableName": TABLE, "Key": KEY})
    assert found["Item"] == NOTE


def test_searches_by_conditions_of_old(store: TableStore) -> None:
    """Over items whose attributes are of several types, or not there."""
    for number in range(1, 7):
        row = {"owner": {"S": "ann"}, "number": {"N": str(number)}}
        extra = ({"x": {"N": str(number)}}, {"x": {"S": "text"}}, {})[number % 3]
        store.call("PutItem", {"TableName": TABLE, "Item": {**row, **extra}})
    keys = {
        "KeyConditions": {
            "owner": one("EQ", {"S": "ann"}),
            "number": one("BETWEEN", {"N": "2"}, {"N": "6"}),
        }
    }

    def numbers(operation: str, **members: Any) -> list[str]:
        asked = {"TableName": TABLE, "AttributesToGet": ["number"], **members}
        found: Any = store.call(operation, asked)
        assert all(item.keys() == {"number"} for item in found["Items"])
        return [item["number"]["N"] for item in found["Items"]]

    over_three = {"x": one("GE", {"N": "3"})}
    assert numbers("Query", **keys) == ["2", "3", "4", "5", "6"]
    assert numbers("Query", **keys, QueryFilter=over_three) == ["3", "6"]
    assert numbers("Scan", ScanFilter=over_three) == ["3", "6"]
    either = {**over_three, "gone": one("NOT_NULL")}
    assert numbers("Scan", ScanFilter=either) == []
    assert numbers("Scan", ScanFilter=either, ConditionalOperator="OR") == ["3", "6"]


@pytest.mark.parametrize(
    ("index", "text", "refused"),
    [
        (None, "#o = :v", "owner"),
        (None, "attribute_exists(#o) OR tag = :v", "owner"),
        (None, "tag = :v", None),
        ("by-tag", "tag = :v", "tag"),
        ("by-tag", "#o = :v", None),
    ],
)
def test_a_query_is_not_filtered_by_its_keys(
    store: TableStore, index: str | None, text: str, refused: str | None
) -> None:
    """They belong into its key condition; an index has keys of its own."""
    request = {
        "TableName": TABLE,
        "KeyConditionExpression": "tag = :v" if index else "#o = :v",
        "FilterExpression": text,
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":v": S},
        **({"IndexName": index} if index else {}),
    }
    if index and "#o" not in text:
        del request["ExpressionAttributeNames"]
    if refused is None:
        assert store.call("Query", request)["Items"] == []
        return

    with pytest.raises(TableError, match=f"Primary key attribute: {refused}"):
        store.call("Query", request)
