"""Request bodies by their content type."""

import base64
from typing import Any

import pytest

from sandbox.runtime_helper.arc.http import parse_body


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def request(content_type: str, body: Any, *, encoded: bool = False) -> dict[str, Any]:
    return {
        "headers": {"content-type": content_type},
        "body": body,
        "isBase64Encoded": encoded,
    }


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("req", "parsed"),
    [
        (request("application/json", '{"a": [1]}'), {"a": [1]}),
        (request("application/json; a=b", b64('{"a": 1}'), encoded=True), {"a": 1}),
        (request("application/vnd.api+json", "[]"), []),
        (request("application/json", "0"), 0),
        (request("application/json", "null"), {}),
        (request("application/json", ""), ""),
        (request("application/json", None), None),
        (request("application/json", {"a": 1}), {"a": 1}),
        (request(FORM, b64("a=1&b=+%2F&a=2&c="), encoded=True), {"a": "2", "b": " /"}),
        (request(FORM, "a=1"), "a=1"),
        (request("text/plain", b64("häh"), encoded=True), "häh"),
        (request("text/plain", "plain"), "plain"),
        (request("application/xml", b64("<a/>"), encoded=True), "<a/>"),
        (request("text/xml", b64("<a/>"), encoded=True), "<a/>"),
        (request("multipart/form-data; a=b", "AA==", encoded=True), {"base64": "AA=="}),
        (request("application/octet-stream", "AA==", encoded=True), {"base64": "AA=="}),
        (request("image/png", "AA==", encoded=True), "AA=="),
        ({"headers": {"Content-Type": "application/json"}, "body": "{}"}, {}),
        ({"headers": {}, "body": "x"}, "x"),
        ({"headers": None}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_parse_body_follows_the_content_type(req: dict[str, Any], parsed: Any) -> None:
    """JSON, forms, text and bytes; what it does not know it leaves."""
    before = repr(req)

    assert parse_body(req) == parsed
    assert repr(req) == before


@pytest.mark.parametrize(
    "req",
    [
        request("application/json", "{"),
        request("application/json", "[" * 100_000),
        request("application/json", "%%%", encoded=True),
        request("text/plain", base64.b64encode(b"\xff").decode(), encoded=True),
        request("text/plain", "A", encoded=True),
    ],
)
def test_parse_body_refuses_what_lies_about_itself(req: dict[str, Any]) -> None:
    """One error for all, with the helpers' words."""
    with pytest.raises(ValueError, match="Invalid request body encoding"):
        parse_body(req)
