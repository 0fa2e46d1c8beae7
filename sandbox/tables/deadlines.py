"""Takes the changes of tables, says which of their items are due, and when the next is.

One `ExpiryIndex` a table that expires, so that a change of one table's settings looks
at that table's rows only.
"""

from collections.abc import Callable, Iterable, Mapping

from sandbox.tables.expiry import ExpiryIndex, ExpiryPolicy, expires_epoch
from sandbox.tables.lookups import attributes_of
from sandbox.tables.orders import Item, ItemKey, key_of
from sandbox.tables.stored_table import Change, StoredTable


class Deadlines:
    """When items expire. Not safe between threads.

    Args:
        now_epoch: gives the time of day; an expiry time more than five years back at
            the time of a write never counts.
    """

    def __init__(self, *, now_epoch: Callable[[], float]) -> None:
        self._now_epoch = now_epoch
        self._policy = ExpiryPolicy()
        self._tables: dict[str, StoredTable] = {}
        self._attributes: dict[str, tuple[str, ...]] = {}
        self._indexes: dict[str, ExpiryIndex[ItemKey]] = {}

    @property
    def next_due_epoch(self) -> float | None:
        """When the next item is due, or None where none ever is."""
        times = [index.next_due_epoch for index in self._indexes.values()]
        return min((time for time in times if time is not None), default=None)

    def watch(
        self,
        tables: Mapping[str, StoredTable],
        *,
        logical_names: Mapping[str, str],
        policy: ExpiryPolicy,
    ) -> None:
        """Follow these tables from now on; look through those that are new or changed.

        Args:
            tables: by physical name.
            logical_names: the manifest's name by physical name, where it has one.
            policy: names further TTL attributes by logical name, and the lag.
        """
        known = self._tables if policy.lag_seconds == self._policy.lag_seconds else {}
        self._policy = policy
        before, self._attributes = self._attributes, {}
        for name, table in tables.items():
            extra = policy.extra_attributes.get(logical_names.get(name, name), ())
            names = tuple(dict.fromkeys((*table.ttl_attributes, *extra)))
            if not names:
                continue
            self._attributes[name] = names
            if known.get(name) is not table or before.get(name) != names:
                self._look_through(table)
        self._tables = dict(tables)
        self._indexes = {name: self._indexes[name] for name in self._attributes}

    def follow(self, changes: Iterable[Change]) -> None:
        """Note when the items that changed are due now."""
        for change in changes:
            if change.table.name in self._indexes:
                self._note(change.table, change.key, change.after)

    def due(self, now_epoch: float) -> dict[str, tuple[ItemKey, ...]]:
        """Give the keys that are due, by table, and forget them."""
        found = {name: index.due(now_epoch) for name, index in self._indexes.items()}
        return {name: keys for name, keys in found.items() if keys}

    def _look_through(self, table: StoredTable) -> None:
        self._indexes[table.name] = ExpiryIndex()
        for item in table.rows:
            self._note(table, key_of(item), item)

    def _note(self, table: StoredTable, key: ItemKey, item: Item | None) -> None:
        due = None
        if item is not None:
            names = self._attributes[table.name]
            values = attributes_of(item, names)
            due = expires_epoch(values, names, now_epoch=self._now_epoch())
        if due is not None:
            due += self._policy.lag_seconds
        self._indexes[table.name].set(key, due)
