"""Finds items of a table: by key, and by secondary index.

moto sorts and visits every item of a table for each query; here each of these is kept
up to date with the changes instead.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import SecondaryIndex
from moto.dynamodb.models.utilities import dynamo_to_dict

from sandbox.json_value import JsonValue
from sandbox.tables.attribute_json import SCALAR_TYPES, write_attribute
from sandbox.tables.item_sizes import bytes_of
from sandbox.tables.key_schema import KeySchema
from sandbox.tables.orders import ItemKey, KeyOrder, PartitionOrders, Sorting, key_of

PartitionValues: TypeAlias = tuple[DynamoType, ...]
"""The values of partition keys: one, but for indexes that have several."""
KEY_TYPES = frozenset({"S", "N", "B"})
"""Those that a key of a table or an index can have."""


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


def size_of(item: Item) -> int:
    """Give an item's size in bytes; it is measured once, as no item changes.

    Raises:
        UnicodeEncodeError: a text has half a surrogate pair.
    """
    known: int | None = vars(item).get("size_bytes")
    if known is None:
        attributes = raw_attributes_of(item, item.attrs)
        known = vars(item)["size_bytes"] = bytes_of(attributes)
    return known


def entry_bytes(item: Item, names: Iterable[str] | None) -> int:
    """Give the size of what an index has of an item; None stands for all of it."""
    return size_of(item) if names is None else bytes_of(raw_attributes_of(item, names))


def raw_attributes_of(item: Item, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give those of an item's attributes that it has, as `shapes` reads them."""
    attributes = item.attrs
    return {
        name: dynamo_to_dict(attributes[name]) for name in names if name in attributes
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

    def partition(self, hash_key: DynamoType) -> Collection[Item]:
        """Give the items of one partition key, in no order."""
        found: Any = self._items.get(hash_key)
        if found is None:
            return ()
        items: Collection[Item] = found.values() if self._has_sort_key else (found,)
        return items

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


class Ordered(Protocol):
    """Items in order: a table's, or those of one of its indexes."""

    sorting: Sorting

    def items(self) -> list[Item]:
        """Give all items; the caller must not change the list."""
        ...

    def partition(self, values: PartitionValues) -> list[Item]:
        """Give the items under a key; the caller must not change the list."""
        ...


class TableOrder:
    """The items of a table in order: all of them, and those of one partition.

    Args:
        rows: the table's items.
        sorting: how the items under one partition key are sorted.
    """

    def __init__(self, rows: Rows, sorting: Sorting) -> None:
        self.sorting = sorting
        self._rows = rows
        self._whole = KeyOrder(rows)
        self._partitions = PartitionOrders(sorting)

    def items(self) -> list[Item]:
        """Give all items; the caller must not change the list."""
        return self._whole.items()

    def partition(self, values: PartitionValues) -> list[Item]:
        """Give the items under a key in order; the caller must not change them."""
        (value,) = values
        return self._partitions.items(value, self._rows.partition(value))

    def follow(self, before: Item | None, after: Item | None) -> None:
        """Follow the change of one item, which the rows have seen already."""
        known = before or after
        if known is None:
            return
        self._whole.follow(before, after)
        if self._rows.partition(known.hash_key):
            self._partitions.follow(known.hash_key, before, after)
        else:
            self._partitions.forget(known.hash_key)


class IndexLookup:
    """The items of one secondary index by its partition key.

    An item without one of the index's keys, or with one of another type, is not in it
    (DynamoDB Developer Guide, "Detecting and correcting index key violations").

    Args:
        schema: the index's keys.
        sorting: how the items under one partition key are sorted.
        rows: the table's items.
    """

    def __init__(
        self, schema: KeySchema, sorting: Sorting, rows: Iterable[Item]
    ) -> None:
        self._keys = schema.keys
        self.sorting = sorting
        self._items: dict[PartitionValues, dict[ItemKey, Item]] = {}
        self._orders = PartitionOrders(sorting)
        for item in rows:
            self.follow(None, item)

    def partition(self, values: PartitionValues) -> list[Item]:
        """Give the items under a key in order; the caller must not change them."""
        found = self._items.get(values)
        return [] if found is None else self._orders.items(values, found.values())

    def items(self) -> list[Item]:
        """Give all items in order."""
        found = (item for known in self._items.values() for item in known.values())
        return sorted(found, key=self.sorting.whole)

    def follow(self, before: Item | None, after: Item | None) -> None:
        """Follow the change of one item, which may have no key for this index."""
        if before is not None and (value := self._value_of(before)) is not None:
            self._take(value, before)
        if after is not None and (value := self._value_of(after)) is not None:
            self._items.setdefault(value, {})[key_of(after)] = after
            self._orders.follow(value, None, after)

    def _value_of(self, item: Item) -> PartitionValues | None:
        """Give the partition key of an item that is in the index, else None."""
        for name, kind in self._keys:
            value: DynamoType | None = item.attrs.get(name)
            if value is None or value.type != kind:
                return None
        return tuple(item.attrs[name] for name in self.sorting.partition_keys)

    def _take(self, value: PartitionValues, item: Item) -> None:
        partition = self._items[value]
        del partition[key_of(item)]
        if not partition:
            del self._items[value]
            self._orders.forget(value)
        else:
            self._orders.follow(value, item, None)


def schema_of(
    index: SecondaryIndex,
    types: Mapping[str, str],
    table_keys: Sequence[str],
    *,
    is_global: bool,
) -> KeySchema:
    """Give the keys of an index with their types, and what it projects."""
    keys = {
        kind: tuple((name, types[name]) for name in _names(index.schema, kind))
        for kind in ("HASH", "RANGE")
    }
    projection = index.projection or {}
    projected: frozenset[str] | None = None
    if projection.get("ProjectionType") in ("KEYS_ONLY", "INCLUDE"):
        own = [name for of_kind in keys.values() for name, _ in of_kind]
        projected = frozenset(
            (*table_keys, *own, *projection.get("NonKeyAttributes", ()))
        )
    return KeySchema(
        partition=keys["HASH"],
        sort=keys["RANGE"],
        is_global=is_global,
        projected=projected,
    )


def index_lookup(
    schema: KeySchema, table_keys: Sequence[str], rows: Iterable[Item]
) -> IndexLookup:
    """Give the items of an index; those of one place are in the table's order."""
    first = [name for name, _ in schema.sort] or [table_keys[-1]]
    partition_keys = tuple(name for name, _ in schema.partition)
    return IndexLookup(schema, Sorting(partition_keys, (*first, *table_keys)), rows)


def _names(schema: Iterable[Mapping[str, str]], kind: str) -> list[str]:
    return [key["AttributeName"] for key in schema if key["KeyType"] == kind]
