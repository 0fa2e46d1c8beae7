"""Session rows: what is stored, for how long, and who may read it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from sandbox.sessions import rows
from sandbox.sessions.refusals import (
    Expired,
    RowWithoutSecret,
    UnknownRow,
    WrongSignature,
)
from sandbox.sessions.settings import SessionSettings
from sandbox.sessions.signature import sign

NOW = 1_700_000_000
WEEK = 604_800
SETTINGS = SessionSettings(table_name="sessions", secret="s")


def test_new_id_is_eighteen_bytes_in_base64url() -> None:
    """24 characters, as `uid-safe` makes them."""
    assert rows.new_id(lambda length: b"\xff" * length) == "_" * 24
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", rows.new_id())


def test_create_row_stores_what_helpers_store(table: Any) -> None:
    """A row of `_idx`, `_secret`, `_ttl` and the session."""
    row = rows.create_row(table, {"count": 1, "_ttl": 5}, now_epoch=NOW + 0.5)

    assert sorted(row) == ["_idx", "_secret", "_ttl", "count"]
    assert row["_ttl"] == NOW + WEEK
    assert table.rows == {row["_idx"]: row}


def test_write_row_begins_the_week_anew(table: Any) -> None:
    """The whole session is replaced; id and secret stay."""
    old = rows.create_row(table, {"count": 1}, now_epoch=NOW)

    own = {name: old[name] for name in ("_idx", "_secret")}
    new = rows.write_row(table, {**own, "name": "x"}, now_epoch=NOW + 10)

    assert new == {**own, "name": "x", "_ttl": NOW + 10 + WEEK}
    assert table.rows == {old["_idx"]: new}


def test_write_row_makes_a_row_where_there_is_none(table: Any) -> None:
    """A session without id is stored under a new one, with a secret."""
    row = rows.write_row(table, {"count": 1}, now_epoch=NOW)

    assert table.rows[row["_idx"]]["count"] == 1


def test_write_row_gives_a_row_its_secret(table: Any) -> None:
    """The Node helper does not accept a row without one."""
    row = rows.write_row(table, {"_idx": "mine"}, now_epoch=NOW)

    assert row["_idx"] == "mine"
    assert len(row["_secret"]) == 24


def test_write_row_leaves_the_callers_dict(table: Any) -> None:
    """What was passed in is not changed."""
    session = {"count": 1}

    rows.write_row(table, session, now_epoch=NOW)

    assert session == {"count": 1}


def test_read_row_finds_what_a_cookie_names(table: Any) -> None:
    """The cookie's id is signed with the secret."""
    row = rows.create_row(table, {"count": 1}, now_epoch=NOW)

    found = rows.read_row(table, rows.signed_id(row, SETTINGS), SETTINGS, now_epoch=NOW)

    assert isinstance(found, rows.StoredSession)
    assert (found.row, found.idx, found.expires_epoch) == (
        row, row["_idx"], NOW + WEEK,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cookie", "refusal"),
    [
        ("", WrongSignature(is_signed=False)),
        ("known", WrongSignature(is_signed=False)),
        ("known.forged", WrongSignature(is_signed=True)),
        (sign("known", "other"), WrongSignature(is_signed=True)),
        (sign("", "s"), WrongSignature(is_signed=True)),
        (sign("unknown", "s"), UnknownRow(idx="unknown")),
        (
            sign("known", "s"),
            Expired(expired_epoch=NOW - 1, now_epoch=NOW),
        ),
    ],
)
def test_read_row_is_refused_for_a_reason(
    table: Any, cookie: str, refusal: object
) -> None:
    """Unsigned, forged, unknown, and expired though the row is still there."""
    table.put({"_idx": "known", "_ttl": NOW - 1})

    found = rows.read_row(table, cookie, SETTINGS, now_epoch=NOW)

    assert found == refusal
    assert len(table.rows) == 1


def test_read_row_accepts_a_row_in_its_last_second(table: Any) -> None:
    """DynamoDB deletes an item once the time is past its attribute, not at it."""
    table.put({"_idx": "mine", "_ttl": NOW})

    found = rows.read_row(table, sign("mine", "s"), SETTINGS, now_epoch=NOW)

    assert isinstance(found, rows.StoredSession)


@pytest.mark.parametrize("ttl", [{}, {"_ttl": "soon"}, {"_ttl": True}])
def test_read_row_accepts_a_row_without_a_time(table: Any, ttl: dict[str, Any]) -> None:
    """A row made out of band need not have a `_ttl`."""
    table.put({"_idx": "mine", **ttl})

    found = rows.read_row(table, sign("mine", "s"), SETTINGS, now_epoch=NOW)

    assert isinstance(found, rows.StoredSession)
    assert found.expires_epoch is None


@pytest.mark.parametrize("secret", [{}, {"_secret": ""}])
def test_read_row_of_node_has_a_secret(table: Any, secret: dict[str, Any]) -> None:
    """@architect/functions begins another session; architect-functions never looks."""
    table.put({"_idx": "mine", **secret})
    npm, pypi = (replace(SETTINGS, helper=helper) for helper in ("npm", "pypi"))

    by_node = rows.read_row(table, sign("mine", "s"), npm, now_epoch=NOW)
    by_python = rows.read_row(table, sign("mine", "s"), pypi, now_epoch=NOW)

    assert by_node == RowWithoutSecret()
    assert isinstance(by_python, rows.StoredSession)


def test_without_own_names_leaves_the_session() -> None:
    """What the handler put there."""
    row = {"_idx": "a", "_secret": "b", "_ttl": 1, "count": 2}

    assert rows.without_own_names(row) == {"count": 2}
