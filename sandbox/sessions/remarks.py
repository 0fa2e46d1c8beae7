"""What one request did with its session cookie → what a developer should be told.

The facts about helpers are of `architect-functions` 1.0 and `@architect/functions` 8.1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.sessions.browser_view import browser_view
from sandbox.sessions.cookie import COOKIE_NAME
from sandbox.sessions.explain import CookieWarning, Explanation, explain
from sandbox.sessions.refusals import REFUSED, UnknownRow
from sandbox.sessions.rows import ObservedTable
from sandbox.sessions.settings import Helper, SessionSettings

HELPER_NAMES: Mapping[Helper, str] = {
    "own": "arc",
    "pypi": "architect-functions",
    "npm": "@architect/functions",
}

_UNKNOWN_ROW = f"{REFUSED}{UnknownRow.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTraffic:
    """The session cookies of one request and its response."""

    cookie_header: str
    """Empty without cookies."""
    set_cookies: tuple[str, ...]
    """The values of the response's Set-Cookie headers."""
    host: str
    """By which the browser reached the app, without port."""
    scheme: str
    at_epoch: float
    """When the request came, in seconds since 1970."""


def session_remarks(
    traffic: SessionTraffic,
    settings: SessionSettings,
    *,
    table: ObservedTable | None,
) -> tuple[CookieWarning, ...]:
    """Give what is worth knowing about the session cookies of a request.

    Args:
        traffic: what came and went.
        settings: of the function that answered, with whose code read its session.
        table: where its row is looked up; None leaves that out.

    Raises:
        SessionSettingsError: the JWE secret is too short for the algorithm.
    """
    at_epoch = traffic.at_epoch
    seen = explain(traffic.cookie_header, settings, now_epoch=at_epoch, table=table)
    about_request = _about_request(seen, settings.helper, at_epoch)
    return (*about_request, *_about_response(traffic))


def _about_request(
    seen: Explanation, helper: Helper, at_epoch: float
) -> Iterator[CookieWarning]:
    ended_epoch = seen.expires_epoch if seen.store == "table" else None
    if seen.is_valid and ended_epoch is not None and ended_epoch < at_epoch:
        yield _expired_and_read(helper)  # our own would have refused it
    for warning in seen.warnings:
        if warning.code == "session-cookie-lost" and helper == "npm":
            continue
        if warning.code == _UNKNOWN_ROW:
            text = f"{warning.text} It expired or was deleted, or the table is new."
            yield CookieWarning(code=warning.code, text=text)
        else:
            yield warning


def _expired_and_read(helper: Helper) -> CookieWarning:
    return CookieWarning(
        code="session-expired-and-read",
        text=f"The session's week is over, and {HELPER_NAMES[helper]} still reads it: "
        "it never looks at _ttl, and DynamoDB may take days to delete the row. Check "
        "_ttl where that matters.",
    )


def _about_response(traffic: SessionTraffic) -> Iterator[CookieWarning]:
    for line in traffic.set_cookies:
        view = browser_view(
            line,
            host=traffic.host,
            scheme=traffic.scheme,
            now_epoch=traffic.at_epoch,
        )
        if view.name == COOKIE_NAME and view.refusal:
            yield CookieWarning(
                code="session-cookie-refused",
                text=f"Browsers will not keep the {COOKIE_NAME} cookie of this "
                f"response. {view.refusal}",
            )
