"""Numbers as DynamoDB keeps them."""

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.number_text import read_number


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0.00", "0"),
        ("007", "7"),
        ("+7", "7"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1E+3", "1000"),
        ("15e-1", "1.5"),
        ("9" * 38, "9" * 38),
        ("9" * 38 + "000", "9" * 38 + "000"),
        ("1e125", "1" + "0" * 125),
        ("1e-130", "0." + "0" * 129 + "1"),
    ],
)
def test_a_number_is_kept_without_zeros_and_exponent(text: str, kept: str) -> None:
    """So two ways to write one number are read back alike."""
    assert read_number(text) == kept


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The parameter cannot be converted to a numeric value"),
        ("one", "The parameter cannot be converted to a numeric value: one"),
        ("1_000", "The parameter cannot be converted to a numeric value: 1_000"),
        ("\u0661", "The parameter cannot be converted to a numeric value: \u0661"),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        (
            "1" * 39,
            "Attempting to store more than 38 significant digits in a Number",
        ),
        (
            "1e126",
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range",
        ),
        (
            "1" + "0" * 130 + "e999999999",
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range",
        ),
        (
            "1e-131",
            "Number underflow. Attempting to store a number with magnitude smaller "
            "than supported range",
        ),
    ],
)
def test_what_dynamodb_cannot_keep_is_refused(text: str, message: str) -> None:
    """In its words."""
    with pytest.raises(TableError) as refused:
        read_number(text)

    assert refused.value.message == message
