"""Takes items and queries with the types of keys, finds values of other types.

The words are DynamoDB's. Nothing here knows of tables.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.tables.errors import TableError, validation_error
from sandbox.tables.key_schema import KeySchema

Types: TypeAlias = Iterable[tuple[str, str]]
"""Key attributes with their types: `(("_idx", "S"),)`."""
TypesOf: TypeAlias = Callable[[str], Mapping[str, str] | None]
"""Gives the types of a table's keys by name, partition key first; None without it."""

MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES = 2048, 1024
"""DynamoDB Developer Guide, "Quotas"."""
_SPOKEN = {"S": "string", "B": "binary"}

_SCALARS = (
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
    "not allowed"
)
_EMPTY_INDEX_KEY = (
    "One or more parameter values are not valid. The update expression attempted to "
    "update a secondary index key to a value that is not supported. The "
    "AttributeValue for a key attribute cannot contain an empty string value."
)


def check_key(types: Mapping[str, str], key: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a key that is none of its table's.

    Args:
        types: the table's keys.
        key: as a request names an item.

    Raises:
        TableError: it has other attributes, or of other types, is empty or too long.
    """
    if {name: next(iter(value)) for name, value in key.items()} != types:
        raise validation_error("The provided key element does not match the schema")
    for name, kind in types.items():
        content = key[name][kind]
        if not content:
            raise validation_error(
                "One or more parameter values are not valid. The AttributeValue for a "
                f"key attribute cannot contain an empty {_SPOKEN.get(kind, kind)} "
                f"value. Key: {name}"
            )
    _check_sizes([key[name][kind] for name, kind in types.items()])


def _check_sizes(values: Sequence[str | bytes]) -> None:
    partition, *sort = (
        len(one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass"))
        for one in values
    )
    if partition > MAX_PARTITION_KEY_BYTES:
        # Without a blank, as DynamoDB has it.
        raise _invalid(
            "Size of hashkey has exceeded the maximum size limit "
            f"of{MAX_PARTITION_KEY_BYTES} bytes"
        )
    if sum(sort) > MAX_SORT_KEY_BYTES:
        raise _invalid(
            "Aggregated size of all range keys has exceeded the size limit of "
            f"{MAX_SORT_KEY_BYTES} bytes"
        )


def check_table_keys(types: Types, attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse an item that lacks a key of its table, or has it of another type.

    Raises:
        TableError: it does.
    """
    for name, kind in types:
        if name not in attributes:
            raise _invalid(f"Missing the key {name} in the item")
        found = next(iter(attributes[name]))
        if found != kind:
            raise _invalid(
                f"Type mismatch for key {name} expected: {kind} actual: {found}"
            )


def check_index_keys(
    indexes: Mapping[str, KeySchema], attributes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Refuse an item that has a key of an index of another type; it may lack it.

    Args:
        indexes: by name.
        attributes: those of the item.

    Raises:
        TableError: it has.
    """
    for index, schema in indexes.items():
        for name, kind in schema.keys:
            found = next(iter(attributes.get(name, {kind: None})))
            if found != kind:
                raise _invalid(
                    f"Type mismatch for Index Key {name} Expected: {kind} "
                    f"Actual: {found} IndexName: {index}"
                )


def check_updated_keys(
    indexes: Mapping[str, KeySchema], attributes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Refuse an update that makes a key of an index empty, or of another type.

    Args:
        indexes: by name.
        attributes: those that the update sets.

    Raises:
        TableError: it does.
    """
    check_index_keys(indexes, attributes)
    for schema in indexes.values():
        for name, _kind in schema.keys:
            if not all(attributes.get(name, {"S": "."}).values()):
                raise validation_error(_EMPTY_INDEX_KEY)


def check_targets(
    keys: Types, index_keys: Types, targets: Iterable[tuple[str | int, ...]]
) -> None:
    """Refuse an update of a table's keys, or of a part of an index's.

    Args:
        keys: the table's.
        index_keys: its indexes'.
        targets: the paths that are changed.

    Raises:
        TableError: it is one.
    """
    own, others = dict(keys), dict(index_keys)
    for head, *parts in targets:
        if head in own:
            raise _invalid(
                f"Cannot update attribute {head}. This attribute is part of the key"
            )
        if parts and head in others:
            raise validation_error(f"{_SCALARS}: IndexKey: {head}")


def check_scalars(keys: Types, index_keys: Types, nested: Collection[str]) -> None:
    """Refuse to look into a key, which is a text, a number or binary.

    Args:
        keys: the table's.
        index_keys: its indexes'.
        nested: the names of attributes that are looked into.

    Raises:
        TableError: one of them is a key.
    """
    for what, types in (("Key", keys), ("IndexKey", index_keys)):
        for name, _kind in types:
            if name in nested:
                raise validation_error(f"{_SCALARS}: {what}: {name}")


def check_filter(keys: Types, heads: Collection[str]) -> None:
    """Refuse a query's filter by a key, which is a matter of its key condition.

    Args:
        keys: of the table or index that is queried.
        heads: the attributes that the filter looks at or into.

    Raises:
        TableError: one of them is a key.
    """
    for name, _kind in keys:
        if name in heads:
            raise validation_error(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {name}"
            )


def _invalid(what: str) -> TableError:
    return validation_error(f"One or more parameter values were invalid: {what}")
