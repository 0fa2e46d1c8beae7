"""Answers a query or a scan that is in order: one page of it.

A page ends where its limit is reached, or a megabyte, whether or not anything follows
(Developer Guide, "Paginating table query results"); what it is filtered by takes no
place in it. Items are in order already, so that a page costs what it holds.
"""

import bisect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from sandbox.json_value import JsonValue
from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.capacity import consumed_by_search
from sandbox.tables.expressions import Expressions
from sandbox.tables.key_conditions import AskedKey
from sandbox.tables.lookups import PartitionValues, attributes_of, entry_bytes
from sandbox.tables.orders import Item, KeyValue, Sorting, plain_key
from sandbox.tables.projections import project
from sandbox.tables.stored_table import StoredTable

MAX_PAGE_BYTES = 1024 * 1024
_SEGMENTS = ("Segment", "TotalSegments")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    given: list[dict[str, JsonValue]]
    """What of the items meets the filter, in DynamoDB JSON."""
    scanned: int
    size_bytes: int
    last: Item | None
    """The item at which it ended; None at the end of all."""


def search(
    table: StoredTable,
    operation: str,
    asked: Mapping[str, Any],
    expressions: Expressions,
) -> dict[str, JsonValue]:
    """Give the result of a query or a scan, as DynamoDB's JSON.

    Args:
        table: the one that the request names.
        operation: `Query` or `Scan`.
        asked: the request, as `shapes` has read it and `searches` has looked through.
        expressions: its own.
    """
    known = table.ordered(asked.get("IndexName"))
    sorting = known.sorting
    start = asked.get("ExclusiveStartKey")
    if operation == "Query":
        names = sorting.names
        items = _asked_items(known.partition, sorting, expressions.keys)
        is_forward = asked.get("ScanIndexForward", True)
    else:
        names = (*sorting.partition_keys, *sorting.names)
        items, is_forward = known.items(), True
    items = _after(items, start, names, is_forward=is_forward)
    if asked.get("TotalSegments", 1) > 1:
        segment = tuple(asked[name] for name in _SEGMENTS)
        items = [item for item in items if item.is_within_segment(segment)]
    page = _page_of(table, items, asked, expressions)
    return _result(table, asked, page)


def _asked_items(
    partition: Callable[[PartitionValues], list[Item]],
    sorting: Sorting,
    keys: Mapping[str, AskedKey],
) -> list[Item]:
    """Give the items that a query asks for, in order."""
    values = tuple(_value(keys[name], 0) for name in sorting.partition_keys)
    items = partition(values)
    others = {n: one for n, one in keys.items() if n not in sorting.partition_keys}
    match list(others.items()):
        case []:
            return items
        case [(name, one)] if name == sorting.names[0]:
            return items[_range(items, name, one)]
    return [item for item in items if _meets(item, others)]


def _meets(item: Item, keys: Mapping[str, AskedKey]) -> bool:
    attributes: Any = attributes_of(item, keys)
    return all(one.condition.holds(attributes) for one in keys.values())


def _value(asked: AskedKey, place: int) -> DynamoType:
    return DynamoType(dict(asked.values[place]))


def _range(items: list[Item], name: str, asked: AskedKey) -> slice:
    """Give where the items begin and end whose sort keys compare so."""
    low, high = (plain_key(_value(asked, place)) for place in (0, -1))

    def sort_key(item: Item) -> Any:
        return plain_key(item.attrs[name])

    def start_of_key(item: Item) -> Any:
        return sort_key(item)[: len(low)]  # type: ignore[arg-type]  # no number begins

    first, end = 0, len(items)
    if asked.operator in ("=", ">=", "BETWEEN", "begins_with"):
        first = bisect.bisect_left(items, low, key=sort_key)
    elif asked.operator == ">":
        first = bisect.bisect_right(items, low, key=sort_key)
    if asked.operator in ("=", "<=", "BETWEEN"):
        end = bisect.bisect_right(items, high, key=sort_key)
    elif asked.operator == "<":
        end = bisect.bisect_left(items, high, key=sort_key)
    elif asked.operator == "begins_with":
        end = bisect.bisect_right(items, low, key=start_of_key)
    return slice(first, end)


def _after(
    items: list[Item],
    start: Mapping[str, Any] | None,
    names: Sequence[str],
    *,
    is_forward: bool,
) -> list[Item]:
    """Give the items behind the one at which the page before ended, in the order."""

    def place(item: Item) -> tuple[KeyValue, ...]:
        return Sorting.place(item.attrs, names)

    if start is not None:
        values = {name: DynamoType(value) for name, value in start.items()}
        ended = Sorting.place(values, names)
        if is_forward:
            items = items[bisect.bisect_right(items, ended, key=place) :]
        else:
            items = items[: bisect.bisect_left(items, ended, key=place)]
    return items if is_forward else items[::-1]


def _page_of(
    table: StoredTable,
    items: Iterable[Item],
    asked: Mapping[str, Any],
    expressions: Expressions,
) -> _Page:
    limit, condition = asked.get("Limit", math.inf), expressions.filter
    projected = _had(table, asked, expressions)
    index = asked.get("IndexName")
    kept = table.schemas[index].projected if index else None
    given: list[dict[str, JsonValue]] = []
    scanned = size_bytes = 0
    last: Item | None = None
    for item in items:
        scanned += 1
        size_bytes += entry_bytes(item, kept)
        names = item.attrs if projected is None else projected.intersection(item.attrs)
        if condition is None or _passes(item, names, condition):
            given.append(_shown(item, names, asked, expressions))
        if scanned >= limit or size_bytes >= MAX_PAGE_BYTES:
            last = item
            break
    return _Page(given=given, scanned=scanned, size_bytes=size_bytes, last=last)


def _had(
    table: StoredTable, asked: Mapping[str, Any], expressions: Expressions
) -> frozenset[str] | None:
    """Give what is at hand of each item; None for all of it.

    A local index fetches from the table what it is asked for and lacks (DynamoDB
    Developer Guide, "Local secondary indexes").
    """
    if not (index := asked.get("IndexName")):
        return None
    schema = table.schemas[index]
    fetches = expressions.projection is not None or (
        asked.get("Select") == "ALL_ATTRIBUTES"
    )
    return None if fetches and not schema.is_global else schema.projected


def _passes(item: Item, names: Iterable[str], condition: BoundCondition) -> bool:
    attributes: Any = attributes_of(item, condition.heads.intersection(names))
    return condition.holds(attributes)


def _shown(
    item: Item,
    names: Iterable[str],
    asked: Mapping[str, Any],
    expressions: Expressions,
) -> dict[str, JsonValue]:
    if asked.get("Select") == "COUNT":
        return {}
    wanted = expressions.projection
    if wanted is None:
        return attributes_of(item, names)
    heads = {path[0] for path in wanted}
    return project(attributes_of(item, [n for n in names if n in heads]), wanted)


def _result(
    table: StoredTable, asked: Mapping[str, Any], page: _Page
) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {
        "Count": len(page.given),
        "ScannedCount": page.scanned,
    }
    if asked.get("Select") != "COUNT":
        result["Items"] = page.given
    if page.last is not None:
        keys = table.start_keys(asked.get("IndexName"))
        result["LastEvaluatedKey"] = attributes_of(page.last, keys)
    return {**result, **consumed_by_search(asked, table, page.size_bytes)}
