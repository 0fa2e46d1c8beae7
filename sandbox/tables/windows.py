"""Takes a partition in order and what a query asks of it, gives the items that matter.

moto sorts, measures and compares every item that it is given, so that its time follows
the partition and not the answer. It is given the answer here, with one item more at
either end: by the next one moto tells that there is a next page.
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.tables.lookups import Item, KeyValue, sort_key_of

_NEIGHBOURS = 3
"""One before the range, the start key's own item, and one after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a query asks of the sort keys of a partition."""

    comparison: str | None
    """As in a KeyConditionExpression, `BETWEEN` and `BEGINS_WITH` among them."""
    values: tuple[KeyValue, ...]
    """What the comparison compares with, of the sort key's type."""
    start: KeyValue | None
    """The sort key at which the page before ended."""
    limit: int | None
    is_forward: bool


def window(items: list[Item], bounds: Bounds) -> list[Item]:
    """Give the part of `items` that moto needs to answer.

    Args:
        items: of one partition, in order of their sort keys.
        bounds: what is asked for.
    """
    low, high = _range(items, bounds.comparison, bounds.values)
    low, high = max(0, low - 1), min(len(items), high + 1)
    if bounds.start is not None and bounds.is_forward:
        low = max(low, _left(items, bounds.start))
    elif bounds.start is not None:
        high = min(high, _right(items, bounds.start))
    if bounds.limit is not None and bounds.is_forward:
        high = min(high, low + bounds.limit + _NEIGHBOURS)
    elif bounds.limit is not None:
        low = max(low, high - bounds.limit - _NEIGHBOURS)
    return items[low:high]


def _range(
    items: list[Item], comparison: str | None, values: Sequence[KeyValue]
) -> tuple[int, int]:
    """Give where the items begin and end whose sort keys compare so."""
    match comparison:
        case "=":
            return _left(items, values[0]), _right(items, values[0])
        case "<":
            return 0, _left(items, values[0])
        case "<=":
            return 0, _right(items, values[0])
        case ">":
            return _right(items, values[0]), len(items)
        case ">=":
            return _left(items, values[0]), len(items)
        case "BETWEEN":
            return _left(items, values[0]), _right(items, values[1])
    # A common beginning says where the first may be; moto tells the last.
    begins = _left(items, values[0]) if comparison == "BEGINS_WITH" else 0
    return begins, len(items)


def _left(items: list[Item], key: KeyValue) -> int:
    return bisect.bisect_left(items, key, key=sort_key_of)


def _right(items: list[Item], key: KeyValue) -> int:
    return bisect.bisect_right(items, key, key=sort_key_of)
