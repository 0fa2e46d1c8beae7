"""A Cookie header explained: store, validity, reason, data, age, sizes, warnings."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.sessions import rows
from sandbox.sessions.explain import as_cookie_header, explain, token_lifetime_seconds
from sandbox.sessions.forge import forge_session
from sandbox.sessions.refusals import (
    Expired,
    NoCookie,
    NotAToken,
    UnknownRow,
    WrongKey,
    WrongSignature,
    WrongStore,
)
from sandbox.sessions.settings import SessionSettings

NOW = 1_700_000_000
WEEK = 604_800
JWE = SessionSettings(secret="a secret of 32 characters at least!")
TABLE = SessionSettings(secret="s", table_name="sessions")


def test_explain_opens_a_token() -> None:
    """Its data, age, end and sizes."""
    settings = replace(JWE, helper="npm")
    forged = forge_session({"user": 1}, settings, now_epoch=NOW)

    found = explain(forged.cookie, settings, now_epoch=NOW + 60)

    assert found.is_valid
    assert found.store == "jwe"
    assert found.session == {"user": 1, "iat": NOW}
    assert found.data == {"user": 1}
    assert (found.issued_epoch, found.age_seconds) == (NOW, 60)
    assert found.expires_epoch == NOW + WEEK
    assert found.session_bytes == len('{"user": 1, "iat": 1700000000}')
    assert found.cookie.size_bytes == len(forged.cookie)
    assert found.warnings == ()


def test_explain_finds_a_row(table: Any) -> None:
    """Its id, data, age and end; a name that a token has for itself is the app's."""
    data = {"user": 1, "iat": 5}
    forged = forge_session(data, TABLE, now_epoch=NOW, table=table)

    found = explain(forged.cookie, TABLE, now_epoch=NOW + 60, table=table)

    assert found.is_valid
    assert found.idx == forged.idx
    assert found.session["user"] == 1
    assert found.data == data
    assert (found.issued_epoch, found.age_seconds) == (NOW, 60)
    assert found.expires_epoch == NOW + WEEK
    assert found.session_bytes == 116


@pytest.mark.parametrize(
    ("helper", "refusal"), [("own", Expired.code), ("pypi", None), ("npm", None)]
)
def test_a_row_past_its_week_is_read_by_those_who_never_look(
    table: Any, helper: Any, refusal: str | None
) -> None:
    """Its end is told all the same."""
    settings = replace(TABLE, helper=helper)
    forged = forge_session({"user": 1}, settings, now_epoch=NOW, table=table)
    found = explain(forged.cookie, settings, now_epoch=NOW + WEEK + 60, table=table)

    assert getattr(found.refusal, "code", None) == refusal
    assert found.data == ({} if refusal else {"user": 1})
    assert refusal or found.expires_epoch == NOW + WEEK


@pytest.mark.parametrize(("helper", "is_valid"), [("npm", False), ("pypi", True)])
def test_quotes_are_a_part_of_the_cookie_for_node(
    table: Any, helper: Any, *, is_valid: bool
) -> None:
    """architect-functions writes them, and @architect/functions begins anew."""
    settings = replace(TABLE, helper=helper)
    row = rows.create_row(table, {"user": 1}, now_epoch=NOW)
    header = f'_idx="{rows.signed_id(row, settings)}"'
    found = explain(header, settings, now_epoch=NOW, table=table)

    assert found.is_valid is is_valid
    assert is_valid or "is in quotes" in found.warnings[0].text


@pytest.mark.parametrize(("helper", "is_valid"), [("pypi", False), ("npm", True)])
def test_a_row_that_the_helper_fails_to_read_is_refused(
    table: Any, helper: Any, *, is_valid: bool
) -> None:
    """And shown, for it is there: whoever looks into it sees what to mend."""
    settings = replace(TABLE, helper=helper)
    data = {"user": 1, "roles": {"$set": ["admin"]}}
    forged = forge_session(data, settings, now_epoch=NOW, table=table)
    found = explain(forged.cookie, settings, now_epoch=NOW, table=table)

    assert found.is_valid is is_valid
    assert (found.idx, found.data) == (forged.idx, data)
    told = [warning.text for warning in found.warnings]
    assert is_valid or '"roles" holds a set' in told[0]


def test_explain_proves_an_id_without_a_table(table: Any) -> None:
    """Where there is nothing to look in, it is all that is said."""
    forged = forge_session({}, TABLE, now_epoch=NOW, table=table)

    found = explain(forged.cookie, TABLE, now_epoch=NOW)

    assert (found.idx, found.session) == (forged.idx, {})


def test_explain_tells_each_refusal_of_a_token() -> None:
    """No cookie, garbage, another key, too old."""
    forged = forge_session({}, JWE, now_epoch=NOW)
    other = SessionSettings(secret="another secret of 32 characters!!")

    without = explain("a=1", JWE, now_epoch=NOW)
    assert (without.refusal, without.cookie.size_bytes) == (NoCookie(), 0)
    garbage = explain("_idx=a", JWE, now_epoch=NOW)
    assert (garbage.store, type(garbage.refusal)) == ("jwe", NotAToken)
    assert explain(forged.cookie, other, now_epoch=NOW).refusal == WrongKey()
    late = explain(forged.cookie, replace(JWE, max_age_seconds=60), now_epoch=NOW + 61)
    assert late.refusal == Expired(expired_epoch=NOW + 60, now_epoch=NOW + 61)


