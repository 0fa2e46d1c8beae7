"""A table of moto's whose changes are recorded and whose partitions are found directly.

moto changes items in place, and copies a whole table to undo a transaction. Here an
item that is stored is never changed: an update works on a copy. So a list of changes
can undo an operation, copies of a table can share its items, and lookups are exact.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.item_checks import (
    check_asked_types,
    check_index_keys,
    check_table_keys,
)
from sandbox.tables.lookups import (
    Item,
    ItemKey,
    KeyOrder,
    Rows,
    index_keys,
    index_lookups,
    key_of,
    plain_key,
)
from sandbox.tables.pages import ItemFilter, ended, with_filter
from sandbox.tables.shapes import read_attribute
from sandbox.tables.windows import Bounds, window

_KEY_CONDITIONS = frozenset({"hash_key_conditions", "range_key_conditions"})
"""What a query says by name; whatever else it says there is a filter of old."""
MAX_ITEM_BYTES = 409_600
"""DynamoDB Developer Guide, "Quotas": 400 KB."""
_FIRST_SETTINGS = 5
"""Comparison, its values, limit, start key and direction."""
_QUERY_FILTER, _SCAN_FILTER = 8, 0
"""Where moto's query and scan have the filter, behind the settings named here."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item as it was and as it is; None where there was or is none."""

    table: "StoredTable"
    key: ItemKey
    before: Item | None
    after: Item | None


