"""The cookies of an exchange → each explained: what came in, what a browser keeps."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sandbox.exchange import Exchange, HttpRequest
from sandbox.host_header import bare_host
from sandbox.inspector.plain_values import python_from_plain
from sandbox.json_value import JsonValue
from sandbox.project.model import Function
from sandbox.sessions.browser_view import BrowserView, browser_view
from sandbox.sessions.cookie import COOKIE_NAME
from sandbox.sessions.cookie import cookie_header as header_of_event
from sandbox.sessions.explain import Explanation
from sandbox.sessions.refusals import REFUSED, UnknownRow

ExplainCookie: TypeAlias = Callable[[str, Function | None, float], Explanation | None]
"""Explains the session of a Cookie header, for the function that read it, at a time.

None where the settings of the app forbid it.
"""


def cookies_view(
    exchange: Exchange, function: Function | None, explain: ExplainCookie
) -> dict[str, JsonValue]:
    """Give all cookies in and out, and the sessions that they carry.

    Args:
        exchange: the request and its answer.
        function: read the cookies; None where no function did.
        explain: explains a Cookie header's session.
    """
    header = read_header(exchange)
    seen = explain(header, function, exchange.started_epoch) if header else None
    sent = request_cookies(cookie_header(exchange.request))
    return {
        "in": [{"name": name, "value": value} for name, value in sent],
        "session_in": None if seen is None else _past_json(seen, exchange),
        "out": [
            _set_cookie_json(line, view, exchange, function, explain)
            for line, view in set_cookies(exchange)
        ],
    }


def past_session(
    exchange: Exchange, explain: ExplainCookie
) -> dict[str, object] | None:
    """Give what an app had put into the session that a request came with.

    In Python values, as a handler has them. None where its cookie stands for none, or
    for none that can be read any more.
    """
    header = read_header(exchange)
    function = exchange.match.route.function if exchange.match else None
    seen = explain(header, function, exchange.started_epoch) if header else None
    if seen is None or not seen.is_valid:
        return None
    if seen.store == "jwe":  # which is JSON, whatever its names are
        return seen.data
    return {name: python_from_plain(value) for name, value in seen.data.items()}


def read_header(exchange: Exchange) -> str:
    """Give the Cookie header as the function had it, which is not always what came.

    Payload format 2.0 leaves out what is empty between two cookies, which Python's
    parser would stop at; others have the last of several headers alone.
    """
    event = exchange.event
    if isinstance(event, Mapping):
        return header_of_event(event)
    return cookie_header(exchange.request)


def cookie_header(request: HttpRequest) -> str:
    """Give all Cookie headers as one, as they came."""
    return "; ".join(v for k, v in request.headers if k.lower() == "cookie")


def request_cookies(header: str) -> tuple[tuple[str, str], ...]:
    """Give name and value of each cookie of a Cookie header, as sent."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return tuple((name, value) for name, _, value in pairs if name)


def set_cookies(exchange: Exchange) -> tuple[tuple[str, BrowserView], ...]:
    """Give each Set-Cookie value, and what the browser made of it."""
    host = bare_host(exchange.request.header("host") or "localhost")
    return tuple(
        (
            value,
            browser_view(
                value,
                host=host,
                scheme=exchange.request.scheme,
                page_path=exchange.request.path,
                now_epoch=exchange.started_epoch,
            ),
        )
        for key, value in exchange.response.headers
        if key.lower() == "set-cookie"
    )


def _past_json(seen: Explanation, exchange: Exchange) -> dict[str, JsonValue]:
    """Give an explanation of an exchange that is over, whose row may have gone since.

    That its session was refused at the time stands in the exchange's notes.
    """
    view = explanation_json(seen)
    refusal = seen.refusal
    if not isinstance(refusal, UnknownRow):
        return view
    if any(refusal.message in note for note in exchange.notes):
        return view
    warnings: list[JsonValue] = [
        {"code": warning.code, "text": warning.text}
        for warning in seen.warnings
        if not warning.code.startswith(REFUSED)
    ]
    return {**view, "reason": None, "row": "gone", "warnings": warnings}


def explanation_json(explanation: Explanation) -> dict[str, JsonValue]:
    """Give an explained session cookie, with the reason where it is refused."""
    refusal = explanation.refusal
    return {
        "is_valid": explanation.is_valid,
        "reason": None if refusal is None else refusal.message,
        "store": explanation.store,
        "idx": explanation.idx,
        "row": "now" if explanation.is_valid and explanation.idx else None,
        "session": dict(explanation.session) if explanation.is_valid else None,
        "issued_epoch": explanation.issued_epoch,
        "age_seconds": explanation.age_seconds,
        "expires_epoch": explanation.expires_epoch,
        "session_bytes": explanation.session_bytes,
        "cookie_bytes": explanation.cookie.size_bytes,
        "warnings": [
            {"code": warning.code, "text": warning.text}
            for warning in explanation.warnings
        ],
    }


def _set_cookie_json(
    line: str,
    view: BrowserView,
    exchange: Exchange,
    function: Function | None,
    explain: ExplainCookie,
) -> dict[str, JsonValue]:
    seen = None
    if view.name == COOKIE_NAME:
        header = f"{view.name}={view.value}"
        seen = explain(header, function, exchange.started_epoch)
    return {
        "set_cookie": line,
        "name": view.name,
        "value": view.value,
        "is_kept": view.is_kept,
        "refusal": view.refusal,
        "is_deletion": view.is_deletion,
        "expires_epoch": view.expires_epoch,
        "path": view.path,
        "domain": view.domain,
        "is_secure": view.is_secure,
        "same_site": view.same_site,
        "session": None if seen is None else _past_json(seen, exchange),
    }
