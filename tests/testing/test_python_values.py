"""What a test stores in a session, there and back."""

from typing import Any

import pytest

from sandbox.testing.python_values import python_row, row_from_python


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -7,
        2**60,
        0.5,
        1e22,
        "text",
        "",
        b"hi",
        {"a", "b"},
        {1, 2.5},
        {b"x"},
        [1, ["a"], {"b": None}],
        {},
        [],
        {"$gt": 5},
        {"$set": [1]},
        {"$map": {"$number": "5"}},
        {"$binary": "aGk="},
    ],
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    """Whatever names its maps have."""
    assert python_row(row_from_python({"a": value, "b": [value]})) == {
        "a": value,
        "b": [value],
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1: "a"}, "attribute names are strings"),
        ("\ud800", "cannot be stored as text"),
        ({"\ud800": 1}, "cannot be stored as text"),
        (set(), "none that is empty"),
        ({1, "a"}, "numbers only"),
        ({(1, 2)}, "numbers only"),
        (object(), "no type for a object"),
        (float("nan"), "no number"),
    ],
)
def test_what_dynamodb_cannot_keep_is_told(value: Any, message: str) -> None:
    """Where it is written."""
    with pytest.raises(ValueError, match=message):
        row_from_python({"a": value})
