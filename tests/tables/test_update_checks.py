"""What DynamoDB refuses of an update whatever the item is."""

import pytest

from sandbox.tables.expression_checks import Surroundings
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.update_checks import check_update
from sandbox.tables.update_expressions import parse_update

AROUND = Surroundings(
    names={"#m": "m", "#name": "name"},
    values={
        ":n": {"N": "1"},
        ":s": {"S": "x"},
        ":l": {"L": []},
        ":ns": {"NS": ["1"]},
    },
    reserved={"NAME", "SIZE"},
)
_OPERATOR = "Incorrect operand type for operator or function; operator"
_FUNCTION = f"{_OPERATOR} or function"


def test_what_is_in_order_gives_what_it_reads() -> None:
    """With real names; what is only changed is none of it."""
    text = "SET #m.k[1] = #m.k[0], a = if_not_exists(b, :s) ADD c :ns REMOVE #name"
    reads = check_update(parse_update(text), AROUND)

    assert reads == (("m", "k", 0), ("b",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "SET name = :n",
            "Attribute name is a reserved keyword; reserved keyword: name",
        ),
        (
            "REMOVE a.Size",
            "Attribute name is a reserved keyword; reserved keyword: Size",
        ),
        ("SET a = foo(:n)", "Invalid function name; function: foo"),
        (
            "SET a = size(b) + :n",
            "The function is not allowed in an update expression; function: size",
        ),
        (
            "SET a = :n SET b = :n",
            'The "SET" section can only be used once in an update expression;',
        ),
        (
            "SET a = #x",
            "An expression attribute name used in the document path is not defined; "
            "attribute name: #x",
        ),
        (
            "SET a = a + :x",
            "An expression attribute value used in expression is not defined; "
            "attribute value: :x",
        ),
        (
            "DELETE a :x",
            "An expression attribute value used in expression is not defined; "
            "attribute value: :x",
        ),
        ("ADD a :s", f"{_OPERATOR}: ADD, operand type: STRING"),
        ("ADD a :l", f"{_OPERATOR}: ADD, operand type: LIST"),
        ("DELETE a :n", f"{_OPERATOR}: DELETE, operand type: NUMBER"),
        ("SET a = :n + :s", f"{_FUNCTION}: +, operand type: S"),
        ("SET a = :ns - a", f"{_FUNCTION}: -, operand type: NS"),
        ("SET a = list_append(a, :n)", f"{_FUNCTION}: list_append, operand type: N"),
        (
            "SET a = list_append(a)",
            "Incorrect number of operands for operator or function; operator or "
            "function: list_append, number of operands: 1",
        ),
        *(
            (
                f"SET a = {inside}",
                "The function is not allowed to be used this way in an expression; "
                "function: list_append",
            )
            for inside in (
                "list_append(a, :l) + :n",
                "list_append(list_append(a, :l), :l)",
                "if_not_exists(a, list_append(:l, :l))",
            )
        ),
        (
            "SET a = if_not_exists(#m, m)",
            "The first operand must be distinct from the remaining operands for this "
            "operator or function; operator: if_not_exists, first operand: [m]",
        ),
        (
            f"SET a.b{'.c' * 31} = :n",
            "The document path has too many nesting levels; nesting levels: 33",
        ),
        (
            "REMOVE a[2147483648]",
            "List index is not within the allowable range; index: [2147483648]",
        ),
        ("SET a[01] = :n", 'Syntax error; token: "1", near: "01]"'),
        (
            "SET a = if_not_exists(:n, :n)",
            "Operator or function requires a document path; operator or function: "
            "if_not_exists",
        ),
        (
            "SET m.k = :n REMOVE #m",
            "Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [m, k], path two: [m]",
        ),
        (
            "SET a[0] = :n, a.b = :n",
            "Two document paths conflict with each other; must remove or rewrite one "
            "of these paths; path one: [a, [0]], path two: [a, b]",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    """In DynamoDB's words."""
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("SET a = foo(:x, name)", "Attribute name is a reserved"),
        ("SET a = #x SET b = foo(:n)", "Invalid function name"),
        ("SET a = :x SET b = #x", 'The "SET" section'),
        ("SET a = :x, b = #x", "An expression attribute name"),
        ("SET a = :x REMOVE a", "An expression attribute value"),
        ("SET a[0] = :n, a.b = :n, a = :n", "Two document paths overlap"),
        ("SET a = :s + :n ADD a :s", "Two document paths overlap"),
        ("SET a = :s + :n ADD b :s", f"{_OPERATOR}: ADD"),
        ("SET a = list_append(a, :x) + name", "The function is not allowed to be"),
    ],
)
def test_one_error_comes_before_another(text: str, beginning: str) -> None:
    """Whichever stands first in the text."""
    assert refusal(text).startswith(beginning)


def refusal(text: str) -> str:
    with pytest.raises(ExpressionError) as refused:
        check_update(parse_update(text), AROUND)
    return str(refused.value)
