"""Cookies as a browser keeps them, whose ends come when the sandbox's clock says so.

Python's own jar reads the real clock, and fails to read dates that browsers can read
(RFC 6265 section 5.1.1). Here `browser_view` judges each Set-Cookie header.
"""

from collections.abc import Iterator
from http.client import HTTPResponse
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from sandbox.clock import Clock
from sandbox.sessions.browser_view import BrowserView, browser_view

_DOTLESS_SUFFIX = ".local"
"""What Python's cookie policy adds to a host without a dot, such as localhost."""


class BrowserCookie(Cookie):
    """A cookie that asks the sandbox's clock whether it has ended, in any jar.

    `secure` is False: a browser sends Secure cookies to localhost over plain HTTP,
    which Python's policy would not; `has_nonstandard_attr("Secure")` tells them.
    """

    def __init__(self, view: BrowserView, *, host: str, clock: Clock) -> None:
        is_host_only = view.domain in ("", host)
        domain = _policy_host(host) if is_host_only else f".{view.domain}"
        super().__init__(
            version=0,
            # A cookie without a name is sent as its value alone.
            name=view.name or view.value,
            value=view.value if view.name else None,
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


class BrowserJar(CookieJar):
    """A cookie jar in which cookies end on the sandbox's clock.

    Args:
        clock: the sandbox's.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def extract_cookies(self, response: HTTPResponse, request: Request) -> None:
        """Take the cookies of a response, as the browser would take them."""
        for set_cookie in response.info().get_all("set-cookie", []):
            self.keep(set_cookie, url=request.full_url)

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
        parts = urlsplit(url)
        host = parts.hostname or ""
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


def _policy_host(host: str) -> str:
    return host if "." in host else f"{host}{_DOTLESS_SUFFIX}"


def _further_attributes(view: BrowserView) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if view.is_secure:
        attributes["Secure"] = None
    if view.same_site:
        attributes["SameSite"] = view.same_site.capitalize()
    return attributes
