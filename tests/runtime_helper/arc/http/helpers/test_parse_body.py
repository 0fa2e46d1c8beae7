"""Request bodies by their content type."""

import base64
import binascii
from typing import Any

import arc.http as helper
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        (request("application/vnd.api+json", "[]"), {}),
        (request("application/json", "0"), {}),
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
        ({"headers": {"CONTENT-TYPE": "application/json"}, "body": "{}"}, "{}"),
        (request("text/plain; text/xml", b64("YQ=="), encoded=True), "YQ=="),
        (request(f"{FORM}, multipart/form-data", b64("a=1"), encoded=True),
         {"base64": {"a": "1"}}),
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
        request("application/json", "é", encoded=True),
    ],
)
def test_parse_body_refuses_what_lies_about_itself(req: dict[str, Any]) -> None:
    """One error for JSON of every kind, with the helper's words."""
    with pytest.raises(ValueError, match="Invalid request body encoding"):
        parse_body(req)


@pytest.mark.parametrize(
    ("req", "error"),
    [
        (request("text/plain", base64.b64encode(b"\xff").decode(), encoded=True),
         UnicodeDecodeError),
        (request("text/plain", "A", encoded=True), binascii.Error),
        ({}, KeyError),
        ({"headers": None}, AttributeError),
    ],
)  # fmt: skip
def test_parse_body_fails_as_the_pypi_helper(
    req: dict[str, Any], error: type[Exception]
) -> None:
    """With what Python's own functions raise."""
    for parse in (parse_body, helper.parse_body):
        with pytest.raises(error):
            parse(req)


CONTENT_TYPES = [
    "application/json", "application/vnd.api+json; a=b", FORM, "TEXT/PLAIN",
    "text/xml, application/json", "multipart/form-data; boundary=x", "image/png", "",
]  # fmt: skip


@settings(deadline=None, max_examples=300, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from(["content-type", "Content-Type", "CONTENT-TYPE"]),
        st.sampled_from(CONTENT_TYPES),
    ),
    st.sampled_from(["", "{}", "[0]", "null", "a=1&a=2&b=", "%", "é", "AA==", "{"])
    | st.none()
    | st.just({"a": 1}),
    st.sampled_from(["as it is", "base64"]),
    st.sampled_from([True, False, None]),
)
def test_parse_body_is_the_pypi_helper_s(
    headers: dict[str, str], body: Any, form: str, flag: Any
) -> None:
    """Whatever the request: the same value, or the same error."""
    text = b64(body) if form == "base64" and isinstance(body, str) else body
    req = {"headers": headers, "body": text, "isBase64Encoded": flag}

    assert outcome(parse_body, req) == outcome(helper.parse_body, req)


def outcome(parse: Any, req: dict[str, Any]) -> tuple[str, str]:
    try:
        return "value", repr(parse(req))
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return type(error).__name__, str(error)
