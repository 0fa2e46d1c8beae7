"""Takes a request that no route answers, gives what the `@proxy` target answers.

The path is appended to the target's; hop-by-hop headers stay behind (RFC 9110 section
7.6.1), Host becomes the target's, and X-Forwarded-* tell of the client. The answer's
header names come in lower case, as those of all answers here do.
"""

import http.client
import re
import ssl
from http import HTTPStatus
from urllib.parse import urlsplit

from sandbox.clock import Clock
from sandbox.exchange import Headers, HttpRequest, HttpResponse
from sandbox.gateway.request_parts import source_ip
from sandbox.http1.head import is_header_name

TIMEOUT_SECONDS = 29.0
"""How long an HTTP API waits for an integration, about (30 s is its maximum)."""
_READ_BYTES = 64 * 1024

_INTERIM = frozenset({100, *range(102, 200)})
_MOST_INTERIM = 100
_HOP_BY_HOP = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    )
)
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+[ \t]*")
_REPLACED = frozenset(("host", "content-length", "expect", "accept-encoding"))


class UnreachableError(Exception):
    """The target did not answer; the text says why."""


def forward(request: HttpRequest, target: str, clock: Clock) -> HttpResponse:
    """Send the request on to `target` and wait for its answer, body complete.

    Args:
        request: its body complete.
        target: an http or https URL; its path stands before the request's.
        clock: measures the time limit.

    Raises:
        UnreachableError: nothing answers there, not in time, or not HTTP.
    """
    url = urlsplit(target)
    path = url.path.rstrip("/") + request.path
    if request.query_string:
        path = f"{path}?{request.query_string}"
    try:
        return _exchange(request, url.scheme, url.netloc, path, clock)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise UnreachableError(_reason(failure)) from failure


def _exchange(
    request: HttpRequest, scheme: str, authority: str, path: str, clock: Clock
) -> HttpResponse:
    deadline = clock.monotonic() + TIMEOUT_SECONDS
    connection = _connect(scheme, authority)
    try:
        connection.putrequest(
            request.method, path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in _forwarded_headers(request, authority):
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        return HttpResponse(
            status=answer.status,
            headers=_end_to_end(_sendable(tuple(answer.getheaders()))),
            body=_read_until(deadline, answer, clock),
        )
    finally:
        connection.close()


def _read_until(
    deadline: float, answer: http.client.HTTPResponse, clock: Clock
) -> bytes:
    """Read a body whole; a target may send on and on, and never be silent."""
    body = bytearray()
    while piece := answer.read1(_READ_BYTES):
        body += piece
        if clock.monotonic() > deadline:
            raise TimeoutError
    if answer.length:
        raise http.client.IncompleteRead(bytes(body), answer.length)
    return bytes(body)


class _FinalAnswer(http.client.HTTPResponse):
    """The answer behind those that go before it, such as 103 (RFC 9110 section 15.2).

    Python passes over 100 alone.
    """

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MOST_INTERIM):
            read: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if read[1] == HTTPStatus.SWITCHING_PROTOCOLS:
                raise http.client.HTTPException(
                    "it switched to another protocol unasked"
                )
            if read[1] not in _INTERIM:
                return read
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("it sends no final response")


def _connect(scheme: str, authority: str) -> http.client.HTTPConnection:
    host = authority.rpartition("@")[2]
    connection = (
        http.client.HTTPSConnection(
            host, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
        if scheme == "https"
        else http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
    )
    connection.response_class = _FinalAnswer
    return connection


def _forwarded_headers(request: HttpRequest, authority: str) -> Headers:
    kept = tuple(
        (name, value)
        for name, value in _end_to_end(request.headers)
        if name.lower() not in _REPLACED
    )
    known = {name.lower() for name, _ in kept}
    added = (
        ("x-forwarded-for", source_ip(request)),
        ("x-forwarded-host", request.header("host") or ""),
        ("x-forwarded-proto", request.scheme),
        ("accept-encoding", request.header("accept-encoding") or "identity"),
    )
    length: Headers = ()
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        length = (("content-length", str(len(request.body))),)
    return (
        ("host", authority.rpartition("@")[2]),
        *kept,
        *(pair for pair in added if pair[0] not in known),
        *length,
    )


def _sendable(headers: Headers) -> Headers:
    """Give what can be sent of an answer's headers, the names in lower case.

    Python reads more than may be written. A folded line is unfolded and a control
    becomes a space, as of any gateway (RFC 9112 section 5.2, RFC 9110 section 5.5).
    """
    return tuple(
        (name.lower(), _CONTROLS.sub(" ", value).strip(" \t"))
        for name, value in headers
        if is_header_name(name)
    )


def _end_to_end(headers: Headers) -> Headers:
    named = {
        option.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for option in value.split(",")
    }
    dropped = _HOP_BY_HOP | named
    return tuple(
        (name, value) for name, value in headers if name.lower() not in dropped
    )


def _reason(failure: Exception) -> str:
    if isinstance(failure, TimeoutError):
        return f"no whole answer within {TIMEOUT_SECONDS:g} seconds"
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror
    return str(failure) or type(failure).__name__
