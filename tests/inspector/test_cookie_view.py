"""The cookies of an exchange, as a browser took them."""

import pytest

from sandbox.inspector.cookie_view import set_cookies
from tests.exchanges import exchange_of


@pytest.mark.parametrize("host", ["[::1]", "[::1]:3333", "localhost", "LOCALHOST:3333"])
def test_this_machine_counts_as_secure_by_any_name(host: str) -> None:
    """With or without a port, and where the name itself has colons."""
    exchange = exchange_of(
        "a",
        request_headers=(("host", host),),
        response_headers=(("set-cookie", "a=1; Secure"),),
    )

    ((_value, view),) = set_cookies(exchange)

    assert view.is_kept
