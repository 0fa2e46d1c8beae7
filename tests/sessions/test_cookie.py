"""The `_idx` cookie: every attribute written, and found in any company."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.sessions.cookie import (
    CookieReading,
    cookie_header,
    http_date,
    read_cookie,
    simple_cookie_value,
    write_cookie,
)
from sandbox.sessions.settings import SessionSettings

NOW = 1_700_000_000  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            SessionSettings(secure=False),
            "_idx=v; Max-Age=788400000; Path=/; "
            "Expires=Sat, 07 Nov 2048 22:13:20 GMT; HttpOnly; SameSite=Lax",
        ),
        (
            SessionSettings(
                max_age_seconds=86_400, domain="example.com", same_site="None"
            ),
            "_idx=v; Max-Age=86400; Domain=example.com; Path=/; "
            "Expires=Wed, 15 Nov 2023 22:13:20 GMT; HttpOnly; Secure; SameSite=None",
        ),
        (
            SessionSettings(max_age_seconds=0, secure=False, same_site="Strict"),
            "_idx=v; Max-Age=0; Path=/; "
            "Expires=Tue, 14 Nov 2023 22:13:20 GMT; HttpOnly; SameSite=Strict",
        ),
    ],
)
def test_write_cookie_gives_each_attribute(
    settings: SessionSettings, expected: str
) -> None:
    """As the settings have them, Expires agreeing with Max-Age."""
    assert write_cookie("v", settings, now_epoch=NOW) == expected


def test_write_cookie_encodes_as_javascript_does() -> None:
    """Base64's `+` and `/` are encoded: quoted, the Node helper would refuse them."""
    text = write_cookie("a.b+c/d", SessionSettings(), now_epoch=NOW)

    assert text.startswith("_idx=a.b%2Bc%2Fd; ")


@pytest.mark.parametrize(
    ("epoch", "date"),
    [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777.9, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1e300, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_http_date_is_an_imf_fixdate(epoch: float, date: str) -> None:
    """The form and the example of RFC 9110 section 5.6.7, within four-digit years."""
    assert http_date(epoch) == date


@pytest.mark.parametrize(
    ("header", "value", "is_lost"),
    [
        ("", None, False),
        ("a=1; b=2", None, False),
        ("x_idx=1", None, False),
        ("_idx=v", "v", False),
        ("a=1;_idx=v ; b=2", "v", False),
        ("_idx=", "", False),
        ('_idx="a/b.c"', "a/b.c", False),
        ("_idx=a%2Fb%2B", "a/b+", False),
        ("_idx=100%", "100%", False),
        ("_idx=%zz%2F", "%zz%2F", False),
        ("_idx=v=w==", "v=w==", False),
        ('consent={"a":1}; _idx=v', "v", True),
        ("name=J Doe; _idx=v", "v", True),
        ("name=Ren\xe9; _idx=v", "v", True),
        ("list=[1]; _idx=v", "v", False),
        ('_idx=v; consent={"a":1}', "v", False),
        ("lonely; _idx=v", "v", True),
        ('_idx=old; consent={"a":1}; _idx=v', "v", True),
        ("_idx=old; _idx=v", "v", False),
    ],
)
def test_read_cookie_finds_it_in_any_company(
    header: str, value: str | None, *, is_lost: bool
) -> None:
    """Neighbours do not matter to us, and we know to whom they do."""
    reading = read_cookie(header)

    assert (reading.value, reading.is_lost_by_python_helper) == (value, is_lost)


def test_read_cookie_takes_the_last_of_several() -> None:
    """As both helpers do; the others are told."""
    assert read_cookie("_idx=old; a=1; _idx=new") == CookieReading(
        value="new", duplicates=("old",), size_bytes=8
    )


@pytest.mark.parametrize(("length", "is_too_long"), [(4092, False), (4093, True)])
def test_read_cookie_measures(length: int, *, is_too_long: bool) -> None:
    """Name and value may be 4,096 bytes together."""
    assert read_cookie(f"_idx={'v' * length}").is_too_long is is_too_long


@settings(deadline=None)
@given(st.text())
def test_read_cookie_survives_anything(header: str) -> None:
    """Whatever a client sends."""
    read_cookie(header)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_cookie_reads_back(value: str) -> None:
    """Any text survives the way to the client and back, by either reader."""
    text = write_cookie(value, SessionSettings(), now_epoch=NOW)
    pair = text.partition("; ")[0]

    assert read_cookie(f"a=1; {pair}").value == value
    assert simple_cookie_value(pair) is not None


@pytest.mark.parametrize(
    ("event", "header"),
    [
        ({"cookies": ["a=1", "_idx=v"]}, "a=1; _idx=v"),
        ({"headers": {"cookie": "_idx=v"}}, "_idx=v"),
        ({"headers": {"Cookie": "_idx=v"}}, "_idx=v"),
        ({"cookies": ["_idx=2"], "headers": {"cookie": "_idx=1"}}, "_idx=2"),
        ({"cookies": [], "headers": {"cookie": "_idx=1"}}, "_idx=1"),
        ({"cookies": None, "headers": None}, ""),
        ({}, ""),
    ],
)
def test_cookie_header_reads_each_payload_format(
    event: dict[str, object], header: str
) -> None:
    """Format 2.0 has a list, the older ones a header."""
    assert cookie_header(event) == header  # type: ignore[arg-type]


PYPI = SessionSettings(helper="pypi")
PYPI_TABLE = SessionSettings(helper="pypi", table_name="s")
NPM = SessionSettings(helper="npm")


@pytest.mark.parametrize(
    ("settings", "header", "value"),
    [
        (NPM, '_idx="a"', '"a"'),
        (NPM, "_idx=a%2Fb", "a/b"),
        (NPM, "_idx=a%2Fb%ff", "a%2Fb%ff"),
        (NPM, "_idx =a", None),
        (NPM, "_idx=\t a ", "a"),
        (NPM, "\u2003_idx=a", "a"),
        (NPM, 'x={"a":1}; _idx=a', "a"),
        (PYPI, '_idx="a"', "a"),
        (PYPI, "_idx =a", "a"),
        (PYPI, "_idx=a%2Fb", "a%2Fb"),
        (PYPI_TABLE, "_idx=a%2Fb", "a/b"),
        (PYPI_TABLE, "_idx=a%2Fb%zz", "a/b%zz"),
        (PYPI_TABLE, '_idx="a\\057b"', "a/b"),
        (PYPI, "x=1, _idx=a", "a"),
        (PYPI, "_idx=a; x", "a"),
    ],
)
def test_read_cookie_reads_as_the_helper_does(
    settings: SessionSettings, header: str, value: str | None
) -> None:
    """The values are what the two helpers gave when run."""
    assert read_cookie(header, settings).value == value


def test_read_cookie_gives_what_architect_functions_loses() -> None:
    """So that it can be said what was lost."""
    reading = read_cookie('x={"a":1}; _idx=a', PYPI)

    assert (reading.value, reading.is_lost_by_python_helper) == ("a", True)
