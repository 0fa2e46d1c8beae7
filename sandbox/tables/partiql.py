"""Carries out PartiQL: has the requests of statements answered, words the answers.

Whoever answers the requests undoes one that fails, so that a batch can go on (API
Reference, "BatchExecuteStatement"); a transaction is one request.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.tables.attribute_json import read_attribute
from sandbox.tables.capacity import RETURN_CAPACITY, in_all
from sandbox.tables.condition_values import step_into
from sandbox.tables.errors import (
    TableError,
    cancelled_error,
    no_table_error,
    validation_error,
)
from sandbox.tables.expression_parts import Path
from sandbox.tables.key_schema import KeysOf, TableKeys
from sandbox.tables.partiql_reader import (
    Exists,
    Insert,
    Select,
    Statement,
    read_statement,
)
from sandbox.tables.partiql_requests import (
    check_one,
    get_of,
    searches_of,
    write_of,
)

Asked: TypeAlias = Mapping[str, Any]
"""A request, or one statement of many, as `shapes` has read it."""
Result: TypeAlias = dict[str, Any]
"""In DynamoDB JSON."""

STATEMENTS = frozenset(
    {"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"}
)
"""The operations."""

_ON_FAILURE = "ReturnValuesOnConditionCheckFailure"
_DUPLICATE = "Duplicate primary key exists in table"
_EXPRESSION = re.compile(r"^(1 validation error detected: )?Invalid \w+Expression: ")
"""Names an expression, of which PartiQL has none."""
_BATCH_CODES = {"ValidationException": "ValidationError"}
"""Where a batch's name for an error is not the exception's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Whatever answers requests."""

    keys_of: KeysOf
    answer: Callable[[str, Result], Result]
    """Takes an operation and a request. Raises TableError alone, for a request that
    fails, which is undone, and no other. Queries and scans may filter by keys."""


def execute(operation: str, asked: Asked, answers: Answers) -> Result:
    """Carry out one of `STATEMENTS` and give its result.

    Raises:
        TableError: DynamoDB would refuse it; what is done must be undone then.
    """
    match operation:
        case "BatchExecuteStatement":
            return _batch(asked, answers)
        case "ExecuteTransaction":
            return _transaction(asked, answers)
    statement = _read(asked)
    return _executed(statement, _keys(statement, answers), asked, answers)


def _read(asked: Asked) -> Statement:
    return read_statement(asked["Statement"], asked.get("Parameters", ()))


def _keys(statement: Statement, answers: Answers) -> TableKeys:
    keys = answers.keys_of(statement.table)
    if keys is None:
        raise no_table_error()
    return keys


def _executed(
    statement: Statement, keys: TableKeys, asked: Asked, answers: Answers
) -> Result:
    if isinstance(statement, Select):
        return _selected(statement, keys, asked, answers)
    if isinstance(statement, Exists):
        raise validation_error("EXISTS is only supported in ExecuteTransaction.")
    kind, request = write_of(statement, keys)
    request |= _part(asked, RETURN_CAPACITY, _ON_FAILURE)
    if not isinstance(statement, Insert):
        request["ReturnValues"] = statement.returning
    result = _answer(f"{kind}Item", request, answers, [statement])
    item = result.pop("Attributes", None)
    return {"Items": [] if item is None else [item], **result}


def _part(asked: Asked, *members: str) -> Result:
    return {name: asked[name] for name in members if name in asked}


# Many statements


def _batch(asked: Asked, answers: Answers) -> Result:
    told = _part(asked, RETURN_CAPACITY)
    read = [_read_or_error(one) for one in asked["Statements"]]
    _check_alike("batch", [one for one in read if not isinstance(one, TableError)])
    costs: list[Any] = []
    responses: list[Result] = []
    for statement, one in zip(read, asked["Statements"], strict=True):
        if isinstance(statement, TableError):
            responses.append(_failure(statement))
            continue
        response: Result = {"TableName": statement.table}
        try:
            result = _executed_in_batch(statement, {**one, **told}, answers)
        except TableError as error:
            response |= _failure(error)
        else:
            if result["Items"]:
                (response["Item"],) = result["Items"]
            costs += _part(result, "ConsumedCapacity").values()
        responses.append(response)
    return {"Responses": responses, **({"ConsumedCapacity": costs} if costs else {})}


def _read_or_error(asked: Asked) -> Statement | TableError:
    try:
        return _read(asked)
    except TableError as error:
        return error


def _executed_in_batch(statement: Statement, asked: Asked, answers: Answers) -> Result:
    keys = _keys(statement, answers)
    if isinstance(statement, Select):
        check_one(statement, keys, "BatchExecuteStatement")
    return _executed(statement, keys, asked, answers)


def _failure(error: TableError) -> Result:
    code = _BATCH_CODES.get(error.code, error.code.removesuffix("Exception"))
    return {"Error": {"Code": code, "Message": error.message, **error.details}}


def _check_alike(what: str, statements: Iterable[Statement]) -> None:
    if len({isinstance(one, Select) for one in statements}) > 1:
        raise validation_error(
            f"The entire {what} must consist of either read statements or write "
            f"statements, you cannot mix both in one {what}"
        )


def _transaction(asked: Asked, answers: Answers) -> Result:
    read = [_read(one) for one in asked["TransactStatements"]]
    _check_alike("transaction", read)
    keys = [_keys(one, answers) for one in read]
    selects = [one for one in read if isinstance(one, Select)]
    if selects:
        return _read_together(selects, keys, asked, answers)
    actions = [
        _action(statement, of_table, one)
        for statement, of_table, one in zip(
            read, keys, asked["TransactStatements"], strict=True
        )
    ]
    request = {"TransactItems": actions, **_part(asked, RETURN_CAPACITY)}
    return _answer("TransactWriteItems", request, answers, read)


def _action(statement: Any, keys: TableKeys, asked: Asked) -> Result:
    if getattr(statement, "returning", "NONE") != "NONE":
        raise validation_error("RETURNING is not supported in ExecuteTransaction.")
    kind, request = write_of(statement, keys)
    return {kind: {**request, **_part(asked, _ON_FAILURE)}}


def _read_together(
    selects: Sequence[Select], keys: Sequence[TableKeys], asked: Asked, answers: Answers
) -> Result:
    gets = [
        {"Get": get_of(select, of_table, "ExecuteTransaction")}
        for select, of_table in zip(selects, keys, strict=True)
    ]
    request = {"TransactItems": gets, **_part(asked, RETURN_CAPACITY)}
    result = _answer("TransactGetItems", request, answers, selects)
    responses = [
        {name: _named(select.paths, item) for name, item in found.items()}
        for select, found in zip(selects, result["Responses"], strict=True)
    ]
    return {**result, "Responses": responses}


def _answer(
    operation: str, request: Result, answers: Answers, statements: Sequence[Statement]
) -> Result:
    try:
        return answers.answer(operation, request)
    except TableError as error:
        raise _reworded(error, statements) from error


def _reworded(error: TableError, statements: Sequence[Statement]) -> TableError:
    """Say what went wrong with requests as it is said of statements."""
    if error.code == "TransactionCanceledException":
        told: Any = error.details["CancellationReasons"]
        return cancelled_error(list(map(_reason, told, statements)))
    has_failed = error.code == "ConditionalCheckFailedException"
    if has_failed and isinstance(statements[0], Insert):
        return TableError("DuplicateItemException", _DUPLICATE)
    message = _EXPRESSION.sub("", error.message)
    return TableError(error.code, message, status=error.status, details=error.details)


def _reason(reason: Result, statement: Statement) -> Result:
    if isinstance(statement, Insert) and reason["Code"] == "ConditionalCheckFailed":
        return {"Code": "DuplicateItem", "Message": _DUPLICATE}
    return reason


# Reads


def _selected(
    select: Select, keys: TableKeys, asked: Asked, answers: Answers
) -> Result:
    """Read until the limit is reached, or a page of one of the searches ends."""
    searches = searches_of(
        select, keys, is_consistent=asked.get("ConsistentRead", False)
    )
    first, more = _start(asked, len(searches))
    told = _part(asked, "ConsistentRead", "Limit", RETURN_CAPACITY)
    items: list[Result] = []
    costs: list[Result] = []
    result: Result = {"Items": items}
    for place, one in enumerate(searches[first:], first):
        request = {**one.request, **told, **more}
        found = _answer(one.operation, request, answers, [select])
        items += [_named(select.paths, item) for item in found["Items"]]
        costs += _part(found, "ConsumedCapacity").values()
        if "LastEvaluatedKey" in found:
            result["NextToken"] = _token(place, found["LastEvaluatedKey"])
            break
        more = {}
        if "Limit" in told:
            told["Limit"] -= found["ScannedCount"]
    return {**result, **({"ConsumedCapacity": in_all(costs)} if costs else {})}


def _named(paths: Sequence[Path] | None, item: Result) -> Result:
    """Give what paths lead to, by their last names: `a.b[0]` is `b[0]`."""
    if paths is None:
        return item
    found = {_last_name(path): _found(path, item) for path in paths}
    return {name: value for name, value in found.items() if value is not None}


def _found(path: Path, item: Result) -> Mapping[str, Any] | None:
    head, *parts = path.parts
    return step_into(item.get(str(head)), parts)


def _last_name(path: Path) -> str:
    name = ""
    for part in path.parts:
        name = part if isinstance(part, str) else f"{name}[{part}]"
    return name


def _token(place: int, last_key: Result) -> str:
    return base64.b64encode(json.dumps([place, last_key]).encode()).decode()


def _start(asked: Asked, count: int) -> tuple[int, Result]:
    """Give which of the searches goes on, and what its request has for it."""
    if "NextToken" not in asked:
        return 0, {}
    try:
        place, key = json.loads(base64.b64decode(asked["NextToken"], validate=True))
        start = {name: read_attribute(value) for name, value in key.items()}
        if isinstance(place, int) and 0 <= place < count:
            return place, {"ExclusiveStartKey": start}
    except (ValueError, TypeError, AttributeError, RecursionError, TableError):
        pass
    raise validation_error("NextToken does not match request")
