"""A table of moto's whose changes are recorded and whose partitions are found directly.

moto changes items in place, and copies a whole table to undo a transaction. Here an
item that is stored is never changed: an update stores another. So a list of changes
can undo an operation, copies of a table can share its items, and lookups are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sandbox.tables.attribute_json import (
    MAX_NESTING_LEVELS,
    levels_of,
    read_attribute,
)
from sandbox.tables.errors import validation_error
from sandbox.tables.item_checks import check_updated_keys
from sandbox.tables.item_sizes import MAX_ITEM_BYTES, bytes_of
from sandbox.tables.key_schema import KeySchema, KeyTypes, TableKeys
from sandbox.tables.lookups import (
    Ordered,
    Rows,
    TableOrder,
    index_lookup,
    schema_of,
    size_of,
)
from sandbox.tables.orders import (
    Item,
    ItemKey,
    Sorting,
    key_of,
)

_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"


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
        self._attribute_types: dict[str, str] = {}
        kinds = (self.hash_key_type, self.range_key_type)
        self.typed_keys: KeyTypes = tuple(
            (name, kind)
            for name, kind in zip(self.table_key_attrs, kinds, strict=False)
            if kind is not None
        )
        """The key attributes with their types: `(("_idx", "S"),)`."""
        self.key_schema = KeySchema(
            partition=self.typed_keys[:1], sort=self.typed_keys[1:]
        )
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
        return _sound_item(
            self.table_key_attrs,
            {name: read_attribute(value, name) for name, value in row.items()},
        )

    # One item

    def find(self, key: Mapping[str, Any]) -> Item | None:
        """Give the item with this key in DynamoDB JSON, or None."""
        return self.rows.get(*[DynamoType(key[n]) for n in self.table_key_attrs])

    def at(self, key: ItemKey) -> Item | None:
        """Give the item with this key in plain values, or None."""
        return self.rows.get(
            *[
                DynamoType({kind: str(value) if kind == "N" else value})
                for (_, kind), value in zip(self.typed_keys, key, strict=False)
            ]
        )

    def get_item(
        self,
        hash_key: DynamoType,
        range_key: DynamoType | None = None,
        projection_expression: list[list[str]] | None = None,
    ) -> Item | None:
        """Look up as moto does, which would leave an empty partition behind."""
        return self.rows.get(hash_key, range_key)

    def check_size(self, attributes: Mapping[str, Any]) -> None:
        """Refuse an item that is larger than items may be; `asked_keys` sees to keys.

        Args:
            attributes: as `shapes` reads them.

        Raises:
            ItemSizeTooLarge: it is.
            UnicodeEncodeError: a text has half a surrogate pair.
        """
        if bytes_of(attributes) > MAX_ITEM_BYTES:
            raise ItemSizeTooLarge

    def put_sound(self, attributes: Mapping[str, Any]) -> None:
        """Store an item that is known to fit, and record the change.

        Args:
            attributes: as `shapes` reads them, the table's keys among them.
        """
        item = _sound_item(self.table_key_attrs, attributes)
        before = self.rows.get(item.hash_key, item.range_key)
        self.rows.put(item)
        self._record(key_of(item), before, item)

    def delete_item(
        self, hash_key: DynamoType, range_key: DynamoType | None
    ) -> Item | None:
        """Delete as moto does, record the change and leave no empty partition."""
        item = self.rows.take(hash_key, range_key)
        if item is not None:
            self._record(key_of(item), item, None)
        return item

    def put_changed(
        self, key: Mapping[str, Any], changed: Mapping[str, dict[str, Any] | None]
    ) -> None:
        """Store what an update makes of the item with a key, and record the change.

        Args:
            key: in DynamoDB JSON; the item need not be there.
            changed: attributes other than the key's; None for those that are gone.

        Raises:
            TableError: the item is too large or too deep, or has a key of an index of
                another type.
        """
        values = {name: value for name, value in changed.items() if value is not None}
        check_updated_keys(self.schemas, values)
        if any(levels_of(value) >= MAX_NESTING_LEVELS for value in values.values()):
            raise validation_error("Nesting Levels have exceeded supported limits")
        before = self.find(key)
        if before is None:
            after = _sound_item(self.table_key_attrs, {**key, **values})
        else:
            new = {name: DynamoType(value) for name, value in values.items()}
            attributes = {**before.attrs, **new}
            for gone in changed.keys() - new.keys():
                attributes.pop(gone, None)
            after = _item(before.hash_key, before.range_key, attributes)
        if size_of(after) > MAX_ITEM_BYTES:
            raise validation_error(_TOO_LARGE)
        self.rows.put(after)
        self._record(key_of(after), before, after)

    def _record(self, key: ItemKey, before: Item | None, after: Item | None) -> None:
        self._changes.append(Change(self, key, before, after))
        self._order.follow(before, after)

    # Changes

    def load(self, items: Iterable[Item]) -> None:
        """Hold exactly these items, which another table may hold too."""
        self.rows.replace_all(items)
        sorting = Sorting((self.hash_key_attr,), tuple(self.table_key_attrs[1:]))
        self._order = TableOrder(self.rows, sorting)
        self.reindex()

    def reindex(self) -> None:
        """Build the lookups of the secondary indexes anew."""
        # An update may name new attributes alone; those named before keep their types.
        types = self._attribute_types
        types |= {one["AttributeName"]: one["AttributeType"] for one in self.attr or ()}
        self.schemas = {
            index.name: schema_of(
                index,
                types,
                self.table_key_attrs,
                is_global=index in self.global_indexes,
            )
            for index in self.all_indexes()
        }
        """The keys of each secondary index, and what it has."""
        self.keys = TableKeys(own=self.key_schema, indexes=self.schemas)
        """Its own, and its indexes'."""
        self.index_key_types = tuple(
            key for schema in self.schemas.values() for key in schema.keys
        )
        """The key attributes of secondary indexes, each with its type."""
        self._lookups = {
            name: index_lookup(schema, self.table_key_attrs, self.rows)
            for name, schema in self.schemas.items()
        }

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

    def ordered(self, index_name: str | None) -> Ordered:
        """Give the items of an index in order, or the table's."""
        return self._lookups[index_name] if index_name else self._order

    def start_keys(self, index_name: str | None) -> tuple[str, ...]:
        """Give the names in a start key: the table's keys, then the index's."""
        schema = self.schemas[index_name] if index_name else self.key_schema
        return (*self.table_key_attrs, *(name for name, _ in schema.keys))


def _sound_item(key_names: Sequence[str], attributes: Mapping[str, Any]) -> Item:
    """Make an item of attributes that are known to fit."""
    values = {name: DynamoType(value) for name, value in attributes.items()}
    hash_key, *rest = (values[name] for name in key_names)
    return _item(hash_key, rest[0] if rest else None, values)


def _item(
    hash_key: DynamoType,
    range_key: DynamoType | None,
    attributes: Mapping[str, DynamoType],
) -> Item:
    item = Item(hash_key, range_key, {})
    # moto's own dictionary measures all of itself for each attribute it takes.
    dict.update(item.attrs, attributes)
    return item
