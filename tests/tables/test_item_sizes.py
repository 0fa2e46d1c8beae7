"""Sizes of items, by the rules of DynamoDB's Developer Guide."""

from typing import Any

import pytest

from sandbox.tables.item_sizes import bytes_of


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "té"}, 3),
        ({"B": b"\x00\xff"}, 2),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"BS": [b"a", b"bc"]}, 3),
        ({"NS": ["1", "100"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + 2 + 2 + 1),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 3 + 2),
    ],
)
def test_a_value_has_the_size_that_the_guide_gives(
    value: dict[str, Any], size: int
) -> None:
    """Lists and maps cost three bytes, and one for each member."""
    assert bytes_of({"v": value}) == 1 + size


@pytest.mark.parametrize(
    ("number", "size"),
    [
        ("0", 1),
        ("7", 2),
        ("42", 2),
        ("-42", 3),
        ("123", 3),
        ("100", 2),
        ("1000", 2),
        ("1200", 2),
        ("1230", 3),
        ("12.5", 3),
        ("1.25", 3),
        ("0.5", 2),
        ("0.05", 2),
        ("0.0005", 2),
        ("0.12345", 4),
        ("-0.12345", 5),
        ("12345678901234567890123456789012345678", 20),
    ],
)
def test_a_number_has_a_byte_for_two_digits(number: str, size: int) -> None:
    """Zeros at its ends cost nothing, nor does its point; a minus costs a byte."""
    assert bytes_of({"n": {"N": number}}) == 1 + size


def test_names_count_as_texts_do() -> None:
    """A long name is paid for with each item."""
    assert bytes_of({"naïve": {"S": "x"}, "b": {"S": ""}}) == 6 + 1 + 1
