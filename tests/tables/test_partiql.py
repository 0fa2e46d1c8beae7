"""PartiQL carried out: what the real service answered, as others have recorded it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError

CREATE: dict[str, Any] = {
    "TableName": "the-notes",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "owner", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "tag", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "number", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": name,
            "KeySchema": [{"AttributeName": "tag", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": projection},
        }
        for name, projection in (("by-tag", "ALL"), ("keys", "KEYS_ONLY"))
    ],
}
SIMPLE: dict[str, Any] = {
    "TableName": "simple",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
NOTES = 'FROM "the-notes"'
KEY = "owner = 'ann' AND number = 1"


def note(owner: str, number: int, **attributes: Any) -> dict[str, Any]:
    """Give an item."""
    return {"owner": {"S": owner}, "number": {"N": str(number)}, **attributes}


ANN = note(
    "ann",
    1,
    tag={"S": "red"},
    n={"N": "7"},
    list={"L": [{"S": "x"}, {"S": "y"}]},
    map={"M": {"deep": {"N": "3"}, "list": {"L": [{"N": "4"}]}}},
    words={"SS": ["a", "b"]},
    none={"NULL": True},
)
BOBS = [note("bob", n, tag={"S": f"t{n % 2}"}, n={"N": str(n % 3)}) for n in range(6)]


@pytest.fixture
def engine() -> Engine:
    """Give an engine that holds the notes."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    engine.call("CreateTable", CREATE)
    engine.call("CreateTable", SIMPLE)
    for item in (ANN, *BOBS):
        engine.call("PutItem", {"TableName": "the-notes", "Item": item})
    return engine


def run(engine: Engine, statement: str, *parameters: Any, **members: Any) -> Any:
    """Give the result of one statement."""
    if parameters:
        members["Parameters"] = list(parameters)
    return engine.call("ExecuteStatement", {"Statement": statement, **members})[0]


def items(engine: Engine, statement: str, *parameters: Any) -> Any:
    """Give the items of one statement."""
    return run(engine, statement, *parameters)["Items"]


def ann(engine: Engine) -> Any:
    """Give ann's note, as it is now."""
    key = {"TableName": "the-notes", "Key": note("ann", 1)}
    return engine.call("GetItem", key)[0].get("Item")


def refusal(engine: Engine, statement: str, *parameters: Any, **members: Any) -> Any:
    """Give the code and the message with which a statement is refused; nothing is done.

    Raises:
        Failed: it is not.
    """
    before = engine.call("Scan", {"TableName": "the-notes"})[0]
    with pytest.raises(TableError) as refused:
        run(engine, statement, *parameters, **members)
    assert engine.call("Scan", {"TableName": "the-notes"})[0] == before
    return refused.value.code, refused.value.message


# Reads


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("owner = 'bob'", [0, 1, 2, 3, 4, 5]),
        ("'bob' = owner AND 2 >= number", [0, 1, 2]),
        ("owner = 'bob' AND number > 1 AND number < 4", [2, 3]),
        ("owner = 'bob' AND number BETWEEN 2 AND 3", [2, 3]),
        ("owner = 'bob' AND number <> 3 AND n = 0", [0]),
        ("owner = 'bob' AND (number = 1 OR number = 4)", [1, 4]),
        ("owner = 'bob' AND number IN [4, 1, 4.0]", [4, 1]),
        ("owner IN ('bob', 'eve') AND number = 2", [2]),
        ("owner IN ['bob', 'ann'] AND NOT n IN (0, 2)", [1, 4, 1]),
        ("n = 7", [1]),
        ("n != 7 AND tag = 't1'", [1, 3, 5]),
        ("owner = 'ann' AND begins_with(tag, 'r')", [1]),
        ("contains(words, 'a') AND CONTAINS(list, 'y')", [1]),
        ("attribute_type(map, 'M') AND size(list) = 2", [1]),
        ("none IS NULL AND other IS MISSING AND none IS NOT MISSING", [1]),
        ("owner = 'bob' AND number = 1 AND tag IS NOT NULL", [1]),
        ("attribute_exists(map.deep) AND attribute_not_exists(other)", [1]),
        ('"map"."list"[0] = 4 AND ((map.deep) = 3)', None),
        ('"map"."list"[0] = 4 AND ((map.deep = 3))', [1]),
        ("owner = 'bob' ORDER BY number DESC", [5, 4, 3, 2, 1, 0]),
        ("owner = 'bob' AND number < 2 ORDER BY number ASC", [0, 1]),
        ("owner IN ['bob', 'ann'] AND n = 1 ORDER BY owner", [1, 4]),
        ("owner IN ['ann', 'bob'] AND number < 2 ORDER BY owner DESC", [1, 0, 1]),
        ("owner = 'bob' AND number IN [2, 1] ORDER BY number", [1, 2]),
        ("owner = 'no'", []),
    ],
)
def test_a_select_gives_what_where_asks_for(
    engine: Engine, where: str, numbers: list[int] | None
) -> None:
    """A query for each value of a partition, or a scan; the rest filters."""
    if numbers is None:
        assert refusal(engine, f"SELECT * {NOTES} WHERE {where}")
        return
    found = items(engine, f"SELECT * {NOTES} WHERE {where}")
    assert [int(item["number"]["N"]) for item in found] == numbers


