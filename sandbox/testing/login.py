"""Puts a session into a real browser, so that a test starts signed in."""

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import AppError
from sandbox.sandbox import Sandbox
from sandbox.sessions.browser_view import browser_view
from sandbox.sessions.cookie import COOKIE_NAME
from sandbox.testing.session_store import forge_cookie


def log_in(
    browser: Any, session: Mapping[str, Any], *, sandbox: Sandbox, url: str
) -> Awaitable[None] | None:
    """Forge a session in the app's store, and its cookie in a browser.

    Args:
        browser: a page or context of Playwright (either of its APIs), or a driver of
            Selenium, which is led to `url` first, as WebDriver sets cookies only there.
        session: what it holds.
        sandbox: the running app.
        url: the address that the browser uses.

    Returns:
        What Playwright's asynchronous API wants awaited; else None.

    Raises:
        TypeError: `browser` is none of these.
        ValueError: the app's store has no type for one of the session's values.
        AppError: no browser would keep the cookie.
    """
    context = getattr(browser, "context", browser)
    if not hasattr(context, "add_cookies") and not hasattr(browser, "add_cookie"):
        raise TypeError(
            f"{type(browser).__name__} is not a Playwright page or context, "
            "nor a Selenium driver; give one of these first, and the session by name"
        )
    cookie = _forge(session, sandbox=sandbox, url=url)
    if hasattr(context, "add_cookies"):
        done: Awaitable[None] | None = context.add_cookies([{**cookie, "url": url}])
        return done
    if urlsplit(str(browser.current_url)).netloc != urlsplit(url).netloc:
        browser.get(url)
    expires = cookie.pop("expires", None)
    browser.add_cookie({**cookie, **({"expiry": int(expires)} if expires else {})})
    return None


def _forge(session: Mapping[str, Any], *, sandbox: Sandbox, url: str) -> dict[str, Any]:
    clock, set_cookie = sandbox.clock, forge_cookie(sandbox, session)
    host, scheme = urlsplit(url).hostname or "", urlsplit(url).scheme
    view = browser_view(
        set_cookie, host=host, scheme=scheme, now_epoch=clock.now_epoch()
    )
    if view.refusal:
        raise AppError(
            f"Nobody can be signed in: a browser drops the cookie. {view.refusal}",
            remedy="Change the session, or the ARC_SESSION_ variables.",
        )
    # Like one that the app has set, it ends once the clock is moved past its life.
    sandbox.browser_cookies.remember(set_cookie, host=host, scheme=scheme)
    cookie = {
        "name": COOKIE_NAME,
        "value": view.value,
        "httpOnly": True,
        "secure": view.is_secure,
        "sameSite": view.same_site.capitalize(),
    }
    if view.expires_epoch is not None:
        # The browser's own clock is the real one.
        cookie["expires"] = view.expires_epoch - clock.offset_seconds
    return cookie
