"""Parentheses in an update that mean nothing, and those that cannot be."""

import pytest

from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.update_grouping import without_grouping


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET a = b", "SET a = b"),
        ("SET a = (a + :b)", "SET a = a + :b"),
        ("set a = (a + :b) remove c", "set a = a + :b remove c"),
        ("SET a = (:b), c = (c - :d)", "SET a = :b , c = c - :d"),
        ("SET a = (a) + (:b)", "SET a = a + :b"),
        (
            "SET a = (if_not_exists(a, :z)) + :b",
            "SET a = if_not_exists(a, :z) + :b",
        ),
        (
            "SET a = (list_append(if_not_exists(a, :z), :b))",
            "SET a = list_append(if_not_exists(a, :z), :b)",
        ),
        ("SET a = list_append((a), :b)", "SET a = list_append( a , :b)"),
        ("SET a = ((a", "SET a = ((a"),
    ],
)
def test_what_only_groups_goes(text: str, expected: str) -> None:
    """The rest stays, a function's parentheses too."""
    assert without_grouping(text).split() == expected.split()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = ((a + :b))", "The expression has redundant parentheses;"),
        ("SET a = ((:b)) + a", "The expression has redundant parentheses;"),
        ("SET a = a - (b + :c)", 'Syntax error; token: "+", near: "b + :c"'),
        ("SET a = (a + :b) - :c", 'Syntax error; token: "+", near: "a + :b"'),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    """A sum has two operands, and a pair stands for something."""
    with pytest.raises(ExpressionError) as refused:
        without_grouping(text)

    assert str(refused.value) == message
