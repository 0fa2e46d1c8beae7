"""Watches DynamoDB's port: which event made which operations, and what they took.

An operation belongs to the event whose tracing header it carries. Clients that send
none, such as aws-lite, are answered all the same; their operations belong to nobody.
"""

import io
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.clock import Clock
from sandbox.trace_header import key_of_header, trace_key

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST_EVENTS = 500
MOST_OPERATIONS = 200
"""Of one event; further ones are counted by nobody."""
LONGEST_KEPT_BYTES = 8 * 1024


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


class OperationLog:
    """Remembers the operations of the last events. Safe between threads.

    Args:
        clock: measures how long operations take.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_key: OrderedDict[str, tuple[TableOperation, ...]] = OrderedDict()

    def of(self, request_id: str) -> tuple[TableOperation, ...]:
        """Give an event's operations, as far as they are remembered."""
        with self._lock:
            return self._by_key.get(trace_key(request_id), ())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._by_key.clear()

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
        text = _take_request(environ)
        statuses: list[str] = []

        def start(status: str, *rest: Any) -> Callable[[bytes], object]:
            statuses.append(status)
            return start_response(status, *rest)

        started = self._clock.monotonic()
        answer = app(environ, start)
        took_ms = (self._clock.monotonic() - started) * 1000
        operation = TableOperation(
            operation=environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2],
            tables=_tables_of(text),
            request=text if text is not None and _is_short(text) else None,
            status=int(statuses[-1][:3]) if statuses else 0,
            duration_ms=took_ms,
        )
        self._remember(key, operation)
        return answer

    def _remember(self, key: str, operation: TableOperation) -> None:
        with self._lock:
            known = self._by_key.get(key, ())
            if len(known) < MOST_OPERATIONS:
                self._by_key[key] = (*known, operation)
            while len(self._by_key) > MOST_EVENTS:
                self._by_key.popitem(last=False)


def _take_request(environ: "WSGIEnvironment") -> str | None:
    """Read the body, and put it back; None where it is compressed or has no length."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return str(body, "utf-8", "replace")


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_KEPT_BYTES


def _tables_of(text: str | None) -> tuple[str, ...]:
    """Give the tables that a request names, each once, in order."""
    try:
        request = json.loads(text or "")
    except (ValueError, RecursionError):
        return ()
    if not isinstance(request, dict):
        return ()
    if isinstance(request.get("TableName"), str):
        return (request["TableName"],)
    batch = request.get("RequestItems")
    if isinstance(batch, dict):
        return tuple(batch)
    return tuple(dict.fromkeys(_transacted(request.get("TransactItems"))))


def _transacted(steps: object) -> Iterable[str]:
    for step in steps if isinstance(steps, list) else ():
        for request in step.values() if isinstance(step, dict) else ():
            if isinstance(request, dict) and isinstance(request.get("TableName"), str):
                yield request["TableName"]
