"""A Cookie header + settings → everything there is to say about its session.

For the inspector, `arc-sandbox sessions decode` and the warnings of a request. Nothing
is written; a table is only looked into.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.sessions import jwe, rows
from sandbox.sessions.cookie import COOKIE_NAME, CookieReading, read_cookie
from sandbox.sessions.refusals import (
    REFUSED,
    LostCookie,
    NoCookie,
    Quoted,
    Refusal,
    WrongStore,
)
from sandbox.sessions.settings import Helper, SessionSettings
from sandbox.sessions.unreadable import unreadable_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One session cookie, taken apart."""

    store: Literal["jwe", "table"]
    cookie: CookieReading
    refusal: Refusal | None = None
    """Why the session reads as empty; None where it is accepted."""
    session: Mapping[str, Any] = field(default_factory=dict)
    """The whole session as stored, `iat` or `_idx`, `_secret`, `_ttl` included.

    Empty where it is refused, but for a row that the helper fails to read.
    """
    idx: str | None = None
    """The row's id where the cookie proves one."""
    issued_epoch: float | None = None
    """When it was last written."""
    age_seconds: float | None = None
    expires_epoch: float | None = None
    session_bytes: int = 0
    """The session as JSON text; the store adds its own overhead."""

    @property
    def is_valid(self) -> bool:
        """Tell whether a handler would see this session."""
        return self.refusal is None

    @property
    def data(self) -> dict[str, Any]:
        """What the app has put into the session: without what the store adds."""
        data = rows.without_own_names(self.session)
        if self.store == "jwe":
            data.pop("iat", None)
        return data

    @property
    def warnings(self) -> tuple["CookieWarning", ...]:
        """What will bite; a visitor without a cookie is no news."""
        return tuple(_warnings(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieWarning:
    """Something a request's session cookie suffers from."""

    code: str
    """The same for each request that suffers from it, so that it can be told once."""
    text: str
    """The fact and the remedy."""


def token_lifetime_seconds(helper: Helper, settings: SessionSettings) -> int | None:
    """Give how long a helper accepts a JWE token after it was written.

    `npm` a week, `pypi` for ever (None), and our own as long as the cookie lives.
    """
    if helper == "npm":
        return jwe.NODE_LIFETIME_SECONDS
    return settings.max_age_seconds if helper == "own" else None


def explain(
    header: str,
    settings: SessionSettings,
    *,
    now_epoch: float,
    table: rows.ObservedTable | None = None,
) -> Explanation:
    """Explain the session that a Cookie header carries, as its helper sees it.

    Args:
        header: the Cookie header; `as_cookie_header` makes one of a bare value.
        settings: the settings of the function that would read it.
        now_epoch: the time at which it is judged, in seconds since 1970.
        table: where rows are looked up; None leaves a table session half explained.

    Raises:
        SessionSettingsError: the JWE secret is too short for the algorithm.
    """
    cookie = read_cookie(header, settings)
    if cookie.value is None:
        return Explanation(store=settings.store, cookie=cookie, refusal=NoCookie())
    if settings.helper != "npm" and cookie.is_lost_by_python_helper:
        return Explanation(store=settings.store, cookie=cookie, refusal=LostCookie())
    is_token = jwe.looks_like_token(cookie.value)
    if is_token and settings.store == "table":
        refusal = WrongStore(found="jwe", expected="table")
        return Explanation(store="table", cookie=cookie, refusal=refusal)
    if settings.store == "table":
        return _explain_row(cookie, cookie.value, settings, now_epoch, table)
    if not is_token and isinstance(rows.read_signed_id(cookie.value, settings), str):
        refusal = WrongStore(found="table", expected="jwe")
        return Explanation(store="jwe", cookie=cookie, refusal=refusal)
    token = jwe.decode_token(
        cookie.value,
        settings,
        now_epoch=now_epoch,
        lifetime_seconds=token_lifetime_seconds(settings.helper, settings),
    )
    return _explain_token(cookie, token, now_epoch)


def as_cookie_header(text: str) -> str:
    """Make a Cookie header of what a person pastes: a value, a pair, a Set-Cookie."""
    bare = text.strip()
    for prefix in ("set-cookie:", "cookie:"):
        if bare.lower().startswith(prefix):
            bare = bare[len(prefix) :].strip()
    return bare if f"{COOKIE_NAME}=" in bare else f"{COOKIE_NAME}={bare}"


def _explain_token(
    cookie: CookieReading, token: jwe.Token | Refusal, now_epoch: float
) -> Explanation:
    if not isinstance(token, jwe.Token):
        return Explanation(store="jwe", cookie=cookie, refusal=token)
    return Explanation(
        store="jwe",
        cookie=cookie,
        session=token.payload,
        issued_epoch=token.issued_epoch,
        age_seconds=_age(token.issued_epoch, now_epoch),
        expires_epoch=token.expires_epoch,
        session_bytes=token.payload_bytes,
    )


def _explain_row(
    cookie: CookieReading,
    value: str,
    settings: SessionSettings,
    now_epoch: float,
    table: rows.ObservedTable | None,
) -> Explanation:
    idx = rows.read_signed_id(value, settings)
    is_quoted = cookie.is_quoted and settings.helper == "npm"
    if is_quoted and isinstance(rows.read_signed_id(value[1:-1], settings), str):
        return Explanation(store="table", cookie=cookie, refusal=Quoted())
    if not isinstance(idx, str):
        return Explanation(store="table", cookie=cookie, refusal=idx)
    if table is None:
        return Explanation(store="table", cookie=cookie, idx=idx)
    found = rows.read_row(table, value, settings, now_epoch=now_epoch)
    if not isinstance(found, rows.StoredSession):
        return Explanation(store="table", cookie=cookie, idx=idx, refusal=found)
    return Explanation(
        store="table",
        cookie=cookie,
        refusal=unreadable_row(table.write_row(found.row))
        if settings.helper != "npm"
        else None,
        idx=idx,
        session=found.row,
        issued_epoch=found.written_epoch,
        age_seconds=_age(found.written_epoch, now_epoch),
        expires_epoch=found.expires_epoch,
        session_bytes=_size_bytes(found.row),
    )


def _size_bytes(row: rows.Row) -> int:
    text = json.dumps(row, default=str, ensure_ascii=False)
    return len(text.encode("utf-8", "surrogatepass"))


def _age(issued_epoch: float | None, now_epoch: float) -> float | None:
    return None if issued_epoch is None else now_epoch - issued_epoch


def _warnings(explanation: Explanation) -> Iterator[CookieWarning]:
    cookie, refusal = explanation.cookie, explanation.refusal
    if refusal is not None and not isinstance(refusal, NoCookie | LostCookie):
        yield CookieWarning(
            code=f"{REFUSED}{refusal.code}",
            text=f"The session was refused. {refusal.message}",
        )
    if cookie.duplicates:
        yield CookieWarning(
            code="session-cookie-duplicate",
            text=f"The request carries {len(cookie.duplicates) + 1} {COOKIE_NAME} "
            "cookies, and the last one wins. Delete the others in the browser; they "
            "differ in Domain or Path.",
        )
    if cookie.is_lost_by_python_helper:
        yield CookieWarning(
            code="session-cookie-lost",
            text=f"architect-functions does not find {COOKIE_NAME} in this Cookie "
            "header, and the session reads as empty. Keep JSON, spaces and non-ASCII "
            "characters out of every cookie's value.",
        )
    if cookie.is_too_long:
        yield CookieWarning(
            code="session-cookie-too-long",
            text=f"The {COOKIE_NAME} cookie is {cookie.size_bytes} bytes, and browsers "
            "drop more than 4096. Keep less in the session, or keep it in a table.",
        )