def test_a_select_without_where_scans(engine: Engine) -> None:
    """All there is, in order of keys."""
    scan = engine.call("Scan", {"TableName": "the-notes"})[0]
    assert items(engine, f"select * {NOTES}") == scan["Items"]
    assert items(engine, "SELECT * FROM simple") == []


def test_what_is_selected_has_its_last_name(engine: Engine) -> None:
    """Elements of lists too."""
    select = f"SELECT map.deep, map.list[0], list[1], tag, no.way {NOTES} WHERE {KEY}"
    assert items(engine, select) == [
        {
            "deep": {"N": "3"},
            "list[0]": {"N": "4"},
            "list[1]": {"S": "y"},
            "tag": {"S": "red"},
        }
    ]


def test_an_index_is_read(engine: Engine) -> None:
    """By its own key, or all of it."""
    found = items(engine, f"SELECT number {NOTES}.\"by-tag\" WHERE tag = 't1'")
    assert found == [{"number": {"N": number}} for number in ("1", "3", "5")]
    assert len(items(engine, f'SELECT * {NOTES}."keys"')) == 7


@pytest.mark.parametrize(
    "where", ["owner = 'bob'", "owner IN ['ann', 'bob', 'eve']", "n >= 0"]
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_continue(engine: Engine, where: str, limit: int) -> None:
    """With NextToken, whatever the statement is; each item is given once."""
    statement = f"SELECT * {NOTES} WHERE {where}"
    found: list[Any] = []
    more: dict[str, Any] = {}
    while True:
        page = run(engine, statement, Limit=limit, **more)
        assert len(page["Items"]) <= limit
        found += page["Items"]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert found == items(engine, statement)


def test_a_limit_is_of_what_is_looked_at(engine: Engine) -> None:
    """Not of what the filter leaves."""
    page = run(engine, f"SELECT * {NOTES} WHERE owner = 'bob' AND n = 2", Limit=2)
    assert page["Items"] == []
    assert page["NextToken"]


def test_capacity_is_told_where_it_is_asked_for(engine: Engine) -> None:
    """That of all reads together."""
    where = "WHERE owner IN ['ann', 'bob']"
    asked = {"ReturnConsumedCapacity": "INDEXES"}
    cost = run(engine, f"SELECT * {NOTES} {where}", **asked)["ConsumedCapacity"]
    assert cost["CapacityUnits"] == cost["Table"]["CapacityUnits"] == 1.0
    insert = "INSERT INTO \"the-notes\" VALUE {'owner': 'c', 'number': 1}"
    assert run(engine, insert, **asked)["ConsumedCapacity"]["TableName"] == "the-notes"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            f"SELECT * {NOTES} ORDER BY number",
            "Must have at least one non-optional hash key condition in WHERE clause "
            "when using ORDER BY clause.",
        ),
        (
            f"SELECT * {NOTES} WHERE owner IN ['a', 'b'] ORDER BY number",
            "Must have at least one non-optional hash key condition in WHERE clause "
            "when using ORDER BY clause.",
        ),
        (
            f"SELECT * {NOTES} WHERE owner = 'a' ORDER BY n",
            "Variable reference n in ORDER BY clause must be part of the primary key",
        ),
        (
            f"SELECT * {NOTES} WHERE owner IN {['a'] + [f'b{n}' for n in range(50)]}",
            "Too many decomposed read operations for a given query.",
        ),
        (
            f"SELECT * {NOTES} WHERE n IN {list(range(101))}",
            "The IN operator is provided with too many operands; "
            "number of operands: 101",
        ),
        (
            f"SELECT n {NOTES}.keys WHERE tag = 'a'",
            "One or more parameter values were invalid: Global secondary index keys "
            "does not project [n]",
        ),
        (
            f"SELECT * {NOTES}.keys WHERE tag = 'a' AND n = 1",
            "One or more parameter values were invalid: Secondary index keys does not "
            "project one or more filter attributes: [n]",
        ),
        (
            f"SELECT * {NOTES}.no",
            "The table does not have the specified index: no",
        ),
        (
            f"SELECT * {NOTES} WHERE begins_with(n, 1)",
            "Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
        (
            "EXISTS(SELECT * FROM simple WHERE id = 'a')",
            "EXISTS is only supported in ExecuteTransaction.",
        ),
    ],
)
def test_a_select_is_refused(engine: Engine, statement: str, message: str) -> None:
    """In DynamoDB's words."""
    assert refusal(engine, statement) == ("ValidationException", message)


