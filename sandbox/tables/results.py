"""Takes the result of an operation on whole items, gives the parts that were asked for.

moto projects item after item anew for each path, loses elements of lists, projects
nothing in transactions, and compares items to find what an update has touched.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.json_value import JsonValue
from sandbox.tables.expression_parts import RealPath
from sandbox.tables.expressions import Expressions
from sandbox.tables.projections import project


def projected(
    operation: str,
    asked: Mapping[str, Any],
    result: Mapping[str, Any],
    expressions: Sequence[Expressions],
) -> dict[str, JsonValue]:
    """Give a result with of each item what its ProjectionExpression names.

    Args:
        operation: such as `BatchGetItem`.
        asked: the request.
        result: in DynamoDB JSON, its items whole.
        expressions: those of each scope of the request, in order.
    """
    paths = [one.projection for one in expressions]
    match operation:
        case "BatchGetItem":
            tables = dict(zip(asked["RequestItems"], paths, strict=True))
            items = {
                table: _each(found, tables.get(table))
                for table, found in result.get("Responses", {}).items()
            }
            return {**result, "Responses": items}
        case "TransactGetItems":
            responses = zip(result["Responses"], paths, strict=False)
            return {**result, "Responses": [_one(found, p) for found, p in responses]}
        case "GetItem":
            return _one(result, paths[0])
    return dict(result)


def _each(
    items: Sequence[Mapping[str, Any]], paths: Sequence[RealPath] | None
) -> list[JsonValue]:
    return [item if paths is None else project(item, paths) for item in items]


def _one(
    result: Mapping[str, Any], paths: Sequence[RealPath] | None
) -> dict[str, JsonValue]:
    if paths is None or "Item" not in result:
        return dict(result)
    return {**result, "Item": project(result["Item"], paths)}


def updated(
    result: Mapping[str, Any],
    attributes: Mapping[str, Any],
    targets: Sequence[RealPath] | None,
) -> dict[str, JsonValue]:
    """Give the result of an update with the attributes that it is to show.

    Args:
        result: without them, in DynamoDB JSON.
        attributes: those of the item before the update, or after it, as
            `ReturnValues` asks; none where there was no item.
        targets: of these, what the update sets, adds to and removes; None for all.
    """
    shown = attributes if targets is None else project(attributes, targets)
    return {**result, "Attributes": dict(shown)} if shown else dict(result)
