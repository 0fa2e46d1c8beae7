"""Finds items of a table: by key, in the order of keys, and by secondary index.

moto sorts and visits every item of a table for each query; here each of these is kept
up to date with the changes instead.
"""

import bisect
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import SecondaryIndex
from moto.dynamodb.models.utilities import dynamo_to_dict

from sandbox.json_value import JsonValue
from sandbox.tables.shapes import SCALAR_TYPES, write_attribute

__all__ = [
    "KEY_TYPES",
    "IndexLookup",
    "Item",
    "ItemKey",
    "KeyOrder",
    "KeyValue",
    "Rows",
    "attributes_of",
    "index_keys",
    "index_lookups",
    "key_of",
    "plain_key",
    "sort_key_of",
]

KeyValue: TypeAlias = str | bytes | Decimal
ItemKey: TypeAlias = tuple[KeyValue, KeyValue | None]
"""The values of an item's partition key and sort key, which compare fast."""

KEY_TYPES = frozenset({"S", "N", "B"})
"""Those that a key of a table or an index can have."""
_MAX_WAITING = 1000


def key_of(item: Item) -> ItemKey:
    """Give an item's key as plain values."""
    sort_key = item.range_key
    return plain_key(item.hash_key), None if sort_key is None else plain_key(sort_key)


def sort_key_of(item: Item) -> KeyValue:
    """Give the sort key of an item of a table that has one."""
    sort_key: Any = item.range_key
    return plain_key(sort_key)


def plain_key(value: DynamoType) -> KeyValue:
    """Do what `DynamoType.cast_value` does, for the types that a key can have."""
    plain: KeyValue = Decimal(value.value) if value.type == "N" else value.value
    return plain


def attributes_of(
    item: Item, names: Iterable[str] | None = None
) -> dict[str, JsonValue]:
    """Give an item's attributes, or those of `names`, in DynamoDB JSON."""
    attributes = item.attrs
    return {
        name: _as_json(attributes[name])
        for name in (attributes if names is None else names)
        if name in attributes
    }


def _as_json(value: DynamoType) -> dict[str, JsonValue]:
    if value.type in SCALAR_TYPES:
        return {value.type: value.value}
    return write_attribute(dynamo_to_dict(value))


