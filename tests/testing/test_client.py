"""An httpx client without a socket: what the handler sees of its requests."""

from pathlib import Path

import httpx
import pytest

from sandbox.sandbox import Sandbox
from sandbox.testing import Client, HandlerFailedError, SandboxUnderTest

pytestmark = pytest.mark.slow


def test_the_target_arrives_as_it_was_sent(sandbox: SandboxUnderTest) -> None:
    """Escapes, letters and repeated values are those of a real connection."""
    target = "/echo/a%2Fb%2520/é?x=%20y&x=z&ü"
    with Client(sandbox) as client, httpx.Client(base_url=sandbox.url) as real:
        ours, theirs = client.get(target).json(), real.get(target).json()

    assert ours["rawQueryString"] == "x=%20y&x=z&%C3%BC"
    for name in ("rawPath", "rawQueryString", "queryStringParameters", "cookies"):
        assert ours.get(name) == theirs.get(name)


@pytest.mark.parametrize("target", [b"/echo/a/../b?x[]=%zz", b"//echo/a"])
def test_a_target_can_be_given_as_it_is(
    sandbox: SandboxUnderTest, target: bytes
) -> None:
    """By httpx's extension: its URLs are resolved and encoded anew."""
    with Client(sandbox) as client, httpx.Client(base_url=sandbox.url) as real:
        for one in (client, real):
            one.get("/", extensions={"target": target})

    asked = [exchange.request for exchange in sandbox.journal.recent()]
    assert [(one.path, one.query_string) for one in asked] == 2 * [
        (target.decode().partition("?")[0], target.decode().partition("?")[2])
    ]


def test_a_redirect_has_a_target_of_its_own(sandbox: SandboxUnderTest) -> None:
    """It is not the one that the first request was given."""
    with Client(sandbox, follow_redirects=True) as client:
        client.get("/", extensions={"target": b"/away?to=/echo/1"})

    paths = [exchange.request.path for exchange in sandbox.journal.recent()]
    assert paths == ["/away", "/echo/1"]


def test_repeated_headers_and_bodies_arrive(sandbox: SandboxUnderTest) -> None:
    """Header lines of one name are joined as API Gateway does; bodies are whole."""
    with Client(sandbox) as client:
        headers = [("x-a", "1"), ("x-a", "2"), ("content-type", "text/plain")]
        event = client.request("GET", "/echo/", headers=headers, content=b"text").json()

    assert event["headers"]["x-a"] == "1,2"
    assert event["body"] == "text"


def test_the_answer_is_that_of_the_socket(sandbox: SandboxUnderTest) -> None:
    """Status, headers and body are the same over a real connection."""
    with Client(sandbox) as client, httpx.Client(base_url=sandbox.url) as real:
        for method, path in (("GET", "/echo/1"), ("HEAD", "/echo/1"), ("GET", "/no")):
            ours, theirs = client.request(method, path), real.request(method, path)
            kept = ("content-type", "content-length")

            assert ours.status_code == theirs.status_code
            assert [ours.headers.get(n) for n in kept] == [
                theirs.headers.get(n) for n in kept
            ]
            assert bool(ours.content) == bool(theirs.content)


def test_redirects_carry_the_new_cookie(sandbox: SandboxUnderTest) -> None:
    """A cookie of a redirect is sent to where it leads."""
    with Client(sandbox, follow_redirects=True) as client:
        assert client.post("/count").json()["count"] == 1


@pytest.mark.parametrize(
    ("base", "to", "is_app"),
    [
        ("", "http://127.0.0.1/echo/1", True),
        ("http://shop.example", "http://shop.example/echo/1", True),
        ("http://shop.example", "http://localhost/echo/1", True),
        ("", "https://accounts.example/echo/1", False),
        ("http://shop.example", "http://example/echo/1", False),
    ],
)
def test_a_redirect_that_leaves_the_app_is_told(
    sandbox: SandboxUnderTest, *, base: str, to: str, is_app: bool
) -> None:
    """The app does not answer for another host."""
    options = {"base_url": base} if base else {}
    with Client(sandbox, follow_redirects=True, **options) as client:
        if is_app:
            assert client.get("/away", params={"to": to}).status_code == 200
        else:
            with pytest.raises(httpx.ConnectError, match="is not the app") as caught:
                client.get("/away", params={"to": to})
            assert to in str(caught.value)


def test_a_failure_is_raised_where_it_happened(sandbox: SandboxUnderTest) -> None:
    """The call that met it raises the handler's own traceback and output."""
    with Client(sandbox) as client, pytest.raises(HandlerFailedError) as caught:
        client.get("/boom")

    told = str(caught.value)
    assert "GET /boom failed. ZeroDivisionError: division by zero" in told
    assert 'get-boom/index.py", line 3, in handler' in told
    assert "about to fail" in told


