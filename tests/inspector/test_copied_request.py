"""What another client has to be told of a request."""

import pytest

from sandbox.exchange import HttpRequest
from sandbox.inspector.copied_request import headers_of, target_of


def request(target: str, *names: str) -> HttpRequest:
    path, _, query = target.partition("?")
    return HttpRequest(
        method="GET",
        path=path,
        query_string=query,
        headers=tuple((name, "x") for name in names),
    )


@pytest.mark.parametrize("target", ["/", "/a%20b/..", "/a?b=c?d", "*"])
def test_the_target_is_that_which_was_sent(target: str) -> None:
    """Nothing is resolved or encoded anew."""
    assert target_of(request(target)) == target


def test_headers_of_connection_and_browser_are_left_out() -> None:
    """The other client makes its own; order and repeated names stay."""
    sent = request("/", "Host", "X-B", "Sec-Fetch-Mode", "cookie", "TE", "X-B", "DNT")

    assert [name for name, _ in headers_of(sent)] == ["X-B", "cookie", "X-B"]
