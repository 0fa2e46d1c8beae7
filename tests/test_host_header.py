"""The headers that tell a page of this address from a stranger's."""

import pytest

from sandbox.host_header import bare_host, is_own_origin


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:3333", "localhost"),
        ("localhost", "localhost"),
        ("LocalHost:80", "localhost"),
        ("127.0.0.1:3333", "127.0.0.1"),
        ("[::1]:3333", "[::1]"),
        ("[::1]", "[::1]"),
        ("[2001:db8::5]", "[2001:db8::5]"),
        ("::1", "::1"),
        ("2001:db8::5", "2001:db8::5"),
        ("[::1].evil.example", "[::1].evil.example"),
        ("localhost:x", "localhost:x"),
        (":3333", ":3333"),
        ("", ""),
    ],
)
def test_bare_host_has_no_port(header: str, name: str) -> None:
    """Only a port at the end is cut off, and no part of an IPv6 address."""
    assert bare_host(header) == name


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("http://localhost:5555", True),
        ("HTTP://LOCALHOST:5555", True),
        ("https://localhost:5555", False),
        ("http://localhost:3333", False),
        ("http://localhost:5555.evil.example", False),
        ("null", False),
        (None, True),
        ("", False),
    ],
)
def test_an_origin_is_own_only_as_a_whole(
    origin: str | None,
    is_own: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Scheme, name and port have to be those that were asked."""
    assert is_own_origin(origin, scheme="http", host="Localhost:5555") is is_own
