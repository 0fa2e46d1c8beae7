"""The application of the internal port, which is made when somebody asks it."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class DeferredInspector:
    """Makes the inspector at the first request for it. Safe between threads.

    Args:
        make: imports it, which a sandbox's first answer does not wait for.
    """

    def __init__(self, make: "Callable[[], WSGIApplication]") -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: WSGIApplication | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        with self._lock:
            inspector = self._made = self._made or self._make()
        return inspector(environ, start_response)

    def forget(self) -> None:
        """Let go of what it has kept; it is made anew when it is asked."""
        with self._lock:
            self._made = None
