"""Sessions in real browsers: Chromium, led by Playwright and by Selenium."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser
from selenium.common.exceptions import (
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = [pytest.mark.slow, pytest.mark.arc(app="fixtures/apps/counter")]

DAY_SECONDS = 86_400


class Visitor(Protocol):
    """One browser profile, whoever leads it."""

    driver: Any

    def open(self, url: str) -> None: ...
    def submit(self, button: str, **fields: str) -> None: ...
    def title(self) -> str: ...
    def text(self, selector: str) -> str: ...
    def session_cookie(self) -> dict[str, Any]: ...
    def close(self) -> None: ...


class PlaywrightVisitor:
    """A context of its own in the one browser."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context()
        self.driver = self._context.new_page()

    def open(self, url: str) -> None:
        self.driver.goto(url)

    def submit(self, button: str, **fields: str) -> None:
        for name, value in fields.items():
            self.driver.fill(f"[name={name}]", value)
        self.driver.get_by_role("button", name=button).click()
        self.driver.wait_for_load_state()  # a click ends before the page is read

    def title(self) -> str:
        return str(self.driver.title())

    def text(self, selector: str) -> str:
        return str(self.driver.locator(selector).inner_text())

    def session_cookie(self) -> dict[str, Any]:
        (cookie,) = self._context.cookies()
        return {**cookie, "expiry": cookie["expires"]}

    def close(self) -> None:
        self._context.close()


class SeleniumVisitor:
    """A browser of its own, with a profile that is thrown away."""

    def __init__(
        self, chromium: str, chromedriver: str, arguments: tuple[str, ...]
    ) -> None:
        options = ChromeOptions()
        options.binary_location = chromium
        for argument in ("--headless=new", *arguments):
            options.add_argument(argument)
        self.driver = Chrome(options=options, service=ChromeService(chromedriver))

    def open(self, url: str) -> None:
        self.driver.get(url)

    def submit(self, button: str, **fields: str) -> None:
        for name, value in fields.items():
            self.driver.find_element(By.NAME, name).send_keys(value)
        page = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(By.XPATH, f"//button[.='{button}']").click()
        # A click may come back before the next page is there.
        WebDriverWait(self.driver, 30).until(lambda _: _has_gone(page))

    def title(self) -> str:
        return str(self.driver.title)

    def text(self, selector: str) -> str:
        return str(self.driver.find_element(By.CSS_SELECTOR, selector).text)

    def session_cookie(self) -> dict[str, Any]:
        (cookie,) = self.driver.get_cookies()
        return dict(cookie)

    def close(self) -> None:
        self.driver.quit()


def _has_gone(page: WebElement) -> bool:
    """Tell whether another page has come; chromedriver says it in two ways."""
    try:
        page.is_enabled()
    except StaleElementReferenceException:
        return True
    except WebDriverException as error:
        if "does not belong to the document" not in str(error):
            raise
        return True
    return False


@pytest.fixture(autouse=True)
def no_thread_is_left() -> None:
    """Let the run's own sandbox live on between these tests."""


@pytest.fixture(params=["playwright", "selenium"])
def new_visitor(
    request: pytest.FixtureRequest,
    find_program: Callable[[str], str],
    browser_arguments: tuple[str, ...],
) -> Iterator[Callable[[], Visitor]]:
    """Give a function that opens one more browser profile."""
    visitors: list[Visitor] = []

    def make() -> Visitor:
        if request.param == "playwright":
            visitors.append(PlaywrightVisitor(request.getfixturevalue("chromium")))
        else:
            programs = find_program("chromium"), find_program("chromedriver")
            visitors.append(SeleniumVisitor(*programs, browser_arguments))
        return visitors[-1]

    yield make
    for visitor in reversed(visitors):
        visitor.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    """Give one browser profile."""
    return new_visitor()


