"""Takes a PartiQL statement with its table's keys, gives requests for what it asks.

They are requests of operations that DynamoDB has beside PartiQL, with expressions in
which every name is a `#name`. The words for refusals are DynamoDB's.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias, assert_never

from sandbox.tables.condition_values import plain
from sandbox.tables.conditions import And, Between, Comparison, Condition, In, Not, Or
from sandbox.tables.errors import TableError, validation_error
from sandbox.tables.expression_parts import Call, Operand, Path, Value
from sandbox.tables.expressions import NAMES, VALUES
from sandbox.tables.key_schema import KeySchema, TableKeys
from sandbox.tables.partiql_reader import (
    AttributeValue,
    Delete,
    Exists,
    Insert,
    Select,
    Update,
)
from sandbox.tables.shapes import MAX_NESTING_LEVELS, levels_of
from sandbox.tables.update_expressions import Action, Add, Remove, Sum
from sandbox.tables.update_expressions import Delete as Subtract
from sandbox.tables.update_expressions import Set as Assignment

Request: TypeAlias = dict[str, Any]
"""As `shapes` would have read it."""
Write: TypeAlias = Insert | Update | Delete | Exists

MAX_READS = 50
_RANGES = ("<", "<=", ">", ">=")
_SECTIONS: Mapping[type[Action], str] = {
    Assignment: "SET",
    Remove: "REMOVE",
    Add: "ADD",
    Subtract: "DELETE",
}
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
        TableError: WHERE does not name one item, or an item nests too deeply.
    """
    partition = Path((keys.own.partition[0][0],))
    is_new = Call("attribute_not_exists", (partition,))
    if isinstance(statement, Insert):
        if levels_of({"M": statement.item}) > MAX_NESTING_LEVELS:
            raise validation_error("Nesting Levels have exceeded supported limits")
        item = {"TableName": statement.table, "Item": statement.item}
        words = _Words({})
        return "Put", words.with_texts(item, ConditionExpression=words.all_of([is_new]))
    key, rest = _key_of(statement, keys.own)
    words = _Words(statement.values)
    request = {"TableName": statement.table, "Key": key}
    if isinstance(statement, Delete):
        if statement.returning not in ("NONE", "ALL_OLD"):
            raise validation_error(
                "Only RETURNING ALL OLD * is allowed in DELETE statements"
            )
        met = [And(rest)] if len(rest) > 1 else rest
        text = words.any_of([is_new, *met]) if met else ""
        return "Delete", words.with_texts(request, ConditionExpression=text)
    text = words.all_of([Call("attribute_exists", (partition,)), *rest])
    if isinstance(statement, Exists):
        return "ConditionCheck", words.with_texts(request, ConditionExpression=text)
    update = words.update(statement.actions)
    return "Update", words.with_texts(
        request, ConditionExpression=text, UpdateExpression=update
    )


def get_of(select: Select, keys: TableKeys, operation: str) -> Request:
    """Give a read of one item as a transaction has it.

    Raises:
        TableError: the statement asks for anything else than the item of one key.
    """
    rest = check_one(select, keys, operation)
    if rest:
        raise validation_error(
            f"Select statements within {operation} can have no conditions beside the "
            "primary key."
        )
    key, _ = _key_of(select, keys.own)
    words = _Words({})
    return words.with_texts(
        {"TableName": select.table, "Key": key},
        ProjectionExpression=words.paths(select.paths),
    )


def check_one(select: Select, keys: TableKeys, operation: str) -> tuple[Condition, ...]:
    """Refuse a read of more than one item of a table; give its other conditions."""
    try:
        if select.index is None:
            return _key_of(select, keys.own)[1]
    except TableError:
        pass
    raise validation_error(
        f"Select statements within {operation} must specify the primary key in the "
        "where clause."
    )


