"""Takes a WSGI environ, gives an `HttpRequest`; answers with an `HttpResponse`.

The sandbox's own server passes what WSGI cannot say (the target as sent, repeated
headers); under any other server or test client, the standard keys serve.
"""

import json
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from sandbox.exchange import Headers, HttpRequest, HttpResponse
from sandbox.http1.wsgi_input import read_input
from sandbox.json_value import JsonValue

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OWN_JAR = "arc.own_jar"
"""A key of the environ: the client drops cookies by the sandbox's clock itself."""
_UNESCAPED = "/!$&'()*+,;=:@~"
_REQUESTS_REMEMBERED = 64
_PHRASES = MappingProxyType({status.value: status.phrase for status in HTTPStatus})


def read_head(environ: "WSGIEnvironment") -> HttpRequest:
    """Give the request with an empty body."""
    path, query = _target(environ)
    return _request(
        environ["REQUEST_METHOD"],
        path,
        query,
        environ.get("arc.headers") or _standard_headers(environ),
        environ.get("REMOTE_ADDR") or "127.0.0.1",
        environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        environ.get("wsgi.url_scheme", "http"),
    )


@lru_cache(_REQUESTS_REMEMBERED)
def _request(  # noqa: PLR0913 - keywords would double the cost of a hit
    method: str,
    path: str,
    query: str,
    headers: Headers,
    address: str,
    protocol: str,
    scheme: str,
) -> HttpRequest:
    """Make a request, once for all equal ones: a client's often are, but for bodies."""
    return HttpRequest(
        method=method,
        path=path,
        query_string=query,
        headers=headers,
        client_address=address,
        protocol=protocol,
        scheme=scheme,
    )


def read_body(
    request: HttpRequest, environ: "WSGIEnvironment", *, limit_bytes: int
) -> HttpRequest | None:
    """Give the request with its body, or None where that is longer than the limit.

    What is too long is not read to its end.

    Raises:
        OSError: the client went, or paused too long.
        BadRequestError: its body is malformed.
    """
    body = read_input(environ, most_bytes=limit_bytes)
    if body is None:
        return None
    return replace(request, body=body) if body else request


def json_response(
    status: int, content: JsonValue, headers: Headers = ()
) -> HttpResponse:
    """Give a response whose body is `content`, as JSON."""
    json_type = ("content-type", "application/json")
    body = json.dumps(content).encode()
    return HttpResponse(status=status, headers=(json_type, *headers), body=body)


def respond(response: HttpResponse, start_response: "StartResponse") -> list[bytes]:
    """Begin the answer, and give its body."""
    status = f"{response.status} {phrase_of(response.status)}"
    start_response(status, list(response.headers))
    return [response.body]


def phrase_of(status: int) -> str:
    """Give a status's reason phrase (RFC 9110 section 15), or `Unknown`."""
    return _PHRASES.get(status, "Unknown")


def _target(environ: "WSGIEnvironment") -> tuple[str, str]:
    """Give path and query as sent, or as they can be told from the decoded path."""
    raw = environ.get("REQUEST_URI", "")
    if raw.startswith("/"):
        path, mark, query = raw.partition("#")[0].partition("?")
        if not mark and "#" not in raw:
            # Werkzeug's test client leaves a query that it was given apart out of it.
            query = environ.get("QUERY_STRING", "")
        return path, query
    decoded = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    path = quote_from_bytes(_path_bytes(decoded), safe=_UNESCAPED)
    return path or "/", environ.get("QUERY_STRING", "")


def _path_bytes(decoded: str) -> bytes:
    """Undo WSGI's Latin-1, or take the text itself where a client skips that step.

    PEP 3333 wants bytes as Latin-1 text; httpx's WSGITransport passes Unicode.
    """
    try:
        raw = decoded.encode("latin-1")
        raw.decode("utf-8")
    except UnicodeError:
        return decoded.encode("utf-8", "replace")
    return raw


def _standard_headers(environ: "WSGIEnvironment") -> Headers:
    headers = [
        (key[5:].replace("_", "-").lower(), value)
        for key, value in environ.items()
        if key.startswith("HTTP_") and isinstance(value, str)
    ]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((key.replace("_", "-").lower(), environ[key]))
    return tuple(headers)