class Rows:
    """The items of a table in the form in which moto holds them.

    Args:
        items: moto's own dictionary: items by partition key, and under it by sort key
            where the table has one.
        has_sort_key: whether it has.
    """

    def __init__(self, items: dict[Any, Any], *, has_sort_key: bool) -> None:
        self._items = items
        self._has_sort_key = has_sort_key

    def __iter__(self) -> Iterator[Item]:
        for partition in self._items.values():
            if self._has_sort_key:
                yield from partition.values()
            else:
                yield partition

    def get(
        self, hash_key: DynamoType, range_key: DynamoType | None = None
    ) -> Item | None:
        """Give the item with this key, or None."""
        found: Any = self._items.get(hash_key)
        if found is not None and range_key is not None:
            found = found.get(range_key)
        item: Item | None = found
        return item

    def partition(self, hash_key: DynamoType) -> list[Item]:
        """Give the items of one partition key, in order of their sort keys."""
        found = self._items.get(hash_key)
        if found is None:
            return []
        return (
            sorted(found.values(), key=sort_key_of) if self._has_sort_key else [found]
        )

    def put(self, item: Item) -> None:
        """Store an item in the place of its key."""
        if item.range_key is not None:
            self._items.setdefault(item.hash_key, {})[item.range_key] = item
        else:
            self._items[item.hash_key] = item

    def take(self, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
        """Take an item out and give it, or None; leave no empty partition behind."""
        if range_key is None:
            alone: Item | None = self._items.pop(hash_key, None)
            return alone
        partition = self._items.get(hash_key, {})
        item: Item | None = partition.pop(range_key, None)
        if not partition:
            self._items.pop(hash_key, None)
        return item

    def replace_all(self, items: Iterable[Item]) -> None:
        """Hold exactly these items, which other tables may hold too."""
        self._items.clear()
        for item in items:
            self.put(item)


class KeyOrder:
    """All items of a table in the order of their keys, once somebody asked for it.

    Changes wait until somebody asks again, as each moves what lies behind it. An order
    that nobody asks for any more is given up after a while.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._in_order: list[Item] | None = None
        self._waiting: list[tuple[Item | None, Item | None]] = []

    def items(self) -> list[Item]:
        """Give all items; the caller must not change the list."""
        if self._in_order is None:
            self._in_order = sorted(self._rows, key=key_of)
        for before, after in self._waiting:
            self._change(self._in_order, before, after)
        self._waiting.clear()
        return self._in_order

    def items_from(self, key: ItemKey) -> list[Item]:
        """Give the items at and after a key."""
        items = self.items()
        return items[bisect.bisect_left(items, key, key=key_of) :]

    def follow(self, before: Item | None, after: Item | None) -> None:
        """Follow the change of one item."""
        if self._in_order is None:
            return
        self._waiting.append((before, after))
        if len(self._waiting) > _MAX_WAITING:
            self._in_order = None
            self._waiting.clear()

    @staticmethod
    def _change(items: list[Item], before: Item | None, after: Item | None) -> None:
        known = after or before
        if known is not None:
            place = bisect.bisect_left(items, key_of(known), key=key_of)
            items[place : place + (before is not None)] = [after] if after else []


class IndexLookup:
    """The items of one secondary index by its partition key.

    An item without one of the index's keys, or with one of another type, is not in it
    (DynamoDB Developer Guide, "Detecting and correcting index key violations").

    Args:
        keys: the index's key attributes with their types, the partition key first.
        rows: the table's items.
    """

    def __init__(self, keys: Mapping[str, str], rows: Iterable[Item]) -> None:
        self._keys = keys
        self._attribute = next(iter(keys))
        self._items: dict[DynamoType, dict[ItemKey, Item]] = {}
        for item in rows:
            self.follow(None, item)

    def partition(self, value: DynamoType) -> list[Item]:
        """Give the items with this value, in order of the table's keys."""
        return sorted(self._items.get(value, {}).values(), key=key_of)

    def items(self) -> list[Item]:
        """Give all items in order of the table's keys."""
        found = (item for known in self._items.values() for item in known.values())
        return sorted(found, key=key_of)

    def follow(self, before: Item | None, after: Item | None) -> None:
        """Follow the change of one item, which may have no key for this index."""
        if before is not None and (value := self._value_of(before)) is not None:
            self._take(value, key_of(before))
        if after is not None and (value := self._value_of(after)) is not None:
            self._items.setdefault(value, {})[key_of(after)] = after

    def _value_of(self, item: Item) -> DynamoType | None:
        """Give the partition key of an item that is in the index, else None."""
        for name, kind in self._keys.items():
            value: DynamoType | None = item.attrs.get(name)
            if value is None or value.type != kind:
                return None
        found: DynamoType = item.attrs[self._attribute]
        return found

    def _take(self, value: DynamoType, key: ItemKey) -> None:
        partition = self._items.get(value, {})
        partition.pop(key, None)
        if not partition:
            self._items.pop(value, None)


def index_keys(
    index: SecondaryIndex, types: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Give the key attributes of an index with their types, partition keys first."""
    names = _names(index.schema, "HASH") + _names(index.schema, "RANGE")
    return tuple((name, types[name]) for name in names)


def index_lookups(
    indexes: Iterable[SecondaryIndex], rows: Rows, types: Mapping[str, str]
) -> Mapping[str, IndexLookup]:
    """Give a lookup for each index, by name.

    An index of several partition keys gets none; moto then visits all items.

    Args:
        indexes: of one table.
        rows: the table's.
        types: of the attributes that are keys anywhere.
    """
    return {
        index.name: IndexLookup(dict(index_keys(index, types)), rows)
        for index in indexes
        if len(_names(index.schema, "HASH")) == 1
    }


def _names(schema: Iterable[Mapping[str, str]], kind: str) -> list[str]:
    return [key["AttributeName"] for key in schema if key["KeyType"] == kind]