def test_a_person_signs_in_counts_and_signs_out(visitor: Visitor, arc_url: str) -> None:
    """The whole flow, clicked through, on the address for browsers."""
    visitor.open(arc_url)
    visitor.submit("Sign in", name="Ada")
    visitor.submit("Count one more")
    signed_in = visitor.title(), visitor.text("#count")
    visitor.submit("Sign out")

    assert signed_in == ("Hello, Ada", "1")
    assert (visitor.title(), visitor.text("#count")) == ("Hello", "0")


def test_a_week_away_signs_out(visitor: Visitor, arc_url: str, arc_clock: Any) -> None:
    """The row ends on the sandbox's clock, though the browser keeps its cookie."""
    visitor.open(arc_url)
    visitor.submit("Sign in", name="Ada")
    arc_clock.advance(days=6)
    visitor.open(arc_url)
    before = visitor.title()
    arc_clock.advance(days=8)
    visitor.open(arc_url)

    assert (before, visitor.title()) == ("Hello, Ada", "Hello")


@pytest.mark.arc(env={"ARC_SESSION_TABLE_NAME": "jwe", "ARC_SESSION_TTL": "3600"})
def test_a_cookie_ends_in_a_browser_too(
    visitor: Visitor, arc_url: str, arc_clock: Any
) -> None:
    """The browser still sends it by its own clock, and the sandbox drops it."""
    visitor.open(arc_url)
    visitor.submit("Sign in", name="Ada")
    before = visitor.title()
    arc_clock.advance(minutes=61)
    visitor.open(arc_url)

    assert (before, visitor.title()) == ("Hello, Ada", "Hello")


def test_two_browsers_are_apart(
    new_visitor: Callable[[], Visitor], arc_url: str
) -> None:
    """Each has a session of its own, interleaved as people are."""
    ada, grace = new_visitor(), new_visitor()
    for visitor, name in ((ada, "Ada"), (grace, "Grace")):
        visitor.open(arc_url)
        visitor.submit("Sign in", name=name)
    for visitor in (ada, grace, ada):
        visitor.submit("Count one more")

    assert (ada.title(), ada.text("#count")) == ("Hello, Ada", "2")
    assert (grace.title(), grace.text("#count")) == ("Hello, Grace", "1")


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("sessions", id="table"),
        pytest.param(
            "jwe",
            id="jwe",
            marks=pytest.mark.arc(env={"ARC_SESSION_TABLE_NAME": "jwe"}),
        ),
    ],
)
def test_the_cookie_as_the_browser_stored_it(
    visitor: Visitor, arc_url: str, arc_clock: Any, table: str
) -> None:
    """Out of scripts' reach, for this host alone, and cut to 400 days."""
    visitor.open(arc_url)
    visitor.submit("Sign in", name="Ada")
    cookie = visitor.session_cookie()

    assert (cookie["name"], cookie["domain"], cookie["path"]) == (
        "_idx",
        "localhost",
        "/",
    )
    assert (cookie["httpOnly"], cookie["secure"]) == (True, False)
    assert cookie["sameSite"] == "Lax"
    lives_seconds = cookie["expiry"] - arc_clock.now.timestamp()
    assert 399 * DAY_SECONDS < lives_seconds <= 400 * DAY_SECONDS
    assert (cookie["value"].count(".") == 4) == (table == "jwe")


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("sessions", id="table"),
        pytest.param(
            "jwe",
            id="jwe",
            marks=pytest.mark.arc(env={"ARC_SESSION_TABLE_NAME": "jwe"}),
        ),
    ],
)
def test_a_forged_session_is_signed_in(
    visitor: Visitor, arc_url: str, arc_login: Any, table: str
) -> None:
    """`arc_login` spares the clicks, in either store; the app goes on with it."""
    arc_login(visitor.driver, person="Ada", count=41)
    visitor.open(arc_url)
    visitor.submit("Count one more")

    assert (visitor.title(), visitor.text("#count")) == ("Hello, Ada", "42")
    assert (visitor.session_cookie()["value"].count(".") == 4) == (table == "jwe")