def test_a_plain_sandbox_answers_what_the_app_would(app: object) -> None:
    """Where nobody counts failures, the client gets the 500."""
    with Sandbox(str(app)) as sandbox, Client(sandbox) as client:
        assert client.get("/boom").status_code == 500


def test_cookies_that_a_client_is_given_join_its_jar(sandbox: SandboxUnderTest) -> None:
    """So that those of the app still end when the sandbox's clock says so."""
    with Client(sandbox, cookies={"consent": "yes"}) as client:
        client.jar.keep("short=1; Max-Age=60", url=sandbox.url)
        both = client.get("/echo/1").json()["cookies"]
        sandbox.clock.advance(61)
        one = client.get("/echo/1").json()["cookies"]
        client.cookies = {"other": "1"}
        client.jar.keep("more=2", url=sandbox.url)
        others = client.get("/echo/1").json()["cookies"]

    assert (sorted(both), one) == (["consent=yes", "short=1"], ["consent=yes"])
    assert sorted(others) == ["more=2", "other=1"]


def cookies_of(response: httpx.Response) -> str:
    """Give the Cookie header that was sent."""
    return str(response.request.headers.get("cookie", ""))


@pytest.mark.parametrize("value", ["J\xfcrgen", "J\xc3\xbcrgen", "\xff"])
def test_cookies_that_are_not_ascii_come_back_as_a_browser_sends_them(
    sandbox: SandboxUnderTest, app: Path, value: str
) -> None:
    """Byte for byte, by redirects too; what a test sets is sent as UTF-8."""
    handler = app / "src/http/get-away/index.py"
    code = f"'cookies': [{f'name={value}'!r}], 'headers'"
    handler.write_text(handler.read_text().replace('"headers"', code))
    with Client(sandbox) as client:
        redirected = client.get("/away?to=/echo/1", follow_redirects=True).json()
        client.cookies.set("snow", "☃")
        both = client.get("/echo/1").json()["cookies"]
        answer = client.get("/away?to=/echo/1")
        assert answer.next_request is not None
        by_hand = client.send(answer.next_request).json()["cookies"]

    assert redirected["cookies"] == [f"name={value}"]
    assert both == by_hand == [f"name={value}", "snow=\xe2\x98\x83"]


def test_cookies_go_where_a_browser_sends_them(sandbox: SandboxUnderTest) -> None:
    """To the host that set them, and Secure ones not over plain HTTP."""
    with Client(sandbox, base_url="https://shop.example") as client:
        client.jar.keep("a=1", url="https://shop.example/")
        client.jar.keep("b=2; Secure", url="https://shop.example/")

        assert cookies_of(client.get("/echo/1")) == "a=1; b=2"
        assert cookies_of(client.get("http://shop.example/echo/1")) == "a=1"
        assert cookies_of(client.get("https://evil.shop.example/echo/1")) == ""


@pytest.mark.parametrize("follow", [True, False])
def test_a_redirect_is_sent_the_cookies_of_where_it_leads(
    sandbox: SandboxUnderTest, *, follow: bool
) -> None:
    """Followed by the client, or by the test; a hook of the test sees them."""
    seen: list[str] = []
    options = {
        "base_url": "https://shop.example",
        "event_hooks": {
            "request": [lambda sent: seen.append(sent.headers.get("cookie", ""))]
        },
    }
    with Client(sandbox, follow_redirects=follow, **options) as client:
        client.jar.keep("a=1; Secure", url="https://shop.example/")
        client.jar.keep("b=2", url="https://shop.example/")
        answer = client.get("/away", params={"to": "http://shop.example/echo/1"})
        if answer.next_request:
            answer = client.send(answer.next_request)

    assert seen == ["a=1; b=2", "b=2"]
    assert answer.json()["cookies"] == ["b=2"]


def test_a_cookie_header_of_a_test_is_sent_as_it_is(sandbox: SandboxUnderTest) -> None:
    """A stolen cookie, for example; cookies of one request go with the jar's."""
    with Client(sandbox) as client:
        client.jar.keep("a=1", url="https://shop.example/")
        client.jar.keep("b=2", url=sandbox.url)
        stolen = client.get("/echo/1", headers={"Cookie": "a=1"})
        with pytest.warns(DeprecationWarning, match="per-request cookies"):
            more = client.get("/echo/1", cookies={"c": "3"})
        client.headers["cookie"] = "d=4"
        of_client = client.get("/echo/1")

    assert cookies_of(stolen) == "a=1"
    assert sorted(cookies_of(more).split("; ")) == ["b=2", "c=3"]
    assert cookies_of(of_client) == "d=4"


def test_a_client_is_that_of_a_sandbox() -> None:
    """What is none is refused at once, and named."""
    with pytest.raises(TypeError, match="such as arc_sandbox, and not 5"):
        Client(5)  # type: ignore[arg-type]