def test_an_index_is_never_consistent(engine: Engine) -> None:
    """A global one."""
    assert refusal(
        engine, f"SELECT * {NOTES}.\"by-tag\" WHERE tag = 'a'", ConsistentRead=True
    ) == (
        "ValidationException",
        "Strongly consistent read is not supported on Global Secondary Indexes",
    )


@pytest.mark.parametrize(
    "token",
    [
        "WzAuMCwge31d",
        "no",
        "bm8=",
        "W10=",
        "WzEsIHt9XQ==",
        "WzAsIFtdXQ==",
        "WzAsIHsieCI6IDF9XQ==",
    ],
)
def test_a_token_of_ones_own_is_refused(engine: Engine, token: str) -> None:
    """Whatever it says."""
    statement = f"SELECT * {NOTES} WHERE owner = 'bob'"
    assert refusal(engine, statement, NextToken=token) == (
        "ValidationException",
        "NextToken does not match request",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM no",
        "INSERT INTO no VALUE {'a': 1}",
        "UPDATE no SET a = 1 WHERE b = 2",
        "DELETE FROM no WHERE b = 2",
    ],
)
def test_an_unknown_table_is_told(engine: Engine, statement: str) -> None:
    """By its own error."""
    assert refusal(engine, statement) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )


# Writes


def test_an_insert_adds_an_item(engine: Engine) -> None:
    """With values of every type, binary through parameters; and gives no items."""
    statement = (
        "INSERT INTO simple VALUE {'id': ?, 'list': [1, 'a', [TRUE]], 'raws': ?, "
        "'map': {'it''s': {'null': NULL}}, 'texts': <<'b', 'a'>>, 'numbers': <<1>>}"
    )
    given = run(engine, statement, {"B": "AAH/"}, {"BS": ["aGk="]})
    assert given == {"Items": []}
    assert items(engine, "SELECT * FROM simple WHERE id = ?", {"B": "AAH/"}) == [
        {
            "id": {"B": "AAH/"},
            "list": {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"BOOL": True}]}]},
            "raws": {"BS": ["aGk="]},
            "map": {"M": {"it's": {"M": {"null": {"NULL": True}}}}},
            "texts": {"SS": ["b", "a"]},
            "numbers": {"NS": ["1"]},
        }
    ]


