"""Takes an HTTP request of DynamoDB's JSON 1.0 protocol, gives operation and answer.

Any AWS SDK speaks it (botocore, the SDKs for JavaScript, aws-lite): `POST /` with the
operation in `X-Amz-Target`. Credentials and signatures are not looked at. Clients check
the CRC-32 of a body, and log the request id (DynamoDB Developer Guide, "DynamoDB
low-level API").
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from random import getrandbits
from typing import TYPE_CHECKING

from sandbox.http1.wsgi_input import read_input
from sandbox.json_value import JsonValue
from sandbox.tables.errors import TableError, serialization_error

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

MAX_BODY_BYTES = 16 * 1024 * 1024
"""DynamoDB's own limit for a request."""

CONTENT_TYPE = "application/x-amz-json-1.0"

_encode = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: `json.dumps` makes an encoder at each call that sets it otherwise."""

_REASONS = {
    403: "Forbidden",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response, ready to send."""

    status: str
    """As WSGI wants it: `200 OK`."""
    headers: list[tuple[str, str]]
    body: bytes


def read_request(environ: "WSGIEnvironment") -> tuple[str, Mapping[str, object]]:
    """Give the operation's name and its request.

    Raises:
        TableError: no operation is named, or the body is not JSON.
    """
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if not operation:
        raise TableError("MissingAuthenticationTokenException", _NO_OPERATION)
    body = _read_body(environ)
    try:
        request = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise serialization_error(f"The body is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise serialization_error("The body is JSON, but not an object.")
    return operation, request


_NO_OPERATION = (
    "The request names no operation. Send DynamoDB's JSON protocol: "
    "POST / with a header such as X-Amz-Target: DynamoDB_20120810.GetItem."
)


def _read_body(environ: "WSGIEnvironment") -> bytes:
    """Read the body, and decompress it where it says so."""
    body = read_input(environ, most_bytes=MAX_BODY_BYTES)
    if body and environ.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip":
        body = _decompress(body)
    if body is None or len(body) > MAX_BODY_BYTES:
        message = f"The request is larger than {MAX_BODY_BYTES} bytes."
        raise TableError("RequestEntityTooLarge", message, status=413)
    return body


def _decompress(body: bytes) -> bytes:
    """Undo gzip, up to one byte more than is allowed."""
    try:
        unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        return unzip.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise serialization_error(f"The body is not gzip: {error}") from error


def success(result: JsonValue) -> Answer:
    """Give the answer that carries an operation's result."""
    return _answer("200 OK", result)


def failure(error: TableError) -> Answer:
    """Give the answer that carries one of DynamoDB's errors."""
    reason = _REASONS.get(error.status, "Bad Request")
    return _answer(f"{error.status} {reason}", error.body())


def greeting(text: str) -> Answer:
    """Give plain text, for a person who opens the port in a browser."""
    body = text.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
    ]
    return Answer(status="200 OK", headers=headers, body=body)


def _answer(status: str, content: JsonValue) -> Answer:
    body = _encode(content).encode("ascii")
    headers = [
        ("Content-Type", CONTENT_TYPE),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", f"{getrandbits(128):032X}"),
        ("x-amz-crc32", str(zlib.crc32(body))),
    ]
    return Answer(status=status, headers=headers, body=body)
