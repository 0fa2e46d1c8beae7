"""What happens in a sandbox, sent to whoever listens: one bounded queue a listener.

Events are server-sent events (HTML standard, section 9.2): a name and a JSON object.
"""

import queue
import threading
from collections.abc import Iterator

from sandbox.json_value import JsonValue, harmless_json

HEARTBEAT_SECONDS = 15.0
"""How long nothing may be sent; a client that is gone is noticed then."""
MOST_WAITING = 1000
"""Events that wait for a slow listener, who is told to read anew beyond that."""

_GREETING = b"retry: 1000\n\n"
_HEARTBEAT = b": still here\n\n"
_END = b""


class Feed:
    """Hands events to listeners. Safe between threads; publishing never blocks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: tuple[queue.SimpleQueue[bytes], ...] = ()
        self._is_closed = False

    def publish(self, name: str, content: JsonValue) -> None:
        """Send an event to all who listen now.

        Args:
            name: one word, such as `request`.
            content: whatever JSON can say.
        """
        queues = self._queues  # one value, replaced whole: no lock is needed to read it
        if not queues:
            return
        event = _event(name, content)
        for waiting in queues:
            if waiting.qsize() < MOST_WAITING:
                waiting.put(event)
            elif waiting.qsize() == MOST_WAITING:
                waiting.put(_event("missed", {}))

    def tell_change(self) -> None:
        """Send that something has changed that no other event tells of."""
        self.publish("change", {})

    def listen(self) -> Iterator[bytes]:
        """Give events from now on, in the bytes of the wire, until closed."""
        waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        with self._lock:
            if self._is_closed:
                return
            self._queues = (*self._queues, waiting)
        try:
            yield _GREETING
            while (event := _next(waiting)) != _END:
                yield event
        finally:
            with self._lock:
                self._queues = tuple(q for q in self._queues if q is not waiting)

    def close(self) -> None:
        """End every stream; may be called again."""
        with self._lock:
            self._is_closed = True
            queues = self._queues
        for waiting in queues:
            waiting.put(_END)


def _next(waiting: "queue.SimpleQueue[bytes]") -> bytes:
    try:
        return waiting.get(timeout=HEARTBEAT_SECONDS)
    except queue.Empty:
        return _HEARTBEAT


def _event(name: str, content: JsonValue) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode("ascii"), harmless_json(content))