def test_an_insert_never_overwrites(engine: Engine) -> None:
    """A key that is there is told."""
    statement = "INSERT INTO \"the-notes\" VALUE {'owner': 'ann', 'number': 1}"
    assert refusal(engine, statement) == (
        "DuplicateItemException",
        "Duplicate primary key exists in table",
    )


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (
            "{'owner': 'ann'}",
            "One or more parameter values were invalid: Missing the key number in the "
            "item",
        ),
        (
            "{'owner': 'ann', 'number': '1'}",
            "One or more parameter values were invalid: Type mismatch for key number "
            "expected: N actual: S",
        ),
        (
            "{'owner': 'x', 'number': 1, 'deep': " + "[" * 32 + "]" * 32 + "}",
            "Nesting Levels have exceeded supported limits",
        ),
    ],
)
def test_an_insert_is_refused(engine: Engine, item: str, message: str) -> None:
    """As PutItem refuses it."""
    refused = refusal(engine, f'INSERT INTO "the-notes" VALUE {item}')
    assert refused == ("ValidationException", message)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("SET n = 1", {"n": {"N": "1"}}),
        ("SET n = n + 1", {"n": {"N": "8"}}),
        ("SET n = n -1", {"n": {"N": "6"}}),
        ("SET n = -1 SET tag = 'b' REMOVE none", {"n": {"N": "-1"}, "tag": {"S": "b"}}),
        ("SET n = map.deep, tag = list[0]", {"n": {"N": "3"}, "tag": {"S": "x"}}),
        ("SET map.deep = 5 REMOVE map.list", {"map": {"M": {"deep": {"N": "5"}}}}),
        (
            "SET list = list_append(list, ['z']) REMOVE n",
            {"list": {"L": [{"S": "x"}, {"S": "y"}, {"S": "z"}]}},
        ),
        (
            "SET words = set_add(words, <<'c', 'a'>>)",
            {"words": {"SS": ["a", "b", "c"]}},
        ),
        ("SET words = SET_DELETE(words, <<'a'>>)", {"words": {"SS": ["b"]}}),
        ("SET list[0] = ?", {"list": {"L": [{"B": "AAH/"}, {"S": "y"}]}}),
        ('SET "set" = 1 SET where = 2', {"set": {"N": "1"}, "where": {"N": "2"}}),
    ],
)
def test_an_update_changes_an_item(
    engine: Engine, changes: str, expected: dict[str, Any]
) -> None:
    """As UpdateItem would."""
    parameters = [{"B": "AAH/"}] if "?" in changes else []
    given = run(engine, f'UPDATE "the-notes" {changes} WHERE {KEY}', *parameters)
    assert given == {"Items": []}
    removed = [name for name in ("none", "n") if f"REMOVE {name}" in changes]
    left = {name: value for name, value in ANN.items() if name not in removed}
    assert ann(engine) == {**left, **expected}


@pytest.mark.parametrize(
    ("returning", "expected"),
    [
        ("ALL OLD", [ANN]),
        ("ALL NEW", [{**ANN, "n": {"N": "8"}, "new": {"N": "1"}}]),
        ("MODIFIED OLD", [{"n": {"N": "7"}}]),
        ("MODIFIED NEW", [{"n": {"N": "8"}, "new": {"N": "1"}}]),
    ],
)
def test_an_update_returns_what_it_is_asked_for(
    engine: Engine, returning: str, expected: list[Any]
) -> None:
    """One item."""
    statement = f'UPDATE "the-notes" SET n = n + 1, new = 1 WHERE {KEY}'
    assert items(engine, f"{statement} RETURNING {returning} *") == expected


def test_an_update_may_have_nothing_to_return(engine: Engine) -> None:
    """Then it returns no item."""
    statement = f'UPDATE "the-notes" SET new = 1 WHERE {KEY} RETURNING MODIFIED OLD *'
    assert items(engine, statement) == []


@pytest.mark.parametrize("write", ['UPDATE "the-notes" SET n = 1', f"DELETE {NOTES}"])
@pytest.mark.parametrize(
    "where",
    [
        "",
        "WHERE owner = 'ann'",
        "WHERE owner = 'ann' AND number > 0",
        "WHERE owner = 'ann' AND number IN [1]",
        "WHERE owner = 'ann' OR number = 1",
        "WHERE owner = 'ann' AND (number = 1 OR n = 7)",
    ],
)
def test_a_write_names_one_item(engine: Engine, write: str, where: str) -> None:
    """With equalities at the top."""
    assert refusal(engine, f"{write} {where}") == (
        "ValidationException",
        "Where clause does not contain a mandatory equality on all key attributes",
    )


@pytest.mark.parametrize("write", ['UPDATE "the-notes" SET n = 1', f"DELETE {NOTES}"])
@pytest.mark.parametrize("condition", ["n = 8", "number > 2", "(n = 6 OR n = 8)"])
def test_a_write_has_conditions(engine: Engine, write: str, condition: str) -> None:
    """Whatever else WHERE says."""
    assert refusal(engine, f"{write} WHERE {condition} AND {KEY}") == (
        "ConditionalCheckFailedException",
        "The conditional request failed",
    )


