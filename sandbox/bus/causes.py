"""Causes: which event, of those at work, asks for what comes in at a port.

AWS's clients send the tracing header of the event that they run in; the helpers' own
posts to the bus do not. What comes without one is put down to the only event that is at
work; where several are, to that of the process which holds the other end of the
connection, as far as the system tells (Linux), and else to none.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sandbox.port_holder import connection_holder
from sandbox.trace_header import key_of_header, trace_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Causes:
    """Knows which events are at work. Safe between threads."""

    def __init__(self) -> None:
        self._at_work: dict[str, str] = {}
        """Request ids by what tracing headers have of them. Each use of it is one step
        of the interpreter's, so that no request waits for a lock."""
        self._here = threading.local()
        self._workers: Callable[[], Mapping[int, str]] = dict

    @property
    def current(self) -> str | None:
        """The request id of the event that asks this thread; None if unknown.

        Found out only now: few requests of a port publish anything.
        """
        environ = getattr(self._here, "environ", None)
        return None if environ is None else self._of(environ)

    def at_work(self, request_id: str) -> AbstractContextManager[None]:
        """Note that an event is at work, while the block lasts."""
        return _AtWork(self._at_work, request_id)

    def know(self, workers: Callable[[], Mapping[int, str]]) -> None:
        """Ask `workers` which processes are at work, for which request ids."""
        self._workers = workers

    def around(self, app: "WSGIApplication") -> "WSGIApplication":
        """Give an application that answers as `app` does, with `current` set."""

        def answer(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            self._here.environ = environ
            try:
                return app(environ, start_response)
            finally:
                self._here.environ = None

        return answer

    def _of(self, environ: "WSGIEnvironment") -> str | None:
        key = key_of_header(environ.get("HTTP_X_AMZN_TRACE_ID", ""))
        if key is not None:
            return self._at_work.get(key)
        at_work = tuple(self._at_work.values())
        if len(at_work) <= 1:
            return at_work[0] if at_work else None
        return self._sender_of(environ)

    def _sender_of(self, environ: "WSGIEnvironment") -> str | None:
        port, peer_port = environ.get("REMOTE_PORT"), environ.get("SERVER_PORT")
        if port is None or peer_port is None:
            return None
        workers = self._workers()
        pid = connection_holder(int(port), peer_port=int(peer_port), pids=workers)
        return None if pid is None else workers[pid]


class _AtWork:
    """An event at work: less than a generator would take from every request."""

    __slots__ = ("_events", "_key", "_request_id")

    def __init__(self, events: dict[str, str], request_id: str) -> None:
        self._events = events
        self._key = trace_key(request_id)
        self._request_id = request_id

    def __enter__(self) -> None:
        self._events[self._key] = self._request_id

    def __exit__(self, *_error: object) -> None:
        self._events.pop(self._key, None)
