"""Cookies as a browser keeps them, whose ends come when the sandbox's clock says so.

Python's own jar reads the real clock, and fails to read dates that browsers can read
(RFC 6265 section 5.1.1). Here `browser_view` judges each Set-Cookie header.

Headers are Latin-1 text, a character a byte. A browser gives bytes back as they came
(rfc6265bis section 5.7), and writes what a script sets in UTF-8: so do these cookies,
whose names and values are text to read.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from sandbox.clock import Clock
from sandbox.sessions.browser_view import BrowserView, browser_view, is_loopback

_DOTLESS_SUFFIX = ".local"
"""What Python's cookie policy adds to a host without a dot, such as localhost."""


class BrowserCookie(Cookie):
    """A cookie that asks the sandbox's clock whether it has ended, in any jar.

    `secure` is False, so that other jars send it to localhost over plain HTTP, as
    browsers do; `has_nonstandard_attr("Secure")` tells.
    """

    def __init__(self, view: BrowserView, *, host: str, clock: Clock) -> None:
        # A Domain without a dot, such as localhost, is a public suffix: it means the
        # host alone (RFC 6265 section 5.3).
        is_host_only = "." not in view.domain
        domain = _policy_host(host) if is_host_only else f".{view.domain}"
        self.encoding = _encoding(f"{view.name}{view.value}")
        name, value = (_reread(text, self.encoding) for text in (view.name, view.value))
        super().__init__(
            version=0,
            # A cookie without a name is sent as its value alone.
            name=name or value,
            value=value if name else None,
            port=None,
            port_specified=False,
            domain=domain,
            domain_specified=not is_host_only,
            domain_initial_dot=not is_host_only,
            path=view.path,
            path_specified=True,
            secure=False,
            expires=None,
            discard=view.expires_epoch is None,
            comment=None,
            comment_url=None,
            rest=_further_attributes(view),
        )
        self._clock = clock
        # Python's cookie would cut the part of a second away.
        self.expires = view.expires_epoch  # type: ignore[assignment]

    def is_expired(self, now: float | None = None) -> bool:
        """Tell whether its end has come; `now`, the real time, does not matter."""
        return self.expires is not None and self.expires <= self._clock.now_epoch()


class BrowserPolicy(DefaultCookiePolicy):
    """Decides which cookies a request carries, as RFC 6265 section 5.4 does.

    Python's own policy sends a cookie without a Domain to subdomains as well, and
    knows no host that is trusted over plain HTTP.
    """

    def return_ok_domain(self, cookie: Cookie, request: Request) -> bool:
        """Tell whether a cookie belongs to the host that is asked."""
        if cookie.domain_specified or not cookie.domain:
            return super().return_ok_domain(cookie, request)
        return cookie.domain == _policy_host(_host(request.full_url))

    def return_ok_secure(self, cookie: Cookie, request: Request) -> bool:
        """Tell whether the way there is as safe as a cookie asks for."""
        if not (cookie.secure or cookie.has_nonstandard_attr("Secure")):
            return True
        return request.type == "https" or is_loopback(_host(request.full_url))


class BrowserJar(CookieJar):
    """A cookie jar in which cookies end on the sandbox's clock.

    Args:
        clock: the sandbox's.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(BrowserPolicy())
        self._clock = clock

    def header(self, url: str, *, more: Iterable[Cookie] = ()) -> str:
        """Give the Cookie header of a request to `url`; empty where no cookie goes.

        Args:
            url: absolute.
            more: cookies of this request alone, which go before those of the jar.
        """
        jar = BrowserJar(self._clock)
        for cookie in (*self, *more):
            jar.set_cookie(_as_sent(cookie))
        request = Request(url)  # noqa: S310 - nothing is opened
        jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def set_cookie(self, cookie: Cookie) -> None:
        """Keep a cookie; one for every host and one for a host replace each other.

        `httpx.Cookies.set` makes one for every host unless it is told which.
        """
        for kept in list(super().__iter__()):
            if kept.name == cookie.name and not (kept.domain and cookie.domain):
                self.clear(kept.domain, kept.path, kept.name)
        super().set_cookie(cookie)

    def keep(self, set_cookie: str, *, url: str) -> BrowserView:
        """Take one Set-Cookie header's value that came from `url`; tell what became."""
        parts, host = urlsplit(url), _host(url)
        view = browser_view(
            set_cookie,
            host=host,
            scheme=parts.scheme,
            page_path=parts.path,
            now_epoch=self._clock.now_epoch(),
        )
        cookie = BrowserCookie(view, host=host, clock=self._clock)
        if view.is_kept:
            self.set_cookie(cookie)
        elif view.is_deletion:
            self.remove(cookie)
        return view

    def remove(self, cookie: Cookie) -> None:
        """Remove the cookie of that name, at that place or for every host."""
        place = (cookie.domain, cookie.path)
        for kept in list(super().__iter__()):
            is_there = (kept.domain, kept.path) == place or not kept.domain
            if kept.name == cookie.name and is_there:
                self.clear(kept.domain, kept.path, kept.name)

    def find(self, name: str) -> Cookie | None:
        """Give the cookie called `name`, or None where there is none any more."""
        return next((cookie for cookie in self if cookie.name == name), None)

    def __iter__(self) -> Iterator[Cookie]:
        """Give the cookies that have not ended."""
        return (cookie for cookie in super().__iter__() if not cookie.is_expired())


def _encoding(latin1: str) -> str:
    """Tell what the bytes of a header are text in; Latin-1 is what a handler writes."""
    try:
        latin1.encode("latin-1").decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _reread(latin1: str, encoding: str) -> str:
    return latin1.encode("latin-1").decode(encoding)


def _as_sent(cookie: Cookie) -> Cookie:
    """Give a cookie with name and value as a header has them."""
    text = f"{cookie.name}{cookie.value}"
    if text.isascii():
        return cookie
    encoding = getattr(cookie, "encoding", "utf-8")
    if encoding == "latin-1" and max(text) > "\xff":  # a test has changed it
        encoding = "utf-8"
    sent = copy(cookie)
    sent.name = cookie.name.encode(encoding).decode("latin-1")
    if cookie.value is not None:
        sent.value = cookie.value.encode(encoding).decode("latin-1")
    return sent


def _host(url: str) -> str:
    """Give a URL's host in lower case; an IPv6 address without brackets."""
    return urlsplit(url).hostname or ""


def _policy_host(host: str) -> str:
    """Give a host as Python's cookie policy calls it."""
    name = f"[{host}]" if ":" in host else host
    return name if "." in name else f"{name}{_DOTLESS_SUFFIX}"


def _further_attributes(view: BrowserView) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if view.is_secure:
        attributes["Secure"] = None
    if view.same_site:
        attributes["SameSite"] = view.same_site.capitalize()
    return attributes
