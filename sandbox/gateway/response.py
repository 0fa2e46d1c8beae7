"""Takes what a handler returned, gives the response that API Gateway makes of it.

Pure. Facts and sources (API Gateway developer guide, "AWS Lambda proxy integrations for
HTTP APIs", response formats; where that is silent, `@architect/sandbox` 9):

- format 2.0 without a `statusCode` (0, "", false and null count as none): the value is
  the body, as JSON with `application/json`, a string as it is; what `headers` and
  `cookies` hold is not looked at then, only that they are an object and a list
- with one: `body` is a string, `text/plain; charset=utf-8` unless said otherwise
- `headers` values are strings, numbers or booleans; each of `cookies` is a Set-Cookie
- connection, content-length, date, upgrade and transfer-encoding are the gateway's
- format 1.0 and REST take an object alone, with `application/json; charset=utf-8`, and
  join `multiValueHeaders` with `headers`, also where names differ in case; REST refuses
  other keys, and renames some headers to `x-amzn-remapped-…` ("Amazon API Gateway
  important notes")

A result that breaks this is a value too: `InvalidResult`, with the way to mend it.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange import HttpResponse
from sandbox.gateway.payload import (
    MAX_PAYLOAD_BYTES,
    MAX_RESULT_BYTES,
    NEVER_TOO_LARGE_BYTES,
)
from sandbox.http1.head import is_header_name
from sandbox.json_value import JsonValue, brief_json
from sandbox.manifest.javascript import is_truthy
from sandbox.project.model import ApiType

_OWN_HEADERS = frozenset(
    ("connection", "content-length", "date", "upgrade", "transfer-encoding")
)
_REST_OWN_HEADERS = frozenset(("upgrade", "transfer-encoding"))
_REMAPPED = frozenset(
    (
        *("authorization", "connection", "content-length", "content-md5", "date"),
        *("expect", "host", "max-forwards", "proxy-authenticate", "server"),
        *("trailer", "user-agent", "www-authenticate"),
    )
)
_REST_KEYS = frozenset(
    ("statusCode", "body", "headers", "multiValueHeaders", "isBase64Encoded")
)
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_STATUS_RANGE = range(200, 1000)
_to_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidResult:
    """A result that API Gateway refuses."""

    reason: str
    """The fact, with the value in quotes, ending in a full stop."""
    remedy: str


class _Refused(Exception):  # noqa: N818 - carries a value to its one catcher below
    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.invalid = InvalidResult(reason=reason, remedy=remedy)


def from_result(value: JsonValue, *, api_type: ApiType) -> HttpResponse | InvalidResult:
    """Make the response, or say what is wrong with the result."""
    try:
        if api_type in ("http", "httpv2"):
            response = _from_result_v2(value)
        else:
            response = _from_result_v1(value, is_rest=api_type == "rest")
        if len(response.body) > NEVER_TOO_LARGE_BYTES:
            _check_size(value, response.body)
    except _Refused as refused:
        return refused.invalid
    return response


def _from_result_v2(value: JsonValue) -> HttpResponse:
    if not isinstance(value, Mapping):
        return _implicit(value)
    headers = _object_of(value, "headers") if "headers" in value else {}
    cookies = _cookies_of(value) if "cookies" in value else ()
    is_base64 = _is_base64(value)
    if "statusCode" not in value or not is_truthy(value["statusCode"]):
        return _implicit(value)
    status = _status_of(value["statusCode"])
    body = _body_of(value, is_base64=is_base64)
    sent = {n: v for n, v in _last_of_each(headers).items() if n not in _OWN_HEADERS}
    content_type = sent.pop("content-type", "") or "text/plain; charset=utf-8"
    set_cookie = sent.pop("set-cookie", None)
    if set_cookie is not None:
        cookies = (*cookies, set_cookie)
    return HttpResponse(
        status=status,
        headers=(
            ("content-type", content_type),
            *sent.items(),
            *(("set-cookie", cookie) for cookie in map(_cookie_text, cookies)),
        ),
        body=body,
    )


def _from_result_v1(value: JsonValue, *, is_rest: bool) -> HttpResponse:
    if not isinstance(value, Mapping):
        raise _Refused(
            f"The handler returned {brief_json(value)}, which is not an object.",
            "Return a dictionary with statusCode, headers and body.",
        )
    if is_rest:
        _refuse_unknown_keys(value)
    status = value.get("statusCode")
    merged = _merged_headers(value)
    body = _body_of(value, is_base64=_is_base64(value))
    types = merged.pop("content-type", [])
    content_type = types[0] if types else "application/json; charset=utf-8"
    named = ((_name_v1(name, is_rest=is_rest), v) for name, v in merged.items())
    return HttpResponse(
        status=_status_of(status) if is_truthy(status) else 200,
        headers=(
            ("content-type", content_type),
            *((name, value) for name, values in named if name for value in values),
        ),
        body=body,
    )


def _implicit(value: JsonValue) -> HttpResponse:
    body = _encode(value) if isinstance(value, str) else _encode_json(value)
    return HttpResponse(
        status=200, headers=(("content-type", "application/json"),), body=body
    )


def _encode_json(value: JsonValue) -> bytes:
    try:
        try:
            return _to_json(value).encode()
        except UnicodeEncodeError:  # half a surrogate pair can only be escaped
            return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError, TypeError) as failure:
        raise _Refused(
            f"The handler's result is not JSON: {failure}.",
            "Return finite numbers, strings, lists and dictionaries.",
        ) from None


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return (
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
        )


def _status_of(value: JsonValue) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Refused(
            f'"statusCode" is {brief_json(value)}, which is not a whole number.',
            "Return a number such as 200.",
        )
    if value not in _STATUS_RANGE:
        raise _Refused(
            f'"statusCode" is {brief_json(value)}, which a response cannot have.',
            "Return a number from 200 to 599.",
        )
    return value


def _is_base64(result: Mapping[str, JsonValue]) -> bool:
    value = result.get("isBase64Encoded", False)
    if not isinstance(value, bool):
        raise _Refused(
            f'"isBase64Encoded" is {brief_json(value)}, which is not a boolean.',
            "Return True or False, or leave it out.",
        )
    return value


def _body_of(result: Mapping[str, JsonValue], *, is_base64: bool) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise _Refused(
            f'"body" is {brief_json(body)}, which is not a string.',
            "Return text, for example json.dumps(…), or bytes in base64 with "
            '"isBase64Encoded": True.',
        )
    return _decode_base64(body) if is_base64 else _encode(body)


def _decode_base64(text: str) -> bytes:
    """Decode as leniently as Node does: either alphabet, white space, no padding."""
    compact = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    if _NOT_BASE64.search(compact) or len(compact) % 4 == 1:
        raise _Refused(
            '"isBase64Encoded" is true, but "body" is not base64.',
            "Return base64.b64encode(…).decode(), or leave isBase64Encoded out.",
        )
    return base64.b64decode(compact + "=" * (-len(compact) % 4))


def _last_of_each(named: Mapping[str, JsonValue]) -> dict[str, str]:
    """Give headers in lower case; of names that differ in case, the last."""
    headers: dict[str, str] = {}
    for name, value in named.items():
        lower = _checked_name(name)
        headers.pop(lower, None)
        headers[lower] = _header_text(name, value)
    return headers


def _merged_headers(result: Mapping[str, JsonValue]) -> dict[str, list[str]]:
    """Join `multiValueHeaders` with `headers`, a value once, names in lower case."""
    merged: dict[str, list[str]] = {}
    for name, values in _object_of(result, "multiValueHeaders").items():
        if not isinstance(values, list | tuple):
            raise _Refused(
                f'"multiValueHeaders" has {brief_json(values)} for "{name}", '
                "not a list.",
                "Return a list of strings for each name.",
            )
        merged[_checked_name(name)] = [_header_text(name, value) for value in values]
    for name, value in _object_of(result, "headers").items():
        values_so_far = merged.setdefault(_checked_name(name), [])
        text = _header_text(name, value)
        if text not in values_so_far:
            values_so_far.append(text)
    return merged


def _object_of(result: Mapping[str, JsonValue], key: str) -> Mapping[str, JsonValue]:
    value = result.get(key)
    if not is_truthy(value):
        return {}
    if not isinstance(value, Mapping):
        raise _Refused(
            f'"{key}" is {brief_json(value)}, which is not an object.',
            "Return a dictionary of names and values.",
        )
    return value


def _checked_name(name: str) -> str:
    if not is_header_name(name):
        raise _Refused(
            f"A header is called {brief_json(name)}, which is not a header name.",
            "Use letters, digits and hyphens.",
        )
    return name.lower()


def _header_text(name: str, value: JsonValue) -> str:
    if isinstance(value, str):
        return _sendable(f'header "{name}"', value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    raise _Refused(
        f'The header "{name}" is {brief_json(value)}.',
        'Return a string, a number or a boolean; several cookies go in "cookies".',
    )


def _number_text(value: float) -> str:
    """Write a number as JavaScript does (ECMA-262, Number::toString)."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        value = int(value)
    try:
        text = str(value)
    except ValueError as failure:  # an integer of more than 4,300 digits
        raise _Refused(f"A header cannot be sent: {failure}.", "Shorten it.") from None
    if "e-" not in text:
        return text
    if abs(value) >= 1e-6:
        return f"{Decimal(text):f}"
    return text.replace("e-0", "e-")


