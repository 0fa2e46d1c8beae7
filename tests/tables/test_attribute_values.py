"""Python values as DynamoDB has them."""

from decimal import Decimal

import pytest

from sandbox.tables.attribute_values import to_attribute_value, to_row


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", {"S": "text"}),
        (True, {"BOOL": True}),
        (1, {"N": "1"}),
        (0.1, {"N": "0.1"}),
        (Decimal("1.50"), {"N": "1.50"}),
        (10**37, {"N": "1" + "0" * 37}),
        (None, {"NULL": True}),
        (b"\x00\xff", {"B": "AP8="}),
        ({"b", "a"}, {"SS": ["a", "b"]}),
        ({2, 1}, {"NS": ["1", "2"]}),
        ([1, ["x"]], {"L": [{"N": "1"}, {"L": [{"S": "x"}]}]}),
        ({"k": {}}, {"M": {"k": {"M": {}}}}),
    ],
)
def test_each_python_value_has_its_dynamodb_type(
    value: object, expected: dict[str, object]
) -> None:
    """Numbers keep their digits, and nested values are typed at every level."""
    assert to_attribute_value(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "no number nan"),
        (set(), "a set has one or more"),
        ({1, "a"}, "a set has one or more"),
        (object(), "no type for object values"),
    ],
)
def test_a_value_without_a_type_is_refused(value: object, message: str) -> None:
    """What DynamoDB cannot store is told, not turned into something else."""
    with pytest.raises(ValueError, match=message):
        to_row({"x": value})


def test_an_attribute_name_is_text() -> None:
    """A number as a name would come back as text."""
    with pytest.raises(ValueError, match="attribute name 1 is not a string"):
        to_row({1: "x"})
