"""Guards DynamoDB's port: programs of this machine come in, web pages do not.

Nobody who asks for rows has to know a secret, so the port is open to loopback names
alone: a page whose own name resolves to this machine (DNS rebinding) is turned away,
and so is one that shows by its Origin header that it is from elsewhere.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.host_header import LOOPBACK_NAMES, bare_host, is_own_origin
from sandbox.tables import protocol
from sandbox.tables.errors import TableError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def guarded(app: "WSGIApplication") -> "WSGIApplication":
    """Give an application that answers as `app` does, to whom may come in."""

    def answer(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        refusal = _refusal(environ)
        if refusal is None:
            return app(environ, start_response)
        told = protocol.failure(refusal)
        start_response(told.status, told.headers)
        return [told.body]

    return answer


def _refusal(environ: "WSGIEnvironment") -> TableError | None:
    host = environ.get("HTTP_HOST", "")
    if bare_host(host) not in LOOPBACK_NAMES:
        names = ", ".join(sorted(LOOPBACK_NAMES))
        return _denied(f'The host "{host}" is not this machine. Use one of {names}.')
    origin = environ.get("HTTP_ORIGIN")
    scheme = environ.get("wsgi.url_scheme", "http")
    if is_own_origin(origin, scheme=scheme, host=host):
        return None
    return _denied(f'A page of "{origin}" may not use tables. Ask from a function.')


def _denied(message: str) -> TableError:
    return TableError("AccessDeniedException", message, status=403)
