"""What a handler passes to `arc.http.res` → an API Gateway response.

Result, errors, and what is changed of the arguments are those of `architect-functions`
1.0, also where arc.codes ("Python runtime helpers") promises more: what works here
works there.
"""

from collections.abc import Mapping
from typing import Any

from ..session import write_over
from .encoding import encode_body, is_gzip_wanted
from .headers import header_of, own_headers, take_title_case
from .json_text import to_json

_SHORTHANDS: Mapping[str, str] = {
    "html": "text/html; charset=utf8",
    "css": "text/css; charset=utf8",
    "js": "text/javascript; charset=utf8",
    "text": "text/plain; charset=utf8",
    "json": "application/json; charset=utf8",
    "xml": "application/xml; charset=utf8",
}
_STATUS_NAMES = ("status", "code", "statusCode", "status_code")
_KNOWN = frozenset(
    {
        *_SHORTHANDS,
        "statusCode", "body", "headers", "isBase64Encoded", "cookies",
        "code", "cookie", "cors", "location", "session", "status",
    }
)  # fmt: skip
_JSON_TYPE = _SHORTHANDS["json"]
_NEVER_CACHED = ("text/html", "application/json", "application/vnd.api+json")
_NO_CACHE = "no-cache, no-store, must-revalidate, max-age=0, s-maxage=0"
_ONE_DAY = "max-age=86400"


def res(req: Mapping[str, Any], params: Any) -> dict[str, Any]:
    """Give the response that API Gateway expects.

    Headers in title case are taken out of `params`, and a session that is kept in a
    table gets its `_idx`, `_secret` and `_ttl`: pass no dict that is used again.

    Args:
        req: the handler's event.
        params: the documented properties; or, under payload format 2.0, anything else,
            which is sent as JSON.

    Raises:
        AttributeError: `params` has no properties, such as an exception.
        SessionSettingsError, NameError: `session` cannot be kept as it is configured.
        TypeError, ValueError: something cannot be written as JSON or into the store.
    """
    given = _as_properties(req, params)
    body = given.get("body", "")
    content = body if isinstance(body, bytes) else None
    cache_control = _asked_cache_control(given)
    content_type = (
        given.get("type") or header_of(own_headers(given), "content-type") or _JSON_TYPE
    )
    take_title_case(own_headers(given), "content-type")
    encoding = header_of(own_headers(given), "content-encoding")
    take_title_case(own_headers(given), "content-encoding")
    accepted = header_of(own_headers(req), "accept-encoding")
    shorthand = next((name for name in _SHORTHANDS if given.get(name)), None)
    if shorthand is not None:
        content_type = _SHORTHANDS[shorthand]
        body = given[shorthand]
        body = to_json(body) if shorthand == "json" else body
    response = _response(given, content_type, body)
    _set_headers(response, given, content_type, cache_control)
    is_gzipped = is_gzip_wanted(req, given, accepted=accepted, encoding=encoding)
    encode_body(response, content=content, is_gzipped=is_gzipped)
    if given.get("session") is not None:
        response["headers"]["set-cookie"] = write_over(req, given["session"])
    return response


def _as_properties(req: Mapping[str, Any], params: Any) -> Any:
    """Give what is asked like a dict from here on, whether or not it is one."""
    if isinstance(params, Exception):
        return _as_failed(params)
    if req.get("version") != "2.0":
        return params
    if params is None:
        return {}
    is_dict = isinstance(params, dict)
    if is_dict and not _KNOWN.isdisjoint(params):
        return params
    is_sent = is_dict or isinstance(params, list | bytes | int | float | complex)
    if is_sent or (isinstance(params, str) and params):
        return {"body": to_json(params)}
    return params


def _as_failed(error: Exception) -> Any:
    """Fail as architect-functions does, and say of what: arc.codes promises a page."""
    name = type(error).__name__
    raise AttributeError(f"'{name}' object has no attribute 'get'") from error


def _asked_cache_control(given: Mapping[str, Any]) -> Any:
    asked = (
        given.get("cache_control")
        or given.get("cacheControl")
        or header_of(own_headers(given), "cache-control")
    )
    take_title_case(own_headers(given), "cache-control")
    return asked


def _response(given: Mapping[str, Any], content_type: Any, body: Any) -> dict[str, Any]:
    asked = next((given[name] for name in _STATUS_NAMES if given.get(name)), None)
    response = {
        "headers": {"content-type": content_type, **own_headers(given)},
        "statusCode": asked or (302 if given.get("location") else 200),
        "body": body,
    }
    for name in ("multiValueHeaders", "cookies"):
        if given.get(name):
            response[name] = given[name]
    if given.get("isBase64Encoded"):
        response["isBase64Encoded"] = True
    return response


def _set_headers(
    response: Mapping[str, Any],
    given: Mapping[str, Any],
    content_type: Any,
    cache_control: Any,
) -> None:
    headers = response["headers"]
    if cache_control:
        headers["cache-control"] = cache_control
    is_private = any(
        media_type in content_type for media_type in _NEVER_CACHED
    ) or given.get("location")
    headers.setdefault("cache-control", _NO_CACHE if is_private else _ONE_DAY)
    if given.get("cors"):
        headers["access-control-allow-origin"] = "*"
    if given.get("location"):
        headers["location"] = given["location"]
    if given.get("cookie"):
        headers["set-cookie"] = given["cookie"]
