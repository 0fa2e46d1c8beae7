"""Which cookies a browser will not take at this address."""

import pytest

from sandbox.gateway.cookie_notes import refused_cookie


@pytest.mark.parametrize(
    ("set_cookie", "scheme", "host", "expected"),
    [
        ("a=1; Path=/", "http", "localhost:3333", None),
        ("a=1; Secure", "https", "example.test", None),
        ("secure=1", "http", "example.test", None),
        (
            "a=1; Secure",
            "http",
            "example.test:3333",
            ("a", 'The cookie "a" is Secure: browsers refuse it on plain HTTP.'),
        ),
        (
            "_idx=x.y;secure",
            "http",
            "localhost:3333",
            (
                "_idx",
                'The cookie "_idx" is Secure: Safari refuses it on plain HTTP; '
                "Chrome and Firefox keep it here.",
            ),
        ),
    ],
)
def test_refused_cookie(
    set_cookie: str, scheme: str, host: str, expected: tuple[str, str] | None
) -> None:
    """Secure cookies on plain HTTP alone."""
    assert refused_cookie(set_cookie, scheme=scheme, host=host) == expected


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:80", "a.localhost"]
)
def test_loopback_is_excepted(host: str) -> None:
    """Only Safari refuses there."""
    refused = refused_cookie("a=1; Secure", scheme="http", host=host)

    assert refused is not None
    assert "Safari" in refused[1]
