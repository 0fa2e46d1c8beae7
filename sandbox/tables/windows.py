"""Takes a partition in order and what a query asks of it, gives the items that matter.

moto sorts, measures and compares every item that it is given, so that its time follows
the partition and not the answer. It is given the answer here, with one item more at
either end: by the next one moto tells that there is a next page.
"""

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from sandbox.tables.orders import Item, KeyValue, Sorting, plain_key

_NEIGHBOURS = 3
"""One before the range, the start key's own item, and one after the last."""
_FIRST_SETTINGS = 5
"""Comparison, its values, limit, start key and direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a query asks of the sort keys of a partition."""

    comparison: str | None
    """As in a KeyConditionExpression, `BETWEEN` and `BEGINS_WITH` among them."""
    values: tuple[KeyValue, ...]
    """What the comparison compares with, of the sort key's type."""
    start: tuple[KeyValue, ...] | None
    """The place of the item at which the page before ended."""
    limit: int | None
    is_forward: bool


def bounds_of(
    asked: Sequence[Any],
    *,
    partition: DynamoType,
    sorting: Sorting,
    types: Mapping[str, str],
) -> Bounds | None:
    """Give a query's bounds, or None where it is odd and moto is to see all items.

    Args:
        asked: the query's settings from the second on, as moto's table takes them.
        partition: the value of the partition key.
        sorting: of the items under it.
        types: of the attributes that are keys.
    """
    if not sorting.names or len(asked) < _FIRST_SETTINGS:
        return None
    comparison, values, limit, start, is_forward = asked[:_FIRST_SETTINGS]
    started = _started(start, partition, sorting, types) if start else None
    if start and started is None:
        return None
    if any(value.type != types[sorting.names[0]] for value in values):
        return None
    return Bounds(
        comparison=comparison,
        values=tuple(map(plain_key, values)),
        start=started,
        limit=limit,
        is_forward=is_forward is not False,
    )


def _started(
    start: Mapping[str, Any],
    partition: DynamoType,
    sorting: Sorting,
    types: Mapping[str, str],
) -> tuple[KeyValue, ...] | None:
    """Give the place of a start key; None where it is not of this partition."""
    if start.keys() != {sorting.partition_key, *sorting.names}:
        return None
    values = {name: DynamoType(value) for name, value in start.items()}
    if values[sorting.partition_key] != partition:
        return None
    if any(values[name].type != types[name] for name in sorting.names):
        return None
    return tuple(plain_key(values[name]) for name in sorting.names)


def window(items: list[Item], bounds: Bounds, sorting: Sorting) -> list[Item]:
    """Give the part of `items` that moto needs to answer.

    Args:
        items: of one partition, in order.
        bounds: what is asked for.
        sorting: the order.
    """
    low, high = _range(items, bounds.comparison, bounds.values, sorting)
    low, high = max(0, low - 1), min(len(items), high + 1)
    if bounds.start is not None and bounds.is_forward:
        low = max(low, bisect.bisect_left(items, bounds.start, key=sorting.of))
    elif bounds.start is not None:
        high = min(high, bisect.bisect_right(items, bounds.start, key=sorting.of))
    if bounds.limit is not None and bounds.is_forward:
        high = min(high, low + bounds.limit + _NEIGHBOURS)
    elif bounds.limit is not None:
        low = max(low, high - bounds.limit - _NEIGHBOURS)
    return items[low:high]


def _range(
    items: list[Item],
    comparison: str | None,
    values: Sequence[KeyValue],
    sorting: Sorting,
) -> tuple[int, int]:
    """Give where the items begin and end whose sort keys compare so."""
    name = sorting.names[0]

    def sort_key(item: Item) -> KeyValue:
        return plain_key(item.attrs[name])

    def left(value: KeyValue) -> int:
        return bisect.bisect_left(items, value, key=sort_key)

    def right(value: KeyValue) -> int:
        return bisect.bisect_right(items, value, key=sort_key)

    first, end = 0, len(items)
    if comparison in ("=", ">=", "BETWEEN", "BEGINS_WITH"):
        first = left(values[0])
    elif comparison == ">":
        first = right(values[0])
    # Of a common beginning moto tells where the last one is.
    if comparison in ("=", "<=", "BETWEEN"):
        end = right(values[-1])
    elif comparison == "<":
        end = left(values[0])
    return first, end
