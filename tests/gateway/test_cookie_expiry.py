"""Cookies whose life ends on the moved clock, and those changed out of band."""

from dataclasses import dataclass

import pytest

from sandbox.exchange import HttpRequest
from sandbox.gateway.cookie_expiry import MOST_COOKIES, BrowserCookies

DAY = 86_400.0
NOON = 1_800_000_000.0


@dataclass
class StandingClock:
    """A clock that stands where it is put."""

    offset_seconds: float = 0.0

    def now_epoch(self) -> float:
        return NOON + self.offset_seconds


def request(*cookies: str) -> HttpRequest:
    headers = [("host", "localhost:3333"), *(("cookie", line) for line in cookies)]
    return HttpRequest(method="GET", path="/", query_string="", headers=tuple(headers))


def sent(cookies: BrowserCookies, *lines: str) -> list[str]:
    passed, _ = cookies.pass_on(request(*lines))
    return [value for name, value in passed.headers if name == "cookie"]


@pytest.fixture
def clock() -> StandingClock:
    """Give a clock at noon."""
    return StandingClock()


@pytest.fixture
def cookies(clock: StandingClock) -> BrowserCookies:
    """Give an empty memory of cookies."""
    return BrowserCookies(clock)


def remember(cookies: BrowserCookies, line: str) -> None:
    cookies.remember(line, host="localhost", scheme="http")


