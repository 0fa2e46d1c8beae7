"""Waits for what the sandbox sends next: awake for a moment where it may come at once.

Who sleeps is woken late, by a third of what a warm request takes, and with cold caches.
So a worker that is alone at work, and whose last wait was short, looks for the next
event without sleeping; after half a millisecond it sleeps as any other does.
"""

import socket
from collections.abc import Callable

# By this name, since clocks that handlers freeze are looked up in `time`.
from time import perf_counter

_SPIN_SECONDS = 0.000_5


class Arrivals:
    """Receives on a connection, which is its owner's.

    Args:
        connection: what the sandbox sends on.
        now: seconds that only ever grow.
    """

    def __init__(
        self, connection: socket.socket, now: Callable[[], float] = perf_counter
    ) -> None:
        self._connection = connection
        self._now = now
        self.is_alone = False
        """As `invoke` says: nothing else needs the processor."""
        self._was_quick = False

    @property
    def stays_awake(self) -> bool:
        """Whether the next wait begins without sleeping."""
        return self.is_alone and self._was_quick

    def receive(self, size: int) -> bytes:
        """Give the next bytes, at most so many; none at the end of file.

        Raises:
            OSError: the connection is broken.
        """
        began = self._now()
        found = self._look(size, began + _SPIN_SECONDS) if self.stays_awake else None
        if found is None:
            found = self._connection.recv(size)
        self._was_quick = self._now() - began < _SPIN_SECONDS
        return found

    def _look(self, size: int, until: float) -> bytes | None:
        while self._now() < until:
            try:
                return self._connection.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
        return None
