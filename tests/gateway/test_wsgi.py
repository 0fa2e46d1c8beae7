"""From environ to request, under any server."""

import io
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from sandbox.exchange import HttpResponse
from sandbox.gateway.wsgi import json_response, read_body, read_head, respond


def environ_of(**fields: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **fields}


@pytest.mark.parametrize(
    ("fields", "path", "query"),
    [
        ({"REQUEST_URI": "/a%2Fb?x=%20", "PATH_INFO": "/a/b"}, "/a%2Fb", "x=%20"),
        ({"REQUEST_URI": "/m#frag", "PATH_INFO": "/m"}, "/m", ""),
        ({"REQUEST_URI": "/m?#f", "QUERY_STRING": "#f"}, "/m", ""),
        ({"REQUEST_URI": "/m#f?x", "QUERY_STRING": "x"}, "/m", ""),
        ({"REQUEST_URI": "/m", "QUERY_STRING": "a=b"}, "/m", "a=b"),
        ({"REQUEST_URI": "*", "PATH_INFO": "*"}, "*", ""),
        ({"PATH_INFO": "/a b\xc3\xbc", "QUERY_STRING": "q"}, "/a%20b%C3%BC", "q"),
        ({"PATH_INFO": "/a bü✓"}, "/a%20b%C3%BC%E2%9C%93", ""),
        ({"PATH_INFO": "/50%"}, "/50%25", ""),
        ({"PATH_INFO": "", "SCRIPT_NAME": ""}, "/", ""),
        ({"PATH_INFO": "/b", "SCRIPT_NAME": "/a"}, "/a/b", ""),
    ],
)
def test_read_head_gives_the_path_as_sent(
    fields: dict[str, Any], path: str, query: str
) -> None:
    """From the target where it is known, else from the decoded path."""
    request = read_head(environ_of(**fields))

    assert (request.path, request.query_string) == (path, query)


def test_read_head_gives_standard_headers_without_the_servers_own() -> None:
    """Werkzeug's test client is such a client."""
    environ = EnvironBuilder(
        "/x", method="POST", headers={"X-A": "1"}, json={"a": 1}
    ).get_environ()
    request = read_head(environ)

    assert request.header("x-a") == "1"
    assert request.header("content-type") == "application/json"
    assert request.header("content-length") == "8"
    assert request.method == "POST"


@pytest.mark.parametrize(
    ("fields", "sent", "body"),
    [
        ({"CONTENT_LENGTH": "3"}, b"abcdef", b"abc"),
        ({"CONTENT_LENGTH": "5"}, b"abcde", b"abcde"),
        ({"CONTENT_LENGTH": "6"}, b"abcdef", None),
        ({"wsgi.input_terminated": True}, b"abcde", b"abcde"),
        ({"wsgi.input_terminated": True}, b"abcdef", None),
        ({}, b"abc", b""),
        ({"CONTENT_LENGTH": ""}, b"abc", b""),
        ({"CONTENT_LENGTH": "-1"}, b"abc", b""),
    ],
)
def test_read_body_reads_what_there_is_up_to_the_limit(
    fields: dict[str, Any], sent: bytes, body: bytes | None
) -> None:
    """By its length, or to its end where the server says there is one."""
    environ = environ_of(**{"wsgi.input": io.BytesIO(sent), **fields})
    request = read_body(read_head(environ), environ, limit_bytes=5)

    assert (request and request.body) == body


@pytest.mark.parametrize(
    ("status", "line"),
    [(200, "200 OK"), (418, "418 I'm a Teapot"), (599, "599 Unknown")],
)
def test_respond_begins_with_a_status_line(status: int, line: str) -> None:
    """Also for a status that has no name."""
    begun: list[Any] = []
    response = HttpResponse(status=status, headers=(("a", "b"),), body=b"x")
    pieces = respond(response, lambda *parts: begun.extend(parts))  # type: ignore[arg-type, return-value]

    assert (begun, pieces) == ([line, [("a", "b")]], [b"x"])


def test_json_response_says_what_it_is() -> None:
    """In ASCII, with further headers behind its own."""
    response = json_response(403, {"message": "ü"}, (("a", "b"),))

    assert response == HttpResponse(
        status=403,
        headers=(("content-type", "application/json"), ("a", "b")),
        body=b'{"message": "\\u00fc"}',
    )
