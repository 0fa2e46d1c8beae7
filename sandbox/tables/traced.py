"""Watches DynamoDB's port: which event made which operations, and what they took.

An operation belongs to the event whose tracing header it carries. Clients that send
none, such as aws-lite, are answered all the same; their operations belong to nobody.
"""

import io
import json
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sandbox.clock import Clock
from sandbox.tables.protocol import MAX_BODY_BYTES
from sandbox.trace_header import key_of_header, trace_key

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST_EVENTS = 500
MOST_OPERATIONS = 200
"""Of one event; further ones are counted by nobody."""
MOST_KEPT_BYTES = 16 * 1024 * 1024
"""Of all events together; the oldest give way."""
LONGEST_KEPT_BYTES = 8 * 1024
MOST_TABLES = 100
"""Of one operation: a transaction has at most a hundred steps."""
LONGEST_NAME = 1024
"""Of a table: that of its ARN (DynamoDB API Reference, "TableName")."""
_FRAME_BYTES = 512
"""What remembering an operation takes beside its texts, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOperation:
    """One operation that a function asked of DynamoDB."""

    operation: str
    """Such as `GetItem`."""
    tables: tuple[str, ...]
    """Physical names; several for a batch or a transaction."""
    request: str | None
    """The request's JSON; None where it is long or compressed."""
    status: int
    duration_ms: float


@dataclass(frozen=True, slots=True)
class _Noted:
    """An operation as it passed by; read when it is asked for, as a function waits."""

    operation: str
    body: bytes | None
    """The request; None where it is not kept."""
    tables: tuple[str, ...]
    """What a request that is not kept named."""
    status: int
    duration_ms: float
    size_bytes: int
    """What remembering it takes."""

    def told(self) -> TableOperation:
        """Give it as it is told."""
        body = self.body
        return TableOperation(
            operation=self.operation,
            tables=self.tables if body is None else _tables_of(body),
            request=None if body is None else str(body, "utf-8", "replace"),
            status=self.status,
            duration_ms=self.duration_ms,
        )


class OperationLog:
    """Remembers the operations of the last events. Safe between threads.

    Args:
        clock: measures how long operations take.
        most_kept_bytes: what all that is remembered may take.
    """

    def __init__(self, clock: Clock, *, most_kept_bytes: int = MOST_KEPT_BYTES) -> None:
        self._clock = clock
        self._most_kept_bytes = most_kept_bytes
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self._by_key: OrderedDict[str, tuple[_Noted, ...]] = OrderedDict()

    def of(self, request_id: str) -> tuple[TableOperation, ...]:
        """Give an event's operations, as far as they are remembered."""
        with self._lock:
            noted = self._by_key.get(trace_key(request_id), ())
        return tuple(operation.told() for operation in noted)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._by_key.clear()
            self._kept_bytes = 0

    def around(self, app: "WSGIApplication") -> "WSGIApplication":
        """Give an application that answers as `app` does, and is remembered here."""

        def answer(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            key = key_of_header(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
            if key is None:
                return app(environ, start_response)
            return self._answer(key, app, environ, start_response)

        return answer

    def _answer(
        self,
        key: str,
        app: "WSGIApplication",
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        body = _take_request(environ)
        statuses: list[str] = []

        def start(status: str, *rest: Any) -> Callable[[bytes], object]:
            statuses.append(status)
            return start_response(status, *rest)

        started = self._clock.monotonic()
        answer = app(environ, start)
        took_ms = (self._clock.monotonic() - started) * 1000
        name = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        status = int(statuses[-1][:3]) if statuses else 0
        self._remember(key, _note(name, body, status=status, took_ms=took_ms))
        return answer

    def _remember(self, key: str, operation: _Noted) -> None:
        with self._lock:
            known = self._by_key.get(key, ())
            if len(known) < MOST_OPERATIONS:
                self._by_key[key] = (*known, operation)
                self._kept_bytes += operation.size_bytes
            while self._is_full():
                _key, forgotten = self._by_key.popitem(last=False)
                self._kept_bytes -= sum(noted.size_bytes for noted in forgotten)

    def _is_full(self) -> bool:
        is_heavy = self._kept_bytes > self._most_kept_bytes
        return is_heavy or len(self._by_key) > MOST_EVENTS


def _take_request(environ: "WSGIEnvironment") -> bytes | None:
    """Read the body, and put it back; None where it cannot be read in advance.

    That is: where it is compressed, has no length, or is longer than it may be. Whoever
    answers refuses a long one, unread.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    if int(length) > MAX_BODY_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _note(operation: str, body: bytes | None, *, status: int, took_ms: float) -> _Noted:
    """Keep a short request whole; of a long one only the tables that it names."""
    is_kept = body is not None and len(body) <= LONGEST_KEPT_BYTES
    kept = body if is_kept else None
    tables = () if is_kept else _tables_of(body)
    size_bytes = _FRAME_BYTES + len(operation) + len(kept or b"")
    size_bytes += sum(map(sys.getsizeof, tables))
    return _Noted(operation, kept, tables, status, took_ms, size_bytes)


def _tables_of(body: bytes | None) -> tuple[str, ...]:
    """Give the tables that a request names, each once, in order."""
    try:
        request = json.loads(body or b"")
    except (ValueError, RecursionError):
        return ()
    names = dict.fromkeys(_named(request) if isinstance(request, dict) else ())
    possible = (name for name in names if len(name) <= LONGEST_NAME)
    return tuple(islice(possible, MOST_TABLES))


def _named(request: Mapping[str, object]) -> Iterable[str]:
    name, batch = request.get("TableName"), request.get("RequestItems")
    if isinstance(name, str):
        return (name,)
    if isinstance(batch, dict):
        return batch
    return _transacted(request.get("TransactItems"))


def _transacted(steps: object) -> Iterable[str]:
    for step in steps if isinstance(steps, list) else ():
        for request in step.values() if isinstance(step, dict) else ():
            if isinstance(request, dict) and isinstance(request.get("TableName"), str):
                yield request["TableName"]
