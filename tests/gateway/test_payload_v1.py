"""Payload format 1.0 and the REST API's own, field by field."""

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.payload_v1 import EventV1, build_event_v1
from sandbox.gateway.request_parts import ApiFacts
from tests.gateway.conftest import make_request, make_route

FACTS = ApiFacts(
    account_id="123456789012", api_id="abc", domain_name="abc.example", port=3333
)


def build(
    request: HttpRequest,
    route: str = "get /",
    *parameters: tuple[str, str],
    is_rest: bool = True,
) -> EventV1:
    return build_event_v1(
        request,
        Match(route=make_route(route), path_parameters=parameters),
        facts=FACTS,
        request_id="01234567-89ab-cdef-0123-456789abcdef",
        now_epoch=1583348638.39,
        is_rest=is_rest,
    )


def test_whole_rest_event() -> None:
    """Every field of a request that has everything."""
    request = make_request(
        "POST /p/a%20b?x=1&x=2&y=3",
        "Host: localhost:3333",
        "User-Agent: ua/1",
        "Authorization: Bearer x",
        "X-A: 1",
        "x-a: 2",
        "Cookie: a=1",
        "Cookie: b=2",
        "Server: s",
        "TE: trailers",
        body=b"a=1",
    )
    headers = {
        "Host": "localhost:3333",
        "User-Agent": "ua/1",
        "Authorization": "Bearer x",
        "x-a": "1, 2",
        "cookie": "a=1; b=2",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": "3333",
        "X-Forwarded-Proto": "http",
        "X-Amzn-Trace-Id": "Root=1-5e5ffb9e-0123456789abcdef01234567",
    }

    assert build(request, "post /p/:id", ("id", "a b")) == {
        "resource": "/p/{id}",
        "path": "/p/a%20b",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"x": "2", "y": "3"},
        "multiValueQueryStringParameters": {"x": ["1", "2"], "y": ["3"]},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.example",
            "domainPrefix": "abc",
            "extendedRequestId": "01234567-89ab-cdef-0123-456789abcdef",
            "httpMethod": "POST",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "ua/1"},
            "path": "/p/a%20b",
            "protocol": "HTTP/1.1",
            "requestId": "01234567-89ab-cdef-0123-456789abcdef",
            "requestTime": "04/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1583348638390,
            "resourceId": None,
            "resourcePath": "/p/{id}",
            "stage": "staging",
        },
        "pathParameters": {"id": "a b"},
        "stageVariables": None,
        "body": "YT0x",
        "isBase64Encoded": True,
    }


def test_absent_things_are_null() -> None:
    """Null, not absent and not empty."""
    event = build(make_request("GET /"))

    assert event["body"] is None
    assert event["pathParameters"] is None
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["isBase64Encoded"] is False


def test_format_1_0_differs_from_rest() -> None:
    """It has a version, keeps more headers, and fewer capitals."""
    request = make_request(
        "GET /", "Authorization: a", "Date: d", "Server: s", "Trailer: t", "Host: h"
    )
    event = build(request, is_rest=False)

    assert event["version"] == "1.0"
    assert event["requestContext"]["stage"] == "$default"
    names = set(event["headers"])
    assert {"authorization", "date", "server", "trailer", "Host"} <= names
    assert "version" not in build(request)
    assert {"Authorization", "Date"} <= set(build(request)["headers"])
    assert not {"server", "trailer"} & set(build(request)["headers"])


def test_greedy_root_is_a_catch_all() -> None:
    """The resource is written as API Gateway writes it."""
    event = build(make_request("GET /x/y"), "get /*", ("proxy", "x/y"))

    assert (event["resource"], event["path"]) == ("/{proxy+}", "/x/y")


def test_empty_headers_of_a_proxy_are_none() -> None:
    """What tells nothing is replaced, not believed."""
    names = ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")
    event = build(make_request("GET /", *(f"{name}:" for name in names)))

    assert [event["headers"][name] for name in names] == ["127.0.0.1", "3333", "http"]