def test_what_failed_is_shown_where_it_is_asked_for(engine: Engine) -> None:
    """By ReturnValuesOnConditionCheckFailure."""
    with pytest.raises(TableError) as refused:
        run(
            engine,
            f"DELETE {NOTES} WHERE {KEY} AND n = 8",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.details["Item"] == ANN


def test_an_update_makes_no_item(engine: Engine) -> None:
    """Unlike UpdateItem."""
    where = "owner = 'eve' AND number = 1"
    assert refusal(engine, f'UPDATE "the-notes" SET n = 1 WHERE {where}') == (
        "ConditionalCheckFailedException",
        "The conditional request failed",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            "SET newlist[0] = 'x'",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET number = 2",
            "One or more parameter values were invalid: Cannot update attribute "
            "number. This attribute is part of the key",
        ),
        (
            "SET n = 1 SET n = 2",
            "Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [n], path two: [n]",
        ),
    ],
)
def test_an_update_is_refused(engine: Engine, changes: str, message: str) -> None:
    """As UpdateItem refuses it, with no word of expressions."""
    refused = refusal(engine, f'UPDATE "the-notes" {changes} WHERE {KEY}')
    assert refused == ("ValidationException", message)


def test_a_delete_returns_the_item(engine: Engine) -> None:
    """Where there was one, and where it is asked for."""
    statement = f"DELETE {NOTES} WHERE {KEY} RETURNING ALL OLD *"
    assert items(engine, statement) == [ANN]
    assert ann(engine) is None
    assert items(engine, statement) == []
    assert items(engine, f"DELETE {NOTES} WHERE {KEY} AND n = 9 AND m = 1") == []


@pytest.mark.parametrize("what", ["ALL NEW", "MODIFIED OLD", "MODIFIED NEW"])
def test_a_delete_returns_nothing_else(engine: Engine, what: str) -> None:
    """It is refused, and nothing deleted."""
    assert refusal(engine, f"DELETE {NOTES} WHERE {KEY} RETURNING {what} *") == (
        "ValidationException",
        "Only RETURNING ALL OLD * is allowed in DELETE statements",
    )


# Batches


def batch(engine: Engine, *statements: str, **members: Any) -> Any:
    """Give the answers to the statements of a batch."""
    asked = {"Statements": [{"Statement": one} for one in statements], **members}
    return engine.call("BatchExecuteStatement", asked)[0]


def test_a_batch_of_reads_gives_each_item(engine: Engine) -> None:
    """In order, of what is there."""
    answers = batch(
        engine,
        f"SELECT n {NOTES} WHERE {KEY}",
        f"SELECT * {NOTES} WHERE owner = 'eve' AND number = 1",
        f"SELECT * {NOTES} WHERE owner = 'ann'",
        f"SELECT * {NOTES}.keys WHERE tag = 'red'",
        "SELECT * FROM no WHERE a = 1",
        "SELECT",
        ReturnConsumedCapacity="TOTAL",
    )
    message = (
        "Select statements within BatchExecuteStatement must specify the primary key "
        "in the where clause."
    )
    wrong = {"Code": "ValidationError", "Message": message}
    missing = {"Code": "ResourceNotFound", "Message": "Requested resource not found"}
    *told, unread = answers["Responses"]
    assert told == [
        {"TableName": "the-notes", "Item": {"n": {"N": "7"}}},
        {"TableName": "the-notes"},
        {"TableName": "the-notes", "Error": wrong},
        {"TableName": "the-notes", "Error": wrong},
        {"TableName": "no", "Error": missing},
    ]
    assert unread["Error"]["Code"] == "ValidationError"
    assert len(answers["ConsumedCapacity"]) == 2


