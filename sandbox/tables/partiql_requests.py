"""Takes a PartiQL statement with its table's keys, gives requests for what it asks.

They are requests of operations that DynamoDB has beside PartiQL, with expressions in
which every name is a `#name`. The words for refusals are DynamoDB's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from sandbox.tables.attribute_json import MAX_NESTING_LEVELS, levels_of
from sandbox.tables.condition_values import plain
from sandbox.tables.conditions import And, Between, Comparison, Condition, In
from sandbox.tables.errors import validation_error
from sandbox.tables.expression_parts import Call, Path, Value
from sandbox.tables.expression_writer import ExpressionWriter
from sandbox.tables.key_schema import KeySchema, TableKeys
from sandbox.tables.partiql_reader import Delete, Exists, Insert, Select, Update
from sandbox.tables.partiql_values import AttributeValue

Request: TypeAlias = dict[str, Any]
"""As `shapes` would have read it."""
Write: TypeAlias = Insert | Update | Delete | Exists
_Keyed: TypeAlias = tuple[dict[str, AttributeValue], list[Condition]]
"""A key, and what is asked of the item beside it."""

MAX_READS = 50
"""That a SELECT may become."""
_RANGES = ("<", "<=", ">", ">=")
_NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"
_NO_PARTITION = (
    "Must have at least one non-optional hash key condition in WHERE clause when "
    "using ORDER BY clause."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query or a scan."""

    operation: str
    request: Request


def write_of(statement: Write, keys: TableKeys) -> tuple[str, Request]:
    """Give a write as an action of a transaction has it: `Put`, and what it puts.

    Raises:
        TableError: WHERE does not name one item, an item nests too deeply, or DELETE
            is to return anything else than the item.
    """
    partition = Path((keys.own.partition[0][0],))
    is_new = Call("attribute_not_exists", (partition,))
    is_there = Call("attribute_exists", (partition,))
    if isinstance(statement, Insert):
        return "Put", _put(statement, is_new)
    key, rest = _key_of(statement, keys.own, _NO_KEY)
    words = ExpressionWriter(statement.values)
    request = {"TableName": statement.table, "Key": key}
    match statement:
        case Delete(returning="NONE" | "ALL_OLD"):
            met = [And(tuple(rest))] if len(rest) > 1 else rest
            text = words.any_of([is_new, *met]) if met else ""
            return "Delete", words.with_texts(request, ConditionExpression=text)
        case Delete():
            raise validation_error(
                "Only RETURNING ALL OLD * is allowed in DELETE statements"
            )
        case Exists():
            text = words.all_of([is_there, *rest])
            return "ConditionCheck", words.with_texts(request, ConditionExpression=text)
    update = words.with_texts(
        request,
        ConditionExpression=words.all_of([is_there, *rest]),
        UpdateExpression=words.update(statement.actions),
    )
    return "Update", update


def _put(insert: Insert, is_new: Condition) -> Request:
    if levels_of({"M": insert.item}) > MAX_NESTING_LEVELS:
        raise validation_error("Nesting Levels have exceeded supported limits")
    words = ExpressionWriter({})
    request = {"TableName": insert.table, "Item": insert.item}
    return words.with_texts(request, ConditionExpression=words.all_of([is_new]))


def get_of(select: Select, keys: TableKeys, operation: str) -> Request:
    """Give a read of one item as a transaction has it.

    Raises:
        TableError: the statement asks for anything else than the item of one key.
    """
    key, rest = check_one(select, keys, operation)
    if rest:
        raise validation_error(
            f"Select statements within {operation} can have no conditions beside the "
            "primary key."
        )
    words = ExpressionWriter({})
    request = {"TableName": select.table, "Key": key}
    return words.with_texts(request, ProjectionExpression=words.paths(select.paths))


def check_one(select: Select, keys: TableKeys, operation: str) -> _Keyed:
    """Give the key of the one item that a statement reads, and its other conditions.

    Raises:
        TableError: it may read more, or reads an index.
    """
    message = (
        f"Select statements within {operation} must specify the primary key in the "
        "where clause."
    )
    if select.index is not None:
        raise validation_error(message)
    return _key_of(select, keys.own, message)


def searches_of(
    select: Select, keys: TableKeys, *, is_consistent: bool
) -> tuple[Search, ...]:
    """Give the searches that together give what a SELECT asks for, in order.

    With the partition key's values it is a query for each, else a scan; so it is with
    an IN of the sort key.

    Args:
        select: the statement.
        keys: those of its table.
        is_consistent: whether it is to see all writes.

    Raises:
        TableError: there is no such index, it asks for too many, or for an order that
            there is not.
    """
    schema = keys.own if select.index is None else keys.indexes.get(select.index)
    if schema is None:
        raise validation_error(
            f"The table does not have the specified index: {select.index}"
        )
    if schema.is_global and is_consistent:
        raise validation_error(
            "Strongly consistent read is not supported on Global Secondary Indexes"
        )
    asked, rest = _asked(select, schema)
    reads = math.prod(map(len, asked.values()))
    _check_order(select, schema, asked)
    if reads > MAX_READS:
        raise validation_error("Too many decomposed read operations for a given query.")
    if not asked:
        return (_search("Scan", select, [], rest),)
    return tuple(
        _search("Query", select, conditions, rest)
        for conditions in product(*asked.values())
    )


