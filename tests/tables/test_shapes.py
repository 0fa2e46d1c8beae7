"""Requests and results against AWS's own model."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tables.errors import TableError
from sandbox.tables.shapes import (
    input_reader,
    output_writer,
    read_attribute,
    write_attribute,
)

NULL = "failed to satisfy constraint: Member must not be null"


def test_reading_drops_what_the_model_does_not_know() -> None:
    """Null and unknown members go, base64 becomes bytes, the rest stays."""
    request = {
        "TableName": "t",
        "Key": {"id": {"B": "AP8=", "S": None}},
        "ConsistentRead": None,
        "Colour": "red",
    }

    assert input_reader("GetItem")(request, "") == {
        "TableName": "t",
        "Key": {"id": {"B": b"\x00\xff"}},
    }


_INVALID = "One or more parameter values were invalid"


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        ("GetItem", {"Key": {}}, f"Value null at 'tableName' {NULL}"),
        (
            "CreateTable",
            {"TableName": "t", "KeySchema": [{"KeyType": "HASH"}]},
            f"Value null at 'keySchema.1.member.attributeName' {NULL}",
        ),
        (
            "PutItem",
            {"TableName": "t", "Item": {}, "ReturnValues": "SOME"},
            "Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must "
            "satisfy enum value set: [NONE, ALL_OLD, UPDATED_OLD, ALL_NEW, "
            "UPDATED_NEW]",
        ),
        (
            "Scan",
            {"TableName": "t", "Limit": 0},
            "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {}},
            "Value '{}' at 'requestItems' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"t": [{}] * 26}},
            "Member must have length less than or equal to 25",
        ),
        ("GetItem", {"TableName": 1, "Key": {}}, "NUMBER_VALUE cannot be converted"),
        ("GetItem", {"TableName": {}, "Key": {}}, "Start of structure or map found"),
        ("GetItem", {"TableName": "t", "Key": []}, "Start of list found"),
        ("GetItem", {"TableName": "t", "Key": "k"}, "STRING_VALUE cannot be converted"),
        ("Scan", {"TableName": "t", "Limit": True}, "TRUE_VALUE cannot be converted"),
        ("Scan", {"TableName": "t", "Limit": float("inf")}, "inf cannot be converted"),
        (
            "Scan",
            {"TableName": "t", "ConsistentRead": "yes"},
            "STRING_VALUE cannot be converted to Boolean",
        ),
    ],
)
def test_reading_says_what_is_wrong_and_where(
    operation: str, request_: dict[str, Any], message: str
) -> None:
    """The path and the rule are those of the model."""
    with pytest.raises(TableError) as failure:
        input_reader(operation)(request_, "")

    assert message in failure.value.message


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ({}, "ValidationException", "is empty"),
        ({"X": 1}, "ValidationException", "is empty"),
        ({"S": "a", "N": "1"}, "ValidationException", "more than one"),
        ({"S": 1}, "SerializationException", "NUMBER_VALUE"),
        ({"N": 1}, "SerializationException", "NUMBER_VALUE"),
        ({"B": "%"}, "SerializationException", "base64"),
        ({"SS": "a"}, "SerializationException", "STRING_VALUE"),
        ({"M": {"k": "plain"}}, "SerializationException", "STRING_VALUE"),
        ({"L": [{"BOOL": "true"}]}, "SerializationException", "STRING_VALUE"),
        ("plain", "SerializationException", "STRING_VALUE"),
    ],
)
def test_an_attribute_value_has_exactly_one_type(
    value: Any, code: str, message: str
) -> None:
    """Plain JSON, or two types at once, is refused at every level."""
    with pytest.raises(TableError, match=message) as failure:
        read_attribute(value)

    assert failure.value.code == code


@pytest.mark.parametrize(("levels", "is_stored"), [(31, True), (32, False)])
def test_nesting_has_dynamodbs_limit(levels: int, *, is_stored: bool) -> None:
    """A deeper value is refused before anything can run out of stack.

    Of the 32 levels the item is one; a scalar is none.
    """
    value: dict[str, Any] = {"S": "x"}
    for _level in range(levels):
        value = {"L": [value]}

    if is_stored:
        assert read_attribute(value) == value
    else:
        with pytest.raises(TableError, match="nested levels beyond supported limit"):
            read_attribute(value)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"": {"S": "x"}}, "Empty attribute name"),
        ({"m": {"M": {"": {"S": "x"}}}}, "Empty attribute name"),
        ({"l": {"L": [{"M": {"": {"S": "x"}}}]}}, "Empty attribute name"),
        (
            {"m": {"M": {"é" * 32_768: {"S": "x"}}}},
            "Attribute name is too large, must be less than 65536 bytes",
        ),
        (
            {"l": {"L": [{"SS": []}]}},
            f"{_INVALID}: An string set  may not be empty",
        ),
        (
            {"s": {"NS": []}},
            f"{_INVALID}: An number set  may not be empty",
        ),
        (
            {"s": {"BS": []}},
            f"{_INVALID}: Binary sets should not be empty",
        ),
    ],
)
def test_what_no_item_can_have_is_refused(
    attributes: dict[str, Any], message: str
) -> None:
    """In an item at every level; in an expression's values, with their names."""
    item = {**attributes, "id": {"S": "a"}}
    values = {":v": {"M": attributes}}
    for operation, member, told in (
        ("PutItem", {"Item": item}, message),
        (
            "Scan",
            {"ExpressionAttributeValues": values},
            f"ExpressionAttributeValues contains invalid value: {message} for key :v",
        ),
    ):
        with pytest.raises(TableError) as failure:
            input_reader(operation)({"TableName": "notes", **member}, "")

        assert failure.value.message == told


def test_null_is_true_whatever_it_says() -> None:
    """DynamoDB has taken `false` for it since 2026."""
    assert read_attribute({"L": [{"NULL": False}]}) == {"L": [{"NULL": True}]}


def test_values_of_an_expression_begin_at_the_first_level() -> None:
    """They may be compared, though no item could have them."""
    value: dict[str, Any] = {"L": []}
    for _level in range(31):
        value = {"L": [value]}
    read = input_reader("Scan")
    asked = {"TableName": "notes", "ExpressionAttributeValues": {":v": value}}

    assert read(asked, "") == asked
    with pytest.raises(TableError, match=r"nested levels .* for key :v"):
        read({**asked, "ExpressionAttributeValues": {":v": {"L": [value]}}}, "")


attribute_values = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, st.text()),
        st.builds(lambda number: {"N": str(number)}, st.integers()),
        st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
        st.just({"B": "AP8="}),
        st.just({"BS": ["AP8="]}),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner)),
        st.builds(
            lambda members: {"M": members}, st.dictionaries(st.text(min_size=1), inner)
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(attribute_values)
def test_writing_undoes_reading(value: dict[str, Any]) -> None:
    """Whatever is stored comes back as it was sent."""
    assert write_attribute(read_attribute(value)) == value


def test_writing_gives_times_in_seconds_and_leaves_out_what_is_unknown() -> None:
    """A result has the members of the model, and times as SDKs read them."""
    described = {
        "Table": {
            "TableName": "t",
            "CreationDateTime": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
            "Secret": 1,
            "LatestStreamArn": None,
        }
    }

    assert output_writer("DescribeTable")(described) == {
        "Table": {"TableName": "t", "CreationDateTime": 1_700_000_000.0}
    }


def test_an_operation_that_dynamodb_lacks_has_no_reader() -> None:
    """A wrong name is told as DynamoDB tells it."""
    with pytest.raises(TableError, match="UnknownOperationException"):
        input_reader("Teleport")
