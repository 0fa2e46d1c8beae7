"""What a function is given of a WebSocket connection, beside AWS's own examples."""

from typing import Any

import pytest

from sandbox.exchange import Headers, HttpRequest
from sandbox.gateway.request_parts import ApiFacts
from sandbox.websocket.events import (
    Client,
    Closing,
    connect_event,
    disconnect_event,
    message_event,
)

FACTS = ApiFacts(
    account_id="123456789012",
    api_id="abcd1234",
    domain_name="abcd1234.execute-api.us-east-1.amazonaws.com",
    port=443,
)
HEADERS = (
    ("Host", "abcd1234.execute-api.us-east-1.amazonaws.com"),
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
    ("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
)
UUID = "8a9b7cfe-0000-4000-8000-000000000000"


def client_of(headers: Headers = HEADERS, *, query: str = "") -> Client:
    """Give a client of 9 February 2024, as in AWS's examples."""
    return Client(
        connection_id="AAAA1234=",
        connected_epoch=1_707_502_303.419,
        request=HttpRequest(
            method="GET",
            path="/",
            query_string=query,
            headers=headers,
            client_address="192.0.2.1",
            scheme="https",
        ),
        facts=FACTS,
        stage="prod",
    )


def connected(client: Client) -> Any:
    return connect_event(client, request_id="ABCD1234=", trace=UUID)


def test_connect_event_is_aws_s_example() -> None:
    """API Gateway developer guide, "Set up a WebSocket API integration request"."""
    headers = {
        "Host": "abcd1234.execute-api.us-east-1.amazonaws.com",
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }

    assert connected(client_of()) == {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "extendedRequestId": "ABCD1234=",
            "requestTime": "09/Feb/2024:18:11:43 +0000",
            "messageDirection": "IN",
            "stage": "prod",
            "connectedAt": 1_707_502_303_419,
            "requestTimeEpoch": 1_707_502_303_419,
            "identity": {"sourceIp": "192.0.2.1"},
            "requestId": "ABCD1234=",
            "domainName": "abcd1234.execute-api.us-east-1.amazonaws.com",
            "connectionId": "AAAA1234=",
            "apiId": "abcd1234",
        },
        "isBase64Encoded": False,
    }


def test_connect_event_has_the_query_where_there_is_one() -> None:
    """The last value of each, and all of them; and the names of no query are absent."""
    event = connected(client_of(query="a=1&a=2&b=%C3%BC"))

    assert event["queryStringParameters"] == {"a": "2", "b": "ü"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["ü"]}
    assert "queryStringParameters" not in connected(client_of())


def test_connect_event_gathers_headers_that_differ_in_case() -> None:
    """Under the first spelling; and what a proxy before has said is believed."""
    event = connected(
        client_of(
            (
                ("x-a", "1"),
                ("X-A", "2"),
                ("User-Agent", "me"),
                ("x-forwarded-for", "10.0.0.1, 10.0.0.2"),
            )
        )
    )

    assert event["headers"]["x-a"] == "2"
    assert event["multiValueHeaders"]["x-a"] == ["1", "2"]
    assert event["headers"]["x-forwarded-for"] == "10.0.0.1, 10.0.0.2"
    assert "X-Forwarded-For" not in event["headers"]
    identity = {"userAgent": "me", "sourceIp": "10.0.0.1"}
    assert event["requestContext"]["identity"] == identity


def test_connect_event_begins_a_trace_where_the_client_names_none() -> None:
    """In X-Ray's form, from the time and an id."""
    event = connected(client_of((("Host", "h"),)))

    expected = "Root=1-65c66adf-8a9b7cfe0000400080000000"
    assert event["headers"]["X-Amzn-Trace-Id"] == expected


@pytest.mark.parametrize("route_key", ["$default", "hello"])
def test_message_event_has_no_headers(route_key: str) -> None:
    """Its body is what was sent; the rest is told as of the connection."""
    event: Any = message_event(
        client_of(),
        "hello",
        route_key=route_key,
        request_id="R=",
        message_id="M=",
        now_epoch=1_707_503_008.941,
    )

    context = event.pop("requestContext")
    assert event == {"body": "hello", "isBase64Encoded": False}
    assert context["routeKey"] == route_key
    assert context["eventType"] == "MESSAGE"
    assert context["messageId"] == "M="
    assert context["requestId"] == context["extendedRequestId"] == "R="
    assert context["connectedAt"] == 1_707_502_303_419
    assert context["requestTimeEpoch"] == 1_707_503_008_941


def test_disconnect_event_is_aws_s_example() -> None:
    """Of the same page, with the four headers that are there then."""
    closing = Closing(code=1005, reason="Client-side close frame status not set")
    event: Any = disconnect_event(
        client_of(), closing, request_id="ABCD1234=", now_epoch=1_707_503_008.941
    )

    host = "abcd1234.execute-api.us-east-1.amazonaws.com"
    headers = {"Host": host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    assert event["headers"] == headers
    assert event["multiValueHeaders"] == {n: [v] for n, v in headers.items()}
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["routeKey"] == "$disconnect"
    assert context["eventType"] == "DISCONNECT"
    assert context["disconnectStatusCode"] == 1005
    assert context["disconnectReason"] == "Client-side close frame status not set"
    assert context["requestTime"] == "09/Feb/2024:18:23:28 +0000"
