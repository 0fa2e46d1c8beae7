"""Updates as they were before expressions."""

from typing import Any

import pytest

from sandbox.tables.attribute_updates import bound_attribute_updates
from sandbox.tables.errors import TableError

ITEM: dict[str, Any] = {
    "n": {"N": "5"},
    "s": {"SS": ["x", "y"]},
    "l": {"L": [{"N": "1"}]},
    "text": {"S": "x"},
}


def applied(**updates: Any) -> object:
    return bound_attribute_updates(updates).apply(ITEM)


@pytest.mark.parametrize(
    ("action", "value", "after"),
    [
        ("PUT", {"BS": [b"x"]}, {"BS": [b"x"]}),
        (None, {"M": {"k": {"NULL": True}}}, {"M": {"k": {"NULL": True}}}),
        ("ADD", {"N": "0.5"}, {"N": "5.5"}),
        ("DELETE", None, None),
    ],
)
def test_each_action_changes_an_attribute(
    action: str | None, value: Any, after: Any
) -> None:
    """PUT is what is meant where nothing is said."""
    asked = {"Action": action, "Value": value}
    update = {name: given for name, given in asked.items() if given is not None}

    assert applied(n=update) == {"n": after}


def test_sets_and_lists_gain_and_lose_members() -> None:
    """A list only gains."""
    assert applied(
        s={"Action": "ADD", "Value": {"SS": ["y", "z"]}},
        l={"Action": "ADD", "Value": {"L": [{"N": "2"}]}},
        **{"a.b": {"Action": "ADD", "Value": {"N": "1"}}},
    ) == {
        "s": {"SS": ["x", "y", "z"]},
        "l": {"L": [{"N": "1"}, {"N": "2"}]},
        "a.b": {"N": "1"},
    }
    assert applied(s={"Action": "DELETE", "Value": {"SS": ["x"]}}) == {
        "s": {"SS": ["y"]}
    }


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"Action": "PUT"}, "Only DELETE action is allowed when no attribute value"),
        ({"Action": "ADD"}, "Only DELETE action is allowed when no attribute value"),
        (
            {"Action": "ADD", "Value": {"S": "x"}},
            "ADD action is not supported for the type S",
        ),
        (
            {"Action": "DELETE", "Value": {"N": "1"}},
            "DELETE action with value is not supported for the type N",
        ),
        (
            {"Action": "ADD", "Value": {"N": "1"}},
            "Type mismatch for attribute to update",
        ),
        (
            {"Action": "DELETE", "Value": {"SS": ["x"]}},
            "Type mismatch for attribute to update",
        ),
    ],
)
def test_what_cannot_be_is_refused(update: Any, message: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(TableError, match=message):
        applied(text=update)
