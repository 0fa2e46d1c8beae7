"""Cookies as a browser keeps them, on a clock that a test moves."""

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.testing.cookie_jar import BrowserJar

URL = "http://localhost:3333/"
DAY_SECONDS = 86_400


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock that stands still, years before the real time."""
    return ManualClock(epoch=1_700_000_000.0)


@pytest.fixture
def jar(clock: ManualClock) -> BrowserJar:
    """Give an empty jar."""
    return BrowserJar(clock)


def sent(jar: BrowserJar, url: str = URL) -> str:
    """Give the Cookie header that is sent with the jar."""
    return jar.header(url)


def test_a_cookie_ends_when_the_sandbox_clock_says_so(
    jar: BrowserJar, clock: ManualClock
) -> None:
    """Max-Age counts from the sandbox's time, wherever the real time stands."""
    jar.keep("a=1; Max-Age=60", url=URL)
    before = sent(jar)
    clock.advance(59)
    still = sent(jar)
    clock.advance(2)

    assert (before, still, sent(jar)) == ("a=1", "a=1", "")


def test_a_cookie_without_an_end_stays(jar: BrowserJar, clock: ManualClock) -> None:
    """A cookie for the browser's session does not end by time."""
    jar.keep("a=1", url=URL)
    clock.advance(1000 * DAY_SECONDS)

    assert sent(jar) == "a=1"


@pytest.mark.parametrize(
    ("set_cookie", "sent_under_auth", "sent_at_root"),
    [
        ("a=1", "a=1", ""),
        ("a=1; Path=relative", "a=1", ""),
        ("a=1; Path=", "a=1", ""),
        ("a=1; Path=/", "a=1", "a=1"),
        ("a=1; Path=/other", "", ""),
        ("alone; Path=/", "alone", "alone"),
        ("=; Path=/", "", ""),
    ],
)
def test_a_cookie_without_a_path_belongs_to_the_folder_of_its_page(
    jar: BrowserJar, set_cookie: str, sent_under_auth: str, sent_at_root: str
) -> None:
    """RFC 6265 section 5.1.4; one without a name is sent as its value."""
    jar.keep(set_cookie, url=f"{URL}auth/login")

    assert sent(jar, f"{URL}auth/other") == sent_under_auth
    assert sent(jar) == sent_at_root


def test_a_long_life_is_cut_as_browsers_cut_it(
    jar: BrowserJar, clock: ManualClock
) -> None:
    """Twenty-five years become 400 days."""
    jar.keep("a=1; Max-Age=788400000", url=URL)
    clock.advance(399 * DAY_SECONDS)
    before = sent(jar)
    clock.advance(2 * DAY_SECONDS)

    assert (before, sent(jar)) == ("a=1", "")


def test_max_age_zero_removes_the_cookie(jar: BrowserJar) -> None:
    """A deletion removes the cookie of that name, and no other."""
    jar.keep("a=1; Max-Age=60", url=URL)
    jar.keep("b=2; Max-Age=60", url=URL)
    jar.keep("a=; Max-Age=0", url=URL)

    assert sent(jar) == "b=2"


def test_a_malformed_expires_does_not_lose_the_cookie(jar: BrowserJar) -> None:
    """`architect-functions` writes a date that only Max-Age makes good."""
    jar.keep("a=1; Max-Age=60; expires=Thu, 31 Dec 2048 10:17:44 ; path=/", url=URL)

    assert sent(jar) == "a=1"


def test_a_refused_cookie_is_not_kept(jar: BrowserJar) -> None:
    """SameSite=None without Secure, and a foreign Domain, are refused by browsers."""
    jar.keep("a=1; SameSite=None", url=URL)
    jar.keep("b=2; Domain=example.com", url=URL)

    assert sent(jar) == ""


def test_a_secure_cookie_goes_back_to_localhost(jar: BrowserJar) -> None:
    """Browsers count localhost as secure; the attribute can be asked for."""
    jar.keep("a=1; Secure; SameSite=Lax", url=URL)
    cookie = jar.find("a")

    assert sent(jar) == "a=1"
    assert cookie is not None
    assert cookie.has_nonstandard_attr("Secure")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"


def test_a_path_limits_where_a_cookie_goes(jar: BrowserJar) -> None:
    """Path is honoured as Python's own policy does."""
    jar.keep("a=1; Path=/admin", url=URL)

    assert (sent(jar), sent(jar, f"{URL}admin/x")) == ("", "a=1")


def test_a_domain_covers_its_subdomains(jar: BrowserJar) -> None:
    """A cookie for example.com goes to www.example.com."""
    jar.keep("a=1; Domain=example.com", url="http://example.com/")

    assert sent(jar, "http://www.example.com/") == "a=1"


