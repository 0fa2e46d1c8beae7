"""WSGI ⇄ the API's nouns: reads callers and bodies, sends answers.

Values may hold anything that an app or its visitors wrote. JSON leaves with `<`, `>`
and `&` escaped, so that it stays harmless even where something takes it for a page.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, assert_never
from urllib.parse import parse_qsl

from sandbox.http1.wsgi_input import read_input
from sandbox.inspector.messages import (
    Answer,
    ApiError,
    DocumentAnswer,
    Headers,
    JsonAnswer,
    StreamAnswer,
    TextAnswer,
)
from sandbox.inspector.security import (
    API_CONTENT_POLICY,
    HEADERS,
    PAGE_CONTENT_POLICY,
    TOKEN_QUERY,
    Caller,
)
from sandbox.json_value import JsonValue, harmless_json, strict_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Enough for a table's export; DynamoDB's own largest request is as long."""


def read_caller(environ: "WSGIEnvironment") -> Caller:
    """Give what decides whether the request may come in."""
    headers = {
        key[5:].replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") and isinstance(value, str)
    }
    return Caller(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", ""),
        scheme=environ.get("wsgi.url_scheme", "http"),
        client_address=environ.get("REMOTE_ADDR", ""),
        headers=headers,
        query_token=read_query(environ).get(TOKEN_QUERY, ""),
    )


def raw_path(environ: "WSGIEnvironment") -> str:
    """Give the path as sent, percent-encoded."""
    target: str = environ.get("REQUEST_URI") or environ.get("PATH_INFO", "")
    return target.partition("?")[0]


def read_query(environ: "WSGIEnvironment") -> dict[str, str]:
    """Give the query's parameters; the last of a name wins."""
    return dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))


def read_body(environ: "WSGIEnvironment") -> Mapping[str, JsonValue]:
    """Give the JSON object that was sent; an empty one where nothing was.

    Raises:
        ApiError: 413 for a long body, 415 for another media type, 400 for what is no
            JSON object.
    """
    body = read_input(environ, most_bytes=MAX_BODY_BYTES)
    if body is None:
        raise ApiError(
            413,
            f"The body is longer than {MAX_BODY_BYTES} bytes.",
            remedy="Send it in parts.",
        )
    if not body.strip():
        return {}
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(
            415,
            f'The body is sent as "{kind}".',
            remedy="Send JSON, with Content-Type: application/json.",
        )
    try:
        value = strict_json(body)
    except (ValueError, RecursionError) as error:
        raise ApiError(
            400, f"The body is not JSON: {error}.", remedy="Send a JSON object."
        ) from error
    if not isinstance(value, dict):
        raise ApiError(
            400, "The body is JSON, but not an object.", remedy="Send a JSON object."
        )
    return value


def respond(answer: Answer, start_response: "StartResponse") -> Iterable[bytes]:
    """Begin to answer, and give the body."""
    match answer:
        case JsonAnswer():
            body = harmless_json(answer.content)
            headers = (("Content-Type", "application/json"), *answer.headers)
            return _send(start_response, answer.status, headers, body)
        case TextAnswer():
            body = answer.text.encode("utf-8", "replace")
            headers = (("Content-Type", "text/plain; charset=utf-8"),)
            return _send(start_response, HTTPStatus.OK, headers, body)
        case DocumentAnswer():
            headers = (("Content-Type", answer.media_type), *answer.headers)
            return _send(
                start_response,
                answer.status,
                headers,
                answer.body,
                policy=PAGE_CONTENT_POLICY,
            )
        case StreamAnswer():
            headers = (("Content-Type", "text/event-stream; charset=utf-8"),)
            start_response(_line(HTTPStatus.OK), [*headers, *_guards()])
            return answer.pieces
        case _:
            assert_never(answer)


def respond_error(error: ApiError, start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with an error's message and remedy."""
    answer = JsonAnswer(
        content=error.body(), status=error.status, headers=error.headers
    )
    return respond(answer, start_response)


def _send(
    start_response: "StartResponse",
    status: int,
    headers: Headers,
    body: bytes,
    *,
    policy: str = API_CONTENT_POLICY,
) -> list[bytes]:
    length = ("Content-Length", str(len(body)))
    start_response(_line(status), [*headers, length, *_guards(policy)])
    return [body]


def _guards(policy: str = API_CONTENT_POLICY) -> Headers:
    return (*HEADERS, ("Content-Security-Policy", policy))


def _line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
