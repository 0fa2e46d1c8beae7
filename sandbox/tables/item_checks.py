"""Takes items and queries with the types of keys, finds values of other types.

The words are DynamoDB's. Nothing here knows of tables.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.tables.errors import TableError, invalid_parameter, validation_error
from sandbox.tables.key_schema import KeySchema, KeyTypes, TableKeys

Attributes: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Those of an item, as `shapes` has read them."""

MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES = 2048, 1024
"""DynamoDB Developer Guide, "Quotas"."""
_SPOKEN = {"S": "string", "B": "binary"}
_NOT_VALID = "One or more parameter values are not valid."
_SCALARS = (
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
    "not allowed"
)


class EmptyKeyError(TableError):
    """A key of a table or an index is empty, for which no transaction is cancelled."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", f"{_NOT_VALID} {message}")


def check_key(own: KeySchema, key: Attributes) -> None:
    """Refuse a key that is none of its table's.

    Args:
        own: the table's keys.
        key: as a request names an item.

    Raises:
        TableError: it has other attributes, or of other types, is empty or too long.
    """
    check_key_types(own, key)
    check_key_values(own, key)


def check_key_types(own: KeySchema, key: Attributes) -> None:
    """Refuse a key that has other attributes than its table's, or of other types."""
    given = {name: next(iter(value)) for name, value in key.items()}
    if given != dict(own.keys):
        raise validation_error("The provided key element does not match the schema")


def check_key_values(own: KeySchema, attributes: Attributes) -> None:
    """Refuse the key of an item, or an item, whose key is empty or too long."""
    for name, kind in own.keys:
        if not attributes[name][kind]:
            raise EmptyKeyError(f"{_empty(kind)} Key: {name}")
    if _bytes_of(own.partition, attributes) > MAX_PARTITION_KEY_BYTES:
        # Without a blank, as DynamoDB has it.
        raise invalid_parameter(
            "Size of hashkey has exceeded the maximum size limit "
            f"of{MAX_PARTITION_KEY_BYTES} bytes"
        )
    if _bytes_of(own.sort, attributes) > MAX_SORT_KEY_BYTES:
        raise invalid_parameter(
            "Aggregated size of all range keys has exceeded the size limit of "
            f"{MAX_SORT_KEY_BYTES} bytes"
        )


def check_item(keys: TableKeys, item: Attributes) -> None:
    """Refuse an item that has not the keys of its table, or whose indexes' do not fit.

    Raises:
        TableError: it lacks a key of its table; one of these or of an index is of
            another type, or empty; or a table's is too long.
    """
    check_item_types(keys, item)
    check_item_values(keys, item)


def check_item_types(keys: TableKeys, item: Attributes) -> None:
    """Refuse an item with keys that are not there, or of other types."""
    for name, kind in keys.own.keys:
        if name not in item:
            raise invalid_parameter(f"Missing the key {name} in the item")
        found = next(iter(item[name]))
        if found != kind:
            raise invalid_parameter(
                f"Type mismatch for key {name} expected: {kind} actual: {found}"
            )
    check_index_types(keys.indexes, item)


def check_index_types(indexes: Mapping[str, KeySchema], attributes: Attributes) -> None:
    """Refuse attributes that an index cannot have for keys; it may lack them."""
    for index, name, kind in _index_keys(indexes):
        found = next(iter(attributes.get(name, {kind: None})))
        if found != kind:
            raise invalid_parameter(
                f"Type mismatch for Index Key {name} Expected: {kind} "
                f"Actual: {found} IndexName: {index}"
            )


def check_item_values(keys: TableKeys, item: Attributes) -> None:
    """Refuse an item whose keys are empty or too long."""
    check_key_values(keys.own, item)
    for index, name, kind in _index_keys(keys.indexes):
        if name in item and not item[name][kind]:
            raise EmptyKeyError(
                "A value specified for a secondary index key is not supported. "
                f"{_empty(kind)} IndexName: {index}, IndexKey: {name}"
            )


def check_updated_keys(
    indexes: Mapping[str, KeySchema], attributes: Attributes
) -> None:
    """Refuse an update that makes a key of an index empty, or of another type.

    Args:
        indexes: by name.
        attributes: those that the update sets.

    Raises:
        TableError: it does.
    """
    check_index_types(indexes, attributes)
    for _index, name, kind in _index_keys(indexes):
        if name in attributes and not attributes[name][kind]:
            raise EmptyKeyError(
                "The update expression attempted to update a secondary index key to a "
                f"value that is not supported. {_empty(kind)}"
            )


def _index_keys(
    indexes: Mapping[str, KeySchema],
) -> Iterator[tuple[str, str, str]]:
    """Give index, name and type of each key, in the order of the indexes' names."""
    for index in sorted(indexes):
        for name, kind in indexes[index].keys:
            yield index, name, kind


def _empty(kind: str) -> str:
    return (
        "The AttributeValue for a key attribute cannot contain an empty "
        f"{_SPOKEN.get(kind, kind)} value."
    )


def _bytes_of(types: KeyTypes, attributes: Attributes) -> int:
    values: Sequence[str | bytes] = [attributes[name][kind] for name, kind in types]
    return sum(
        len(one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass"))
        for one in values
    )


def check_targets(
    keys: KeyTypes, index_keys: KeyTypes, targets: Iterable[tuple[str | int, ...]]
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
            raise invalid_parameter(
                f"Cannot update attribute {head}. This attribute is part of the key"
            )
        if parts and head in others:
            raise validation_error(f"{_SCALARS}: IndexKey: {head}")


def check_scalars(
    keys: KeyTypes, index_keys: KeyTypes, nested: Collection[str]
) -> None:
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


def check_filter(keys: KeyTypes, heads: Collection[str]) -> None:
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
