"""What the texts of PartiQL statements mean, and which are none."""

from typing import Any

import pytest

from sandbox.tables.conditions import And, Comparison, In, Not, Or
from sandbox.tables.errors import TableError
from sandbox.tables.expression_parts import Call, Path, Value
from sandbox.tables.partiql_reader import (
    Delete,
    Exists,
    Insert,
    Select,
    Update,
    read_statement,
)
from sandbox.tables.update_expressions import Add, Remove, Set, Sum

A = Path(("a",))
IS_ONE = Comparison("=", A, Value(":0"))
ONE = {":0": {"N": "1"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM t", Select(table="t")),
        (
            'select a, "b c".d[0] from "a-b"."i.x" order by a desc',
            Select(
                table="a-b",
                index="i.x",
                paths=(A, Path(("b c", "d", 0))),
                order_by="a",
                is_descending=True,
            ),
        ),
        (
            "SELECT * FROM t -- FROM u\n/* WHERE # */WHERE a = 1--",
            Select(table="t", where=(IS_ONE,), values=ONE),
        ),
        (
            "SELECT * FROM t WHERE ((a = 1) AND (a = 1))",
            Select(
                table="t",
                where=(IS_ONE, Comparison("=", A, Value(":1"))),
                values={**ONE, ":1": {"N": "1"}},
            ),
        ),
        (
            "EXISTS(SELECT * FROM t WHERE a = 1)",
            Exists(table="t", where=(IS_ONE,), values=ONE),
        ),
        ("INSERT INTO t VALUE {'a': 1}", Insert(table="t", item={"a": {"N": "1"}})),
        (
            "UPDATE t SET b = b - 1, c = set_add(c, <<'x'>>) REMOVE a "
            "RETURNING ALL NEW *",
            Update(
                table="t",
                actions=(
                    Set(Path(("b",)), Sum("-", Path(("b",)), Value(":0"))),
                    Add(Path(("c",)), Value(":1")),
                    Remove(A),
                ),
                returning="ALL_NEW",
                values={**ONE, ":1": {"SS": ["x"]}},
            ),
        ),
        (
            "DELETE FROM t WHERE a = 1 RETURNING MODIFIED OLD *",
            Delete(table="t", where=(IS_ONE,), returning="UPDATED_OLD", values=ONE),
        ),
    ],
)
def test_a_statement_is_read(text: str, expected: object) -> None:
    """Whatever its kind is."""
    assert read_statement(text, ()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 OR NOT a = 1", Or((IS_ONE, Not(Comparison("=", A, Value(":1")))))),
        ("a IN [1]", In(A, (Value(":0"),))),
        ("a != 1", Comparison("<>", A, Value(":0"))),
        (
            "a = 1 OR a = 1 AND a = 1",
            Or(
                (
                    IS_ONE,
                    And(
                        (
                            Comparison("=", A, Value(":1")),
                            Comparison("=", A, Value(":2")),
                        )
                    ),
                )
            ),
        ),
        ("a IS MISSING", Call("attribute_not_exists", (A,))),
        ("a IS NOT NULL", Not(Call("attribute_type", (A, Value(":0"))))),
        ("Size(a) > 1", Comparison(">", Call("size", (A,)), Value(":0"))),
    ],
)
def test_a_condition_is_read(text: str, expected: object) -> None:
    """As expressions have it."""
    statement = read_statement(f"SELECT * FROM t WHERE {text}", ())
    assert isinstance(statement, Select)
    assert statement.where == (expected,)


@pytest.mark.parametrize(
    "name", ["key", "value", "from", "where", "set", "_idx", "AND"]
)
def test_any_attribute_may_be_named(name: str) -> None:
    """A word is a keyword only where it can be nothing else."""
    statement = read_statement(f"SELECT {name} FROM t WHERE {name} = 1", ())
    assert isinstance(statement, Select)
    assert statement.paths == (Path((name,)),)
    assert statement.where == (Comparison("=", Path((name,)), Value(":0")),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", {"S": "it's"}),
        ("''", {"S": ""}),
        ("'--'", {"S": "--"}),
        ("1", {"N": "1"}),
        ("-1", {"N": "-1"}),
        (".5", {"N": "0.5"}),
        ("-.73e1", {"N": "-7.3"}),
        ("7.31E6", {"N": "7310000"}),
        ("73100000e-1", {"N": "7310000"}),
        ("true", {"BOOL": True}),
        ("FALSE", {"BOOL": False}),
        ("null", {"NULL": True}),
        ("[1, []]", {"L": [{"N": "1"}, {"L": []}]}),
        ("{}", {"M": {}}),
        ("{'a b': {'c': ?}}", {"M": {"a b": {"M": {"c": {"B": b"raw"}}}}}),
        ("<<'b', 'a'>>", {"SS": ["b", "a"]}),
        ("<<1, -2>>", {"NS": ["1", "-2"]}),
    ],
)
def test_a_value_is_read(text: str, expected: dict[str, Any]) -> None:
    """As `shapes` would have read it."""
    parameters = [{"B": b"raw"}] * text.count("?")
    statement = read_statement(f"INSERT INTO t VALUE {{'v': {text}}}", parameters)
    assert statement == Insert(table="t", item={"v": expected})


