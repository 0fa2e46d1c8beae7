"""Takes items and a time, says which are due by DynamoDB's own TTL rules.

The rules (DynamoDB Developer Guide, "Using time to live (TTL)"): the TTL attribute is
a top-level Number that holds seconds since 1970; an item is due once that time is
reached; an item whose time lies more than five years back is left alone.
"""

import heapq
import itertools
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from sandbox.json_value import JsonValue
from sandbox.project.model import TTL_REACH_SECONDS

KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryPolicy:
    """Where the sandbox departs from the rules, because a developer said so."""

    lag_seconds: float = 0.0
    """How long a due item stays readable, as DynamoDB may let it."""
    extra_attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By logical table name: attributes that expire items beside the declared one."""


def expires_epoch(
    item: Mapping[str, JsonValue], attributes: Iterable[str], *, now_epoch: float
) -> float | None:
    """Give the earliest time that counts among an item's TTL attributes, or None.

    Args:
        item: in DynamoDB JSON, `{"_ttl": {"N": "1700000000"}}`.
        attributes: names of TTL attributes; only top-level ones are looked at.
        now_epoch: the time at which the item stands as it is, for the five years.
    """
    oldest = now_epoch - TTL_REACH_SECONDS
    times = (_epoch_seconds(item.get(name)) for name in attributes)
    return min((t for t in times if t is not None and t >= oldest), default=None)


def _epoch_seconds(value: JsonValue) -> float | None:
    """Read a Number attribute; anything else is no expiry time."""
    number = value.get("N") if isinstance(value, Mapping) else None
    if not isinstance(number, str):
        return None
    try:
        seconds = float(Decimal(number))
    except InvalidOperation:
        return None
    return seconds if math.isfinite(seconds) else None


class ExpiryIndex(Generic[KeyT]):
    """Keys by the time they are due: O(log n) a change, O(1) to know the next one.

    A key set anew leaves its old entry in the heap; such entries are skipped when they
    come up, and cleared out once they are the majority, so that memory follows the
    number of keys and not the number of writes.
    """

    def __init__(self) -> None:
        self._due: dict[KeyT, float] = {}
        self._heap: list[tuple[float, int, KeyT]] = []
        self._sequence = itertools.count()

    def __len__(self) -> int:
        return len(self._due)

    @property
    def next_due_epoch(self) -> float | None:
        """When the next key is due, or None where none ever is."""
        heap = self._heap
        while heap and self._due.get(heap[0][2]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def set(self, key: KeyT, due_epoch: float | None) -> None:
        """Note when `key` is due; None takes it out."""
        if due_epoch is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due_epoch:
            self._due[key] = due_epoch
            heapq.heappush(self._heap, (due_epoch, next(self._sequence), key))
            self._clear_out()

    def due(self, now_epoch: float) -> tuple[KeyT, ...]:
        """Give the keys that are due, earliest first, and forget them."""
        found: list[KeyT] = []
        while (due := self.next_due_epoch) is not None and due <= now_epoch:
            key = heapq.heappop(self._heap)[2]
            del self._due[key]
            found.append(key)
        return tuple(found)

    def _clear_out(self) -> None:
        if len(self._heap) > 2 * len(self._due) + 64:
            self._heap = [
                (due, next(self._sequence), key) for key, due in self._due.items()
            ]
            heapq.heapify(self._heap)
