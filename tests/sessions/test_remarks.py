"""What a request's session cookies are told to suffer from, by helper."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.sessions.jwe import encode_token
from sandbox.sessions.remarks import SessionTraffic, session_remarks
from sandbox.sessions.settings import SessionSettings
from sandbox.sessions.signature import sign

NOW = 1_800_000_000.0
DAY = 86_400
JWE = SessionSettings.from_environment({})
TABLE = SessionSettings.from_environment({"ARC_SESSION_TABLE_NAME": "sessions"})
TOKEN = encode_token({"a": 1}, JWE, now_epoch=NOW - 8 * DAY)
IDX = "i" * 24
ROW_COOKIE = f"_idx={sign(IDX, TABLE.signing_secret)}"


def traffic(cookie: str = "", *set_cookies: str, **parts: Any) -> SessionTraffic:
    facts: dict[str, Any] = {"host": "localhost", "scheme": "http", **parts}
    return SessionTraffic(
        cookie_header=cookie, set_cookies=set_cookies, at_epoch=NOW, **facts
    )


def codes(
    seen: SessionTraffic, settings: SessionSettings, helper: Any, table: Any = None
) -> list[str]:
    settings = replace(settings, helper=helper)
    remarks = session_remarks(seen, settings, table=table)
    return [remark.code for remark in remarks]


@pytest.mark.parametrize(
    ("cookie", "helper", "expected"),
    [
        ("", "pypi", []),
        (f"_idx={TOKEN}", "pypi", []),
        (f"_idx={TOKEN}", "own", []),
        (f"_idx={TOKEN}", "npm", ["session-refused-expired"]),
        ("_idx=x", "own", ["session-refused-not-a-token"]),
        (f"_idx=old; _idx={TOKEN}", "own", ["session-cookie-duplicate"]),
        (f'a={{"b": 1}}; _idx={TOKEN}', "pypi", ["session-cookie-lost"]),
        (f'a={{"b": 1}}; _idx={TOKEN}', "own", ["session-cookie-lost"]),
        (f'a={{"b": 1}}; _idx={TOKEN}', "npm", ["session-refused-expired"]),
        (ROW_COOKIE, "pypi", ["session-refused-wrong-store"]),
    ],
)
def test_session_remarks_on_a_token(
    cookie: str, helper: str, expected: list[str]
) -> None:
    """Each helper is judged by what it does; a visitor without a session is no news."""
    assert codes(traffic(cookie), JWE, helper) == expected


@pytest.mark.parametrize(
    ("row", "helper", "expected"),
    [
        ({"_idx": IDX, "_ttl": NOW + DAY}, "pypi", []),
        ({"_idx": IDX, "_ttl": NOW - DAY}, "pypi", ["session-expired-and-read"]),
        (
            {"_idx": IDX, "_secret": "s", "_ttl": NOW - DAY},
            "npm",
            ["session-expired-and-read"],
        ),
        ({"_idx": IDX, "_ttl": NOW - DAY}, "own", ["session-refused-expired"]),
        (None, "pypi", ["session-refused-unknown-row"]),
    ],
)
def test_session_remarks_on_a_row(
    table: Any, row: Any, helper: str, expected: list[str]
) -> None:
    """A row past its week is refused by our own helper, and read by the others."""
    if row is not None:
        table.put(row)

    assert codes(traffic(ROW_COOKIE), TABLE, helper, table) == expected


def test_session_remarks_say_what_may_have_become_of_a_row(table: Any) -> None:
    """Nothing in the table tells any more; the likely reasons are named."""
    settings = replace(TABLE, helper="npm")
    (remark,) = session_remarks(traffic(ROW_COOKIE), settings, table=table)

    assert IDX in remark.text
    assert "expired or was deleted" in remark.text


@pytest.mark.parametrize(
    ("set_cookie", "expected"),
    [
        ("_idx=a; Max-Age=60; Path=/; SameSite=Lax", []),
        (f"_idx={'a' * 4096}; Path=/", ["session-cookie-refused"]),
        (" _idx=a; Domain=example.com", ["session-cookie-refused"]),
        ("_idx=a; SameSite=None", ["session-cookie-refused"]),
        ("other=a; SameSite=None", []),
    ],
)
def test_session_remarks_on_a_cookie_that_is_set(
    set_cookie: str, expected: list[str]
) -> None:
    """A browser drops it without a word, and the next request is a new visitor's."""
    assert codes(traffic("", set_cookie), JWE, "pypi") == expected
