"""Takes items and queries with the types of keys, finds values of other types.

The words are DynamoDB's. Nothing here knows of tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sandbox.tables.errors import TableError, validation_error

Types: TypeAlias = Iterable[tuple[str, str]]
"""Key attributes with their types: `(("_idx", "S"),)`."""


class Typed(Protocol):
    """A value that knows DynamoDB's name for its type."""

    @property
    def type(self) -> str:
        """Such as `S`."""
        ...


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
    indexes: Iterable[tuple[str, Types]], attributes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Refuse an item that has a key of an index of another type; it may lack it.

    Args:
        indexes: names, each with its keys.
        attributes: those of the item.

    Raises:
        TableError: it has.
    """
    for index, types in indexes:
        for name, kind in types:
            found = next(iter(attributes.get(name, {kind: None})))
            if found != kind:
                raise _invalid(
                    f"Type mismatch for Index Key {name} Expected: {kind} "
                    f"Actual: {found} IndexName: {index}"
                )


def check_asked_types(
    types: Mapping[str, str],
    equal: Iterable[tuple[str, Typed]],
    compared: Iterable[tuple[str, str, Sequence[Typed]]],
) -> None:
    """Refuse a query that compares a key with a value of another type.

    Args:
        types: of the keys of the table and of its indexes, by name.
        equal: partition keys with what they are to be.
        compared: sort keys, comparators and what they compare with.

    Raises:
        TableError: it does.
    """
    asked = [(name, value) for name, value in equal]
    asked += [(name, value) for name, _, values in compared for value in values]
    if any(value.type != types.get(name, value.type) for name, value in asked):
        raise _invalid("Condition parameter type does not match schema type")


def _invalid(what: str) -> TableError:
    return validation_error(f"One or more parameter values were invalid: {what}")