def test_parameters_come_in_order() -> None:
    """One for each question mark outside of texts, names and comments."""
    parameters = [{"S": "x"}, {"N": "2"}]
    text = "SELECT * FROM t WHERE a = ? /* ? */ AND \"?\" = '?' AND b = ? -- ?"
    statement = read_statement(text, parameters)
    assert isinstance(statement, Select)
    assert list(statement.values.values()) == [{"S": "x"}, {"S": "?"}, {"N": "2"}]


def test_a_value_that_nests_too_deeply_is_refused() -> None:
    """Before the interpreter's own limit."""
    nested = "[" * 65 + "]" * 65
    with pytest.raises(TableError, match="nests too deeply"):
        read_statement(f"INSERT INTO t VALUE {{'v': {nested}}}", ())


@pytest.mark.parametrize("parameters", [[], [{"S": "a"}] * 2])
def test_each_parameter_has_its_place(parameters: list[Any]) -> None:
    """Neither more nor fewer than the statement has."""
    with pytest.raises(TableError) as refused:
        read_statement("SELECT * FROM t WHERE a = ?", parameters)
    assert refused.value.message == (
        "Number of parameters in request and statement don't match."
    )


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "nonsense",
        "SELECT * FROM the-notes",
        "SELECT * FROM 't'",
        "SELECT * FROM t alias",
        "SELECT * FROM t AS alias",
        "SELECT * FROM t WHERE",
        "SELECT * FROM t WHERE a",
        "SELECT * FROM t WHERE a = 1 LIMIT 1",
        "SELECT * FROM t WHERE a = 1;",
        "SELECT * FROM t WHERE a = 1 # comment",
        "SELECT * FROM t /* open",
        "SELECT * FROM t WHERE a = 'open",
        "SELECT * FROM t WHERE a = 1 AND AND b = 2",
        "SELECT * FROM t WHERE a IN []",
        "SELECT * FROM t WHERE a IN [1, 2)",
        "SELECT * FROM t WHERE a[-1] = 1",
        "SELECT * FROM t WHERE a[1.5] = 1",
        "SELECT * FROM t WHERE a = MISSING",
        'SELECT * FROM "" WHERE a = 1',
        "SELECT FROM t",
        "SELECT *, a FROM t",
        "INSERT INTO t VALUES {'a': 1}",
        "INSERT INTO t VALUE {'a': 1, 'a': 2}",
        "INSERT INTO t VALUE {a: 1}",
        "INSERT INTO t VALUE {'a': <<>>}",
        "INSERT INTO t VALUE {'a': <<1, 'a'>>}",
        "INSERT INTO t VALUE {'a': 1} WHERE a = 1",
        "INSERT INTO t.\"index\" VALUE {'a': 1}",
        "UPDATE t WHERE a = 1",
        "UPDATE t SET a = if_not_exists(a, 1) WHERE a = 1",
        "UPDATE t SET a = list_append(if_not_exists(a, []), [1]) WHERE a = 1",
        "UPDATE t SET a = set_add(1, <<1>>) WHERE a = 1",
        "UPDATE t SET a = set_add(b, <<1>>) WHERE a = 1",
        "UPDATE t SET a = set_add(a, 1) WHERE a = 1",
        "UPDATE t SET a = 1 + 2 + 3 WHERE a = 1",
        "UPDATE t SET a = 1 WHERE a = 1 RETURNING ALL *",
        "DELETE FROM t WHERE a = 1 ORDER BY a",
        "DELETE t WHERE a = 1",
        "EXISTS(SELECT a FROM t WHERE a = 1)",
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    """And told by the place from which it is none."""
    with pytest.raises(TableError) as refused:
        read_statement(text, ())
    assert refused.value.code == "ValidationException"
    assert refused.value.message.startswith(
        "Statement wasn't well formed, can't be processed: "
    )


@pytest.mark.parametrize("number", ["1e2147483648", "1E+999", "1" * 39])
def test_a_number_that_is_not_kept_is_refused(number: str) -> None:
    """As one of an item."""
    with pytest.raises(TableError) as refused:
        read_statement(f"SELECT * FROM t WHERE a = {number}", ())
    assert refused.value.code == "ValidationException"
