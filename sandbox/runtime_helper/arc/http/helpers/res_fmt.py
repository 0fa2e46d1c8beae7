"""What a handler passes to `arc.http.res` → an API Gateway response.

The properties are those of arc.codes, "Python runtime helpers". What is passed in is
never changed.
"""

import html
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..session import write_over
from .encoding import encode_body
from .headers import header_of, set_header

_SHORTHANDS: Mapping[str, str] = {
    "html": "text/html; charset=utf8",
    "css": "text/css; charset=utf8",
    "js": "text/javascript; charset=utf8",
    "text": "text/plain; charset=utf8",
    "json": "application/json; charset=utf8",
    "xml": "text/xml; charset=utf8",
}
_STATUS_NAMES = ("status", "code", "statusCode", "status_code")
_KNOWN = frozenset(
    {
        *_SHORTHANDS,
        *_STATUS_NAMES,
        "body", "headers", "isBase64Encoded", "cookies", "cookie", "cors",
        "location", "session",
    }
)  # fmt: skip
_JSON_TYPE = _SHORTHANDS["json"]
_NEVER_CACHED = ("text/html", "application/json", "application/vnd.api+json")
_NO_CACHE = "no-cache, no-store, must-revalidate, max-age=0, s-maxage=0"
_ONE_DAY = "max-age=86400"


def res(req: Mapping[str, Any], params: Any) -> dict[str, Any]:
    """Give the response that API Gateway expects.

    Args:
        req: the handler's event.
        params: the documented properties; an exception, which becomes a page of status
            500; or, under payload format 2.0, anything else, which is sent as JSON.

    Raises:
        SessionSettingsError, NameError: `session` cannot be kept as it is configured.
        TypeError, ValueError: something cannot be written as JSON or into the store.
    """
    given = _as_properties(req, params)
    response = _response(given)
    encode_body(req, given, response)
    if given.get("session") is not None:
        set_header(response["headers"], "set-cookie", write_over(req, given["session"]))
    return response


def _as_properties(req: Mapping[str, Any], params: Any) -> Mapping[str, Any]:
    if params is None:
        return {}
    if isinstance(params, Exception):
        return _error_page(params)
    if isinstance(params, bytes):
        return {"body": params, "type": "application/octet-stream"}
    if isinstance(params, Mapping):
        is_known = not _KNOWN.isdisjoint(params) or req.get("version") != "2.0"
        return params if is_known else {"body": to_json(params)}
    return {"body": to_json(params)} if params != "" else {}


def _response(given: Mapping[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = dict(given.get("headers") or {})
    shorthand = next((n for n in _SHORTHANDS if given.get(n) is not None), None)
    content_type = (
        given.get("type")
        or header_of(headers, "content-type")
        or _SHORTHANDS.get(shorthand or "", _JSON_TYPE)
    )
    set_header(headers, "content-type", content_type)
    _set_cache_control(headers, given, content_type)
    if given.get("cors"):
        set_header(headers, "access-control-allow-origin", "*")
    if given.get("location"):
        set_header(headers, "location", given["location"])
    if given.get("cookie"):
        set_header(headers, "set-cookie", given["cookie"])
    response = {
        "headers": headers,
        "statusCode": _status(given),
        "body": _body(given, shorthand),
    }
    for name in ("multiValueHeaders", "cookies", "isBase64Encoded"):
        if given.get(name):
            response[name] = given[name]
    return response


def _status(given: Mapping[str, Any]) -> Any:
    asked = next((given[name] for name in _STATUS_NAMES if given.get(name)), None)
    return asked or (302 if given.get("location") else 200)


def _body(given: Mapping[str, Any], shorthand: str | None) -> Any:
    if shorthand is None:
        body = given.get("body")
        return "" if body is None else body
    return to_json(given["json"]) if shorthand == "json" else given[shorthand]


def _set_cache_control(
    headers: dict[str, Any], given: Mapping[str, Any], content_type: str
) -> None:
    asked = (
        given.get("cache_control")
        or given.get("cacheControl")
        or header_of(headers, "cache-control")
    )
    is_private = given.get("location") or any(
        media_type in content_type for media_type in _NEVER_CACHED
    )
    default = _NO_CACHE if is_private else _ONE_DAY
    set_header(headers, "cache-control", asked or default)


def to_json(value: Any) -> str:
    """Write JSON, in which the numbers of DynamoDB count as numbers."""
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f'"{type(value).__name__}" cannot be written as JSON')


def _error_page(error: Exception) -> Mapping[str, Any]:
    title, message = html.escape(type(error).__name__), html.escape(str(error))
    page = (
        f"<!doctype html>\n<html lang=en>\n<head><meta charset=utf-8>"
        f"<title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{message}</p></body>\n</html>\n"
    )
    return {"status": 500, "html": page}
