"""Request lines and headers that come to nothing on AWS."""

import pytest

from sandbox.exchange import HttpRequest
from sandbox.gateway.head_notes import MAX_HEAD_BYTES, head_notes


def _request(*, value: int = 0, cookie: int = 0, query: int = 0) -> HttpRequest:
    return HttpRequest(
        method="GET",
        path="/",
        query_string="q" * query,
        headers=(("X-Long", "v" * value), ("Cookie", "c" * cookie)),
    )


_LINE_BYTES = len("GET / HTTP/1.1")


@pytest.mark.parametrize(
    "fitting",
    [
        _request(),
        _request(value=MAX_HEAD_BYTES - _LINE_BYTES),
        _request(value=5_000, cookie=MAX_HEAD_BYTES - _LINE_BYTES - 5_000),
        _request(query=MAX_HEAD_BYTES - _LINE_BYTES - len("?")),
    ],
)
def test_nothing_is_said_of_what_fits(fitting: HttpRequest) -> None:
    """The last byte is still taken; names of headers are not counted."""
    assert head_notes(fitting) == ()


@pytest.mark.parametrize(
    ("long", "whole", "cookies"),
    [
        (_request(value=10_227), "10,241", "0"),
        (_request(query=10_226), "10,241", "0"),
        (_request(value=3_000, cookie=9_000), "12,014", "9,000"),
    ],
)
def test_a_byte_more_is_told(long: HttpRequest, whole: str, cookies: str) -> None:
    """With its size, and what cookies have of it."""
    [(_, note)] = head_notes(long)
    assert note == (
        "API Gateway takes 10,240 bytes of request line and header values, and would "
        f"refuse this: it has {whole}, {cookies} of them cookies."
    )


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("Upgrade", "WebSocket", True),
        ("upgrade", "h2c", False),
        ("Sec-WebSocket-Key", "websocket", False),
    ],
)
def test_a_websocket_without_ws_is_told(
    name: str, value: str, *, is_told: bool
) -> None:
    """The browser only says that it failed."""
    request = HttpRequest(
        method="GET", path="/", query_string="", headers=((name, value),)
    )

    notes = [note for _, note in head_notes(request)]
    assert ["@ws" in note for note in notes] == [True] * is_told
