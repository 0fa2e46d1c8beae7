"""A bounded memory of exchanges: takes each as it ends, gives the recent ones.

Bounded in number and in bytes, since a body may have six megabytes.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice

from sandbox.exchange import Crashed, Exchange, Outcome, Raised, Returned
from sandbox.json_value import JsonValue

Listener = Callable[[Exchange], None]

_LOOKED_AT = 10_000
"""So many values of a result are asked for their length: enough for an estimate."""


class Journal:
    """A ring of the last exchanges. Safe to share between threads.

    The oldest give way beyond `limit` exchanges or about `limit_bytes` of bodies and
    output; the newest is always kept.

    Listeners are called in the thread that appends, outside the lock, in the order in
    which they subscribed; they must not block. What one raises is told on standard
    error, and keeps neither the next nor the client's answer.
    """

    def __init__(self, *, limit: int = 500, limit_bytes: int = 32_000_000) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._exchanges: deque[Exchange] = deque()
        self._sizes: deque[int] = deque()
        self._kept_bytes = 0
        self._taken = 0
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def append(self, exchange: Exchange) -> None:
        """Keep `exchange` (the oldest gives way), and tell listeners."""
        size_bytes = _size_bytes(exchange)
        with self._lock:
            self._exchanges.append(exchange)
            self._sizes.append(size_bytes)
            self._kept_bytes += size_bytes
            self._taken += 1
            while (
                len(self._exchanges) > self._limit
                or self._kept_bytes > self._limit_bytes
            ) and len(self._exchanges) > 1:
                self._exchanges.popleft()
                self._kept_bytes -= self._sizes.popleft()
            listeners = self._listeners
        _tell(listeners, exchange)

    def since(self, taken: int) -> tuple[tuple[Exchange, ...], int]:
        """Give what came after the first `taken` exchanges, and how many came so far.

        The oldest comes first; what is forgotten by now is left out.
        """
        with self._lock:
            kept = len(self._exchanges)
            first = max(0, kept - (self._taken - taken))
            return tuple(islice(self._exchanges, first, None)), self._taken

    def recent(self) -> tuple[Exchange, ...]:
        """Give what is kept, oldest first."""
        with self._lock:
            return tuple(self._exchanges)

    def find(self, request_id: str) -> Exchange | None:
        """Give the exchange with this id, or None where it is unknown or forgotten."""
        return next((e for e in self.recent() if e.request_id == request_id), None)

    def annotate(self, request_id: str, notes: tuple[str, ...]) -> None:
        """Add notes to an exchange that is kept; a forgotten one is passed over."""
        with self._lock:
            for index in reversed(range(len(self._exchanges))):
                known = self._exchanges[index]
                if known.request_id == request_id:
                    added = (*known.notes, *notes)
                    self._exchanges[index] = replace(known, notes=added)
                    return

    def clear(self) -> None:
        """Forget everything kept; listeners stay."""
        with self._lock:
            self._exchanges.clear()
            self._sizes.clear()
            self._kept_bytes = 0

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with each exchange from now on, before it is answered."""
        with self._lock:
            self._listeners = (*self._listeners, listener)


def _tell(listeners: Iterable[Listener], exchange: Exchange) -> None:
    for listener in listeners:
        try:
            listener(exchange)
        except Exception:  # noqa: BLE001 (a client waits, and did nothing wrong)
            sys.excepthook(*sys.exc_info())


def _size_bytes(exchange: Exchange) -> int:
    """Give about what an exchange holds: bodies stand in the event and result too."""
    bodies = len(exchange.request.body) + len(exchange.response.body)
    execution = exchange.execution
    if execution is None:
        return 2 * bodies
    return 2 * bodies + len(execution.output) + outcome_bytes(execution.outcome)


def outcome_bytes(outcome: Outcome) -> int:
    """Give about what is kept of an outcome, which may have become no response."""
    match outcome:
        case Returned():
            return _text_characters(outcome.value)
        case Raised():
            return len(outcome.message) + len(outcome.trace)
        case Crashed():
            return len(outcome.log_tail)
    return 0


def _text_characters(value: JsonValue) -> int:
    """Give the length of the texts in a value; it may nest as deep as JSON is read."""
    characters = 0
    waiting = [value]
    for _ in range(_LOOKED_AT):
        if not waiting:
            break
        match waiting.pop():
            case str() as text:
                characters += len(text)
            case Mapping() as members:
                waiting.extend(members.values())
            case list() as members:
                waiting.extend(members)
    return characters
