"""The keys of a table, or of one of its indexes, and what the index has."""

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