@pytest.mark.parametrize(
    ("set_cookie", "to_host", "to_subdomain"),
    [
        ("a=1", "a=1", ""),
        ("a=1; Domain=shop.example", "a=1", "a=1"),
        ("a=1; Domain=.shop.example", "a=1", "a=1"),
    ],
)
def test_a_cookie_without_a_domain_is_its_host_s_alone(
    jar: BrowserJar, set_cookie: str, to_host: str, to_subdomain: str
) -> None:
    """RFC 6265 section 5.4: the host-only flag."""
    jar.keep(set_cookie, url="https://shop.example/")

    assert sent(jar, "https://Shop.example/") == to_host
    assert sent(jar, "https://evil.shop.example/") == to_subdomain
    assert sent(jar, "https://example/") == sent(jar, "https://ashop.example/") == ""


@pytest.mark.parametrize(
    ("url", "is_sent"),
    [
        ("https://shop.example/", True),
        ("http://shop.example/", False),
        ("http://sub.shop.example/", False),
    ],
)
def test_a_secure_cookie_needs_a_safe_way(
    jar: BrowserJar, url: str, *, is_sent: bool
) -> None:
    """Plain HTTP is none but to this machine itself."""
    jar.keep("a=1; Secure; Domain=shop.example", url="https://shop.example/")

    assert sent(jar, url) == ("a=1" if is_sent else "")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "http://shop.localhost:3333/",
        "http://127.0.0.1:3333/",
        "http://[::1]:8000/",
    ],
)
@pytest.mark.parametrize("attribute", ["", "; Secure", "; Domain=127.0.0.1"])
def test_every_name_of_this_machine_has_its_cookies(
    jar: BrowserJar, url: str, attribute: str
) -> None:
    """Secure ones too, over plain HTTP; a Domain may be the address itself."""
    view = jar.keep(f"a=1{attribute}", url=url)

    assert sent(jar, url) == ("a=1" if view.is_kept else "")
    assert view.is_kept or attribute.startswith("; Domain")
    assert sent(jar, "http://shop.example/") == ""


def test_a_domain_that_is_the_host_itself_is_kept(jar: BrowserJar) -> None:
    """Domain=localhost works on localhost."""
    jar.keep("a=1; Domain=localhost", url=URL)

    assert sent(jar) == "a=1"


def test_a_cookie_lives_to_the_end_of_its_last_second(
    jar: BrowserJar, clock: ManualClock
) -> None:
    """A minute is sixty seconds from wherever in a second it began."""
    clock.advance(0.94)
    jar.keep("a=1; Max-Age=60", url=URL)
    clock.advance(59.9)
    still = sent(jar)
    clock.advance(0.2)

    assert (still, sent(jar)) == ("a=1", "")


def test_a_cookie_that_a_test_sets_takes_the_place_of_the_app_s(
    jar: BrowserJar,
) -> None:
    """And is replaced, or removed, by what the app sends next."""
    with httpx.Client(cookies=jar) as client:
        jar.keep("_idx=good", url=URL)
        client.cookies.set("_idx", "tampered")
        tampered = sent(jar)
        jar.keep("_idx=new", url=URL)
        mended = sent(jar)
        client.cookies.set("_idx", "tampered")
        jar.keep("_idx=; Max-Age=0", url=URL)

    assert (tampered, mended, sent(jar)) == ("_idx=tampered", "_idx=new", "")


def test_cookies_of_one_request_go_before_those_of_the_jar(jar: BrowserJar) -> None:
    """And leave the jar as it was."""
    jar.keep("_idx=good", url=URL)
    with httpx.Client(cookies={"_idx": "other", "more": "1"}) as client:
        header = jar.header(URL, more=client.cookies.jar)

    assert sorted(header.split("; ")) == ["_idx=other", "more=1"]
    assert sent(jar) == "_idx=good"


def test_bytes_of_a_cookie_go_back_as_they_came(jar: BrowserJar) -> None:
    """As browsers do it: Latin-1 and UTF-8; both are text to read."""
    jar.keep("latin=J\xfcrgen", url=URL)
    jar.keep("utf=J\xc3\xbcrgen", url=URL)
    jar.keep("n\xfcme=1", url=URL)
    jar.keep("\xff\xfe; Path=/", url=URL)

    assert [cookie.value for cookie in jar] == ["Jürgen", "Jürgen", "1", None]
    assert sent(jar) == "latin=J\xfcrgen; utf=J\xc3\xbcrgen; n\xfcme=1; \xff\xfe"


def test_text_that_a_test_sets_is_sent_as_utf_8(jar: BrowserJar) -> None:
    """As browsers send what a script has set; the jar keeps the text."""
    with httpx.Client(cookies=jar) as client:
        client.cookies.set("snow", "☃")
        jar.keep("latin=\xfc", url=URL)
        found = jar.find("latin")
        assert found is not None
        found.value = "☃"

    assert sent(jar) == "snow=\xe2\x98\x83; latin=\xe2\x98\x83"
    assert client.cookies["snow"] == "☃"