class StoredTable(Table):
    """moto's table.

    Args:
        name: the physical name.
        changes: a list to which each change is added; whoever owns it empties it.
        settings: as moto's table takes them.
    """

    def __new__(cls, *_args: object, **_settings: object) -> "StoredTable":
        """Make it without entering it in moto's list of all instances, which leaks."""
        return object.__new__(cls)

    def __init__(self, name: str, *, changes: list[Change], **settings: Any) -> None:
        settings["streams"] = None  # moto would keep each record for ever
        super().__init__(name, **settings)
        self._changes = changes
        self._narrowed: list[Item] | None = None
        self.filter: BoundCondition | None = None
        """What items must meet to be given by a search, while one has it."""
        self._attribute_types: dict[str, str] = {}
        kinds = (self.hash_key_type, self.range_key_type)
        self.typed_keys = tuple(
            (name, kind)
            for name, kind in zip(self.table_key_attrs, kinds, strict=False)
            if kind is not None
        )
        """The key attributes with their types: `(("_idx", "S"),)`."""
        self.rows = Rows(self.items, has_sort_key=self.has_range_key)
        self.load(())

    def __deepcopy__(self, memo: dict[int, Any]) -> "StoredTable":
        """Give itself: moto copies tables to undo a transaction, `Engine` undoes it."""
        return self

    def _get_default_encryption_key(self, account_id: str, region: str) -> str:
        """Name AWS's own key; moto would load its key service for this name."""
        return f"arn:aws:kms:{region}:{account_id}:alias/aws/dynamodb"

    @property
    def ttl_attributes(self) -> tuple[str, ...]:
        """The attribute by which items expire; empty while TTL is off."""
        is_on = self.ttl["TimeToLiveStatus"] == "ENABLED"
        return (self.ttl["AttributeName"],) if is_on else ()

    def item_of(self, row: Mapping[str, Any]) -> Item:
        """Give the item for a row in DynamoDB JSON that a table like this one held."""
        return self._sound_item(
            {name: read_attribute(value, name) for name, value in row.items()}
        )

    def _sound_item(self, attributes: Mapping[str, Any]) -> Item:
        values = {name: DynamoType(value) for name, value in attributes.items()}
        hash_key, *rest = (values[name] for name in self.table_key_attrs)
        item = Item(hash_key, rest[0] if rest else None, {})
        # moto's own dictionary measures all of itself for each attribute it takes.
        dict.update(item.attrs, values)
        return item

    # One item

    def find(self, key: Mapping[str, Any]) -> Item | None:
        """Give the item with this key in DynamoDB JSON; None where it is incomplete."""
        try:
            return self.rows.get(*[DynamoType(key[n]) for n in self.table_key_attrs])
        except KeyError:
            return None

    def at(self, key: ItemKey) -> Item | None:
        """Give the item with this key in plain values, or None."""
        types = (self.hash_key_type, self.range_key_type)
        hash_key, range_key = (
            None
            if kind is None
            else DynamoType({kind: str(value) if kind == "N" else value})
            for kind, value in zip(types, key, strict=True)
        )
        return None if hash_key is None else self.rows.get(hash_key, range_key)

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

    def put_item(
        self,
        item_attrs: dict[str, Any],
        expected: dict[str, Any] | None = None,
        condition_expression: str | None = None,
        *rest: Any,
        **more: Any,
    ) -> Item:
        """Store as moto does, and record the change.

        What is unconditional goes without moto, which measures the whole item anew
        for each attribute that it adds to it.
        """
        check_index_keys(self._index_keys, item_attrs)
        before = self.find(item_attrs)
        if expected or condition_expression:
            item = super().put_item(
                item_attrs, expected, condition_expression, *rest, **more
            )
        else:
            check_table_keys(self.typed_keys, item_attrs)
            self._validate_item_types(item_attrs)
            self._validate_key_sizes(item_attrs)
            item = self._sound_item(item_attrs)
            if item.size() > MAX_ITEM_BYTES:
                raise ItemSizeTooLarge
            self.rows.put(item)
        self._record(before, item)
        return item

    def put_sound(self, attributes: Mapping[str, Any]) -> None:
        """Store an item that is known to fit, and record the change.

        Args:
            attributes: as `shapes` reads them, the table's keys among them.
        """
        item = self._sound_item(attributes)
        before = self.rows.get(item.hash_key, item.range_key)
        self.rows.put(item)
        self._record(before, item)

    def delete_item(
        self, hash_key: DynamoType, range_key: DynamoType | None
    ) -> Item | None:
        """Delete as moto does, record the change and leave no empty partition."""
        item = self.rows.take(hash_key, range_key)
        if item is not None:
            self._record(item, None)
        return item

    def open_for_update(self, key: Mapping[str, Any]) -> None:
        """Put a copy in the item's place, for moto to change."""
        before = self.find(key)
        if before is not None:
            after = copy.deepcopy(before)
            self.rows.put(after)
            self._record(before, after)

    def _record(self, before: Item | None, after: Item | None) -> None:
        known = after or before
        if known is not None:
            self._changes.append(Change(self, key_of(known), before, after))
            self._order.follow(before, after)

    # Changes

    def load(self, items: Iterable[Item]) -> None:
        """Hold exactly these items, which another table may hold too."""
        self.rows.replace_all(items)
        self._order = KeyOrder(self.rows)
        self.reindex()

    def reindex(self) -> None:
        """Build the lookups of the secondary indexes anew."""
        # An update may name new attributes alone; those named before keep their types.
        types = self._attribute_types
        types |= {one["AttributeName"]: one["AttributeType"] for one in self.attr or ()}
        self._index_keys = tuple(
            (index.name, index_keys(index, types)) for index in self.all_indexes()
        )
        self.index_key_types = tuple(
            (key, kind) for _, keys in self._index_keys for key, kind in keys
        )
        """The key attributes of secondary indexes, each with its type."""
        self._lookups = index_lookups(self.all_indexes(), self.rows, types)

    def undo(self, change: Change) -> None:
        """Bring an item back to what it was before a change that was not kept."""
        if change.before is not None:
            self.rows.put(change.before)
        elif change.after is not None:
            self.rows.take(change.after.hash_key, change.after.range_key)
        self._order.follow(change.after, change.before)

    def keep(self, change: Change) -> None:
        """Let the secondary indexes follow a change."""
        for lookup in self._lookups.values():
            lookup.follow(change.before, change.after)

    # Many items

    def all_items(self) -> list[Item]:
        """Give the items in order of their keys: all, or those of a running query."""
        return self._order.items() if self._narrowed is None else self._narrowed

    def query(self, hash_key: DynamoType | None, *rest: Any, **more: Any) -> Any:
        """Query as moto does, over the items of one partition that can matter."""
        limit = rest[2] if len(rest) > 2 else more.get("limit")
        index_name = rest[6] if len(rest) > 6 else more.get("index_name")
        equal = more.get("hash_key_conditions") or ()
        compared = more.get("range_key_conditions") or ()
        check_asked_types(self._attribute_types, equal, compared)
        asked = None if self.filter is None else ItemFilter(self.filter)
        rest = with_filter(rest, asked, _QUERY_FILTER)
        narrowed = self._partition(hash_key, index_name)
        if narrowed and not index_name and more.keys() <= _KEY_CONDITIONS:
            bounds = _bounds(self, narrowed[0].hash_key, rest)
            narrowed = narrowed if bounds is None else window(narrowed, bounds)
        self._narrowed = narrowed
        try:
            found = super().query(hash_key, *rest, **more)
        finally:
            self._narrowed = None
        if not more.keys() <= _KEY_CONDITIONS:
            return found  # by a filter of old moto counts otherwise
        return ended(self, found, asked, limit=limit, index_name=index_name)

    def _partition(
        self, hash_key: DynamoType | None, index_name: str | None
    ) -> list[Item] | None:
        """Give the items under a partition key, or None where that is not known."""
        if hash_key is None:
            return None
        if index_name is None:
            return self.rows.partition(hash_key)
        lookup = self._lookups.get(index_name)
        return None if lookup is None else lookup.partition(hash_key)

    def has_idx_items(self, index_name: str) -> list[Item]:
        """Give the items that are in an index; moto would give others as well."""
        lookup = self._lookups.get(index_name)
        return super().has_idx_items(index_name) if lookup is None else lookup.items()

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
        asked = None if self.filter is None else ItemFilter(self.filter)
        rest = with_filter(rest, asked, _SCAN_FILTER)
        names, start = self.table_key_attrs, exclusive_start_key
        if start and not index_name and all(name in start for name in names):
            hash_key, *range_key = (DynamoType(start[n]).cast_value for n in names)
            key = (hash_key, range_key[0] if range_key else None)
            self._narrowed = self._order.items_from(key)
        try:
            found = super().scan(filters, limit, start, *rest, **more)
        finally:
            self._narrowed = None
        if filters:
            return found
        return ended(self, found, asked, limit=limit, index_name=index_name)


