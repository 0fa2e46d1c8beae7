"""The `_idx` cookie: written as a Set-Cookie value, read out of a Cookie header.

Writing follows RFC 6265 section 4.1, reading is as tolerant as section 5.4 makes
browsers need it; `browser_view` (its own module) tells what a browser will keep.
"""

import email.utils
import http.cookies
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from sandbox.json_value import JsonValue
from sandbox.manifest.javascript import trim
from sandbox.sessions.settings import SessionSettings

COOKIE_NAME = "_idx"

MAX_COOKIE_BYTES = 4096
"""Browsers drop a cookie whose name and value together are longer."""

_LAST_DATE_EPOCH = 253_402_300_799
"""The last second of the year 9999: an HTTP date has four digits for the year."""

_UNESCAPED = "!~*'()"
"""What JavaScript's encodeURIComponent leaves as it is, beside letters and `-_.`."""

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieReading:
    """What a Cookie header says of the session cookie."""

    value: str | None
    """Of the last `_idx`, decoded as the reader does; None without one."""
    duplicates: tuple[str, ...] = ()
    """Further `_idx` values, in order; both helpers let the last one win."""
    is_lost_by_python_helper: bool = False
    """True where `http.cookies.SimpleCookie`, which `architect-functions` reads with,
    does not find the cookie, because of a neighbour that it cannot parse."""
    is_quoted: bool = False
    """Whether the last `_idx` stands in double quotes."""
    size_bytes: int = 0
    """Of name, `=` and value, as sent."""

    @property
    def is_too_long(self) -> bool:
        """Tell whether a browser would have refused to keep it."""
        return self.size_bytes - 1 > MAX_COOKIE_BYTES


def write_cookie(value: str, settings: SessionSettings, *, now_epoch: float) -> str:
    """Give the value of a Set-Cookie header that sets `_idx`.

    The value is percent-encoded, which the helpers of both languages undo;
    `architect-functions` would quote it, and `@architect/functions` refuse that.
    """
    attributes = [
        f"{COOKIE_NAME}={quote(value, safe=_UNESCAPED)}",
        f"Max-Age={settings.max_age_seconds}",
        f"Domain={settings.domain}" if settings.domain else "",
        "Path=/",
        f"Expires={http_date(now_epoch + settings.max_age_seconds)}",
        "HttpOnly",
        "Secure" if settings.secure else "",
        f"SameSite={settings.same_site}",
    ]
    return "; ".join(attribute for attribute in attributes if attribute)


def http_date(epoch: float) -> str:
    """Give an IMF-fixdate (RFC 9110 section 5.6.7), within the years 1970 to 9999."""
    bounded = min(max(epoch, 0), _LAST_DATE_EPOCH)
    return email.utils.formatdate(bounded, usegmt=True)


def read_cookie(header: str, settings: SessionSettings | None = None) -> CookieReading:
    """Find `_idx` in a Cookie header, as the code that reads it does.

    Args:
        header: the Cookie header.
        settings: the reader's. Without them, and for our own code, it is found whatever
            its neighbours look like, and quotes and percent-encoding are undone.
    """
    helper = "own" if settings is None else settings.helper
    found = _found_by_node(header) if helper == "npm" else _found(header)
    by_python = simple_cookie_value(header)
    if settings is not None and helper == "pypi" and by_python is not None:
        value: str | None = _python_value(by_python, settings)
    elif found:
        value = _decode_as_node(found[-1]) if helper == "npm" else _decode(found[-1])
    else:
        return CookieReading(value=None)
    sent = found[-1] if found else by_python or ""
    return CookieReading(
        value=value,
        duplicates=tuple(_decode(value) for value in found[:-1]),
        is_lost_by_python_helper=(
            by_python is None or (helper != "pypi" and _decode(by_python) != value)
        ),
        is_quoted=_is_quoted(sent),
        size_bytes=len(f"{COOKIE_NAME}={sent}".encode("utf-8", "surrogatepass")),
    )


def _found(header: str) -> list[str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return [value.strip() for name, _, value in pairs if name.strip() == COOKIE_NAME]


def _found_by_node(header: str) -> list[str]:
    """Find pairs as `@architect/functions` does: nothing stands before the `=`."""
    pairs = (trim(part) for part in header.split(";"))
    start = f"{COOKIE_NAME}="
    return [pair[len(start) :].strip(" \t") for pair in pairs if pair.startswith(start)]


def simple_cookie_value(header: str) -> str | None:
    """Give what `architect-functions` 1 finds as `_idx`, or None."""
    try:
        morsel = http.cookies.SimpleCookie(header).get(COOKIE_NAME)
    except http.cookies.CookieError:
        return None
    return None if morsel is None else morsel.value


def cookie_header(event: Mapping[str, JsonValue]) -> str:
    """Give the Cookie header of an API Gateway event of any payload format.

    Format 2.0 lifts cookies into a list, which is taken first; empty without cookies.
    """
    cookies = event.get("cookies")
    if isinstance(cookies, list | tuple) and cookies:
        return "; ".join(str(cookie) for cookie in cookies)
    headers = event.get("headers")
    if not isinstance(headers, Mapping):
        return ""
    return next(
        (str(value) for name, value in headers.items() if name.lower() == "cookie"), ""
    )


def _python_value(value: str, settings: SessionSettings) -> str:
    """Decode as `architect-functions` does, which SimpleCookie has unquoted already."""
    is_encoded = settings.store == "table" and "%" in value
    return unquote(value) if is_encoded else value


def _decode_as_node(value: str) -> str:
    """Decode as the npm package `cookie` does: quotes stay, and what is not UTF-8."""
    try:
        return value if _BAD_PERCENT.search(value) else unquote(value, errors="strict")
    except UnicodeDecodeError:
        return value


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] == '"'


def _decode(value: str) -> str:
    if _is_quoted(value):
        value = value[1:-1]
    # A stray percent sign means that nobody encoded this: take it as it is.
    return value if _BAD_PERCENT.search(value) else unquote(value)
