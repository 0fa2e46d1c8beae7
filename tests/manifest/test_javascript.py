"""Holds numbers, text and key order to what JavaScript does with them."""

import pytest

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (12345678901234567890, "12345678901234567000"),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (-0.0, "0"),
        (float("-inf"), "-Infinity"),
        (True, "true"),
        (None, "null"),
        ([1, "a", None, [2, 3]], "1,a,,2,3"),
        ({"a": 1}, "[object Object]"),
    ],
)
def test_to_text_writes_as_string_does(value: JsonValue, text: str) -> None:
    """Numbers use the shortest digits, and exponents where JavaScript does."""
    assert javascript.to_text(value) == text


def test_in_key_order_puts_array_indexes_first() -> None:
    """Whole-number keys sort first, the last value wins at the first place."""
    pairs = [("b", 1), ("10", 2), ("2", 3), ("b", 4), ("01", 5), ("__proto__", 6)]

    assert list(javascript.in_key_order(pairs).items()) == [
        ("2", 3),
        ("10", 2),
        ("b", 4),
        ("01", 5),
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(1, 1.0, True), (True, 1, False), ("a", "a", True), ([1], [1], False)],
)
def test_same_compares_as_triple_equals(
    left: object,
    right: object,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A boolean is no number, and two lists are never one."""
    assert javascript.same(left, right) is expected
