"""What a browser would do with its cookies if its clock were the sandbox's.

A browser knows real time alone. Where a developer has moved the sandbox's clock past
the end of a cookie's life, the browser still sends it; it is dropped here, as the
browser would drop it on that day (RFC 6265 section 5.4). A session cookie that was
changed or ended out of band is exchanged here as well.
"""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from urllib.parse import quote

from sandbox.clock import Clock
from sandbox.durations import spoken_duration
from sandbox.exchange import HttpRequest
from sandbox.host_header import bare_host
from sandbox.sessions.browser_view import browser_view
from sandbox.sessions.cookie import COOKIE_NAME, read_cookie

MOST_COOKIES = 2000
"""Cookies remembered; the ones that were set longest ago give way."""
_MAX_AGE = re.compile(r";\s*max-age\s*=([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _SetCookie:
    """A cookie as it was set, for a browser to judge once somebody moves the clock."""

    header: str
    host: str
    scheme: str
    now_epoch: float

    def end_epoch(self) -> float | None:
        """Give when it ends; None where it was not kept, or ends with the browser."""
        cookie = browser_view(
            self.header, host=self.host, scheme=self.scheme, now_epoch=self.now_epoch
        )
        return cookie.expires_epoch if cookie.is_kept else None


class BrowserCookies:
    """Remembers cookies that were set, and takes the expired out of requests.

    Safe between threads. Requests pass as they are while the clock was not moved and
    nothing was changed out of band.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._set: OrderedDict[tuple[str, str], _SetCookie] = OrderedDict()
        self._exchanged: OrderedDict[str, str | None] = OrderedDict()

    def remember_answer(self, set_cookie: str, request: HttpRequest) -> None:
        """Note a cookie that a request was answered with."""
        self.remember(
            set_cookie,
            host=bare_host(request.header("host") or ""),
            scheme=request.scheme,
            brought=request.header("cookie") or "",
        )

    def remember(
        self, set_cookie: str, *, host: str, scheme: str, brought: str = ""
    ) -> None:
        """Note a cookie; one without an end ends with the browser.

        Args:
            set_cookie: the header's value. An Expires that no browser can read counts
                as none.
            host: of the request, without port.
            scheme: of the request.
            brought: its Cookie header. Who had the cookie has this one in its place,
                be its life shorter by a new ARC_SESSION_TTL or a clock that went back.
        """
        key = _name_and_value(set_cookie.partition(";")[0])
        cookie = _SetCookie(set_cookie, host, scheme, self._clock.now_epoch())
        with self._lock:
            known = self._set.pop(key, None)
            if _may_end(set_cookie):
                is_in_place = known is not None and key in _pairs(brought)
                self._set[key] = cookie if is_in_place else _later(known, cookie)
            while len(self._set) > MOST_COOKIES:
                self._set.popitem(last=False)

    def exchange_session(self, value: str, *, by: str | None) -> None:
        """Have requests that carry a session cookie read as if they carried another.

        Args:
            value: of the session cookie, percent-encoding undone.
            by: the value in its place; None takes the cookie out.
        """
        with self._lock:
            if by is not None:
                self._exchanged.pop(by, None)  # or it would be exchanged back
            self._exchanged[value] = by
            while len(self._exchanged) > MOST_COOKIES:
                self._exchanged.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._set.clear()
            self._exchanged.clear()

    def pass_on(
        self, request: HttpRequest, *, has_own_jar: bool = False
    ) -> tuple[HttpRequest, tuple[str, ...]]:
        """Give the request as the browser would have sent it, and what was changed.

        Args:
            request: as it came.
            has_own_jar: whether its client drops what has expired by itself, on the
                sandbox's clock; what it sends all the same is meant.
        """
        if not self._exchanged and not self._clock.offset_seconds:
            return request, ()
        notes: list[str] = []
        headers = []
        for name, value in request.headers:
            text = value
            if name.lower() == "cookie":
                with self._lock:
                    text = self._judge(value, notes, may_expire=not has_own_jar)
            if text or not value:
                headers.append((name, text))
        return (replace(request, headers=tuple(headers)) if notes else request), tuple(
            notes
        )

    def _judge(self, header: str, notes: list[str], *, may_expire: bool) -> str:
        """Give a Cookie header without what is over, adding a note for each change."""
        kept = []
        for pair in header.split(";"):
            text = pair.strip()
            if text and not (may_expire and self._is_over(text, notes)):
                kept.append(self._exchange(text, notes))
        return "; ".join(filter(None, kept))

    def _exchange(self, pair: str, notes: list[str]) -> str:
        name = pair.partition("=")[0].strip()
        value = read_cookie(pair).value if name == COOKIE_NAME else None
        if value is None or value not in self._exchanged:
            return pair
        by: str | None = value
        while by is not None and by in self._exchanged:
            by = self._exchanged[by]
        if by is None:
            notes.append(
                f"The session of the cookie {COOKIE_NAME} was ended out of band, so "
                "the cookie was taken out of the request."
            )
            return ""
        notes.append(
            f"The session of the cookie {COOKIE_NAME} was changed out of band, and "
            "the request reads with the changed one."
        )
        return f"{COOKIE_NAME}={quote(by, safe='')}"

    def _is_over(self, pair: str, notes: list[str]) -> bool:
        name, value = _name_and_value(pair)
        cookie = self._set.get((name, value))
        if cookie is None or not self._clock.offset_seconds:
            return False
        end = cookie.end_epoch()
        if end is None:
            return False
        over_seconds = self._clock.now_epoch() - end
        if over_seconds < 0:
            return False
        notes.append(
            f'The cookie "{name}" expired {spoken_duration(over_seconds)} ago on the '
            "sandbox's clock, and was dropped as the browser would have done."
        )
        return True


def _later(known: _SetCookie | None, cookie: _SetCookie) -> _SetCookie:
    """Give of two that look alike in requests the one that ends last.

    Two clients may have been given the same value at different times. Most often it is
    one cookie that each answer renews, which is told without judging either.
    """
    if known is None or _renews(known, cookie):
        return cookie
    ends = (known.end_epoch(), cookie.end_epoch())
    if ends[0] is None or ends[1] is None:
        return cookie
    return known if ends[0] > ends[1] else cookie


def _renews(known: _SetCookie, cookie: _SetCookie) -> bool:
    """Tell whether a cookie has the same Max-Age, from a later moment on."""
    before, after = _max_age(known.header), _max_age(cookie.header)
    return before == after != "" and known.now_epoch <= cookie.now_epoch


def _max_age(set_cookie: str) -> str:
    """Give the Max-Age that counts, where it is a plain number; else nothing."""
    *_, last = ("", *_MAX_AGE.findall(set_cookie))
    text: str = last.strip()
    return text if text.isascii() and text.isdigit() else ""


def _may_end(set_cookie: str) -> bool:
    """Tell cheaply what ends with the browser, and is not worth a place."""
    text = set_cookie.lower()
    return "max-age" in text or "expires" in text


def _pairs(header: str) -> list[tuple[str, str]]:
    return [_name_and_value(pair) for pair in header.split(";")]


def _name_and_value(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name.strip(), value.strip()
