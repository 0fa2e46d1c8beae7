"""Which event a function receives, and when it is too large."""

import json
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.payload import (
    MAX_PAYLOAD_BYTES,
    Event,
    build_event,
    is_too_large,
)
from sandbox.gateway.request_parts import ApiFacts
from sandbox.project.model import ApiType
from tests.gateway.conftest import make_project, make_request, make_route

FACTS = ApiFacts.from_project(make_project(), port=3333)
LATIN = st.text(st.characters(max_codepoint=255), max_size=30)


def build(request: HttpRequest, api_type: ApiType = "http") -> Event:
    return build_event(
        request,
        Match(route=make_route("get /:x/*"), path_parameters=(("x", "ü"),)),
        api_type=api_type,
        facts=FACTS,
        request_id="01234567-89ab-cdef-0123-456789abcdef",
        now_epoch=1.5,
    )


@pytest.mark.parametrize(
    ("api_type", "version"),
    [("http", "2.0"), ("httpv2", "2.0"), ("httpv1", "1.0"), ("rest", None)],
)
def test_format_follows_the_api_type(api_type: ApiType, version: str | None) -> None:
    """`httpv2` is `http` under another name."""
    assert build(make_request(), api_type).get("version") == version


@pytest.mark.parametrize(
    ("content_type", "length", "expected"),
    [
        ("application/octet-stream", 4_400_000, False),
        ("application/octet-stream", 4_600_000, True),
        ("application/json", 5_900_000, False),
        ("application/json", 6_100_000, True),
    ],
)
def test_limit_is_on_the_whole_payload(
    content_type: str, length: int, *, expected: bool
) -> None:
    """Base64 counts: a third of the room goes to it."""
    body = b"a" * length
    request = make_request("POST /", f"content-type: {content_type}", body=body)

    assert is_too_large(build(request), body) is expected


@pytest.mark.parametrize(("more", "expected"), [(0, False), (1, True)])
def test_an_event_may_be_as_large_as_the_limit(more: int, *, expected: bool) -> None:
    """In bytes of its JSON."""
    empty = build(make_request("POST /", "content-type: text/plain", body=b""))
    without = json.dumps({**empty, "body": ""}, ensure_ascii=False)
    room = MAX_PAYLOAD_BYTES - len(without.encode())
    event = cast(Event, {**empty, "body": "a" * (room + more)})

    assert is_too_large(event, b"a" * room) is expected


@given(
    method=st.text("GETX!", min_size=1),
    path=LATIN,
    query=LATIN,
    headers=st.lists(st.tuples(LATIN, LATIN), max_size=6),
    body=st.binary(max_size=50),
    api_type=st.sampled_from(["http", "httpv1", "rest"]),
)
def test_any_request_makes_an_event(
    *,
    method: str,
    path: str,
    query: str,
    headers: list[tuple[str, str]],
    body: bytes,
    api_type: ApiType,
) -> None:
    """Whatever came off the wire becomes JSON."""
    request = HttpRequest(
        method=method,
        path=f"/{path}",
        query_string=query,
        headers=(*headers, ("content-type", "text/plain"), ("Cookie", query)),
        body=body,
    )
    event = build(request, api_type)

    assert json.loads(json.dumps(event, ensure_ascii=False).encode()) == event
