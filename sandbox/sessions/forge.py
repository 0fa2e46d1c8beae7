"""Session data → a cookie that a function will accept: for curl, browsers, tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sandbox.sessions.cookie import COOKIE_NAME, write_cookie
from sandbox.sessions.jwe import encode_token
from sandbox.sessions.rows import SessionTable, signed_id, without_own_names, write_row
from sandbox.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgedSession:
    """A session made out of band."""

    value: str
    """The cookie's value, not encoded."""
    set_cookie: str
    """The value of a Set-Cookie header, as the helper would send it."""
    idx: str | None = None
    """The row's id; None for a JWE session."""

    @property
    def cookie(self) -> str:
        """Give what a client sends: `_idx=` and the encoded value."""
        return f"{COOKIE_NAME}={quote(self.value, safe='')}"


def forge_session(
    session: Mapping[str, Any],
    settings: SessionSettings,
    *,
    now_epoch: float,
    table: SessionTable | None = None,
) -> ForgedSession:
    """Make a session and its cookie; a table-backed one is stored as a new row.

    Raises:
        SessionSettingsError: the JWE secret is too short for the algorithm.
        TypeError, ValueError: a JWE session holds something that JSON cannot say, or
            `table` is missing for table-backed sessions.
    """
    if settings.store == "jwe":
        value = encode_token(session, settings, now_epoch=now_epoch)
        idx = None
    elif table is None:
        raise ValueError("a table-backed session needs its table")
    else:
        row = write_row(table, without_own_names(session), now_epoch=now_epoch)
        value, idx = signed_id(row, settings), str(row["_idx"])
    set_cookie = write_cookie(value, settings, now_epoch=now_epoch)
    return ForgedSession(value=value, set_cookie=set_cookie, idx=idx)