def _sendable(what: str, text: str) -> str:
    if _UNSENDABLE.search(text):
        raise _Refused(
            f"The {what} has a character that headers cannot carry: "
            f"{brief_json(text)}.",
            "Leave out line ends and control characters, and percent-encode "
            "what is not Latin-1.",
        )
    return text.strip(" \t")


def _cookies_of(result: Mapping[str, JsonValue]) -> tuple[JsonValue, ...]:
    value = result.get("cookies")
    if not is_truthy(value):
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _Refused(
            f'"cookies" is {brief_json(value)}, which is not a list.',
            'Return a list of strings such as ["a=1; Path=/"].',
        )
    return tuple(value)


def _cookie_text(cookie: JsonValue) -> str:
    if not isinstance(cookie, str):
        raise _Refused(
            f'"cookies" has {brief_json(cookie)}, which is not a string.',
            'Return a list of strings such as ["a=1; Path=/"].',
        )
    return _sendable("cookie", cookie)


def _refuse_unknown_keys(result: Mapping[str, JsonValue]) -> None:
    unknown = [key for key in result if key not in _REST_KEYS]
    if unknown:
        raise _Refused(
            f"A REST API does not know {brief_json(unknown[0])} in a result.",
            f"Return only {', '.join(sorted(_REST_KEYS))}.",
        )


def _name_v1(name: str, *, is_rest: bool) -> str:
    """Give the name a header is sent under, or "" where it is not sent."""
    if not is_rest:
        return "" if name in _OWN_HEADERS else name
    if name in _REST_OWN_HEADERS:
        return ""
    return f"x-amzn-remapped-{name}" if name in _REMAPPED else name


def _check_size(value: JsonValue, sent: bytes) -> None:
    """Refuse what Lambda does not give: the limit is that of the result as JSON."""
    body = value.get("body") if isinstance(value, Mapping) else None
    length = len(_encode(body)) if isinstance(body, str) else len(sent)
    payload = len(_encode_json(value))
    if length <= MAX_PAYLOAD_BYTES and payload <= MAX_RESULT_BYTES:
        return
    is_base64 = isinstance(body, str) and len(sent) != len(_encode(body))
    raise _Refused(
        f'The response has "{len(sent):,}" bytes, which is {payload:,} as JSON'
        f"{', in base64' if is_base64 else ''}; Lambda sends 6 MB at most.",
        "Send less, or put large files in S3 (`public/` is served from there).",
    )
