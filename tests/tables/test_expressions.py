"""The expressions of a request: what DynamoDB refuses of them before it reads a row."""

from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.expressions import CONDITION, FILTER, Expressions, map_scopes

RESERVED = frozenset({"NAME", "LIST"})
LONG = "#" + 254 * "n"
V, W = {":v": {"S": "x"}}, {":v": {"S": "x"}, ":w": {"N": "1"}}


def expressions(kind: str, **members: Any) -> Expressions:
    named = {
        short: f"ExpressionAttribute{short.title()}" for short in ("names", "values")
    }
    scope = {named.get(name, name): value for name, value in members.items()}
    return Expressions(kind, scope, reserved=RESERVED)


def filtered(text: str, **members: Any) -> tuple[str, dict[str, Any]]:
    return "Scan", {FILTER: text, **members}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            filtered("name = :v", values=V),
            "Invalid FilterExpression: Attribute name is a reserved keyword; "
            "reserved keyword: name",
        ),
        (
            filtered("#n = :v", values=V),
            "Invalid FilterExpression: An expression attribute name used in the "
            "document path is not defined; attribute name: #n",
        ),
        (
            filtered("a = :x", values=V),
            "Invalid FilterExpression: An expression attribute value used in "
            "expression is not defined; attribute value: :x",
        ),
        (
            filtered("a = :v", values=W),
            "Value provided in ExpressionAttributeValues unused in expressions: "
            "keys: {:w}",
        ),
        (
            filtered("a = :v", values=V, names={"#n": "n"}),
            "Value provided in ExpressionAttributeNames unused in expressions: "
            "keys: {#n}",
        ),
        (
            filtered("begins_with(a)"),
            "Invalid FilterExpression: Incorrect number of operands for operator or "
            "function; operator or function: begins_with, number of operands: 1",
        ),
        (
            filtered("starts_with(a, :v)", values=V),
            "Invalid FilterExpression: Invalid function name; function: starts_with",
        ),
        (
            filtered("contains(a, begins_with(a, :v))", values=V),
            "Invalid FilterExpression: The function is not allowed to be used this "
            "way in an expression; function: begins_with",
        ),
        (
            filtered("size(a)"),
            "Invalid FilterExpression: The function is not allowed to be used this "
            "way in an expression; function: size",
        ),
        (
            filtered("attribute_exists(:v)", values=V),
            "Invalid FilterExpression: Operator or function requires a document path; "
            "operator or function: attribute_exists",
        ),
        (
            filtered("begins_with(a, :w)", values={":w": {"N": "1"}}),
            "Invalid FilterExpression: Incorrect operand type for operator or "
            "function; operator or function: begins_with, operand type: N",
        ),
        (
            filtered("size(:w) = a", values={":w": {"N": "1"}}),
            "Invalid FilterExpression: Incorrect operand type for operator or "
            "function; operator or function: size, operand type: N",
        ),
        (
            filtered("attribute_type(a, b)"),
            "Invalid FilterExpression: Incorrect operand type for operator or "
            "function; operator or function: attribute_type, "
            "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
        (
            filtered("attribute_type(a, :v)", values=V),
            "Invalid FilterExpression: Invalid attribute type name found; type: x, "
            "valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            filtered("a.#n = a.b", names={"#n": "b"}),
            "Invalid FilterExpression: The first operand must be distinct from the "
            "remaining operands for this operator or function; operator: =, "
            "first operand: [a, b]",
        ),
        *(
            (
                filtered(text, values=W),
                "Invalid FilterExpression: The first operand must be distinct from the "
                f"remaining operands for this operator or function; {told}",
            )
            for text, told in (
                ("a IN (:v, :w, a)", "operator: IN, first operand: [a]"),
                (
                    "a BETWEEN :v AND a AND b = :w",
                    "operator: BETWEEN, first operand: [a]",
                ),
            )
        ),
        *(
            (
                filtered(text, values={":v": value}),
                "Invalid FilterExpression: Incorrect operand type for operator or "
                f"function; operator or function: {told}",
            )
            for text, value, told in (
                ("a < :v", {"BOOL": True}, "<, operand type: BOOL"),
                (":v >= a", {"L": []}, ">=, operand type: L"),
                ("a BETWEEN :v AND b", {"NULL": True}, "BETWEEN, operand type: NULL"),
            )
        ),
        (
            filtered(f"a IN ({', '.join([':v'] * 101)})", values=V),
            "Invalid FilterExpression: The IN operator is provided with too many "
            "operands; number of operands: 101",
        ),
        *(
            (
                filtered(text, values=V),
                "Invalid FilterExpression: The expression contains too many operators; "
                "operator count: 301",
            )
            for text in (
                " AND ".join(["a = :v"] * 151),
                " OR ".join(["size(a) = :v"] * 101),
                "NOT " * 300 + "a = :v",
            )
        ),
        (
            filtered("a BETWEEN :v AND :w", values=W),
            "Invalid FilterExpression: The BETWEEN operator requires same data type "
            "for lower and upper bounds; lower bound operand: AttributeValue: {S:x}, "
            "upper bound operand: AttributeValue: {N:1}",
        ),
        (
            filtered("a BETWEEN :v AND :w", values={**V, ":w": {"B": b"\0\1"}}),
            "Invalid FilterExpression: The BETWEEN operator requires same data type "
            "for lower and upper bounds; lower bound operand: AttributeValue: {S:x}, "
            "upper bound operand: AttributeValue: {B:AAE=}",
        ),
        (
            filtered("a BETWEEN :v AND :w", values={**V, ":w": {"S": "a"}}),
            "Invalid FilterExpression: The BETWEEN operator requires upper bound to "
            "be greater than or equal to lower bound; lower bound operand: "
            "AttributeValue: {S:x}, upper bound operand: AttributeValue: {S:a}",
        ),
        (
            ("Scan", {"values": V}),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression is null",
        ),
        (
            ("Query", {"values": V}),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression and KeyConditionExpression are null",
        ),
        (
            ("GetItem", {"names": {"#n": "n"}}),
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            filtered("a = :v", values={}),
            "ExpressionAttributeValues must not be empty",
        ),
        (
            filtered("a = :v", values={"v": {"S": "x"}}),
            'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
        ),
        (
            ("GetItem", {"ProjectionExpression": LONG, "names": {f"{LONG}x": "n"}}),
            "ExpressionAttributeNames contains invalid key: The expression attribute "
            "map contains a key that is too long; size of key: 256",
        ),
        (
            filtered("a = :v", values={":" + 255 * "v": {"S": "x"}}),
            "ExpressionAttributeValues contains invalid key: The expression attribute "
            "map contains a key that is too long;",
        ),
        (
            ("GetItem", {"ProjectionExpression": "#n"}),
            "Invalid ProjectionExpression: An expression attribute name used in the "
            "document path is not defined; attribute name: #n",
        ),
        (
            ("GetItem", {"ProjectionExpression": "a, list"}),
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; "
            "reserved keyword: list",
        ),
        (
            ("Get", {"ProjectionExpression": "a.b, c, a"}),
            "Invalid ProjectionExpression: Two document paths overlap with each "
            "other; must remove or rewrite one of these paths; path one: [a, b], "
            "path two: [a]",
        ),
        (
            ("Get", {"ProjectionExpression": "a.b, a[1]"}),
            "Invalid ProjectionExpression: Two document paths conflict with each "
            "other; must remove or rewrite one of these paths; path one: [a, b], "
            "path two: [a, [1]]",
        ),
        (
            ("UpdateItem", {"UpdateExpression": "SET _ttl = :v", "values": V}),
            'Invalid UpdateExpression: Syntax error; token: "_", near: "SET _ttl"',
        ),
        (
            ("Update", {"UpdateExpression": "REMOVE #n"}),
            "Invalid UpdateExpression: An expression attribute name used in the "
            "document path is not defined; attribute name: #n",
        ),
        (
            ("Update", {"UpdateExpression": "SET a = :x"}),
            "Invalid UpdateExpression: An expression attribute value used in "
            "expression is not defined; attribute value: :x",
        ),
        (
            ("Put", {CONDITION: "a = :v", "values": W}),
            "Value provided in ExpressionAttributeValues unused in expressions: "
            "keys: {:w}",
        ),
    ],
)
def test_an_expression_is_refused_in_dynamodbs_words(
    asked: tuple[str, dict[str, Any]], message: str
) -> None:
    """As the tests of `dynalite` and reports about AWS have them."""
    kind, members = asked

    with pytest.raises(TableError) as refused:
        expressions(kind, **members)

    assert refused.value.message == message