def _search(
    operation: str,
    select: Select,
    keys: Sequence[Condition],
    rest: Sequence[Condition],
) -> Search:
    request: Request = {"TableName": select.table}
    if select.index is not None:
        request["IndexName"] = select.index
    if operation == "Query":
        request["ScanIndexForward"] = not select.is_descending
    words = ExpressionWriter(select.values)
    request = words.with_texts(
        request,
        ProjectionExpression=words.paths(select.paths),
        KeyConditionExpression=words.all_of(keys),
        FilterExpression=words.all_of(rest),
    )
    return Search(operation=operation, request=request)


def _asked(
    select: Select, schema: KeySchema
) -> tuple[dict[str, list[Condition]], list[Condition]]:
    """Give what is asked of each key, one of the conditions each, and all the rest.

    Nothing is asked of keys where not each partition key is asked for its value.
    """
    rest = list(select.where)
    asked: dict[str, list[Condition]] = {}
    for name, _kind in schema.keys:
        found = next((one for one in rest if _values(one, name)), None)
        if found is None:
            break
        rest.remove(found)
        values = _in_order(_values(found, name), select, name)
        asked[name] = [Comparison("=", Path((name,)), one) for one in values]
    if not all(name in asked for name, _ in schema.partition):
        return {}, list(select.where)
    next_key = next((name for name, _kind in schema.keys if name not in asked), "")
    found = next((one for one in rest if _is_range(one, next_key)), None)
    if found is not None:
        rest.remove(found)
        asked[next_key] = [found]
    return asked, rest


def _in_order(values: Sequence[Value], select: Select, name: str) -> list[Value]:
    """Give each value once; in order, where the statement asks for it."""
    unique: list[Value] = []
    for value in values:
        if select.values[value.name] not in [select.values[one.name] for one in unique]:
            unique.append(value)
    if select.order_by != name or len(unique) == 1:
        return unique

    def rank(value: Value) -> Any:
        return plain(select.values[value.name]).content

    kinds = {kind for one in unique for kind in select.values[one.name]}
    if len(kinds) > 1 or not kinds <= {"S", "N", "B"}:
        return unique  # no key has values of other types
    return sorted(unique, key=rank, reverse=select.is_descending)


def _values(condition: Condition, name: str) -> tuple[Value, ...]:
    """Give the values of which a condition asks an attribute to be one."""
    match condition:
        case Comparison("=", Path((asked,)), Value() as value) if asked == name:
            return (value,)
        case Comparison("=", Value() as value, Path((asked,))) if asked == name:
            return (value,)
        case In(Path((asked,)), choices) if asked == name:
            values = tuple(one for one in choices if isinstance(one, Value))
            return values if len(values) == len(choices) else ()
    return ()


def _is_range(condition: Condition, name: str) -> bool:
    """Tell whether a query can ask this of its sort key."""
    match condition:
        case Comparison(operator, Path((asked,)), Value()):
            return asked == name and operator in _RANGES
        case Between(Path((asked,)), Value(), Value()):
            return bool(asked == name)
        case Call("begins_with", (Path((asked,)), Value())):
            return bool(asked == name)
    return False


def _check_order(
    select: Select, schema: KeySchema, asked: Mapping[str, Sequence[Condition]]
) -> None:
    name = select.order_by
    if name is None:
        return
    if name not in dict(schema.keys):
        raise validation_error(
            f"Variable reference {name} in ORDER BY clause must be part of the "
            "primary key"
        )
    places = math.prod(len(asked.get(one, ())) for one, _ in schema.partition)
    if not places or (places > 1 and name not in dict(schema.partition)):
        raise validation_error(_NO_PARTITION)


def _key_of(
    statement: Select | Update | Delete | Exists, own: KeySchema, otherwise: str
) -> _Keyed:
    """Give the key that a statement names, or refuse it with a message."""
    key: dict[str, AttributeValue] = {}
    rest = list(statement.where)
    for name, _kind in own.keys:
        for one in rest:
            values = () if isinstance(one, In) else _values(one, name)
            if values:
                key[name] = statement.values[values[0].name]
                rest.remove(one)
                break
    if len(key) < len(own.keys):
        raise validation_error(otherwise)
    return key, rest
