"""Forged sessions: what a function will accept."""

from typing import Any

import pytest

from sandbox.sessions.cookie import read_cookie
from sandbox.sessions.forge import forge_session
from sandbox.sessions.jwe import Token, decode_token
from sandbox.sessions.settings import SessionSettings
from sandbox.sessions.signature import unsign

NOW = 1_700_000_000
TABLE = SessionSettings(secret="s", table_name="sessions")


def test_forge_session_makes_a_token() -> None:
    """With the settings' key, and the whole Set-Cookie header."""
    settings = SessionSettings(max_age_seconds=60, secure=False)

    forged = forge_session({"user": 1}, settings, now_epoch=NOW)

    token = decode_token(forged.value, settings, now_epoch=NOW)
    assert isinstance(token, Token)
    assert token.payload == {"user": 1, "iat": NOW}
    assert forged.set_cookie.startswith(f"{forged.cookie}; Max-Age=60; Path=/; ")


def test_forge_session_stores_a_row(table: Any) -> None:
    """Under a new id of its own, whatever the session claims."""
    forged = forge_session(
        {"_idx": "mine", "user": 1}, TABLE, now_epoch=NOW, table=table
    )

    assert forged.idx is not None
    assert unsign(forged.value, "s") == forged.idx
    assert read_cookie(forged.cookie).value == forged.value
    assert list(table.rows) == [forged.idx]
    assert table.rows[forged.idx]["user"] == 1
    assert forged.idx != "mine"


def test_forge_session_needs_the_table() -> None:
    """A signed id alone would name nothing."""
    with pytest.raises(ValueError, match="needs its table"):
        forge_session({}, TABLE, now_epoch=NOW)