def test_a_placeholder_may_have_255_characters() -> None:
    """With its mark."""
    read = expressions("GetItem", ProjectionExpression=LONG, names={LONG: "a"})

    assert read.projection == (("a",),)


def test_a_condition_goes_with_what_it_alone_has_used() -> None:
    """What other expressions use stays."""
    scope = expressions(
        "UpdateItem",
        UpdateExpression="SET #a = :v",
        ConditionExpression="#a = :w AND #b = :v",
        names={"#a": "a", "#b": "b"},
        values=W,
    ).without(CONDITION)

    assert scope == {
        "UpdateExpression": "SET #a = :v",
        "ExpressionAttributeNames": {"#a": "a"},
        "ExpressionAttributeValues": V,
    }


def test_nothing_is_left_of_names_that_only_a_filter_used() -> None:
    """An empty map of them would be refused."""
    kind, members = filtered("#n = :v", names={"#n": "n"}, values=V)

    assert expressions(kind, **members, Limit=1).without(FILTER) == {"Limit": 1}


def test_each_part_of_a_request_is_a_scope() -> None:
    """Tables of a batch, actions of a transaction, and single requests."""
    seen: list[str] = []

    def note(kind: str, scope: dict[str, Any], table: str) -> dict[str, Any]:
        seen.append(f"{kind} {table}")
        return {**scope, "seen": True}

    actions = {
        "TransactItems": [
            {"Put": {"TableName": "a"}},
            {"ConditionCheck": {"TableName": "b"}},
        ]
    }
    changed = map_scopes("TransactWriteItems", actions, note)
    map_scopes("BatchGetItem", {"RequestItems": {"a": {}, "b": {}}}, note)
    map_scopes("Query", {"TableName": "c"}, note)
    map_scopes("ListTables", {}, note)

    assert seen == [
        *("Put a", "ConditionCheck b"),
        *("KeysAndAttributes a", "KeysAndAttributes b", "Query c"),
    ]
    assert changed["TransactItems"][0] == {"Put": {"TableName": "a", "seen": True}}
