"""A session put into a browser; the browsers themselves are in end_to_end."""

from typing import Any

import pytest

from sandbox.errors import AppError
from sandbox.testing import SandboxUnderTest, log_in

pytestmark = pytest.mark.slow


class AsyncContext:
    """Takes cookies as Playwright's asynchronous API does."""

    def __init__(self) -> None:
        self.cookies: list[dict[str, Any]] = []

    async def add_cookies(self, cookies: list[dict[str, Any]]) -> None:
        self.cookies += cookies


class Driver:
    """Takes cookies for the page that it is on, as Selenium's drivers do."""

    def __init__(self, current_url: str) -> None:
        self.current_url = current_url
        self.cookies: list[dict[str, Any]] = []

    def get(self, url: str) -> None:
        self.current_url = url

    def add_cookie(self, cookie: dict[str, Any]) -> None:
        self.cookies.append(cookie)


@pytest.mark.parametrize(
    ("ending", "stays"), [("", True), ("/a", True), ("0/a", False)]
)
def test_a_driver_is_on_the_apps_own_page(
    sandbox: SandboxUnderTest, *, ending: str, stays: bool
) -> None:
    """A port that begins with the same digits is another app's."""
    driver = Driver(f"{sandbox.url}{ending}")
    log_in(driver, {"user": 1}, sandbox=sandbox, url=sandbox.url)

    assert driver.current_url == (f"{sandbox.url}{ending}" if stays else sandbox.url)
    assert [cookie["name"] for cookie in driver.cookies] == ["_idx"]


def test_the_asynchronous_api_is_awaited(sandbox: SandboxUnderTest) -> None:
    """The cookie has the attributes that the app itself would set."""
    context = AsyncContext()
    done = log_in(context, {"user": 1}, sandbox=sandbox, url=sandbox.url)
    assert done is not None
    # Playwright's synchronous API may have left a loop running in this process.
    with pytest.raises(StopIteration):
        next(iter(done.__await__()))

    (cookie,) = context.cookies
    assert cookie["name"] == "_idx"
    assert (cookie["httpOnly"], cookie["secure"]) == (True, False)
    assert (cookie["sameSite"], cookie["url"]) == ("Lax", sandbox.url)


def test_a_cookie_that_no_browser_keeps_is_told(sandbox: SandboxUnderTest) -> None:
    """The page would only be signed out, or the driver fail in words of its own."""
    context = AsyncContext()
    with pytest.raises(AppError, match=r"a browser drops the cookie\. .* bytes"):
        log_in(context, {"text": "x" * 5000}, sandbox=sandbox, url=sandbox.url)

    assert context.cookies == []


def test_what_is_no_browser_is_told(sandbox: SandboxUnderTest) -> None:
    """The message names what was given."""
    with pytest.raises(TypeError, match="str is not a Playwright page"):
        log_in("page", {}, sandbox=sandbox, url=sandbox.url)
