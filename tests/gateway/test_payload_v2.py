"""Payload format 2.0, field by field."""

from typing import Any

import pytest

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.payload_v2 import EventV2, build_event_v2
from sandbox.gateway.request_parts import ApiFacts
from tests.gateway.conftest import make_request, make_route

FACTS = ApiFacts(
    account_id="123456789012", api_id="abc", domain_name="abc.example", port=3333
)


def build(
    request: HttpRequest, route: str = "get /", *parameters: tuple[str, str]
) -> EventV2:
    return build_event_v2(
        request,
        Match(route=make_route(route), path_parameters=parameters),
        facts=FACTS,
        request_id="01234567-89ab-cdef-0123-456789abcdef",
        now_epoch=1583348638.39,
    )


def test_whole_event() -> None:
    """Every field of a request that has everything, as AWS documents it."""
    request = make_request(
        "POST /pages/a%20b?x=1&x=2&y=%C3%BC",
        "Host: localhost:3333",
        "User-Agent: ua/1",
        "Content-Type: application/json",
        "Content-Length: 8",
        "X-A: 1",
        "x-a: 2",
        "Cookie: a=1; b=2",
        "Connection: keep-alive",
        body=b'{"a": 1}',
    )

    assert build(request, "post /pages/:id", ("id", "a b")) == {
        "version": "2.0",
        "routeKey": "POST /pages/{id}",
        "rawPath": "/pages/a b",
        "rawQueryString": "x=1&x=2&y=%C3%BC",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "localhost:3333",
            "user-agent": "ua/1",
            "content-type": "application/json",
            "content-length": "8",
            "x-a": "1,2",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "3333",
            "x-forwarded-proto": "http",
            "x-amzn-trace-id": "Root=1-5e5ffb9e-0123456789abcdef01234567",
        },
        "queryStringParameters": {"x": "1,2", "y": "ü"},
        "pathParameters": {"id": "a b"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.example",
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": "/pages/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "ua/1",
            },
            "requestId": "01234567-89ab-cdef-0123-456789abcdef",
            "routeKey": "POST /pages/{id}",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    }


def test_absent_things_are_absent() -> None:
    """Not null, not empty: not there."""
    event = build(make_request("GET /"))
    absent = {"cookies", "queryStringParameters", "pathParameters", "body"}

    assert not absent & set(event)
    assert "stageVariables" not in event
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["http"]["userAgent"] is None


@pytest.mark.parametrize(
    ("content_type", "sent", "body", "is_base64"),
    [
        ("text/plain", "grüße".encode(), "grüße", False),
        ("APPLICATION/JSON", b"{}", "{}", False),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("application/octet-stream", b"\0\xff", "AP8=", True),
        ("", b"x", "eA==", True),
        ("application/json", b"\xff", "/w==", True),
    ],
)
def test_body_is_text_or_base64(
    content_type: str, sent: bytes, body: str, *, is_base64: bool
) -> None:
    """By media type; text that is not UTF-8 is kept unharmed."""
    request = make_request("POST /", f"content-type: {content_type}", body=sent)
    event = build(request, "post /")

    assert (event["body"], event["isBase64Encoded"]) == (body, is_base64)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
        ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
    ],
)
def test_headers_of_a_proxy_are_believed(header: str, value: str) -> None:
    """What the client sends stands."""
    event: Any = build(make_request("GET /", f"{header}: {value}"))

    assert event["headers"][header] == value


def test_any_route_says_any_in_its_key() -> None:
    """The key is the route's, the method the request's."""
    event = build(make_request("PUT /x/y"), "any /x/*", ("proxy", "y"))

    assert event["routeKey"] == "ANY /x/{proxy+}"
    assert event["requestContext"]["http"]["method"] == "PUT"


def test_empty_headers_of_a_proxy_are_none() -> None:
    """What tells nothing is replaced, not believed."""
    names = ("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")
    event = build(make_request("GET /", *(f"{name}:" for name in names)))

    assert [event["headers"][name] for name in names] == ["127.0.0.1", "3333", "http"]