def test_a_failing_write_of_a_batch_stops_no_other(engine: Engine) -> None:
    """Each is told what became of it."""
    answers = batch(
        engine,
        "INSERT INTO \"the-notes\" VALUE {'owner': 'eve', 'number': 1}",
        "INSERT INTO \"the-notes\" VALUE {'owner': 'ann', 'number': 1}",
        f'UPDATE "the-notes" SET n = 8 WHERE {KEY} AND n = 9',
        f'UPDATE "the-notes" SET n = 8 WHERE {KEY} RETURNING MODIFIED NEW *',
    )
    assert answers["Responses"] == [
        {"TableName": "the-notes"},
        {
            "TableName": "the-notes",
            "Error": {
                "Code": "DuplicateItem",
                "Message": "Duplicate primary key exists in table",
            },
        },
        {
            "TableName": "the-notes",
            "Error": {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
            },
        },
        {"TableName": "the-notes", "Item": {"n": {"N": "8"}}},
    ]
    assert len(items(engine, f"SELECT * {NOTES}")) == 8


def test_reads_and_writes_do_not_mix(engine: Engine) -> None:
    """Neither in a batch, nor in a transaction."""
    statements = [f"SELECT * {NOTES} WHERE {KEY}", f"DELETE {NOTES} WHERE {KEY}"]
    for act in (batch, transact):
        with pytest.raises(TableError, match="you cannot mix both") as refused:
            act(engine, *statements)
        assert refused.value.code == "ValidationException"
    assert ann(engine) == ANN


# Transactions


def transact(engine: Engine, *statements: str) -> Any:
    """Give the answer to a transaction."""
    asked = {"TransactStatements": [{"Statement": one} for one in statements]}
    return engine.call("ExecuteTransaction", asked)[0]


def test_a_transaction_writes_all(engine: Engine) -> None:
    """And checks what EXISTS asks for."""
    transact(
        engine,
        f"EXISTS(SELECT * {NOTES} WHERE owner = 'bob' AND number = 1 AND n = 1)",
        "INSERT INTO \"the-notes\" VALUE {'owner': 'eve', 'number': 1}",
        f'UPDATE "the-notes" SET n = n + 1 WHERE {KEY}',
        f"DELETE {NOTES} WHERE owner = 'bob' AND number = 2",
    )
    assert ann(engine) == {**ANN, "n": {"N": "8"}}
    found = items(engine, f"SELECT number {NOTES} WHERE owner IN ['bob', 'eve']")
    assert [item["number"]["N"] for item in found] == ["0", "1", "3", "4", "5", "1"]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "INSERT INTO \"the-notes\" VALUE {'owner': 'ann', 'number': 1}",
            {
                "Code": "DuplicateItem",
                "Message": "Duplicate primary key exists in table",
            },
        ),
        (
            f"EXISTS(SELECT * {NOTES} WHERE {KEY} AND n = 9)",
            {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
            },
        ),
    ],
)
def test_a_transaction_writes_all_or_nothing(
    engine: Engine, statement: str, reason: dict[str, str]
) -> None:
    """What cancels it is told."""
    with pytest.raises(TableError) as refused:
        transact(
            engine,
            "UPDATE \"the-notes\" SET n = 9 WHERE owner = 'bob' AND number = 1",
            statement,
        )
    assert refused.value.code == "TransactionCanceledException"
    assert refused.value.message.endswith(f"[None, {reason['Code']}]")
    assert refused.value.details["CancellationReasons"] == [{"Code": "None"}, reason]
    assert items(engine, f"SELECT * {NOTES} WHERE n = 9") == []


def test_a_transaction_reads(engine: Engine) -> None:
    """One item for each statement, or none."""
    answer = transact(
        engine,
        f"SELECT map.deep {NOTES} WHERE {KEY}",
        f"SELECT * {NOTES} WHERE owner = 'eve' AND number = 1",
    )
    assert answer == {"Responses": [{"Item": {"deep": {"N": "3"}}}, {}]}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"SELECT * {NOTES}", "ValidationException"),
        (f"SELECT * {NOTES} WHERE {KEY} AND n = 1", "ValidationException"),
        (
            f'UPDATE "the-notes" SET n = 1 WHERE {KEY} RETURNING ALL OLD *',
            "ValidationException",
        ),
        ("DELETE FROM no WHERE a = 1", "ResourceNotFoundException"),
        (f"DELETE {NOTES} WHERE {KEY} LIMIT 1", "ValidationException"),
    ],
)
def test_a_transaction_is_refused(engine: Engine, statement: str, code: str) -> None:
    """Where one of its statements is."""
    with pytest.raises(TableError) as refused:
        transact(engine, statement)
    assert refused.value.code == code


# Whatever is said