def _bounds(
    table: StoredTable, hash_key: DynamoType, asked: Sequence[Any]
) -> Bounds | None:
    """Give a query's bounds, or None where it is odd and moto is to see all items.

    Args:
        table: the one that is queried, not an index of it.
        hash_key: of the partition.
        asked: the query's settings from the second on, as moto's table takes them.
    """
    if not table.has_range_key or len(asked) < _FIRST_SETTINGS:
        return None
    comparison, values, limit, start, is_forward = asked[:_FIRST_SETTINGS]
    started = _started(table, hash_key, start) if start else ()
    if started is None:
        return None
    if any(value.type != table.range_key_type for value in (*values, *started)):
        return None
    return Bounds(
        comparison=comparison,
        values=tuple(map(plain_key, values)),
        start=plain_key(started[0]) if started else None,
        limit=limit,
        is_forward=is_forward is not False,
    )


def _started(
    table: StoredTable, hash_key: DynamoType, start: Mapping[str, Any]
) -> tuple[DynamoType] | None:
    """Give the sort key of a start key; None where it is not of this partition."""
    if start.keys() != {*table.table_key_attrs}:
        return None
    partition, sort_key = (DynamoType(start[name]) for name in table.table_key_attrs)
    return (sort_key,) if partition == hash_key else None
