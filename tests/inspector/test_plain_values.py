"""DynamoDB JSON and the plain JSON that people write: there and back without loss."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.inspector.plain_values import from_plain, python_from_plain, to_plain

NAMES = st.sampled_from(["a", "b", "$set", "$map", "$number", "$binary"])
SCALARS: Any = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=5)),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda n: {"N": str(n)}, st.decimals(allow_nan=False, places=3)).filter(
        lambda value: "Infinity" not in value["N"]
    ),
    st.sampled_from(
        [{"B": "aGk="}, {"BOOL": True}, {"NULL": True}, {"SS": ["a"]}, {"NS": ["1"]}]
    ),
)
VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=3)),
        st.builds(lambda row: {"M": row}, st.dictionaries(NAMES, inner, max_size=2)),
    ),
    max_leaves=8,
)


def normal(value: Any) -> Any:
    """Write numbers alike: `1.500` is `1.5`."""
    ((kind, content),) = value.items()
    if kind == "N":
        return {"N": Decimal(content)}
    if kind == "NS":
        return {"NS": [Decimal(one) for one in content]}
    if kind == "L":
        return {"L": [normal(one) for one in content]}
    if kind == "M":
        return {"M": {name: normal(one) for name, one in content.items()}}
    return value


@pytest.mark.slow
@given(VALUES)
def test_nothing_is_lost_on_the_way_there_and_back(value: Any) -> None:
    """Whatever a table holds can be exported and imported."""
    assert normal(from_plain(to_plain(value))) == normal(value)


@pytest.mark.parametrize(
    ("stored", "plain"),
    [
        ({"S": "a"}, "a"),
        ({"N": "1"}, 1),
        ({"N": "-0.5"}, -0.5),
        ({"N": "1E+2"}, 100),
        ({"N": "9007199254740993"}, {"$number": "9007199254740993"}),
        ({"N": "0.12345678901234567890"}, {"$number": "0.12345678901234567890"}),
        ({"B": "aGk="}, {"$binary": "aGk="}),
        ({"BOOL": False}, False),
        ({"NULL": True}, None),
        ({"L": [{"S": "a"}, {"N": "1"}]}, ["a", 1]),
        ({"M": {"a": {"S": "b"}}}, {"a": "b"}),
        ({"SS": ["a", "b"]}, {"$set": ["a", "b"]}),
        ({"NS": ["1", "2"]}, {"$set": [1, 2]}),
        ({"BS": ["aGk="]}, {"$set": [{"$binary": "aGk="}]}),
        ({"M": {"$set": {"L": []}}}, {"$map": {"$set": []}}),
    ],
)
def test_each_type_has_its_plain_form(stored: Any, plain: Any) -> None:
    """People read and write the plain one."""
    assert to_plain(stored) == plain
    assert to_plain(from_plain(plain)) == plain


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ({"$number": "9007199254740993"}, 2**53 + 1),
        ({"$number": "1E+30"}, 10**30),
        ({"$number": "0.12345678901234567890"}, Decimal("0.12345678901234567890")),
        ({"$binary": "aGk="}, b"hi"),
        ({"$set": [1, {"$number": "9007199254740993"}]}, {1, 2**53 + 1}),
        ({"$set": [{"$binary": "aGk="}]}, {b"hi"}),
        ({"$map": {"$set": [{"$binary": "aGk="}]}}, {"$set": [b"hi"]}),
        ({"a": ["$set", None, True, 1.5]}, {"a": ["$set", None, True, 1.5]}),
    ],
)
def test_each_plain_form_has_its_python_value(plain: Any, value: Any) -> None:
    """What a handler's session has."""
    assert python_from_plain(plain) == value


@pytest.mark.parametrize(
    "plain",
    [
        {"$set": []},
        {"$set": ["a", 1]},
        {"$set": [True]},
        {"$number": "one"},
        {"$number": "NaN"},
        float("inf"),
        "\ud800",
        {"a": ["\ud800"]},
        {"\ud800": 1},
        {"$set": ["\ud800"]},
        {"$set": "a"},
        {"$set": {"a": 1}},
        {"$number": 5},
        {"$binary": [1]},
        {"$map": "a"},
    ],
)
def test_what_dynamodb_cannot_hold_is_refused(plain: Any) -> None:
    """Sets have members of one type, numbers are finite, and texts are UTF-8.

    A word of ours with what it does not take is a slip, and no map of the app.
    """
    with pytest.raises(ValueError, match=r"set|number|text|takes"):
        from_plain(plain)


@pytest.mark.parametrize("name", ["$set", "$number", "$binary", "$map"])
def test_a_map_of_such_a_name_can_be_written(name: str) -> None:
    """As what it is."""
    stored = {"M": {name: {"N": "5"}}}

    assert from_plain({"$map": {name: 5}}) == stored
    assert from_plain({name: 5, "a": 1})["M"] == {name: {"N": "5"}, "a": {"N": "1"}}


@pytest.mark.parametrize("value", [{}, {"S": 1}, {"X": "a"}, {"S": "a", "N": "1"}, "a"])
def test_what_is_no_attribute_value_is_refused(value: Any) -> None:
    """Such a thing is no item's."""
    with pytest.raises(ValueError, match="attribute value"):
        to_plain(value)
