"""What a query can ask of keys."""

import pytest

from sandbox.tables.conditions import parse_condition
from sandbox.tables.errors import TableError
from sandbox.tables.expression_checks import Surroundings
from sandbox.tables.key_conditions import bound_keys, key_conditions

V, W = {"S": "x"}, {"N": "1"}
AROUND = Surroundings(names={"#k": "a"}, values={":v": V, ":w": W}, reserved=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = :v", {"a": ("=", V)}),
        (":v = a", {"a": ("=", V)}),
        ("a = :v AND :w <= b", {"a": ("=", V), "b": (">=", W)}),
        (":w > b AND #k = :v", {"b": ("<", W), "a": ("=", V)}),
        ("b BETWEEN :w AND :w AND a = :v", {"b": ("BETWEEN", W, W), "a": ("=", V)}),
        (
            "(begins_with(b, :v)) AND #k = :v",
            {"b": ("begins_with", V), "a": ("=", V)},
        ),
        ("(a = :v) and ((b)=(:w))", {"a": ("=", V), "b": ("=", W)}),
    ],
)
def test_keys_are_compared_with_values(text: str, expected: object) -> None:
    """In any order, and on either side."""
    asked = bound_keys(key_conditions(parse_condition(text), AROUND.names), AROUND)

    assert {n: (one.operator, *one.values) for n, one in asked.items()} == expected


def test_what_is_asked_of_a_key_can_be_asked() -> None:
    """Of whatever has it, and the types of its values are known."""
    condition = key_conditions(parse_condition(":w <= #k"), AROUND.names)
    asked = bound_keys(condition, AROUND)["a"]

    assert asked.types == {"N"}
    assert asked.condition.holds({"a": {"N": "1"}})
    assert not asked.condition.holds({"a": {"N": "0"}})


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
        (
            "a = :v AND #k > :w",
            "KeyConditionExpressions must only contain one condition per key",
        ),
    ],
)
def test_what_a_query_cannot_ask_is_told(text: str, message: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(TableError) as refused:
        key_conditions(parse_condition(text), {"#k": "a"})

    assert refused.value.message == message
