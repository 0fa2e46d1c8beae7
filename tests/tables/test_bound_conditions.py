"""Which items meet a condition."""

from typing import Any

import pytest

from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.conditions import parse_condition
from sandbox.tables.expression_checks import Surroundings

ITEM: dict[str, Any] = {
    "text": {"S": "hello"},
    "count": {"N": "10"},
    "same": {"N": "1e1"},
    "bytes": {"B": "AAEC"},
    "tags": {"SS": ["a", "b"]},
    "fewer": {"SS": ["a"]},
    "no": {"BOOL": False},
    "numbers": {"NS": ["1", "2.0"]},
    "list": {"L": [{"S": "x"}, {"N": "1"}]},
    "map": {"M": {"deep": {"L": [{"M": {"er": {"BOOL": True}}}]}}},
    "nothing": {"NULL": True},
}
VALUES: dict[str, Any] = {
    ":hello": {"S": "hello"},
    ":he": {"S": "he"},
    ":z": {"S": "z"},
    ":nine": {"N": "9"},
    ":ten": {"N": "10.0"},
    ":five": {"N": "5"},
    ":two": {"N": "2"},
    ":one": {"N": "1"},
    ":a": {"S": "a"},
    ":ba": {"SS": ["b", "a"]},
    ":true": {"BOOL": True},
    ":start": {"B": b"\x00\x01"},
    ":S": {"S": "S"},
    ":NULL": {"S": "NULL"},
    ":list": {"L": [{"S": "x"}, {"N": "1.0"}]},
}


def holds(text: str) -> bool:
    around = Surroundings(names={"#t": "text"}, values=VALUES, reserved=())
    condition = BoundCondition(parse_condition(text), around)
    return condition.holds({n: v for n, v in ITEM.items() if n in condition.heads})


@pytest.mark.parametrize(
    "text",
    [
        "#t = :hello",
        "count = :ten AND same = count",
        "count > :nine AND count >= :ten AND count <= :ten AND :nine < count",
        "count BETWEEN :nine AND :ten",
        "#t IN (:he, :hello)",
        "tags = :ba",
        "list = :list",
        "map.deep[0].er = :true",
        "#t <> :ten",
        "missing <> :ten",
        "attribute_exists(map.deep[0].er)",
        "attribute_not_exists(map.deep[1])",
        "attribute_not_exists(#t.x)",
        "attribute_type(#t, :S) AND attribute_type(nothing, :NULL)",
        "begins_with(#t, :he)",
        "begins_with(bytes, :start) AND contains(bytes, :start)",
        "contains(#t, :he) AND contains(tags, :a) AND contains(numbers, :two)",
        "contains(list, :one)",
        "size(#t) = :five AND size(tags) = :two AND size(list) = :two",
        "NOT contains(#t, :z)",
        "#t = :z OR count = :ten",
    ],
)
def test_an_item_meets_a_condition(text: str) -> None:
    """Numbers count by their worth, sets without an order."""
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "#t = :he",
        "#t < :nine",
        "#t >= :nine",
        "#t BETWEEN :nine AND :ten",
        "missing = absent",
        "missing < :ten",
        "missing IN (:one)",
        "tags < text",
        "fewer < tags",
        "no < map.deep[0].er",
        "size(count) > :one",
        "size(missing) < :one",
        "begins_with(count, :he)",
        "contains(missing, :he)",
        "contains(numbers, :a)",
        "attribute_exists(list[2])",
        "attribute_type(missing, :S)",
        "#t = :z OR count = :nine",
    ],
)
def test_an_item_does_not_meet_a_condition(text: str) -> None:
    """Nothing fails where types differ or something is missing."""
    assert not holds(text)
