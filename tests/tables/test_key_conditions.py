"""What a query can ask of keys."""

import pytest

from sandbox.tables.conditions import parse_condition
from sandbox.tables.errors import TableError
from sandbox.tables.expression_checks import Surroundings
from sandbox.tables.key_conditions import bound_keys, key_conditions, text_of


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a = :v", "a = :v"),
        (":v = a", "a = :v"),
        ("a = :v AND :w <= b", "a = :v AND b >= :w"),
        (":v > b AND a = :w", "a = :w AND b < :v"),
        ("b BETWEEN :v AND :w AND a = :v", "a = :v AND b BETWEEN :v AND :w"),
        ("(begins_with(b, :w)) AND (#k = :v)", "#k = :v AND begins_with(b, :w)"),
        ("(a = :v) and ((b)=(:w))", "a = :v AND b = :w"),
    ],
)
def test_keys_are_compared_with_values(text: str, canonical: str) -> None:
    """In any order, which is then one that moto reads."""
    asked = key_conditions(parse_condition(text), {"#k": "a"})

    assert text_of(asked) == canonical
    assert list(asked) == (["a", "b"] if "b" in canonical else ["a"])


def test_what_is_asked_of_a_key_is_known() -> None:
    """Whether it is one value, and of which types they are."""
    values = {":v": {"S": "x"}, ":w": {"N": "1"}}
    around = Surroundings(names={"#k": "a"}, values=values, reserved=())
    condition = parse_condition("b >= :w AND #k = :v")
    partition, sort = bound_keys(
        key_conditions(condition, around.names), around
    ).items()

    assert (partition[0], partition[1].is_equality, *partition[1].types) == (
        "a",
        True,
        "S",
    )
    assert (sort[0], sort[1].is_equality, *sort[1].types) == ("b", False, "N")
    assert sort[1].condition.holds({"b": {"N": "1"}})


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
        ("a = :v AND b = :v AND c = :v", "Conditions can be of length 1 or 2 only"),
    ],
)
def test_what_a_query_cannot_ask_is_told(text: str, message: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(TableError) as refused:
        key_conditions(parse_condition(text), {"#k": "a"})

    assert refused.value.message == message
