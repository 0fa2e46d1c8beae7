"""Sessions of a handler: read from a request, written to a cookie.

The work is done by `sandbox.sessions`; here are the environment, the clock that the
handler sees, and the table.
"""

import os
import time
from collections.abc import Mapping
from typing import Any

from sandbox.sessions import rows
from sandbox.sessions.cookie import cookie_header, read_cookie, write_cookie
from sandbox.sessions.settings import SessionSettings

from ._session_table import UnreadableRowError, open_session_table

__all__ = ["session_read", "session_write"]


def session_read(req: Mapping[str, Any]) -> dict[str, Any]:
    """Give the session of a request; `{}` where it has none that is valid.

    A row whose values are not JSON's, such as sets, is none, as `architect-functions`
    has it.

    Raises:
        SessionSettingsError: a setting that no session can work with.
        NameError: ARC_SESSION_TABLE_NAME names no table.
    """
    settings = SessionSettings.from_environment(os.environ)
    cookie = read_cookie(cookie_header(req))
    # A neighbour that architect-functions cannot parse logs out there, so here as well.
    value = None if cookie.is_lost_by_python_helper else cookie.value
    if settings.table_name is None:
        return _read_token(value, settings)
    table = open_session_table(settings.table_name)
    if value is None:
        return {}
    try:
        found = rows.read_row(table, value, settings, now_epoch=time.time())
    except UnreadableRowError:
        return {}
    return dict(found.row) if isinstance(found, rows.StoredSession) else {}


def session_write(payload: Mapping[str, Any]) -> str:
    """Store a session, and give the value of the Set-Cookie header that names it.

    A table-backed session without `_idx` becomes a new row. `payload` is not changed.

    Raises:
        SessionSettingsError: a setting that no session can work with.
        NameError: ARC_SESSION_TABLE_NAME names no table.
        TypeError, ValueError: the session holds something the store cannot keep.
    """
    settings = SessionSettings.from_environment(os.environ)
    now_epoch = time.time()
    if settings.table_name is None:
        # Importing jwcrypto takes a tenth of a second: only JWE sessions pay for it.
        from sandbox.sessions.jwe import encode_token

        value = encode_token(payload, settings, now_epoch=now_epoch)
    else:
        table = open_session_table(settings.table_name)
        row = rows.write_row(table, payload, now_epoch=now_epoch)
        value = rows.signed_id(row, settings)
    return write_cookie(value, settings, now_epoch=now_epoch)


def write_over(req: Mapping[str, Any], session: dict[str, Any]) -> str:
    """Store `session` in place of the one that the request carries.

    In a table the request's row is kept and its contents replaced, unless `session`
    itself names another row; and `session` is given the row's own names, as
    `architect-functions` gives them: used again for a second visitor, it would name
    the row of the first.
    """
    settings = SessionSettings.from_environment(os.environ)
    if settings.table_name is None:
        return session_write(session)
    if not session.get("_idx"):
        current = session_read(req) or {"_idx": rows.new_id(), "_secret": rows.new_id()}
        own = (name for name in ("_idx", "_secret", "_ttl") if name in current)
        session.update((name, current[name]) for name in own)
    return session_write(session)


def _read_token(value: str | None, settings: SessionSettings) -> dict[str, Any]:
    # Before the first cookie there is nothing to open, but a secret that is too short
    # would only come to light at the first write.
    settings.encryption_key()
    if value is None:
        return {}
    from sandbox.sessions.jwe import Token, decode_token  # as in session_write

    token = decode_token(
        value,
        settings,
        now_epoch=time.time(),
        lifetime_seconds=settings.max_age_seconds,
    )
    return dict(token.payload) if isinstance(token, Token) else {}
