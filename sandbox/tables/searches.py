"""Takes a query or a scan, finds what DynamoDB refuses of where it looks and begins.

The words, and their order, are DynamoDB's, as `dynalite`'s tests record them.
"""

from collections.abc import Mapping, Set
from typing import Any

from sandbox.tables.errors import invalid_parameter, validation_error
from sandbox.tables.expressions import Expressions
from sandbox.tables.item_checks import check_filter
from sandbox.tables.key_conditions import AskedKey
from sandbox.tables.key_schema import KeySchema

_INVALID = "The provided starting key is invalid"
_USUAL_KEYS = 2
_NOT_SUPPORTED = "Query key condition not supported"


def check_search(
    operation: str,
    asked: Mapping[str, Any],
    expressions: Expressions,
    *,
    table_keys: KeySchema,
    indexes: Mapping[str, KeySchema],
    may_filter_keys: bool = False,
) -> None:
    """Look through a search.

    Args:
        operation: `Query` or `Scan`.
        asked: the request, as `shapes` has read it.
        expressions: its own.
        table_keys: the table's.
        indexes: those of each index.
        may_filter_keys: whether a query may filter by keys, as PartiQL does.

    Raises:
        TableError: DynamoDB would refuse it.
    """
    index: str = asked.get("IndexName", "")
    if index and index not in indexes:
        raise validation_error(f"The table does not have the specified index: {index}")
    schema = indexes.get(index, table_keys)
    if schema.is_global:
        _check_global(index, schema, asked, expressions)
    start: Mapping[str, Any] | None = asked.get("ExclusiveStartKey")
    if start is not None:
        wanted = dict((*table_keys.keys, *schema.keys))
        _check_start(start, wanted, is_plain=operation == "Scan" and not index)
    if operation == "Scan":
        _check_segment(asked)
        return
    if not expressions.keys:
        raise validation_error(
            "Either the KeyConditions or KeyConditionExpression parameter must be "
            "specified in the request."
        )
    _check_asked(schema, expressions.keys)
    if start is not None:
        _check_place(start, schema, expressions.keys)
    if expressions.filter is not None:
        refused = () if may_filter_keys else schema.keys
        check_filter(refused, expressions.filter.heads)
        _check_filtered(index, schema, expressions.filter.heads)


def _check_global(
    index: str, schema: KeySchema, asked: Mapping[str, Any], expressions: Expressions
) -> None:
    """Look whether a global index can give what is asked of it; it asks no table."""
    if asked.get("ConsistentRead"):
        raise validation_error(
            "Consistent reads are not supported on global secondary indexes"
        )
    wanted = expressions.projection or ()
    missing = _missing(schema, {str(path[0]) for path in wanted})
    if missing:
        raise invalid_parameter(
            f"Global secondary index {index} does not project [{missing}]"
        )


def _check_filtered(index: str, schema: KeySchema, heads: frozenset[str]) -> None:
    missing = _missing(schema, heads)
    if missing:
        raise invalid_parameter(
            f"Secondary index {index} does not project one or more filter attributes: "
            f"[{missing}]"
        )


def _missing(schema: KeySchema, names: Set[str]) -> str:
    if schema.projected is None:
        return ""
    return ", ".join(sorted(names - schema.projected))


def _check_start(
    start: Mapping[str, Any], wanted: Mapping[str, str], *, is_plain: bool
) -> None:
    given = {name: next(iter(value)) for name, value in start.items()}
    if given == wanted:
        return
    schema = "The provided key element does not match the schema"
    has_names = given.keys() == wanted.keys()
    raise validation_error(
        f"{_INVALID}: {schema}" if is_plain or has_names else _INVALID
    )


def _check_segment(asked: Mapping[str, Any]) -> None:
    segment, total = asked.get("Segment"), asked.get("TotalSegments")
    for name, spoken, other in (
        ("Segment", "Segment parameter", "TotalSegments"),
        ("TotalSegments", "parameter TotalSegments", "Segment"),
    ):
        if name in asked and other not in asked:
            raise validation_error(
                f"The {other} parameter is required but was not present in the request "
                f"when {spoken} is present"
            )
    if segment is not None and total is not None and segment >= total:
        raise validation_error(
            "The Segment parameter is zero-based and must be less than parameter "
            f"TotalSegments: Segment: {segment} is not less than "
            f"TotalSegments: {total}"
        )


def _check_asked(schema: KeySchema, asked: Mapping[str, AskedKey]) -> None:
    """Look whether a query asks for one partition, and of no more than its keys."""
    if len(asked) > max(len(schema.keys), _USUAL_KEYS):
        raise validation_error("Conditions can be of length 1 or 2 only")
    if len(asked) > len(schema.keys):
        raise validation_error(_NOT_SUPPORTED)
    partition = dict(schema.partition)
    left = len(asked)
    for name, kind in schema.keys:
        condition = asked.get(name)
        if condition is None:
            if name in partition or left:
                raise validation_error(
                    f"Query condition missed key schema element: {name}"
                )
            return
        left -= 1
        if condition.types - {kind}:
            raise invalid_parameter(
                "Condition parameter type does not match schema type"
            )
        if (name in partition or left) and condition.operator != "=":
            raise validation_error(_NOT_SUPPORTED)


def _check_place(
    start: Mapping[str, Any], schema: KeySchema, asked: Mapping[str, AskedKey]
) -> None:
    """Look whether a query could have ended at a key that is in order otherwise."""
    met = {name: one.condition.holds(start) for name, one in asked.items()}
    sort = [met[name] for name, _ in schema.sort if name in met]
    if not all(sort):
        raise validation_error(
            "The provided starting key does not match the range key predicate"
        )
    if all(met.values()):
        return
    if sort:
        raise validation_error(
            "The query can return at most one row and cannot be restarted"
        )
    raise validation_error(
        "The provided starting key is outside query boundaries based on provided "
        "conditions"
    )