def test_explain_tells_each_refusal_of_a_row(table: Any) -> None:
    """Tampered with, unknown, too old."""
    forged = forge_session({}, TABLE, now_epoch=NOW, table=table)
    later = NOW + WEEK + 1

    tampered = explain(f"{forged.cookie}x", TABLE, now_epoch=NOW, table=table)
    expired = explain(forged.cookie, TABLE, now_epoch=later, table=table)
    del table.rows[forged.idx]
    unknown = explain(forged.cookie, TABLE, now_epoch=NOW, table=table)

    assert tampered.refusal == WrongSignature(is_signed=True)
    assert expired.refusal == Expired(expired_epoch=NOW + WEEK, now_epoch=later)
    assert unknown.refusal == UnknownRow(idx=str(forged.idx))


def test_explain_tells_a_cookie_of_the_other_store(table: Any) -> None:
    """Changing the store invalidates running sessions, and this says why."""
    token = forge_session({}, JWE, now_epoch=NOW)
    row = forge_session({}, TABLE, now_epoch=NOW, table=table)
    jwe = SessionSettings(secret=TABLE.secret)

    in_table = explain(token.cookie, TABLE, now_epoch=NOW, table=table)
    in_token = explain(row.cookie, jwe, now_epoch=NOW)

    assert in_table.refusal == WrongStore(found="jwe", expected="table")
    assert in_token.refusal == WrongStore(found="table", expected="jwe")


@pytest.mark.parametrize(
    ("before", "code", "words"),
    [
        ("", "", ""),
        ("_idx=old; ", "session-cookie-duplicate", "carries 2 _idx cookies"),
        (
            'consent={"a":1}; ',
            "session-cookie-lost",
            "architect-functions does not find",
        ),
    ],
)
def test_explain_warns_of_neighbours(before: str, code: str, words: str) -> None:
    """Duplicates, and what the Python helper cannot parse."""
    forged = forge_session({}, JWE, now_epoch=NOW)

    warnings = explain(before + forged.cookie, JWE, now_epoch=NOW).warnings

    assert len(warnings) == bool(code)
    assert all(found.code == code and words in found.text for found in warnings)


@pytest.mark.parametrize(
    ("helper", "is_valid"), [("pypi", False), ("npm", True), ("own", False)]
)
def test_a_cookie_that_the_helper_loses_is_refused(
    helper: Any, *, is_valid: bool
) -> None:
    """The handler sees no session; it is told once, as what it is."""
    settings = replace(JWE, helper=helper)
    forged = forge_session({"user": 1}, settings, now_epoch=NOW)

    found = explain(f'x={{"a":1}}; {forged.cookie}', settings, now_epoch=NOW)

    assert found.is_valid is is_valid
    assert [warning.code for warning in found.warnings] == ["session-cookie-lost"]


@pytest.mark.parametrize(("characters", "is_warned"), [(2_950, False), (3_050, True)])
def test_explain_warns_of_the_size(characters: int, *, is_warned: bool) -> None:
    """A token is a third longer than its data; 4,096 bytes are reached before 3,050."""
    forged = forge_session({"text": "x" * characters}, JWE, now_epoch=NOW)

    warnings = explain(forged.cookie, JWE, now_epoch=NOW).warnings

    codes = [found.code for found in warnings]
    assert codes == ["session-cookie-too-long"] * is_warned


def test_explain_warns_of_a_refusal_but_not_of_a_new_visitor() -> None:
    """A request without a cookie is ordinary."""
    assert explain("", JWE, now_epoch=NOW).warnings == ()
    (found,) = explain("_idx=x.y", JWE, now_epoch=NOW).warnings
    assert found.code == "session-refused-not-a-token"
    assert found.text == (
        "The session was refused. The cookie is not a JWE token: "
        "it has 2 parts in place of 5."
    )


@pytest.mark.parametrize(
    ("helper", "seconds"), [("own", 86_400), ("pypi", None), ("npm", 604_800)]
)
def test_token_lifetime_is_the_helpers_own(helper: Any, seconds: int | None) -> None:
    """Three helpers, three rules."""
    settings = SessionSettings(max_age_seconds=86_400)

    assert token_lifetime_seconds(helper, settings) == seconds


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a.b", "_idx=a.b"),
        (" _idx=a.b\n", "_idx=a.b"),
        ("Cookie: x=1; _idx=a", "x=1; _idx=a"),
        ("set-cookie: _idx=a; Path=/", "_idx=a; Path=/"),
    ],
)
def test_as_cookie_header_takes_what_a_person_pastes(text: str, header: str) -> None:
    """A bare value, a pair, a whole header line."""
    assert as_cookie_header(text) == header
