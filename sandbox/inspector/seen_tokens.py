"""The journal → the JWE session cookies that were seen in it, and who used them.

A JWE session lives in the browser alone: each write makes a new token, which takes the
place of the one that the request had brought.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sandbox.exchange import Exchange
from sandbox.inspector.cookie_view import cookie_header, set_cookies
from sandbox.project.model import Function
from sandbox.sessions.cookie import COOKIE_NAME, read_cookie
from sandbox.sessions.jwe import looks_like_token

_ID_DIGITS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenToken:
    """One token, and what the journal tells about it."""

    value: str
    requests: tuple[str, ...] = field(default=())
    """Ids of the requests that brought it, or one that it replaced; oldest first."""
    function: Function | None = None
    """The last that read or wrote it."""
    cookie_ends_epoch: float | None = None
    """When the browser drops the cookie; None until it is closed, or where unknown."""
    is_replaced: bool = False
    """True where a later answer gave the browser another."""

    @property
    def id(self) -> str:
        """A short name for the token, the same whenever it is seen."""
        return token_id(self.value)


def token_id(value: str) -> str:
    """Give a token's short name."""
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"jwe-{digest[:_ID_DIGITS]}"


def session_value(exchange: Exchange) -> str | None:
    """Give the session cookie's value that a request brought, decoded."""
    return read_cookie(cookie_header(exchange.request)).value


def session_values(exchange: Exchange) -> tuple[str, ...]:
    """Give the session cookie's values, decoded: the one brought, those given."""
    given = (
        read_cookie(f"{COOKIE_NAME}={view.value}").value
        for _, view in set_cookies(exchange)
        if view.name == COOKIE_NAME
    )
    return tuple(value for value in (session_value(exchange), *given) if value)


def seen_tokens(
    exchanges: Iterable[Exchange], *, known: Iterable[SeenToken] = ()
) -> dict[str, SeenToken]:
    """Give the tokens by value, in the order in which they were first seen.

    Args:
        exchanges: oldest first.
        known: tokens that are there beside those of the exchanges.
    """
    seen = {token.value: token for token in known}
    for exchange in exchanges:
        function = exchange.match.route.function if exchange.match else None
        brought = session_value(exchange)
        if brought is not None and looks_like_token(brought):
            token = seen.get(brought, SeenToken(value=brought))
            requests = (*token.requests, exchange.request_id)
            seen[brought] = replace(
                token, requests=requests, function=function or token.function
            )
        _note_written(seen, exchange, function, brought)
    return seen


def _note_written(
    seen: dict[str, SeenToken],
    exchange: Exchange,
    function: Function | None,
    brought: str | None,
) -> None:
    """Note the tokens that an answer gave the browser."""
    former = seen.get(brought) if brought is not None else None
    for _, view in set_cookies(exchange):
        if view.name != COOKIE_NAME:
            continue
        value = read_cookie(f"{COOKIE_NAME}={view.value}").value or ""
        if former is not None and value != former.value:
            seen[former.value] = replace(former, is_replaced=True)
        if looks_like_token(value):
            seen[value] = SeenToken(
                value=value,
                requests=former.requests if former else (exchange.request_id,),
                function=function,
                cookie_ends_epoch=view.expires_epoch,
            )
