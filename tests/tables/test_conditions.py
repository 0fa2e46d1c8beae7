"""Conditions as text, and what DynamoDB says where they are none."""

import pytest

from sandbox.tables.conditions import (
    And,
    Between,
    Comparison,
    Condition,
    In,
    Not,
    Or,
    parse_condition,
)
from sandbox.tables.expression_parts import Call, Path, Value, parse_paths
from sandbox.tables.expression_text import ExpressionError

A, V, W = Path(("a",)), Value(":v"), Value(":w")
EQUAL = Comparison("=", A, V)
LESS = Comparison("<", Path(("b",)), W)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a = :v", EQUAL),
        ("(a) = (:v)", EQUAL),
        ("(a = :v)", EQUAL),
        ("a=:v AND b<:w", And((EQUAL, LESS))),
        ("a = :v or b < :w", Or((EQUAL, LESS))),
        ("a = :v OR a = :v AND b < :w", Or((EQUAL, And((EQUAL, LESS))))),
        ("(a = :v OR b < :w) AND a = :v", And((Or((EQUAL, LESS)), EQUAL))),
        ("NOT a = :v AND b < :w", And((Not(EQUAL), LESS))),
        ("NOT (NOT a = :v)", Not(Not(EQUAL))),
        ("a BETWEEN :v AND :w AND a = :v", And((Between(A, V, W), EQUAL))),
        ("a IN (:v, :w)", In(A, (V, W))),
        ("begins_with(a, :v)", Call("begins_with", (A, V))),
        ("size(a) > :v", Comparison(">", Call("size", (A,)), V)),
        ("#n.b[12].c <> :v", Comparison("<>", Path(("#n", "b", 12, "c")), V)),
        ("band = :v", Comparison("=", Path(("band",)), V)),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    """NOT binds before AND, and AND before OR."""
    assert parse_condition(text) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("foo", 'Syntax error; token: "<EOF>", near: "foo"'),
        ("_idx = :v", 'Syntax error; token: "_", near: "_idx"'),
        ("__typename <> :v", 'Syntax error; token: "_", near: "__"'),
        ("a = :v AND _sortKey = :w", 'Syntax error; token: "_", near: "AND _sortKey"'),
        ("a[-1] = :v", 'Syntax error; token: "-", near: "[-1"'),
        ("GI-1-PK = :v", 'Syntax error; token: "-", near: "GI-1"'),
        ("contains (themes, :theme", 'Syntax error; token: "<EOF>", near: ":theme"'),
        ("attribute_not_exists(", 'Syntax error; token: "<EOF>", near: "("'),
        ("a = 1", 'Syntax error; token: "1", near: "= 1"'),
        ("a = 'x'", """Syntax error; token: "'", near: "= '\""""),
        ("a = :v b = :w", 'Syntax error; token: "b", near: ":v b ="'),
        ("a BETWEEN :v", 'Syntax error; token: "<EOF>", near: ":v"'),
        ("a BETWEEN :v :w", 'Syntax error; token: ":w", near: ":v :w"'),
        ("a BETWEEN :v OR :w", 'Syntax error; token: "OR", near: ":v OR :w"'),
        ("between = :v", 'Syntax error; token: "between", near: "between ="'),
        ("((a = :v))", "The expression has redundant parentheses;"),
        ("((a)) = :v", "The expression has redundant parentheses;"),
        ("NOT (" * 600 + "a = :v" + ")" * 600, "The expression nests too deeply;"),
        (
            f"a[{'9' * 5000}] = :v",
            "Expression size has exceeded the maximum allowed size; "
            "expression size: 5008",
        ),
        ("((", 'Syntax error; token: "<EOF>", near: "("'),
    ],
)
def test_what_is_no_condition_is_told_as_dynamodb_does(text: str, message: str) -> None:
    """Messages up to "GI-1" and ":theme" are from reports about AWS itself."""
    with pytest.raises(ExpressionError) as wrong:
        parse_condition(text)

    assert str(wrong.value) == message


def test_a_condition_takes_time_as_it_is_long() -> None:
    """However its parentheses nest: each place is read twice at most."""
    nested = "(a = :v AND " * 200 + "a = :v" + ")" * 200

    assert isinstance(parse_condition(nested), And)


def test_a_projection_is_read() -> None:
    """Paths with commas between them."""
    assert parse_paths("a, #b.c[0]") == (Path(("a",)), Path(("#b", "c", 0)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a..b", 'Syntax error; token: ".", near: "..b"'),
        ("a,", 'Syntax error; token: "<EOF>", near: ","'),
        ("a b", 'Syntax error; token: "b", near: "a b"'),
        ("_idx", 'Syntax error; token: "_", near: "_idx"'),
    ],
)
def test_what_is_no_projection_is_told(text: str, message: str) -> None:
    """By the token that cannot stand where it does."""
    with pytest.raises(ExpressionError) as wrong:
        parse_paths(text)

    assert str(wrong.value) == message