def test_an_expired_cookie_is_dropped_and_noted(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """The day after, a day's cookie is gone, and its neighbours are not."""
    remember(cookies, "a=1; Max-Age=86400")
    clock.offset_seconds = 3 * DAY

    passed, notes = cookies.pass_on(request("x=y; a=1; z=w"))

    assert passed.header("cookie") == "x=y; z=w"
    assert notes == (
        'The cookie "a" expired 2 days ago on the sandbox\'s clock, and was dropped '
        "as the browser would have done.",
    )


def test_what_no_browser_can_read_is_no_end(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """Such a cookie stays, also where another one of the request is over."""
    remember(cookies, "a=1; Max-Age=60")
    remember(cookies, "b=2; Expires=soon")
    clock.offset_seconds = DAY

    assert sent(cookies, "a=1; b=2") == ["b=2"]


def test_a_request_whose_only_cookie_is_over_has_none(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """An empty Cookie header would be no browser's."""
    remember(cookies, "a=1; Max-Age=60")
    clock.offset_seconds = DAY

    assert sent(cookies, "a=1") == []


@pytest.mark.parametrize(
    ("set_cookie", "days", "is_kept"),
    [
        ("a=1; Max-Age=86400", 0.9, True),
        ("a=1; Max-Age=86400", 1, False),
        ("a=1; Expires=Fri, 15 Jan 2027 09:00:00 GMT", 0.1, False),
        ("a=1; Expires=Sat, 16 Jan 2027 09:00:00 GMT", 0.1, True),
        ("a=1; Max-Age=86400; Expires=Fri, 15 Jan 2100 09:00:00 GMT", 2, False),
        ("a=1", 3650, True),
        ("a=1; expires=790195449777.5547; Max-Age=86400", 0.9, True),
        ("a=1; expires=790195449777.5547; Max-Age=86400", 2, False),
        ("a=1; expires=790195449777.5547", 3650, True),
        ("a=1; Max-Age=788400000", 399, True),
        ("a=1; Max-Age=788400000", 401, False),
    ],
)
def test_the_browsers_rules_decide(
    cookies: BrowserCookies,
    clock: StandingClock,
    set_cookie: str,
    days: float,
    is_kept: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Max-Age before Expires, what is malformed ignored, 400 days at most."""
    remember(cookies, set_cookie)
    clock.offset_seconds = days * DAY

    assert (sent(cookies, "a=1") == ["a=1"]) is is_kept


def test_nothing_is_touched_while_the_clock_is_right(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """The browser does it by itself then."""
    clock.offset_seconds = -3 * DAY
    remember(cookies, "a=1; Max-Age=60")
    clock.offset_seconds = 0.0
    asked = request("a=1;b=2")

    passed, notes = cookies.pass_on(asked)

    assert passed is asked
    assert notes == ()


def test_a_cookie_that_was_set_again_lives_on(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """The last Set-Cookie counts; one without an end has none."""
    remember(cookies, "a=1; Max-Age=60")
    clock.offset_seconds = DAY
    remember(cookies, "a=1; Max-Age=86400")
    assert sent(cookies, "a=1") == ["a=1"]

    remember(cookies, "a=1")
    clock.offset_seconds = 100 * DAY
    assert sent(cookies, "a=1") == ["a=1"]


def test_a_longer_life_elsewhere_is_not_cut_short(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """Two clients have the same value, and requests do not tell which one asks."""
    remember(cookies, "a=1; Max-Age=86400")
    remember(cookies, "a=1; Max-Age=60")

    clock.offset_seconds = 120
    assert sent(cookies, "a=1") == ["a=1"]
    clock.offset_seconds = DAY
    assert sent(cookies, "a=1") == []


def test_a_shorter_life_takes_the_place_of_the_one_that_was_brought(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """As after a new ARC_SESSION_TTL: the browser has the cookie that it got last."""
    remember(cookies, "a=1; Max-Age=7884000")
    cookies.remember(
        "a=1; Max-Age=86400", host="localhost", scheme="http", brought="x=y; a=1"
    )
    clock.offset_seconds = 3 * DAY

    assert sent(cookies, "a=1; x=y") == ["x=y"]


def test_a_cookie_that_is_renewed_after_the_clock_went_back_ends_on_time(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """What it was given in the future is no longer in the browser."""
    clock.offset_seconds = 30 * DAY
    remember(cookies, "a=1; Max-Age=86400")
    clock.offset_seconds = 0
    cookies.remember(
        "a=1; Max-Age=86400", host="localhost", scheme="http", brought="a=1"
    )
    clock.offset_seconds = 3 * DAY

    assert sent(cookies, "a=1") == []


def test_who_has_a_jar_of_its_own_is_believed(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """Such a client drops what has expired; what it sends all the same is meant."""
    remember(cookies, "a=1; Max-Age=60")
    cookies.exchange_session("old", by="new")
    clock.offset_seconds = DAY

    passed, _ = cookies.pass_on(request("a=1; _idx=old"), has_own_jar=True)

    assert passed.header("cookie") == "a=1; _idx=new"


def test_only_the_value_that_was_set_is_dropped(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """Another value under the name is another cookie."""
    remember(cookies, "a=1; Max-Age=60")
    clock.offset_seconds = DAY

    assert sent(cookies, "a=2", "a=1; a=3") == ["a=2", "a=3"]


def test_headers_stay_as_they_were_sent(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """A request without anything to drop is the same object."""
    remember(cookies, "a=1; Max-Age=60")
    clock.offset_seconds = DAY
    asked = request("b=2;c=3;; d")

    assert cookies.pass_on(asked)[0] is asked


def test_memory_is_bounded(cookies: BrowserCookies, clock: StandingClock) -> None:
    """The cookie set longest ago is forgotten, and then passes."""
    for number in range(MOST_COOKIES + 1):
        remember(cookies, f"a={number}; Max-Age=60")
    clock.offset_seconds = DAY

    assert sent(cookies, "a=0") == ["a=0"]
    assert sent(cookies, "a=1") == []


def test_a_session_is_exchanged(cookies: BrowserCookies) -> None:
    """The value that the browser has reads as the one that was put in its place."""
    cookies.exchange_session("old.value", by="new/value")

    passed, notes = cookies.pass_on(request("x=y; _idx=old.value"))

    assert passed.header("cookie") == "x=y; _idx=new%2Fvalue"
    assert len(notes) == 1


@pytest.mark.parametrize("line", ["_idx=a%20b", '_idx="a b"', "_idx=a b"])
def test_a_session_is_known_however_it_is_written(
    cookies: BrowserCookies, line: str
) -> None:
    """Helpers quote, or encode, or neither."""
    cookies.exchange_session("a b", by=None)

    assert sent(cookies, f"{line}; k=1") == ["k=1"]


def test_exchanges_follow_each_other(cookies: BrowserCookies) -> None:
    """A session changed twice reads as the last change, and back again as the first."""
    cookies.exchange_session("1", by="2")
    cookies.exchange_session("2", by="3")
    assert sent(cookies, "_idx=1") == ["_idx=3"]

    cookies.exchange_session("3", by="1")
    assert sent(cookies, "_idx=1") == ["_idx=1"]
    assert sent(cookies, "_idx=2") == ["_idx=1"]


def test_other_cookies_are_never_exchanged(cookies: BrowserCookies) -> None:
    """Only the session cookie is meant."""
    cookies.exchange_session("1", by=None)

    assert sent(cookies, "other=1") == ["other=1"]


def test_clear_forgets_everything(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """A reset sandbox knows no cookies."""
    remember(cookies, "a=1; Max-Age=60")
    cookies.exchange_session("1", by=None)
    clock.offset_seconds = DAY

    cookies.clear()

    assert sent(cookies, "a=1; _idx=1") == ["a=1; _idx=1"]


def test_cookies_without_an_end_take_nobodys_place(
    cookies: BrowserCookies, clock: StandingClock
) -> None:
    """However many an app sets, one that ends is still known to."""
    remember(cookies, "a=1; Max-Age=60")
    for number in range(MOST_COOKIES):
        remember(cookies, f"b={number}; Path=/")
    clock.offset_seconds = DAY

    assert sent(cookies, "a=1; b=1") == ["b=1"]
