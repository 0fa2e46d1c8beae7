"""A bounded memory of deliveries: an event may have megabytes."""

from collections import deque

from sandbox.exchange import Delivery
from sandbox.journal import outcome_bytes


class KeptDeliveries:
    """The last deliveries; whoever owns it sees to threads.

    The oldest give way beyond `limit` of them, or about `limit_bytes` of what they
    were given, printed and returned; the newest is always kept.
    """

    def __init__(self, *, limit: int = 500, limit_bytes: int = 32_000_000) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._kept: deque[tuple[Delivery, int]] = deque()
        self._kept_bytes = 0

    @property
    def all(self) -> tuple[Delivery, ...]:
        """Those that are kept, oldest first."""
        return tuple(delivery for delivery, _ in self._kept)

    def append(self, delivery: Delivery) -> None:
        """Keep one more."""
        size_bytes = _size_bytes(delivery)
        self._kept.append((delivery, size_bytes))
        self._kept_bytes += size_bytes
        while self._is_full and len(self._kept) > 1:
            _, forgotten_bytes = self._kept.popleft()
            self._kept_bytes -= forgotten_bytes

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()
        self._kept_bytes = 0

    @property
    def _is_full(self) -> bool:
        return len(self._kept) > self._limit or self._kept_bytes > self._limit_bytes


def _size_bytes(delivery: Delivery) -> int:
    """Give about what a delivery holds, a character for a byte."""
    execution = delivery.execution
    said = len(execution.output) + outcome_bytes(execution.outcome)
    return len(delivery.invocation.event.text) + said