def searches_of(
    select: Select, keys: TableKeys, *, is_consistent: bool
) -> tuple[Search, ...]:
    """Give the searches that together give what a SELECT asks for, in order.

    Args:
        select: it is.
        keys: of its table.
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
    words = _Words(select.values)
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
    for name, _kind in schema.keys[len(asked) :][:1]:
        for one in [one for one in rest if _is_range(one, name)][:1]:
            rest.remove(one)
            asked[name] = [one]
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
    statement: Select | Update | Delete | Exists, own: KeySchema
) -> tuple[dict[str, AttributeValue], tuple[Condition, ...]]:
    """Give the key that a statement names, and its other conditions."""
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
        raise validation_error(
            "Where clause does not contain a mandatory equality on all key attributes"
        )
    return key, tuple(rest)


class _Words:
    """Writes expressions, which share their names and values.

    Args:
        values: what the `Value`s in them mean.
    """

    def __init__(self, values: Mapping[str, AttributeValue]) -> None:
        self._known = values
        self._names: dict[str, str] = {}
        self._values: dict[str, AttributeValue] = {}

    def with_texts(self, request: Request, **texts: str) -> Request:
        """Give a request with expressions of these words, of which some are empty."""
        given = {field: text for field, text in texts.items() if text}
        meanings = (
            (NAMES, {v: k for k, v in self._names.items()}),
            (VALUES, self._values),
        )
        return {**request, **given, **{k: meant for k, meant in meanings if meant}}

    def paths(self, paths: Iterable[Path] | None) -> str:
        """Name the attributes that paths lead to, or into."""
        heads = dict.fromkeys(str(path.parts[0]) for path in paths or ())
        return ", ".join(map(self._name, heads))

    def update(self, actions: Sequence[Action]) -> str:
        """Write changes, those of a kind together."""
        sections: dict[str, list[str]] = {}
        for action in actions:
            path = self._operand(action.path)
            match action:
                case Assignment(_, Sum(sign, left, right)):
                    text = (
                        f"{path} = {self._operand(left)} {sign} {self._operand(right)}"
                    )
                case Assignment(_, (Call() | Value() | Path()) as value):
                    text = f"{path} = {self._operand(value)}"
                case Add(_, value) | Subtract(_, value):
                    text = f"{path} {self._operand(value)}"
                case _:
                    text = path
            sections.setdefault(_SECTIONS[type(action)], []).append(text)
        return " ".join(f"{word} {', '.join(all_)}" for word, all_ in sections.items())

    def all_of(self, conditions: Sequence[Condition]) -> str:
        """Write that each condition must be met; nothing, where there is none."""
        return " AND ".join(map(self._part, conditions))

    def any_of(self, conditions: Sequence[Condition]) -> str:
        """Write that one of the conditions must be met."""
        return " OR ".join(map(self._part, conditions))

    def _part(self, condition: Condition) -> str:
        """Write a part of a condition; parentheses would be refused without need."""
        text = self._condition(condition)
        return f"({text})" if isinstance(condition, And | Or) else text

    def _condition(self, condition: Condition) -> str:
        match condition:
            case And(parts):
                return self.all_of(parts)
            case Or(parts):
                return self.any_of(parts)
            case Not(part):
                return f"NOT {self._part(part)}"
            case Comparison(operator, left, right):
                return f"{self._operand(left)} {operator} {self._operand(right)}"
            case Between(operand, low, high):
                first, *bounds = map(self._operand, (operand, low, high))
                return f"{first} BETWEEN {' AND '.join(bounds)}"
            case In(operand, choices):
                return f"{self._operand(operand)} IN ({self._operands(choices)})"
            case Call():
                return self._operand(condition)
        assert_never(condition)

    def _operands(self, operands: Sequence[Operand]) -> str:
        return ", ".join(map(self._operand, operands))

    def _operand(self, operand: Operand) -> str:
        match operand:
            case Value(name):
                self._values[name] = self._known[name]
                return name
            case Call(function, operands):
                return f"{function}({self._operands(operands)})"
            case Path(parts):
                steps = (
                    f"[{part}]" if isinstance(part, int) else f".{self._name(part)}"
                    for part in parts
                )
                return "".join(steps).removeprefix(".")
        assert_never(operand)

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"#{len(self._names)}")
