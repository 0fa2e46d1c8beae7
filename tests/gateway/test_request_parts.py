"""What API Gateway makes of the pieces of a request."""

import pytest

from sandbox.gateway.request_parts import (
    ApiFacts,
    collect_headers,
    gather,
    is_text,
    log_time,
    media_type_of,
    query_pairs,
    resource_of,
    source_ip,
    split_cookies,
    trace_id,
)
from tests.gateway.conftest import make_project, make_request


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", []),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1&a=2", [("a", "1"), ("a", "2")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=v", [("", "v")]),
        ("&", []),
        ("a=1&&b=2", [("a", "1"), ("b", "2")]),
        ("a=1+2%2B3", [("a", "1 2+3")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=b%3Dc%26", [("a", "b=c&")]),
        ("a=100%", [("a", "100%")]),
        ("a=%zz", [("a", "%zz")]),
        ("a=%E2%9C%93", [("a", "✓")]),
        ("a[]=2&a[b]=1;c", [("a[]", "2"), ("a[b]", "1;c")]),
        ("__proto__=x", [("__proto__", "x")]),
    ],
)
def test_query_pairs(query: str, pairs: list[tuple[str, str]]) -> None:
    """Names and values are decoded, repeated ones kept."""
    assert query_pairs(query) == pairs


def test_gather_keeps_every_value() -> None:
    """All values by name, in order."""
    assert gather([("a", "1"), ("b", "2"), ("a", "3")]) == {"a": ["1", "3"], "b": ["2"]}


def test_query_has_no_limit_of_parameters() -> None:
    """AWS documents none."""
    query = "&".join(f"k{number}={number}" for number in range(1500))

    assert len(query_pairs(query)) == 1500


@pytest.mark.parametrize(
    ("values", "cookies"),
    [
        (["a=1"], ["a=1"]),
        (["a=1;   b=2  ;c=3"], ["a=1", "b=2", "c=3"]),
        (["a=1", "b=2"], ["a=1", "b=2"]),
        (["a=b=c==; a=2"], ["a=b=c==", "a=2"]),
        (["a=1, b=2"], ["a=1, b=2"]),
        (["  ;; "], []),
    ],
)
def test_split_cookies(values: list[str], cookies: list[str]) -> None:
    """Each cookie of each header, as it was sent."""
    assert split_cookies(values) == cookies


def test_collect_headers_drops_what_is_between_two_hops() -> None:
    """Connection, TE and their like stop here; Keep-Alive and Trailer do not."""
    sent = ("Connection", "Expect", "Proxy-Authenticate", "TE", "Transfer-Encoding")
    kept = ("Keep-Alive", "Trailer", "Proxy-Authorization", "X-A")
    headers = tuple((name, "v") for name in (*sent, "Upgrade", *kept))

    assert collect_headers(headers) == {name.lower(): ["v"] for name in kept}


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "127.0.0.1"),
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "127.0.0.1"),
        ("<script>", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_source_ip(forwarded: str | None, address: str) -> None:
    """The first of X-Forwarded-For where it is an address, else the peer."""
    headers = () if forwarded is None else (f"X-Forwarded-For: {forwarded}",)

    assert source_ip(make_request("GET /", *headers)) == address


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/", "/"),
        ("/a/:id", "/a/{id}"),
        ("/a/:id/b/*", "/a/{id}/b/{proxy+}"),
        ("/*", "/{proxy+}"),
        ("/v1.2/:item-id", "/v1.2/{item-id}"),
    ],
)
def test_resource_of(path: str, resource: str) -> None:
    """Parameters in braces, as in a route key."""
    assert resource_of(path) == resource


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/vnd.api+json", True),
        ("text/plain", True),
        ("text/html;charset=utf-8", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=x", False),
        ("application/jsonp", False),
        ("model/gltf+json", False),
        ("application/x-ndjson", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_is_text(content_type: str, *, expected: bool) -> None:
    """Which bodies an HTTP API hands over as text."""
    assert is_text(media_type_of(content_type)) is expected


@pytest.mark.parametrize(
    ("epoch", "text"),
    [
        (0, "01/Jan/1970:00:00:00 +0000"),
        (1583348638.39, "04/Mar/2020:19:03:58 +0000"),
        (1735689599.999, "31/Dec/2024:23:59:59 +0000"),
    ],
)
def test_log_time(epoch: float, text: str) -> None:
    """Independent of the machine's language."""
    assert log_time(epoch) == text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (None, "Root=1-5e5ffb9e-0123456789abcdef01234567"),
        ("Root=1-abc", "Root=1-5e5ffb9e-0123456789abcdef01234567"),
        (
            "Self=1-a;Root=1-5759e988-bd862e3fe1be46a994272793",
            "Self=1-a;Root=1-5759e988-bd862e3fe1be46a994272793",
        ),
    ],
    ids=["none", "malformed", "the client's"],
)
def test_trace_id_is_of_the_documented_form(sent: str | None, told: str) -> None:
    """A version, the time in eight hex digits, and 24 more; a client's own stands."""
    request_id = "01234567-89ab-cdef-0123-456789abcdef"

    assert trace_id(sent, request_id=request_id, now_epoch=1583348638) == told


def test_api_facts_are_stable() -> None:
    """The same app has the same ids in every run, another app has others."""
    facts = ApiFacts.from_project(make_project(), port=3333)

    assert facts == ApiFacts.from_project(make_project(), port=3333)
    assert facts.domain_name == f"{facts.api_id}.execute-api.us-west-2.amazonaws.com"
    assert facts.account_id == "123456789012"
