"""The keys of a table, or of one of its indexes, and what the index has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

KeyTypes: TypeAlias = tuple[tuple[str, str], ...]
"""Attributes with their types: `(("_idx", "S"),)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySchema:
    """What items are found by."""

    partition: KeyTypes
    """One attribute; several in an index of that kind."""
    sort: KeyTypes
    is_global: bool = False
    """Whether it is a global secondary index's."""
    projected: frozenset[str] | None = None
    """The attributes that an index has of its items; None for all of them."""

    @property
    def keys(self) -> KeyTypes:
        """All of them, partition keys first."""
        return self.partition + self.sort


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKeys:
    """What the items of a table are found by, in it and in its indexes."""

    own: KeySchema
    indexes: Mapping[str, KeySchema]
    """By the index's name."""


KeysOf: TypeAlias = Callable[[str], TableKeys | None]
"""Takes a table's name, gives its keys; None where there is no such table."""
