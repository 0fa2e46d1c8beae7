"""Request lines and headers that API Gateway would not take."""

import pytest

from sandbox.exchange import HttpRequest
from sandbox.gateway.head_notes import MAX_HEAD_BYTES, too_long_head


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
    assert too_long_head(fitting) is None


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
    assert too_long_head(long) == (
        "API Gateway takes 10,240 bytes of request line and header values, and would "
        f"refuse this: it has {whole}, {cookies} of them cookies."
    )
