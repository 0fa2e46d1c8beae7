"""Takes a get or a put of a whole item, carries it out; what is not plain is moto's.

They are what handlers ask for most, sessions above all; moto parses expressions that
are not there. Where a request might be refused, it is left to moto's own path, so that
errors are made in one place.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.json_value import JsonValue
from sandbox.tables.item_sizes import MAX_ITEM_BYTES, bytes_of
from sandbox.tables.lookups import KEY_TYPES, attributes_of
from sandbox.tables.stored_table import StoredTable

_GET = frozenset({"TableName", "Key", "ConsistentRead"})
_PUT = frozenset({"TableName", "Item"})

_MAX_KEY_CHARACTERS = 256
"""A sort key has at most 1024 bytes, and a character at most four."""


def get_plainly(
    table: StoredTable, request: Mapping[str, Any]
) -> dict[str, JsonValue] | None:
    """Give the result of a GetItem, or None where it is moto's to answer.

    Args:
        table: the one that the request names.
        request: as `shapes` has read it.
    """
    key: Mapping[str, Any] = request["Key"]
    if not request.keys() <= _GET or len(key) != len(table.typed_keys):
        return None
    if not _has_types(key, table.typed_keys):
        return None
    if not all(map(_is_key_value, key.values())):
        return None
    item = table.find(key)
    return {} if item is None else {"Item": attributes_of(item)}


def put_plainly(
    table: StoredTable, request: Mapping[str, Any]
) -> dict[str, JsonValue] | None:
    """Store the item of a PutItem and give the result, or None where it is moto's.

    Args:
        table: the one that the request names.
        request: as `shapes` has read it.
    """
    item: Mapping[str, Any] = request["Item"]
    if not request.keys() <= _PUT or not _has_sound_keys(table, item):
        return None
    if not _is_small(item):
        return None
    table.put_sound(item)
    return {}


def _has_sound_keys(table: StoredTable, item: Mapping[str, Any]) -> bool:
    """Tell whether the keys of table and indexes are such as moto takes, for sure."""
    if not _has_types(item, table.typed_keys):
        return False
    indexed = [(name, kind) for name, kind in table.index_key_types if name in item]
    return _has_types(item, indexed) and all(
        _is_key_value(item[name]) for name, _ in (*table.typed_keys, *indexed)
    )


def _is_small(item: Mapping[str, Any]) -> bool:
    try:
        return bytes_of(item) <= MAX_ITEM_BYTES
    except UnicodeEncodeError:
        return False


def _has_types(item: Mapping[str, Any], typed: Iterable[tuple[str, str]]) -> bool:
    return all(kind in item.get(name, ()) for name, kind in typed)


def _is_key_value(value: Mapping[str, Any]) -> bool:
    ((kind, content),) = value.items()
    return kind in KEY_TYPES and 0 < len(content) <= _MAX_KEY_CHARACTERS
