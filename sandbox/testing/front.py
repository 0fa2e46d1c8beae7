"""The one address of a test run: whichever sandbox the current test uses answers there.

A browser fixture that lives as long as the run needs an address that does too, while
tests may each ask for another app or other variables.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NOBODY = (
    b"No test that uses arc_sandbox is running now. A fixture that lives longer than "
    b"a test has nobody to ask; and who asks for arc_url by request.getfixturevalue "
    b"needs arc_sandbox too.\n"
)


class Front:
    """A WSGI application that hands each request to the current test's sandbox."""

    def __init__(self) -> None:
        self._app: WSGIApplication | None = None

    def show(self, app: "WSGIApplication | None") -> None:
        """Let `app` answer from now on; None where no test is running."""
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if self._app is not None:
            return self._app(environ, start_response)
        start_response(
            "503 Service Unavailable", [("content-type", "text/plain; charset=utf-8")]
        )
        return [_NOBODY]
