"""Holds the .env reader to the rules of the one inside Architect's inventory."""

import pytest

from sandbox.project.dotenv import lines_without_variable, parse_dotenv


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB = 2 # c\nexport C=3", {"A": "1", "B": "2", "C": "3"}),
        ("A: 1", {"A": "1"}),
        ("A='x # y'\nB=`z`", {"A": "x # y", "B": "z"}),
        ("A=\"a\\nb\"\nB='a\\nb'\nC=a\\nb", {"A": "a\nb", "B": "a\\nb", "C": "a\\nb"}),
        ('A="two\nlines"', {"A": "two\nlines"}),
        ("A=\nB", {"A": ""}),
        ("A=1\r\nA=2\r", {"A": "2"}),
        ("A=$B\n# C=1\nD.E-F=x", {"A": "$B", "D.E-F": "x"}),
        ("hello\n=x", {"hello": "x"}),
        ("A=b=c", {"A": "b=c"}),
        ("A=x\u2028`y`", {"A": "x\u2028y"}),
    ],
)
def test_parse_dotenv_reads_variables(text: str, expected: dict[str, str]) -> None:
    """Names, quotes, comments and escapes; nothing is expanded."""
    assert parse_dotenv(text) == expected


def test_lines_without_variable_are_those_that_say_something_and_set_nothing() -> None:
    """Comments, blank lines and the lines of a quoted value are no mistake."""
    text = "# note\n\nA=1\nFOO\nB='x\ny'\n  BAR BAZ\r\n=4\nC: 5\n"

    assert lines_without_variable(text) == (4, 7, 8)
