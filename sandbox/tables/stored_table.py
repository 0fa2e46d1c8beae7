"""A table of moto's whose changes are recorded and whose partitions are found directly.

moto's own table sorts and visits every item for each query, changes items in place, and
copies the whole table to undo a transaction. Here an item that is stored is never
changed: an update works on a copy. So a list of changes can undo an operation, copies
of a table can share its items, and lookups are kept up to date.
"""

import bisect
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict

from sandbox.json_value import JsonValue
from sandbox.tables.shapes import write_attribute

__all__ = ["Change", "Item", "ItemKey", "StoredTable"]

KeyValue: TypeAlias = str | bytes | Decimal
ItemKey: TypeAlias = tuple[KeyValue, KeyValue | None]
"""The values of an item's partition key and sort key."""
Lookup: TypeAlias = dict[DynamoType, dict[ItemKey, Item]]
"""Items by the value of an index's partition key."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item as it was and as it is; None where there was or is none."""

    table: "StoredTable"
    key: ItemKey
    before: Item | None
    after: Item | None


class StoredTable(Table):
    """moto's table, with its changes recorded and its partitions found directly."""

    def __new__(cls, *_args: object, **_settings: object) -> "StoredTable":
        """Make it without entering it in moto's list of all instances, which leaks."""
        return object.__new__(cls)

    def __init__(self, name: str, *, changes: list[Change], **settings: Any) -> None:
        settings["streams"] = None  # moto would keep each record for ever
        super().__init__(name, **settings)
        self._changes = changes
        self._in_order: list[Item] | None = None
        self._narrowed: list[Item] | None = None
        self._by_index: dict[str, tuple[str, Lookup]] = {}
        self.index_all()

    @property
    def _rows(self) -> Any:
        """Items by partition key, and under it by sort key where there is one."""
        return self.items

    def __deepcopy__(self, memo: dict[int, Any]) -> "StoredTable":
        """Give itself: moto copies tables to undo a transaction, `Engine` undoes it."""
        return self

    def _get_default_encryption_key(self, account_id: str, region: str) -> str:
        """Name AWS's own key; moto would load its key service for this name."""
        return f"arn:aws:kms:{region}:{account_id}:alias/aws/dynamodb"

    # Time to live

    @property
    def ttl_attributes(self) -> tuple[str, ...]:
        """The attribute by which items expire; empty while TTL is off."""
        is_on = self.ttl["TimeToLiveStatus"] == "ENABLED"
        return (self.ttl["AttributeName"],) if is_on else ()

    def disable_ttl(self) -> None:
        """Turn expiry off."""
        self.ttl = {"TimeToLiveStatus": "DISABLED"}

    # Items

    def find(self, key: Mapping[str, Any]) -> Item | None:
        """Give the item with this key, or None, also where the key is incomplete."""
        if any(name not in key for name in self.table_key_attrs):
            return None
        found = self._rows.get(DynamoType(key[self.hash_key_attr]))
        if found is not None and self.range_key_attr is not None:
            found = found.get(DynamoType(key[self.range_key_attr]))
        return found  # type: ignore[no-any-return]  # by `_rows`

    def at(self, key: ItemKey) -> Item | None:
        """Give the item with this key, or None."""
        names = (self.hash_key_attr, self.range_key_attr)
        types = (self.hash_key_type, self.range_key_type)
        return self.find(
            {
                name: {kind: str(value) if kind == "N" else value}
                for name, kind, value in zip(names, types, key, strict=True)
                if name is not None
            }
        )

    def key_of(self, item: Item) -> ItemKey:
        """Give the key as plain values, which compare faster than moto's."""
        sort_key = item.range_key.cast_value if item.range_key else None
        return item.hash_key.cast_value, sort_key

    def key_attributes(self, item: Item) -> dict[str, JsonValue]:
        """Give the item's key in DynamoDB JSON."""
        return self.attributes(item, self.table_key_attrs)

    def attributes(
        self, item: Item, names: Iterable[str] | None = None
    ) -> dict[str, JsonValue]:
        """Give an item's attributes, or those of `names`, in DynamoDB JSON."""
        chosen = item.attrs if names is None else names
        return {
            name: write_attribute(dynamo_to_dict(item.attrs[name]))
            for name in chosen
            if name in item.attrs
        }

    def get_item(
        self,
        hash_key: DynamoType,
        range_key: DynamoType | None = None,
        projection_expression: list[list[str]] | None = None,
    ) -> Item | None:
        """Look up as moto does, but leave no empty partition behind."""
        if range_key is not None and hash_key not in self.items:
            return None
        return super().get_item(hash_key, range_key, projection_expression)

    def put_item(self, item_attrs: dict[str, Any], *rest: Any, **more: Any) -> Item:
        """Store as moto does, and record the change."""
        before = self.find(item_attrs)
        item = super().put_item(item_attrs, *rest, **more)
        self._record(before, item)
        return item

    def delete_item(
        self, hash_key: DynamoType, range_key: DynamoType | None
    ) -> Item | None:
        """Delete as moto does, record the change and leave no empty partition."""
        item = self._take_out(hash_key, range_key)
        if item is not None:
            self._record(item, None)
        return item

    def open_for_update(self, key: Mapping[str, Any]) -> None:
        """Put a copy in the item's place, for moto to change."""
        before = self.find(key)
        if before is not None:
            after = copy.deepcopy(before)
            self._put_in(after)
            self._record(before, after)

    def undo(self, change: Change) -> None:
        """Bring an item back to what it was before a change of this table."""
        if change.before is not None:
            self._put_in(change.before)
        elif change.after is not None:
            self._take_out(change.after.hash_key, change.after.range_key)
        self._reorder(change.after, change.before)

    def load(self, items: Iterable[Item]) -> None:
        """Hold exactly these items, which may be shared with another table."""
        self.items.clear()
        for item in items:
            self._put_in(item)
        self._in_order = None
        self.index_all()

    def _put_in(self, item: Item) -> None:
        if item.range_key is not None:
            self._rows[item.hash_key][item.range_key] = item
        else:
            self._rows[item.hash_key] = item

    def _take_out(
        self, hash_key: DynamoType, range_key: DynamoType | None
    ) -> Item | None:
        item = super().delete_item(hash_key, range_key)
        if self.has_range_key and not self._rows.get(hash_key, True):
            del self._rows[hash_key]
        return item

    def _record(self, before: Item | None, after: Item | None) -> None:
        known = after or before
        if known is not None:
            self._changes.append(Change(self, self.key_of(known), before, after))
            self._reorder(before, after)

    def _reorder(self, before: Item | None, after: Item | None) -> None:
        """Follow a change in the order of keys, where that is known."""
        known = after or before
        if self._in_order is None or known is None:
            return
        key = self.key_of(known)
        place = bisect.bisect_left(self._in_order, key, key=self.key_of)
        self._in_order[place : place + (before is not None)] = [after] if after else []

    # Reading

    def all_items(self) -> list[Item]:
        """Give the items in order of their keys: all, or those of a running query."""
        if self._narrowed is not None:
            return self._narrowed
        if self._in_order is None:
            self._in_order = self._sorted(self.items_unordered())
        return self._in_order

    def query(self, hash_key: DynamoType | None, *rest: Any, **more: Any) -> Any:
        """Query as moto does, over the one partition that can match."""
        index_name = rest[6] if len(rest) > 6 else more.get("index_name")
        self._narrowed = self._partition(hash_key, index_name)
        try:
            return super().query(hash_key, *rest, **more)
        finally:
            self._narrowed = None

    def scan(
        self,
        filters: dict[str, Any],
        limit: int,
        exclusive_start_key: dict[str, Any],
        *rest: Any,
        **more: Any,
    ) -> Any:
        """Scan as moto does, from the start key on instead of looking for it."""
        index_name = rest[1] if len(rest) > 1 else more.get("index_name")
        if exclusive_start_key and not index_name:
            self._narrowed = self._from(exclusive_start_key)
        try:
            return super().scan(filters, limit, exclusive_start_key, *rest, **more)
        finally:
            self._narrowed = None

    def _from(self, start: Mapping[str, Any]) -> list[Item] | None:
        """Give the items at and after a key, or None where the key is incomplete."""
        if any(name not in start for name in self.table_key_attrs):
            return None
        hash_key, *range_key = (
            DynamoType(start[name]).cast_value for name in self.table_key_attrs
        )
        key = (hash_key, range_key[0] if range_key else None)
        items = self.all_items()
        return items[bisect.bisect_left(items, key, key=self.key_of) :]

    def _partition(
        self, hash_key: DynamoType | None, index_name: str | None
    ) -> list[Item] | None:
        """Give the items under a partition key, or None where that is not known."""
        if hash_key is None:
            return None
        if index_name is not None:
            if index_name not in self._by_index:
                return None
            lookup = self._by_index[index_name][1]
            return self._sorted(lookup.get(hash_key, {}).values())
        found = self._rows.get(hash_key)
        if found is None:
            return []
        return self._sorted(found.values()) if self.has_range_key else [found]

    def items_unordered(self) -> Iterator[Item]:
        """Give all items, as cheaply as can be."""
        for partition in self._rows.values():
            if self.has_range_key:
                yield from partition.values()
            else:
                yield partition

    def _sorted(self, items: Iterable[Item]) -> list[Item]:
        return sorted(items, key=self.key_of)

    # Secondary indexes

    def index_all(self) -> None:
        """Build the lookup of each secondary index anew.

        An index of several partition keys gets none: moto then visits all items.
        """
        self._by_index = {
            index.name: (hash_keys[0], {})
            for index in self.all_indexes()
            if len(hash_keys := _hash_keys(index.schema)) == 1
        }
        for item in self.items_unordered():
            self.index(None, item)

    def index(self, before: Item | None, after: Item | None) -> None:
        """Follow a change in the lookups of the secondary indexes."""
        for attribute, lookup in self._by_index.values():
            if before is not None and attribute in before.attrs:
                _discard(lookup, before.attrs[attribute], self.key_of(before))
            if after is not None and attribute in after.attrs:
                value = after.attrs[attribute]
                lookup.setdefault(value, {})[self.key_of(after)] = after


def _hash_keys(schema: Iterable[Mapping[str, str]]) -> list[str]:
    return [key["AttributeName"] for key in schema if key["KeyType"] == "HASH"]


def _discard(lookup: Lookup, value: DynamoType, key: ItemKey) -> None:
    partition = lookup.get(value)
    if partition is not None:
        partition.pop(key, None)
        if not partition:
            del lookup[value]
