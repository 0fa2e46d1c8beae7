"""What a browser keeps of a Set-Cookie header."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.sessions.browser_view import browser_view, domain_matches

NOW = 1_700_000_000
DAY = 86_400


@pytest.mark.parametrize(
    ("set_cookie", "expires_epoch", "is_deletion"),
    [
        ("_idx=v", None, False),
        ("_idx=v; Max-Age=60", NOW + 60, False),
        ("_idx=v; max-age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", NOW + 60, False),
        ("_idx=v; Max-Age=788400000", NOW + 400 * DAY, False),
        ("_idx=v; Max-Age=99999999999999999999", NOW + 400 * DAY, False),
        ("_idx=v; Max-Age=0", 0, True),
        ("_idx=v; Max-Age=-1", 0, True),
        ("_idx=v; Max-Age=1.5", None, False),
        ("_idx=v; Expires=Wed, 15 Nov 2023 22:13:20 GMT", NOW + DAY, False),
        ("_idx=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, True),
        ("_idx=v; expires=790195418154.7443", None, False),
        ("_idx=v; expires=1.5; Max-Age=60", NOW + 60, False),
    ],
)
def test_browser_keeps_a_cookie_for_its_lifetime(
    set_cookie: str, expires_epoch: float | None, *, is_deletion: bool
) -> None:
    """Max-Age before Expires, 400 days at most, and no date that is none."""
    view = browser_view(set_cookie, host="localhost", now_epoch=NOW)

    assert (view.expires_epoch, view.is_deletion) == (expires_epoch, is_deletion)
    assert view.is_kept is not is_deletion


@pytest.mark.parametrize(
    ("set_cookie", "host", "scheme", "refusal"),
    [
        ("_idx=v; Domain=example.com", "localhost", "http", "does not cover the host"),
        ("_idx=v; Domain=example.com", "www.example.com", "https", ""),
        ("_idx=v; Domain=.example.com", "example.com", "https", ""),
        ("_idx=v; Domain=localhost", "localhost", "http", ""),
        ("_idx=v; SameSite=None", "localhost", "http", "only together with Secure"),
        ("_idx=v; SameSite=None; Secure", "localhost", "http", ""),
        ("_idx=v; Secure", "192.168.1.5", "http", '"http://192.168.1.5" is not'),
        ("_idx=v; Secure", "127.0.0.1", "http", ""),
        ("_idx=v; Secure", "example.com", "https", ""),
        ("__Secure-a=1", "localhost", "http", "only together with Secure"),
        ("__secure-a=1; Secure", "localhost", "http", ""),
        ("__Host-a=1; Path=/", "localhost", "http", "only together with Secure"),
        ("__Host-a=1; Secure", "localhost", "http", "only with Path=/ and no Domain"),
        (
            "__Host-a=1; Secure; Path=/; Domain=localhost",
            *("localhost", "http", "only with Path=/ and no Domain"),
        ),
        ("__Host-a=1; Secure; Path=/", "localhost", "http", ""),
        (f"_idx={'v' * 4092}", "localhost", "http", ""),
        (f"_idx={'v' * 4093}", "localhost", "http", "are 4097 bytes"),
    ],
)
def test_browser_refuses_a_cookie(
    set_cookie: str, host: str, scheme: str, refusal: str
) -> None:
    """For its size, its Domain, SameSite without Secure, Secure without HTTPS."""
    view = browser_view(set_cookie, host=host, scheme=scheme, now_epoch=NOW)

    assert view.is_kept is (refusal == "")
    assert refusal in view.refusal


def test_browser_view_reads_the_attributes() -> None:
    """Names in any case, the last of a name wins."""
    view = browser_view(
        " _idx = v=w ; PATH=/a; path=/b; secure; SameSite=Strict; HttpOnly",
        host="localhost",
        now_epoch=NOW,
    )

    assert (view.name, view.value, view.path) == ("_idx", "v=w", "/b")
    assert (view.is_secure, view.same_site) == (True, "strict")


@pytest.mark.parametrize(
    ("host", "domain", "matches"),
    [
        ("a.example.com", "example.com", True),
        ("badexample.com", "example.com", False),
        ("app.localhost", "localhost", False),
        ("1.2.3.4", "3.4", False),
    ],
)
def test_domain_matches_whole_labels(host: str, domain: str, *, matches: bool) -> None:
    """RFC 6265 section 5.1.3; a top-level domain and an address never match."""
    assert domain_matches(host, domain) is matches


@settings(deadline=None)
@given(st.text())
def test_browser_view_survives_anything(set_cookie: str) -> None:
    """Whatever a handler returns."""
    browser_view(set_cookie, host="localhost", now_epoch=NOW)
