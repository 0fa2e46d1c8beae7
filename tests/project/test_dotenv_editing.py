"""Editing a .env file: what is written reads back, and all else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.project.dotenv import parse_dotenv
from sandbox.project.dotenv_editing import (
    UnwritableVariableError,
    remove_from_dotenv,
    set_in_dotenv,
)


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "v", "A=v\n"),
        ("B=1", "v", "B=1\nA=v\n"),
        ("# c\nA=old # why\nB=1\n", "new", "# c\nA=new # why\nB=1\n"),
        ("export A = 'old'\n", "x y", "export A = 'x y'\n"),
        ("A=\nB=1\n", "v", "A=v\nB=1\n"),
        ("A=1\nA=2\n", "v", "A=1\nA=v\n"),
        ("A: old\r\nB=1\r\n", "v", "A: v\r\nB=1\r\n"),
        ('A="two\nlines"\nB=1\n', "v", "A=v\nB=1\n"),
        ("", "it's", 'A="it\'s"\n'),
        ("", 'it\'s "q"', 'A=`it\'s "q"`\n'),
        ("", "a\nb", "A='a\nb'\n"),
        ("", "", "A=\n"),
        ("", "#5", "A='#5'\n"),
    ],
)
def test_set_in_dotenv(before: str, value: str, after: str) -> None:
    """Comments, order, line ends and `export` stay as they were."""
    assert set_in_dotenv(before, "A", value) == after
    assert parse_dotenv(after)["A"] == value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A=1\nB=2\n", "B=2\n"),
        ("# c\nexport A=1 # why\n\nB=2\nA='x\ny'\n", "# c\n\nB=2\n"),
        ("B=2\nA=1", "B=2\n"),
        ("A=1\r\nB=2\r\n", "B=2\r\n"),
        ("B=2\n", "B=2\n"),
    ],
)
def test_remove_from_dotenv(before: str, after: str) -> None:
    """Each assignment goes with the comment behind it."""
    assert remove_from_dotenv(before, "A") == after


def test_set_in_dotenv_refuses_what_no_quotes_hold() -> None:
    """The value, which may be a secret, is not in the message."""
    with pytest.raises(UnwritableVariableError, match='of "A" has quotes') as refusal:
        set_in_dotenv("", "A", "'\"` #")

    assert "'\"`" not in refusal.value.message


def test_set_in_dotenv_refuses_a_file_that_would_swallow_it() -> None:
    """A quote that is never closed further up would take the new line with it."""
    with pytest.raises(UnwritableVariableError, match="without changing other"):
        set_in_dotenv("B='open\n", "A", "#5")


@given(value=st.text(max_size=12), others=st.text("AB=\n# x'", max_size=12))
def test_set_in_dotenv_never_writes_another_value(value: str, others: str) -> None:
    """Either it reads back as it was given, all else as before, or it is refused."""
    try:
        after = set_in_dotenv(others, "NAME", value)
    except UnwritableVariableError:
        return

    assert parse_dotenv(after) == {**parse_dotenv(others), "NAME": value}