CONDITIONS = st.lists(
    st.sampled_from(
        [
            "owner = 'bob'",
            "owner IN ['ann', 'bob', 'eve']",
            "number = 1",
            "number IN [3, 1, 2]",
            "number > 1",
            "4 >= number",
            "number BETWEEN 1 AND 3",
            "(n = 0 OR number = 2 OR n = 7)",
            "NOT (n = 1 AND number = 4)",
            "(begins_with(tag, 't') AND size(tag) = 2)",
        ]
    ),
    min_size=1,
    max_size=4,
).map(" AND ".join)


def test_queries_give_what_a_scan_gives(engine: Engine) -> None:
    """A key that is denied twice is a matter of the filter."""

    def keys(where: str) -> set[tuple[str, str]]:
        found = items(engine, f"SELECT * {NOTES} WHERE {where}")
        given = [(item["owner"]["S"], item["number"]["N"]) for item in found]
        assert len(set(given)) == len(given)
        return set(given)

    @settings(max_examples=200, deadline=None)
    @given(CONDITIONS)
    def agree(where: str) -> None:
        assert keys(where) == keys(f"NOT (NOT ({where}))")

    agree()


def test_changes_are_told(engine: Engine) -> None:
    """All that a batch has made, and none that failed."""
    told: list[Any] = []
    statements = [
        "INSERT INTO \"the-notes\" VALUE {'owner': 'eve', 'number': 1}",
        "INSERT INTO \"the-notes\" VALUE {'owner': 'ann', 'number': 1}",
    ]
    asked = {"Statements": [{"Statement": one} for one in statements]}
    _, changes = engine.call(
        "BatchExecuteStatement",
        asked,
        commit=lambda operation, _request, made: told.append((operation, len(made))),
    )
    assert told == [("BatchExecuteStatement", 1)]
    assert [change.key for change in changes] == [("eve", 1)]


WRITTEN = (
    "SELECT * FROM WHERE INSERT INTO VALUE UPDATE SET REMOVE DELETE RETURNING ALL OLD "
    "EXISTS ( ) [ ] { } << >> , . : = <> < + - ? AND OR NOT IN BETWEEN IS NULL MISSING "
    "ORDER BY DESC 1 .5 1e999 'a' '' \"a\" \"simple\" simple id a n -- /* */ # size( "
    "begins_with( set_add( list_append( [0]"
)
PIECES = st.sampled_from([*WRITTEN.split(), "\n"])
STARTS = st.sampled_from(
    [
        "",
        "SELECT * FROM simple WHERE ",
        "UPDATE simple SET a = ",
        "INSERT INTO simple VALUE {'id': ",
        f"DELETE {NOTES} WHERE {KEY} AND ",
    ]
)
WORDS = st.tuples(STARTS, st.lists(PIECES, max_size=20)).map(
    lambda pair: pair[0] + " ".join(pair[1])
)


def test_no_text_is_a_surprise(engine: Engine) -> None:
    """It is carried out, or refused as DynamoDB refuses it."""
    said: list[str] = []

    @settings(max_examples=300, deadline=None)
    @given(st.one_of(WORDS, st.text(min_size=1)))
    def answer(text: str) -> None:
        try:
            run(engine, text or " ", *[{"N": "1"}] * text.count("?"))
        except TableError as error:
            said.append(error.message)

    answer()
    assert not [message for message in said if "could not carry out" in message]


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        ("SELECT * FROM simple WHERE ", "("),
        ("SELECT * FROM simple WHERE ", "NOT "),
        ("SELECT * FROM simple WHERE a = ", "["),
        ("SELECT * FROM simple WHERE a = ", "{'a':"),
        ("SELECT * FROM simple WHERE a = ", "size("),
        ("SELECT * FROM simple WHERE ", "a = 1 OR "),
        ("SELECT * FROM simple WHERE a = ", "-"),
        ("SELECT * FROM simple WHERE a", "[1]"),
        ("", "/*"),
    ],
)
@pytest.mark.parametrize("end", ["", "a = 1"])
def test_a_long_text_is_refused(
    engine: Engine, start: str, piece: str, end: str
) -> None:
    """However deep it leads."""
    text = (start + piece * 8192)[: 8192 - len(end)] + end
    code, message = refusal(engine, text)
    assert code == "ValidationException"
    assert "could not carry out" not in message
