"""Updates as text, and what DynamoDB says where they are none."""

import pytest

from sandbox.tables.expression_parts import Call, Operand, Path, Value
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.update_expressions import (
    Add,
    Delete,
    Remove,
    Set,
    Sum,
    Update,
    parse_update,
)

A, B, V, W = Path(("a",)), Path(("b",)), Value(":v"), Value(":w")
OR_ZERO = Call("if_not_exists", (A, V))


def test_actions_stand_in_the_order_of_the_text() -> None:
    """Sections come in any order, their keywords in any case."""
    text = "remove a[0], b ADD c :v Delete d :w SET #b.c[1].d = :w, a = b"

    assert parse_update(text) == Update(
        actions=(
            Remove(Path(("a", 0))),
            Remove(B),
            Add(Path(("c",)), V),
            Delete(Path(("d",)), W),
            Set(Path(("#b", "c", 1, "d")), W),
            Set(A, B),
        ),
        sections=("REMOVE", "ADD", "DELETE", "SET"),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (":v", V),
        ("(:v)", V),
        ("a + :v", Sum("+", A, V)),
        ("a-:v", Sum("-", A, V)),
        ("(a + :v)", Sum("+", A, V)),
        ("(a) + (:v)", Sum("+", A, V)),
        ("((a) + :v)", Sum("+", A, V)),
        ("(a + (:v))", Sum("+", A, V)),
        ("if_not_exists(a, :v) + :w", Sum("+", OR_ZERO, W)),
        ("(if_not_exists(a, :v)) + :w", Sum("+", OR_ZERO, W)),
        ("list_append((a), :v)", Call("list_append", (A, V))),
        (
            "if_not_exists(b, if_not_exists(a, :v))",
            Call("if_not_exists", (B, OR_ZERO)),
        ),
    ],
)
def test_values_may_be_grouped_and_nested(text: str, value: Operand | Sum) -> None:
    """Parentheses around a whole value or one operand mean nothing."""
    assert parse_update(f"SET x = {text}").actions == (Set(Path(("x",)), value),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("SET", 'Syntax error; token: "<EOF>", near: "SET"'),
        ("a = :v", 'Syntax error; token: "a", near: "a ="'),
        ("SET a = :v extra", 'Syntax error; token: "extra", near: ":v extra"'),
        ("SET a = :v,", 'Syntax error; token: "<EOF>", near: ","'),
        ("SET a = :v, SET b = :v", 'Syntax error; token: "SET", near: ", SET b"'),
        ("SET a :v", 'Syntax error; token: ":v", near: "a :v"'),
        ("SET a = - :v", 'Syntax error; token: "-", near: "= - :v"'),
        ("SET _ttl = :v", 'Syntax error; token: "_", near: "SET _ttl"'),
        ("ADD a b", 'Syntax error; token: "b", near: "a b"'),
        ("DELETE a = :v", 'Syntax error; token: "=", near: "a = :v"'),
        ("REMOVE a[x]", 'Syntax error; token: "x", near: "[x]"'),
        ("SET a = a + :b + :c", 'Syntax error; token: "+", near: ":b + :c"'),
        ("SET a = (a + :b - :c)", 'Syntax error; token: "-", near: ":b - :c"'),
        ("SET a = a - (b + :c)", 'Syntax error; token: "+", near: "b + :c"'),
        ("SET a = (a + :b) - :c", 'Syntax error; token: "-", near: ") - :c"'),
        ("SET a = ((a + :b))", "The expression has redundant parentheses;"),
        ("SET a = ((:b)) + a", "The expression has redundant parentheses;"),
        ("SET a = ((:b))", "The expression has redundant parentheses;"),
        ("SET a = " + "(" * 3000, "The expression nests too deeply;"),
        ("SET a = " + "f(" * 1500 + "a", "The expression nests too deeply;"),
    ],
)
def test_what_is_no_update_is_refused(text: str, message: str) -> None:
    """In DynamoDB's words; a sum has two operands, and a pair stands for something."""
    with pytest.raises(ExpressionError) as refused:
        parse_update(text)

    assert str(refused.value) == message
