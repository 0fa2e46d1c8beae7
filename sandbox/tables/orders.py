"""Sorts items: by their keys, and the items of one partition by their sort keys.

What was sorted once follows the changes, so that a query costs what its answer does.
"""

import bisect
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from moto.dynamodb.models.dynamo_type import DynamoType, Item

__all__ = [
    "Item",
    "ItemKey",
    "KeyOrder",
    "KeyValue",
    "PartitionOrders",
    "Sorting",
    "key_of",
    "plain_key",
]

KeyValue: TypeAlias = str | bytes | Decimal
ItemKey: TypeAlias = tuple[KeyValue, KeyValue | None]
"""The values of an item's partition key and sort key, which compare fast."""

_MAX_WAITING = 1000
_SORTED_ANEW = 64
"""So many items are sorted about as fast as an order of them is kept."""


def key_of(item: Item) -> ItemKey:
    """Give an item's key as plain values."""
    sort_key = item.range_key
    return plain_key(item.hash_key), None if sort_key is None else plain_key(sort_key)


def plain_key(value: DynamoType) -> KeyValue:
    """Do what `DynamoType.cast_value` does, for the types that a key can have."""
    plain: KeyValue = Decimal(value.value) if value.type == "N" else value.value
    return plain


@dataclass(frozen=True, slots=True)
class Sorting:
    """How the items under one partition key are sorted.

    By the sort key; in a secondary index, where several items may have the same one,
    by the table's own keys behind it.
    """

    partition_keys: tuple[str, ...]
    names: tuple[str, ...]
    """Of the attributes, in order; none where the table has no sort key."""

    def of(self, item: Item) -> tuple[KeyValue, ...]:
        """Give an item's place under its key, which compares with the others'."""
        return self.place(item.attrs, self.names)

    def whole(self, item: Item) -> tuple[KeyValue, ...]:
        """Give an item's place among all items, by partition key first."""
        return self.place(item.attrs, (*self.partition_keys, *self.names))

    @staticmethod
    def place(
        attributes: Mapping[str, DynamoType], names: Iterable[str]
    ) -> tuple[KeyValue, ...]:
        """Give the values of keys."""
        return tuple(plain_key(attributes[name]) for name in names)


class KeyOrder:
    """Items in the order of their keys, once somebody asked for it.

    Changes wait until somebody asks again, as each moves what lies behind it. An order
    that nobody asks for any more is given up after a while.

    Args:
        items: all of them, whenever they are iterated.
        order_of: gives an item's place; no two have the same.
    """

    def __init__(
        self, items: Iterable[Item], order_of: Callable[[Item], Any] = key_of
    ) -> None:
        self._items = items
        self._order_of = order_of
        self._in_order: list[Item] | None = None
        self._waiting: list[tuple[Item | None, Item | None]] = []

    def items(self) -> list[Item]:
        """Give all items; the caller must not change the list."""
        if self._in_order is None:
            self._in_order = sorted(self._items, key=self._order_of)
        for before, after in self._waiting:
            self._change(self._in_order, before, after)
        self._waiting.clear()
        return self._in_order

    def follow(self, before: Item | None, after: Item | None) -> None:
        """Follow the change of one item."""
        if self._in_order is None:
            return
        self._waiting.append((before, after))
        if len(self._waiting) > _MAX_WAITING:
            self._in_order = None
            self._waiting.clear()

    def _change(
        self, items: list[Item], before: Item | None, after: Item | None
    ) -> None:
        if before is not None:
            del items[
                bisect.bisect_left(items, self._order_of(before), key=self._order_of)
            ]
        if after is not None:
            bisect.insort_left(items, after, key=self._order_of)


class PartitionOrders:
    """The items under each partition key in their order, of those that are asked for.

    Args:
        sorting: the order.
    """

    def __init__(self, sorting: Sorting) -> None:
        self.sorting = sorting
        self._orders: dict[Hashable, KeyOrder] = {}

    def items(self, value: Hashable, found: Collection[Item]) -> list[Item]:
        """Give the items in order; the caller must not change the list.

        Args:
            value: of the partition key.
            found: the items under it, now and, while `follow` is told of each change,
                whenever they are iterated again.
        """
        order = self._orders.get(value)
        if order is not None:
            return order.items()
        if len(found) <= _SORTED_ANEW:
            return sorted(found, key=self.sorting.of)
        self._orders[value] = KeyOrder(found, self.sorting.of)
        return self._orders[value].items()

    def follow(self, value: Hashable, before: Item | None, after: Item | None) -> None:
        """Follow the change of an item that stays under its key, comes or goes."""
        order = self._orders.get(value)
        if order is not None:
            order.follow(before, after)

    def forget(self, value: Hashable) -> None:
        """Give up an order: its items are gone, or held elsewhere from now on."""
        self._orders.pop(value, None)
