"""Takes an operation and what it has changed, gives the capacity that it consumed.

A read costs a unit for each 4 KB of an item, and half where it may be stale. A write
costs one for each KB of the larger of the item before and after, and the same for each
index whose entry it changes, twice where the entry moves. In a transaction everything
costs double (Developer Guide, "DynamoDB read and write operations").
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.key_schema import KeySchema
from sandbox.tables.lookups import entry_bytes, raw_attributes_of, size_of
from sandbox.tables.orders import Item
from sandbox.tables.stored_table import Change, StoredTable

RETURN_CAPACITY = "ReturnConsumedCapacity"
_READ_BYTES, _WRITE_BYTES = 4096, 1024
_READS = frozenset({"GetItem", "BatchGetItem", "TransactGetItems"})
_TRANSACTIONS = frozenset({"TransactGetItems", "TransactWriteItems"})
_SEVERAL = _TRANSACTIONS | {"BatchGetItem", "BatchWriteItem"}

Told: TypeAlias = dict[str, JsonValue]
"""A ConsumedCapacity, in DynamoDB's JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """One item that an operation reads or writes."""

    table: str
    key: Mapping[str, Any] | None = None
    """Where the item is only looked at."""
    rate: float = 1.0
    """Units for each piece of so many bytes as a unit is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """What one action costs in a table, or in one of its indexes."""

    table: str
    index: str | None = None
    units: float


def consumed(
    operation: str,
    asked: Mapping[str, Any],
    tables: Mapping[str, StoredTable],
    changes: Sequence[Change],
) -> dict[str, JsonValue]:
    """Give the member ConsumedCapacity of an operation's result; {} where none is.

    Args:
        operation: queries and scans have `consumed_by_search`.
        asked: the request, as `shapes` has read it.
        tables: by name.
        changes: what the operation has changed.
    """
    actions = _actions(operation, asked) if _is_wanted(asked) else []
    if not actions:
        return {}
    costs = (
        [_look_cost(tables, action, _READ_BYTES) for action in actions]
        if operation in _READS
        else [*_write_costs(actions, tables, changes)]
    )
    unit = "ReadCapacityUnits" if operation in _READS else "WriteCapacityUnits"
    told: list[JsonValue] = [
        _told(
            asked,
            tables[name],
            [cost for cost in costs if cost.table == name],
            unit=unit if operation in _TRANSACTIONS else "",
        )
        for name in dict.fromkeys(action.table for action in actions)
    ]
    return {"ConsumedCapacity": told if operation in _SEVERAL else told[0]}


def consumed_by_search(
    asked: Mapping[str, Any], table: StoredTable, size_bytes: int
) -> dict[str, JsonValue]:
    """Give the member ConsumedCapacity of a page of a query or scan; {} where none is.

    Args:
        asked: the request, as `shapes` has read it.
        table: the one that it names.
        size_bytes: of all that was read.
    """
    if not _is_wanted(asked):
        return {}
    units = _pieces(size_bytes, _READ_BYTES) * _read_rate(asked)
    cost = _Cost(table=table.name, index=asked.get("IndexName"), units=units)
    return {"ConsumedCapacity": _told(asked, table, [cost])}


def in_all(costs: Sequence[Mapping[str, Any]]) -> Told:
    """Add up what several operations on one table were told."""
    total: dict[str, Any] = {}
    for cost in costs:
        for name, value in cost.items():
            known = total.get(name)
            if isinstance(value, float) and known is not None:
                total[name] = known + value
            elif isinstance(value, Mapping) and known is not None:
                total[name] = in_all([known, value])
            else:
                total[name] = value
    return total


def _is_wanted(asked: Mapping[str, Any]) -> bool:
    return asked.get(RETURN_CAPACITY) in ("TOTAL", "INDEXES")


def _actions(operation: str, asked: Mapping[str, Any]) -> list[_Action]:
    """Give what an operation does item by item; nothing where it is about tables."""
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            return [_Action(table=asked["TableName"])]
        case "GetItem":
            return [*_looks(asked["TableName"], [asked["Key"]], asked)]
        case "BatchGetItem":
            reads = asked["RequestItems"].items()
            return [
                one for name, read in reads for one in _looks(name, read["Keys"], read)
            ]
        case "BatchWriteItem":
            writes = asked["RequestItems"].items()
            return [_Action(table=name) for name, several in writes for _ in several]
        case "TransactGetItems" | "TransactWriteItems":
            return [*map(_transacted, asked["TransactItems"])]
    return []


def _looks(
    table: str, keys: Iterable[Mapping[str, Any]], read: Mapping[str, Any]
) -> Iterator[_Action]:
    return (_Action(table=table, key=key, rate=_read_rate(read)) for key in keys)


def _transacted(item: Mapping[str, Mapping[str, Any]]) -> _Action:
    ((kind, action),) = item.items()
    key = action["Key"] if kind in ("Get", "ConditionCheck") else None
    return _Action(table=action["TableName"], key=key, rate=2.0)


def _read_rate(asked: Mapping[str, Any]) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def _look_cost(
    tables: Mapping[str, StoredTable], action: _Action, of_bytes: int
) -> _Cost:
    item = tables[action.table].find(action.key or {})
    units = _pieces(size_of(item) if item else 0, of_bytes) * action.rate
    return _Cost(table=action.table, units=units)


def _write_costs(
    actions: Sequence[_Action],
    tables: Mapping[str, StoredTable],
    changes: Sequence[Change],
) -> Iterator[_Cost]:
    rate = actions[0].rate  # the same for all that an operation does
    writes = Counter(action.table for action in actions if action.key is None)
    for change in changes:
        name = change.table.name
        writes[name] -= 1
        larger = max(map(size_of, filter(None, (change.before, change.after))))
        yield _Cost(table=name, units=_pieces(larger, _WRITE_BYTES) * rate)
        for index, schema in change.table.schemas.items():
            if writes_of_index := _index_writes(schema, change):
                units = writes_of_index * rate
                yield _Cost(table=name, index=index, units=units)
    for name, unchanged in writes.items():  # what was deleted was not there
        yield _Cost(table=name, units=unchanged * rate)
    for action in actions:
        if action.key is not None:
            yield _look_cost(tables, action, _WRITE_BYTES)


def _index_writes(schema: KeySchema, change: Change) -> int:
    """Give the writes of an index: none where its entry stays as it is."""
    before, after = _entry(schema, change.before), _entry(schema, change.after)
    if before == after:
        return 0
    sizes = [
        _pieces(entry_bytes(item, schema.projected), _WRITE_BYTES)
        for item, entry in ((change.before, before), (change.after, after))
        if item is not None and entry
    ]
    keys = [name for name, _ in schema.keys]
    stays = all(before.get(name) == after.get(name) for name in keys)
    return max(sizes) if stays else sum(sizes)


def _entry(schema: KeySchema, item: Item | None) -> Mapping[str, Any]:
    """Give what an index has of an item; nothing where it lacks one of the keys."""
    if item is None or any(name not in item.attrs for name, _ in schema.keys):
        return {}
    names = item.attrs if schema.projected is None else schema.projected
    return raw_attributes_of(item, names)


def _pieces(size_bytes: int, of_bytes: int) -> int:
    """Give how many pieces are begun; what is empty, or is not there, is one."""
    return max(1, math.ceil(size_bytes / of_bytes))


def _told(
    asked: Mapping[str, Any],
    table: StoredTable,
    costs: Sequence[_Cost],
    *,
    unit: str = "",
) -> Told:
    """Word what was consumed in a table.

    Args:
        asked: the request, which may want to be told of each index.
        table: the table.
        costs: all of its own.
        unit: a second name for units, that transactions have.
    """

    def told(found: Iterable[_Cost]) -> Told:
        units = sum((cost.units for cost in found), 0.0)
        return {"CapacityUnits": units, **({unit: units} if unit else {})}

    result: Told = {"TableName": table.name, **told(costs)}
    if asked[RETURN_CAPACITY] != "INDEXES":
        return result
    result["Table"] = told(cost for cost in costs if cost.index is None)
    for index, schema in table.schemas.items():
        if found := [cost for cost in costs if cost.index == index]:
            group = "Global" if schema.is_global else "Local"
            indexes: Any = result.setdefault(f"{group}SecondaryIndexes", {})
            indexes[index] = told(found)
    return result
