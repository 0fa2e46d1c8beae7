"""What a query can ask of keys."""

import pytest

from sandbox.tables.conditions import parse_condition
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.key_conditions import check_key_condition


@pytest.mark.parametrize(
    "text",
    [
        "a = :v",
        ":v = a",
        "a = :v AND b BETWEEN :v AND :w",
        "(a = :v) AND (begins_with(b, :w))",
    ],
)
def test_a_key_is_compared(text: str) -> None:
    """With values, and by AND with another key."""
    check_key_condition(parse_condition(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a = :v OR b = :w",
            "Invalid operator used in KeyConditionExpression: OR",
        ),
        ("NOT a = :v", "Invalid operator used in KeyConditionExpression: NOT"),
        ("a IN (:v)", "Invalid operator used in KeyConditionExpression: IN"),
        ("a <> :v", "Invalid operator used in KeyConditionExpression: <>"),
        (
            "a = :v AND contains(b, :w)",
            "Invalid operator used in KeyConditionExpression: contains",
        ),
        (
            "size(a) = :v",
            "KeyConditionExpressions cannot contain nested operations",
        ),
        (
            "a.b = :v",
            "KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        (
            "a = b",
            "Invalid condition in KeyConditionExpression: Multiple attribute names "
            "used in one condition",
        ),
        (
            ":v = :w",
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        ),
        (
            ":v BETWEEN a AND :w",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have "
            "the key attribute as its first operand",
        ),
    ],
)
def test_what_a_query_cannot_ask_is_told(text: str, message: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(ExpressionError) as refused:
        check_key_condition(parse_condition(text))

    assert str(refused.value) == message
