"""The pages in Chromium, driven as a person would: by names of links and buttons."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from sandbox.testing.websocket import WebSocketClosedError

pytestmark = pytest.mark.slow

THINGS = "testapp-staging-things"
NASTY = "\"'><img src=x onerror=document.title='owned'><script>alert(1)</script>{{7*7}}"
BEYOND_SCRIPTS = 1234567890123456789
"""A number that JavaScript would round."""
SCHEMES = ("light", "dark")
HEAR_ONE_REQUEST = """new Promise(listening => {
  const stream = new EventSource("/api/events")
  window.heard = new Promise(settled => stream.addEventListener("request", () => {
    stream.close()
    setTimeout(settled, 500)
  }))
  stream.addEventListener("open", () => listening())
})"""
"""Listens beside the page; `heard` settles once the page would have refreshed."""

PRESS_SAVE_AT_ONCE = """if (!sessionStorage.getItem("pressed")) {
  new MutationObserver((_, observer) => {
    const save = document.querySelector("form[data-send^=PUT] button.main")
    if (!save) return
    observer.disconnect()
    sessionStorage.setItem("pressed", "once")
    document.getElementById("data").value = '{"count": 41}'
    save.click()
  }).observe(document, { childList: true, subtree: true })
}"""
"""Edits a session and saves it in the moment in which the button is on the page."""


class Visit:
    """The inspector of one app, open in a browser."""

    def __init__(self, app: Any, context: BrowserContext) -> None:
        self.app = app
        self.context = context
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(message.text)

    def open(self, path: str) -> Page:
        """Open a page, and wait until it follows what happens."""
        self.page.goto(f"{self.app.sandbox.inspector_url}{path}")
        self.page.wait_for_selector("#link[data-state=on]", state="attached")
        return self.page

    def press(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def said(self, text: str) -> None:
        expect(self.page.locator("#outcome")).to_contain_text(text)


@pytest.fixture
def new_visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens an app's inspector; a page's errors fail the test."""
    visits: list[Visit] = []

    def make(app: Any, **options: Any) -> Visit:
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        visits.append(Visit(app, context))
        return visits[-1]

    yield make
    for visit in visits:
        visit.context.close()
    assert [visit.troubles for visit in visits if visit.troubles] == []


@pytest.fixture
def visit(new_visit: Callable[..., Visit], inspected: Any) -> Visit:
    """Give the inspector of the session app, in each of the two stores."""
    return new_visit(inspected)


@pytest.fixture
def table_visit(new_visit: Callable[..., Visit], table_app: Any) -> Visit:
    """Give the inspector of the app whose sessions are rows."""
    return new_visit(table_app)


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the source of axe-core, which looks for what keeps people out."""
    folder = Path(os.environ.get("ARC_TEST_NODE_MODULES", "node_modules"))  # noqa: TID251 - where CI put it
    source = folder / "axe-core" / "axe.min.js"
    if source.is_file():
        return source.read_text("utf-8")
    reason = "needs axe-core in ARC_TEST_NODE_MODULES"
    if os.environ.get("ARC_TEST_REQUIRE_ALL") == "1":  # noqa: TID251 - what CI asks
        pytest.fail(reason)
    pytest.skip(reason)


def put_thing(app: Any, **row: Any) -> None:
    answer = app.api.put(f"/api/tables/{THINGS}/rows", json={"row": row})
    assert answer.status_code == 200, answer.text


def forge(app: Any, **data: Any) -> str:
    made: str = app.post("sessions/forge", {"data": data})["id"]
    return made


def paths_of(app: Any) -> list[str]:
    """Give the address of every kind of page, each with something to show."""
    app.app.post("/count")
    app.app.get("/fail")
    put_thing(app, owner="ada", at=1, title="First")
    session = forge(app, person="Ada")
    request, failed = (one["id"] for one in app.get("requests")["requests"])
    connection = app.connected("hello")
    for payload in ({"to": "Zoë"}, "fail"):
        app.publish("events", "ping", payload)
    deliveries = [one["id"] for one in app.get("deliveries")["deliveries"]]
    table = [f"/tables/{THINGS}", f"/tables/{THINGS}/row"]
    return [
        *("/", f"/requests/{request}", f"/requests/{failed}"),
        *("/deliveries", *(f"/deliveries/{each}" for each in deliveries)),
        *("/connections", f"/connections/{connection}"),
        *("/sessions", f"/sessions/{session}", "/tables", *table),
        *("/functions", "/clock", "/advice", "/environment", "/nowhere"),
    ]


# Requests


def test_requests_appear_by_themselves(visit: Visit) -> None:
    """What the app is asked shows while the page is open, the newest in front."""
    page = visit.open("/")
    visit.app.app.post("/count")
    expect(page.locator(".line .path")).to_have_text(["/count"])
    visit.app.app.get("/fail")

    expect(page.locator(".line .path")).to_have_text(["/fail", "/count"])
    expect(page.locator(".line .status")).to_have_text(["500", "200"])


def test_requests_without_end_are_followed(table_visit: Visit) -> None:
    """An app that polls leaves no moment without a request, and is shown all the same.

    The page had waited for such a moment.
    """
    page = table_visit.open("/")
    polling = table_visit.context.new_page()
    polling.goto(table_visit.app.sandbox.url)
    polling.evaluate("void setInterval(() => fetch('/fail'), 20)")

    expect(page.locator(".line .path").first).to_have_text("/fail")


def test_links_to_the_app_keep_this_pages_name(table_visit: Visit) -> None:
    """Cookies belong to a host name; what is renewed must not change it."""
    table_visit.app.app.get("/")
    page = table_visit.page
    page.goto(table_visit.app.sandbox.inspector_url.replace("localhost", "127.0.0.1"))
    page.on("dialog", lambda dialog: dialog.accept())
    table_visit.press("Clear")
    link = page.locator("#requests a[data-app-url]")

    port = table_visit.app.sandbox.ports.http
    expect(link).to_have_attribute("href", f"http://127.0.0.1:{port}/")


def test_a_paused_list_stands_still(table_visit: Visit) -> None:
    """While a person reads nothing moves; what came meanwhile is there afterwards."""
    page = table_visit.open("/")
    table_visit.press("Pause")
    page.evaluate(HEAR_ONE_REQUEST)
    table_visit.app.app.get("/fail")
    page.evaluate("window.heard")
    expect(page.locator(".line")).to_have_count(0)

    table_visit.press("Pause")

    expect(page.locator(".line .path")).to_have_text(["/fail"])


def test_a_pause_holds_back_what_is_on_its_way(table_visit: Visit) -> None:
    """The page had asked for it before a person wanted to read."""
    held: list[Route] = []

    def is_fetch(request: Request) -> bool:
        return request.resource_type == "fetch"

    with table_visit.page.expect_event("requestfinished", is_fetch):
        page = table_visit.open("/")  # it looks once more as soon as it follows

    def hold(route: Route) -> None:
        held.append(route) if is_fetch(route.request) else route.continue_()

    page.route("**/*", hold)
    with page.expect_request(is_fetch):
        table_visit.app.app.get("/fail")
    table_visit.press("Pause")
    with page.expect_event("requestfinished", is_fetch):
        held[0].continue_()
    page.evaluate("new Promise(shown => setTimeout(shown, 100))")

    expect(page.locator(".line")).to_have_count(0)


def test_requests_are_filtered(table_visit: Visit) -> None:
    """By path, by status and to those that a function answered."""
    for path in ("/", "/fail", "/missing"):
        table_visit.app.app.get(path)
    page = table_visit.open("/")
    paths = page.locator(".line .path")

    page.get_by_label("Path").fill("FAIL")
    page.keyboard.press("Enter")
    expect(paths).to_have_text(["/fail"])
    page.get_by_label("Path").fill("")
    page.get_by_label("Status").select_option("4xx")
    table_visit.press("Filter")
    expect(paths).to_have_text(["/missing"])
    page.get_by_label("Status").select_option("any")
    page.get_by_label("Functions only").check()
    table_visit.press("Filter")

    expect(paths).to_have_text(["/fail", "/"])


def test_one_request_is_shown_whole(visit: Visit) -> None:
    """From the list by keyboard to event, result, output, timings and cookies."""
    visit.app.app.post("/count")
    visit.app.app.post("/count")
    page = visit.open("/")
    page.locator(".line").first.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("POST /count")
    expect(page.get_by_label("output")).to_have_text("counted")
    expect(page.get_by_label("result")).to_contain_text('"statusCode": 200')
    expect(page.get_by_role("region", name="Timings")).to_contain_text("Handler")
    cookies = page.get_by_role("region", name="Cookies and session")
    expect(cookies).to_contain_text("accepted")
    expect(cookies).to_contain_text("SameSite=lax")
    page.get_by_text("Event", exact=True).click()
    expect(page.get_by_label("event")).to_contain_text('"rawPath": "/count"')


def test_a_failure_names_file_and_line(table_visit: Visit) -> None:
    """What a handler raised comes first, with the developer's own line."""
    table_visit.app.app.get("/fail")
    page = table_visit.open("/")
    page.locator(".line").first.click()

    failure = page.get_by_role("region", name="The function raised")
    expect(failure).to_contain_text("ValueError: no <b>way</b>")
    expect(failure).to_contain_text("get-fail/index.py:2")


def test_a_request_is_replayed(visit: Visit) -> None:
    """The app is asked again, and the new request is shown."""
    visit.app.app.post("/count")
    page = visit.open("/")
    page.locator(".line").first.click()
    before = page.url
    visit.press("Replay")
    visit.said("Sent again")

    assert page.url != before
    assert len(visit.app.get("requests")["requests"]) == 2


@pytest.mark.parametrize(
    ("button", "kind", "text"),
    [
        ("Copy as curl", "curl", "curl -i"),
        ("Copy as pytest", "pytest", "def test_post_count(arc_client)"),
    ],
)
def test_a_request_is_copied(
    new_visit: Callable[..., Visit], table_app: Any, button: str, kind: str, text: str
) -> None:
    """The clipboard has the command, or the test, as the API gives it."""
    table_app.app.post("/count", content=b"--X\r\n\r\n\na \xc2\x85\x00\r\n--X--\r\n")
    (request,) = table_app.get("requests")["requests"]
    given = table_app.api.get(f"/api/requests/{request['id']}/{kind}").text
    visit = new_visit(table_app, permissions=["clipboard-read", "clipboard-write"])
    page = visit.open("/")
    page.locator(".line").first.click()
    visit.press(button)
    visit.said("Copied.")

    assert text in given
    assert page.evaluate("navigator.clipboard.readText()") == given


def test_requests_are_forgotten(table_visit: Visit) -> None:
    """Clear asks first, then empties the list."""
    table_visit.app.app.get("/fail")
    page = table_visit.open("/")
    page.once("dialog", lambda dialog: dialog.dismiss())
    table_visit.press("Clear")
    expect(page.locator(".line")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    table_visit.press("Clear")

    expect(page.get_by_text("No requests yet.")).to_be_visible()


# Deliveries


def test_deliveries_appear_by_themselves(table_visit: Visit) -> None:
    """Which function, of what, how it went and by whom; the newest in front."""
    page = table_visit.open("/deliveries")
    expect(page.get_by_text("No deliveries yet.")).to_be_visible()
    table_visit.app.publish("queues", "ping", {"job": 1})
    table_visit.app.publish("events", "ping", "fail")

    lines = page.locator(".line.delivery")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("raised")
    expect(lines.nth(0)).to_contain_text("ValueError: no <b>way</b>")
    expect(lines.nth(1)).to_contain_text("done")
    expect(lines.nth(1)).to_contain_text('{"job":1}')
    expect(lines.nth(1)).to_contain_text("by POST /publish")
    page.get_by_label("Failed only").check()
    table_visit.press("Filter")
    expect(lines).to_have_count(1)
    page.get_by_label("Failed only").uncheck()
    page.get_by_label("Holds").fill("@queues PING")
    table_visit.press("Filter")
    expect(lines.locator(".path")).to_have_text(["@queues ping"])
    page.get_by_label("Holds").fill("nobody")
    table_visit.press("Filter")
    expect(page.get_by_text("None of the 2 deliveries")).to_be_visible()


def test_a_delivery_leads_to_its_output_and_its_request(table_visit: Visit) -> None:
    """And the request back to what it has caused; AWS's retries are told."""
    table_visit.app.publish("events", "ping", "fail")
    page = table_visit.open("/deliveries")
    page.locator(".line.delivery").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("@events ping")
    expect(page.get_by_label("output")).to_have_text("pinged with fail")
    failure = page.get_by_role("region", name="The function raised")
    expect(failure).to_contain_text("events/ping/index.py:6")
    expect(page.get_by_text("AWS would deliver it twice more")).to_be_visible()
    expect(page.get_by_label("event")).to_contain_text('"EventSource": "aws:sns"')
    page.get_by_role("link", name="POST /publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("POST /publish")
    caused = page.get_by_role("region", name="What it caused")
    expect(caused.locator(".line.delivery")).to_contain_text("@events ping")


def test_a_delivery_is_repeated(table_visit: Visit) -> None:
    """The new one is shown."""
    table_visit.app.publish("events", "ping", {"to": "Zoë"})
    page = table_visit.open("/deliveries")
    page.locator(".line.delivery").click()
    before = page.url
    table_visit.press("Deliver again")
    table_visit.said("Delivered again")

    assert page.url != before
    expect(page.get_by_label("result")).to_contain_text("Zoë")
    assert len(table_visit.app.get("deliveries")["deliveries"]) == 2


def test_deliveries_are_forgotten(table_visit: Visit) -> None:
    """Clear asks first."""
    table_visit.app.publish("events", "ping", 1)
    page = table_visit.open("/deliveries")
    page.once("dialog", lambda dialog: dialog.accept())
    table_visit.press("Clear")

    expect(page.get_by_text("No deliveries yet.")).to_be_visible()


# WebSockets


def test_connections_appear_and_go_by_themselves(table_visit: Visit) -> None:
    """With what was said last, and how much in each direction."""
    page = table_visit.open("/connections")
    expect(page.get_by_text("Nobody is connected.")).to_be_visible()
    address = table_visit.app.sandbox.url.replace("http", "ws")
    expect(page.get_by_text(address)).to_be_visible()
    with table_visit.app.websocket("/?room=1") as websocket:
        line = page.locator(".line.connection")
        expect(line).to_contain_text("no message yet")
        websocket.send("hello")
        websocket.receive()
        expect(line).to_contain_text('sent "hello"')
        expect(line).to_contain_text("1 received, 1 sent")

    expect(page.get_by_text("Nobody is connected.")).to_be_visible()


def test_a_message_is_sent_by_hand(table_visit: Visit) -> None:
    """The client receives it as it is written, and the page shows both sides."""
    app = table_visit.app
    with app.websocket("/?room=1") as websocket:
        websocket.send("hello")
        websocket.receive()
        page = table_visit.open("/connections")
        page.locator(".line.connection").click()
        expect(page.get_by_label("Facts")).to_contain_text("/?room=1")
        page.get_by_label("What the client is to receive").fill('{"n": 1.0}')
        table_visit.press("Send")
        table_visit.said("The message is sent.")
        assert websocket.receive() == {"n": 1.0}

        said = page.get_by_role("region", name="What was said").locator("code")
        expect(said).to_have_text(['{"n": 1.0}', '"hello"', "hello"])
        ran = page.get_by_role("region", name="Functions that ran for it")
        expect(ran.locator(".path")).to_have_text(["@ws default", "@ws connect"])
        expect(page.get_by_label("What the client is to receive")).to_be_visible()


def test_a_connection_is_closed(table_visit: Visit) -> None:
    """It asks first; the client is told, and the app's own function too."""
    app = table_visit.app
    with app.websocket() as websocket:
        page = table_visit.open("/connections")
        page.locator(".line.connection").click()
        page.once("dialog", lambda dialog: dialog.accept())
        table_visit.press("Close it")
        with pytest.raises(WebSocketClosedError):
            websocket.receive()
    table_visit.said("The connection is closed.")

    expect(page.get_by_text("Nobody is connected.")).to_be_visible()
    assert app.sandbox.bus.wait_idle(30)
    names = [one["function"] for one in app.get("deliveries")["deliveries"]]
    assert names == ["@ws connect", "@ws disconnect"]


def test_a_page_says_when_its_connection_is_gone(table_visit: Visit) -> None:
    """What was said may still be read."""
    with table_visit.app.websocket() as websocket:
        websocket.send("hello")
        websocket.receive()
        page = table_visit.open("/connections")
        page.locator(".line.connection").click()
        expect(page.get_by_text('"hello"')).to_be_visible()
    table_visit.said("There is no open connection")

    expect(page.get_by_text('"hello"')).to_be_visible()


# Sessions


def test_a_session_edited_here_is_seen_by_the_app(visit: Visit) -> None:
    """A person's data is changed while the browser keeps its cookie."""
    visit.app.app.post("/count")
    page = visit.open("/sessions")
    page.locator(".line", has_text='"count":1').click()
    page.get_by_label("What the app stored").fill('{"count": 41}')
    visit.press("Save")
    visit.said("Saved.")

    assert visit.app.app.get("/").json()["count"] == 41
    assert visit.app.app.post("/count").json() == {"c": 42}


def test_what_is_edited_is_stored_as_it_is_written(visit: Visit) -> None:
    """A script's own numbers are not exact beyond 2^53, and know no 1.0."""
    session = forge(visit.app, user=1, n=2)
    page = visit.open(f"/sessions/{session}")
    text = f'{{"user": {BEYOND_SCRIPTS}, "m": 1.5}}'
    page.get_by_label("What the app stored").fill(text)
    visit.press("Save")
    visit.said("Saved.")

    (stored,) = visit.app.sessions()
    user = stored["data"]["user"]
    assert user in (BEYOND_SCRIPTS, {"$number": str(BEYOND_SCRIPTS)})
    assert stored["data"]["m"] == 1.5


def test_a_number_without_end_is_refused(visit: Visit) -> None:
    """No store has one, although JSON can write it."""
    session = forge(visit.app, count=1)
    page = visit.open(f"/sessions/{session}")
    page.get_by_label("What the app stored").fill('{"count": 1e400}')
    visit.press("Save")
    visit.said("The session cannot hold this")

    assert visit.app.get(f"sessions/{session}")["data"]["count"] == 1


def test_what_is_pressed_at_once_is_heard(visit: Visit) -> None:
    """A form that nobody hears yet would be sent by the browser, and its text lost."""
    session = forge(visit.app, count=1)
    visit.page.add_init_script(PRESS_SAVE_AT_ONCE)
    visit.page.goto(f"{visit.app.sandbox.inspector_url}/sessions/{session}")

    visit.said("Saved.")
    field = visit.page.get_by_label("What the app stored")
    expect(field).to_have_value('{\n  "count": 41\n}')


def test_what_is_no_json_is_refused_where_it_is_written(visit: Visit) -> None:
    """The text stays, the reason is said, and nothing is sent."""
    session = forge(visit.app, count=1)
    page = visit.open(f"/sessions/{session}")
    page.get_by_label("What the app stored").fill('{"count": }')
    visit.press("Save")
    visit.said("This is not JSON")

    field = page.get_by_label("What the app stored")
    expect(field).to_have_value('{"count": }')
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert visit.app.get(f"sessions/{session}")["data"]["count"] == 1
    field.press("End")
    field.press("x")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_what_a_person_writes_is_not_overwritten(table_visit: Visit) -> None:
    """The app writes the session meanwhile: shown where nothing is being edited."""
    session = forge(table_visit.app, count=1)
    page = table_visit.open(f"/sessions/{session}")
    field = page.get_by_label("What the app stored")
    api = table_visit.app.api

    api.put(f"/api/sessions/{session}", json={"data": {"count": 2}})
    expect(field).to_have_value('{\n  "count": 2\n}')
    field.fill("mine")
    api.put(f"/api/sessions/{session}", json={"data": {"count": 3}})
    expect(page.locator(".facts")).to_contain_text("Written")
    table_visit.press("Undo edits")

    expect(field).to_have_value('{\n  "count": 3\n}')


def test_whoever_edits_is_told_of_what_the_app_stored_meanwhile(
    table_visit: Visit,
) -> None:
    """Saved unawares, the edit would take the place of what nobody has seen."""
    table_visit.app.app.post("/count")
    (session,) = table_visit.app.sessions()
    page = table_visit.open(f"/sessions/{session['id']}")
    page.get_by_label("What the app stored").fill('{"count": 41}')

    table_visit.app.app.post("/count")

    table_visit.said("What is stored has changed since you began to edit.")
    table_visit.press("Save")
    table_visit.said("Saved.")
    assert table_visit.app.app.get("/").json()["count"] == 41


def test_a_session_shows_size_end_and_who_used_it(visit: Visit) -> None:
    """The end is a countdown on the sandbox's clock."""
    visit.app.app.post("/count")
    visit.app.app.post("/count")
    page = visit.open("/sessions")
    page.locator(".line", has_text='"count":2').click()
    ends = page.locator(".facts .until").first
    expect(ends).to_contain_text("in ")
    before = ends.inner_text()

    visit.app.post("clock", {"advance": "2h"})

    expect(ends).not_to_have_text(before)
    expect(page.get_by_role("meter")).to_be_visible()
    expect(page.locator("#used-by .line")).to_have_count(2)


def test_a_page_says_when_what_it_shows_is_gone(visit: Visit) -> None:
    """A session that ends elsewhere looked alive; its text can still be copied."""
    session = forge(visit.app, count=9)
    page = visit.open(f"/sessions/{session}")
    visit.app.api.delete(f"/api/sessions/{session}")
    visit.said(f'There is no session "{session}".')

    expect(page.get_by_label("What the app stored")).to_have_value(re.compile("9"))


@pytest.mark.parametrize("button", ["Expire now", "Delete"])
def test_a_session_is_ended(visit: Visit, button: str) -> None:
    """The visitor is signed out."""
    visit.app.app.post("/count")
    page = visit.open("/sessions")
    page.locator(".line", has_text='"count":1').click()
    page.once("dialog", lambda dialog: dialog.accept())
    visit.press(button)
    expect(page.locator("#outcome")).to_contain_text("The session")

    assert visit.app.app.get("/").json()["count"] == 0


def test_the_app_is_opened_as_another_user(visit: Visit) -> None:
    """This browser gets the session's cookie, and the app greets it so."""
    session = forge(visit.app, count=9)
    page = visit.open(f"/sessions/{session}")
    with visit.context.expect_page() as opened:
        visit.press("Open as this user")

    expect(opened.value.locator("body")).to_contain_text('"count":9')
    assert page.url.endswith(session)


def test_a_session_is_made(visit: Visit) -> None:
    """One more session is there, and its page is shown."""
    page = visit.open("/sessions")
    text = f'{{"person": "Grace", "id": {BEYOND_SCRIPTS}}}'
    page.get_by_label("Data, as JSON").fill(text)
    visit.press("Make it")
    visit.said("The session is made.")

    field = page.get_by_label("What the app stored")
    expect(field).to_have_value(
        re.compile(f'"person": "Grace".*{BEYOND_SCRIPTS}', re.S)
    )


def test_a_pasted_cookie_is_taken_apart(visit: Visit) -> None:
    """A good one shows what it holds, a bad one why it is refused."""
    data = {"person": "Ada", "id": BEYOND_SCRIPTS}
    made = visit.app.post("sessions/forge", {"data": data})
    page = visit.open("/sessions")
    page.get_by_label("Cookie, as a value").fill(made["set_cookie"])
    visit.press("Decode")
    expect(page.locator("#decoded")).to_contain_text('"person": "Ada"')
    expect(page.locator("#decoded")).to_contain_text(str(BEYOND_SCRIPTS))
    page.get_by_label("Cookie, as a value").fill("_idx=nonsense")
    visit.press("Decode")

    expect(page.locator("#decoded")).to_contain_text("not accepted")
    expect(page.locator("#decoded pre")).to_have_count(0)


# Tables


def test_rows_are_paged_and_queried(table_visit: Visit) -> None:
    """Fifty rows a page; a key finds its own, in the table and in an index."""
    for at in range(60):
        put_thing(table_visit.app, owner="ada", at=at, kind=("even", "odd")[at % 2])
    page = table_visit.open("/tables")
    page.get_by_role("link", name=THINGS).click()
    rows = page.locator("#rows tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Next 50 rows").click()
    expect(rows).to_have_count(10)
    page.get_by_role("link", name="All rows").click()
    page.get_by_role("textbox", name="owner").fill("ada")
    page.get_by_label("at", exact=True).fill("7")
    table_visit.press("Query")
    expect(rows).to_have_count(1)
    page.get_by_label("Read").select_option("byKind")
    expect(rows).to_have_count(50)  # the table's keys are not the index's
    page.get_by_role("textbox", name="kind").fill("odd")
    table_visit.press("Query")

    expect(rows).to_have_count(30)


def test_the_next_page_of_rows_appears_by_itself(table_visit: Visit) -> None:
    """Rows beyond the fiftieth are within reach as soon as they are there."""
    page = table_visit.open(f"/tables/{THINGS}")
    for at in range(51):
        put_thing(table_visit.app, owner="ada", at=at)
    page.get_by_role("link", name="Next 50 rows").click()

    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_rows_that_others_store_appear(table_visit: Visit) -> None:
    """A script of one's own, or another page, asks the app for nothing."""
    sandbox = table_visit.app.sandbox
    page = table_visit.open(f"/tables/{THINGS}")
    dynamodb = boto3.resource(
        "dynamodb",
        endpoint_url=f"http://localhost:{sandbox.ports.tables}",
        region_name="us-west-2",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    dynamodb.Table(THINGS).put_item(Item={"owner": "ada", "at": 1})
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    put_thing(table_visit.app, owner="ada", at=2)

    expect(page.locator("#rows tbody tr")).to_have_count(2)


def test_a_row_that_expires_goes(table_visit: Visit) -> None:
    """No request and no move of the clock tells the page."""
    ends = int(table_visit.app.sandbox.clock.now_epoch()) + 2
    sessions = "testapp-staging-sessions"
    row = {"_idx": "short", "_ttl": ends}
    table_visit.app.api.put(f"/api/tables/{sessions}/rows", json={"row": row})
    page = table_visit.open(f"/tables/{sessions}")
    expect(page.locator("#rows tbody tr")).to_have_count(1)

    expect(page.locator("#rows tbody tr")).to_have_count(0)


def test_a_row_is_made_edited_and_deleted(table_visit: Visit) -> None:
    """All by forms of JSON."""
    page = table_visit.open(f"/tables/{THINGS}")
    page.get_by_role("link", name="New row").click()
    page.get_by_label("The row, as JSON").fill('{"owner": "eve", "at": 1}')
    table_visit.press("Save")
    page.get_by_role("link", name="eve").click()
    text = f'{{"owner": "eve", "at": 1, "x": [{BEYOND_SCRIPTS}]}}'
    page.get_by_label("The row, as JSON").fill(text)
    table_visit.press("Save")
    expect(page.locator("#rows")).to_contain_text(str(BEYOND_SCRIPTS))
    page.get_by_role("link", name="eve").click()
    page.once("dialog", lambda dialog: dialog.accept())
    table_visit.press("Delete")

    expect(page.get_by_text("No rows.")).to_be_visible()


def test_whoever_edits_a_row_is_told_of_what_others_stored(
    table_visit: Visit,
) -> None:
    """And is shown it where nothing has been written yet."""
    put_thing(table_visit.app, owner="ada", at=1, title="First")
    key = '{"owner":"ada","at":1}'
    page = table_visit.open(f"/tables/{THINGS}/row?key={quote(key)}")
    field = page.get_by_label("The row, as JSON")
    put_thing(table_visit.app, owner="ada", at=1, title="Second")
    expect(field).to_have_value(re.compile("Second"))
    field.fill('{"owner": "ada", "at": 1, "title": "Mine"}')

    put_thing(table_visit.app, owner="ada", at=1, title="Third")

    table_visit.said("What is stored has changed since you began to edit.")
    table_visit.press("Save")
    table_visit.said("The row is stored.")
    (row,) = table_visit.app.get(f"tables/{THINGS}/rows")["rows"]
    assert row["title"] == "Mine"


def test_whoever_comes_back_to_a_text_is_told_that_it_is_their_own(
    table_visit: Visit,
) -> None:
    """Browsers put back what was written, which looks as if it were stored."""
    put_thing(table_visit.app, owner="ada", at=1, title="First")
    key = quote('{"owner":"ada","at":1}')
    page = table_visit.open(f"/tables/{THINGS}/row?key={key}")
    field = page.get_by_label("The row, as JSON")
    field.fill('{"owner": "ada", "at": 1, "title": "Mine"}')
    table_visit.press("Save")
    table_visit.said("The row is stored.")
    put_thing(table_visit.app, owner="ada", at=1, title="Later")
    page.go_back()

    table_visit.said("Your earlier text is back; it is not what is stored.")
    table_visit.press("Undo edits")
    expect(field).to_have_value(re.compile("Later"))


def test_a_new_row_takes_no_others_place(table_visit: Visit) -> None:
    """It is said, and what was written can be changed."""
    put_thing(table_visit.app, owner="ada", at=1, title="First")
    page = table_visit.open(f"/tables/{THINGS}/row")
    page.get_by_label("The row, as JSON").fill('{"owner": "ada", "at": 1}')
    table_visit.press("Save")

    table_visit.said("There is a row with this key already.")
    (row,) = table_visit.app.get(f"tables/{THINGS}/rows")["rows"]
    assert row["title"] == "First"


def test_a_row_says_when_it_ends_by_now(table_visit: Visit) -> None:
    """Its TTL may be written while its page is open."""
    sessions = "testapp-staging-sessions"
    path = f"/api/tables/{sessions}/rows"
    table_visit.app.api.put(path, json={"row": {"_idx": "a"}})
    key = quote('{"_idx":"a"}')
    page = table_visit.open(f"/tables/{sessions}/row?key={key}")
    expect(page.locator("main")).to_contain_text("this row never expires")
    ends = int(table_visit.app.sandbox.clock.now_epoch()) + 3600

    table_visit.app.api.put(path, json={"row": {"_idx": "a", "_ttl": ends}})

    expect(page.locator("main")).to_contain_text("Expires in ")


def test_dynamodbs_refusal_is_shown(table_visit: Visit) -> None:
    """A row without its key is not stored, and the reason is said."""
    page = table_visit.open(f"/tables/{THINGS}/row")
    page.get_by_label("The row, as JSON").fill('{"owner": "eve"}')
    table_visit.press("Save")

    table_visit.said("Missing the key at")


def test_a_table_is_exported_and_imported(table_visit: Visit, tmp_path: Path) -> None:
    """What one gives, the other takes."""
    put_thing(table_visit.app, owner="ada", at=1, tags={"$set": ["a", "b"]})
    page = table_visit.open(f"/tables/{THINGS}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON").click()
    file = tmp_path / "rows.json"
    download.value.save_as(file)
    exported = json.loads(file.read_text())["rows"]
    file.write_text(json.dumps([*exported, {"owner": "bob", "at": 2}]))
    page.get_by_label("A file from").set_input_files(file)
    table_visit.press("Import")
    table_visit.said("2 rows are stored.")

    assert exported == [{"owner": "ada", "at": 1, "tags": {"$set": ["a", "b"]}}]
    expect(page.locator("#rows tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    "text",
    [
        "[ROW, ROW2 ]",
        '{"rows" : [ROW,ROW2], "more": {"rows": []}}',
        '{"rows": [1], "next": [{}], "r\\u006fws":\n[ROW,\nROW2\n]}',
    ],
)
def test_rows_are_imported_as_they_are_written(
    table_visit: Visit, tmp_path: Path, text: str
) -> None:
    """Their numbers too, whatever the file is laid out like."""
    row = f'{{"owner": "a],\\"", "at": {BEYOND_SCRIPTS}, "in": [{{"a": [1, 2]}}]}}'
    file = tmp_path / "rows.json"
    file.write_text(text.replace("ROW2", '{"owner": "b", "at": 2}').replace("ROW", row))
    page = table_visit.open(f"/tables/{THINGS}")
    page.get_by_label("A file from").set_input_files(file)
    table_visit.press("Import")
    table_visit.said("2 rows are stored.")

    rows = table_visit.app.get(f"tables/{THINGS}/export")["rows"]
    assert rows == [
        {
            "owner": 'a],"',
            "at": {"$number": str(BEYOND_SCRIPTS)},
            "in": [{"a": [1, 2]}],
        },
        {"owner": "b", "at": 2},
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("null", "The file holds no list of rows."),
        ("3", "The file holds no list of rows."),
        ('{"rows": {}}', "The file holds no list of rows."),
        ("[{}", "The file is not JSON: "),
        ("[]", "0 rows are stored."),
        (
            json.dumps([*({"owner": "a", "at": at} for at in range(501)), {"at": 1}]),
            "Row 502: ",
        ),
    ],
)
def test_what_cannot_be_imported_is_told(
    table_visit: Visit, tmp_path: Path, text: str, told: str
) -> None:
    """Which row it is by its place in the file, however the file was sent."""
    file = tmp_path / "rows.json"
    file.write_text(text)
    page = table_visit.open(f"/tables/{THINGS}")
    page.get_by_label("A file from").set_input_files(file)
    table_visit.press("Import")

    table_visit.said(told)


def test_rows_of_any_size_are_imported(table_visit: Visit, tmp_path: Path) -> None:
    """What the API takes at once is limited, and a table's export is not."""
    rows = [{"owner": "a", "at": at, "text": "x" * 300_000} for at in range(60)]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    page = table_visit.open(f"/tables/{THINGS}")
    page.get_by_label("A file from").set_input_files(file)
    table_visit.press("Import")

    table_visit.said("60 rows are stored.")


def test_each_row_shows_when_it_expires(table_visit: Visit) -> None:
    """A TTL attribute reads as a countdown."""
    forge(table_visit.app, person="Ada")
    page = table_visit.open("/tables")
    page.locator(".line", has_text="staging-sessions").click()

    expect(page.locator("#rows .until")).to_contain_text("in 6 days 23 hours")


def test_a_row_whose_end_is_long_past_is_there_to_stay(table_visit: Visit) -> None:
    """DynamoDB leaves it alone; the page had called it expired."""
    sessions = "testapp-staging-sessions"
    row = {"_idx": "old", "_ttl": 1}
    table_visit.app.api.put(f"/api/tables/{sessions}/rows", json={"row": row})
    page = table_visit.open(f"/tables/{sessions}")
    page.locator("#rows tbody a").first.click()

    expect(page.get_by_text("more than five years back")).to_be_visible()


# The others


def test_functions_show_their_workers(table_visit: Visit) -> None:
    """Warm or cold, how often, and the last error; a reload lets go of the workers."""
    table_visit.app.app.post("/count")
    table_visit.app.app.get("/fail")
    page = table_visit.open("/functions")
    count = page.get_by_role("region", name="post /count")
    expect(count.locator(".tag")).to_have_text("warm")
    fail = page.get_by_role("region", name="get /fail")
    expect(fail).to_contain_text("ValueError: no <b>way</b>")
    table_visit.press("Reload all")

    expect(count.locator(".tag")).to_have_text("cold")


def test_the_clock_is_moved(table_visit: Visit) -> None:
    """By a button, by a duration, to a date, and back."""
    clock = table_visit.app.sandbox.clock
    page = table_visit.open("/clock")
    reading = page.locator("#reading")
    table_visit.press("+8d")
    expect(reading).to_contain_text("8 days ahead of real time")
    page.get_by_label("By a duration").fill("1d12h")
    page.keyboard.press("Enter")
    expect(reading).to_contain_text("9 days 12 hours ahead")
    page.get_by_label("Date, with or without a time (UTC)").fill("2040-05-06")
    page.keyboard.press("Enter")
    expect(reading).to_contain_text("2040-05-06 00:0")
    expect(page.locator(".shift")).to_be_visible()
    page.get_by_label("By a duration").fill("soon")
    page.keyboard.press("Enter")
    table_visit.said('"soon" is not a duration.')
    table_visit.press("Reset the clock")

    expect(reading).to_contain_text("real time")
    expect(page.locator(".shift")).to_have_count(0)
    assert clock.offset_seconds == 0


def test_secrets_are_masked_until_asked_for(table_visit: Visit) -> None:
    """A look over the shoulder learns nothing."""
    page = table_visit.open("/environment")
    row = page.get_by_role("row", name="PAYMENT_TOKEN")
    expect(row).to_contain_text("••••••••")
    assert "sesame" not in page.content()
    table_visit.press("Show secrets")
    expect(row).to_contain_text("sesame")
    table_visit.press("Hide secrets")

    expect(row).not_to_contain_text("sesame")


def test_advice_is_shown_and_counted(table_visit: Visit) -> None:
    """All of it, and the menu says how much is pressing."""
    advice = table_visit.app.get("advice")["advice"]
    page = table_visit.open("/advice")

    expect(page.locator(".advice")).to_have_count(len(advice))
    expect(page.get_by_text(advice[0]["fix"])).to_be_visible()
    pressing = sum(one["level"] != "hint" for one in advice)
    expect(page.locator(".count")).to_contain_text(str(pressing))


# Everywhere


def test_a_page_says_when_the_sandbox_is_gone(table_visit: Visit) -> None:
    """A change that cannot be sent is told, and so is the lost connection."""
    page = table_visit.open("/clock")
    table_visit.context.set_offline(offline=True)
    table_visit.press("+1h")

    table_visit.said("The sandbox does not answer.")
    assert page.locator("#outcome [role=alert]").count() == 1
    page.close()  # it would go on to ask, which the browser notes as an error
    table_visit.troubles.clear()


def test_nothing_that_was_sent_becomes_markup(visit: Visit) -> None:
    """Paths, headers, sessions, rows: what a visitor sends is shown as text."""
    app = visit.app
    app.app.get("/", headers={"x-nasty": NASTY}, params={"q": NASTY})
    app.app.get(f"/{NASTY}")
    session = forge(app, **{NASTY: NASTY})
    put_thing(app, owner=NASTY, at=1, **{NASTY: NASTY})
    request = app.get("requests")["requests"][0]["id"]
    row = f"/tables/{THINGS}"
    visit.page.on("dialog", lambda dialog: visit.troubles.append("a script ran"))
    for path in ("/", f"/requests/{request}", f"/sessions/{session}", row, "/sessions"):
        page = visit.open(path)
        assert page.locator("main img, main script").count() == 0
        assert "owned" not in page.title()
    page = visit.open("/sessions")
    page.get_by_label("Cookie, as a value").fill(NASTY)
    visit.press("Decode")
    expect(page.locator("#decoded")).to_contain_text("not accepted")
    visit.open(row)
    page.locator("#rows tbody th a").click()
    expect(page.get_by_label("The row, as JSON")).to_have_value(
        json.dumps({"owner": NASTY, "at": 1, NASTY: NASTY}, indent=2)
    )


def test_whoever_goes_back_reads_what_is_chosen_there(table_visit: Visit) -> None:
    """Browsers put back the later choice, beside what the former shows."""
    page = table_visit.open(f"/tables/{THINGS}")
    select = page.get_by_label("Read")
    with page.expect_navigation():
        select.select_option("byKind")
    page.go_back()

    expect(select).to_have_value("")


def test_the_keyboard_reaches_the_content(table_visit: Visit) -> None:
    """The first tab stop skips the menu, and can be seen."""
    page = table_visit.open("/sessions")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_a_narrow_menu_shows_where_one_is(
    new_visit: Callable[..., Visit], table_app: Any
) -> None:
    """The last of its links is scrolled into view, and Tab still begins at the top."""
    visit = new_visit(table_app, viewport={"width": 360, "height": 740})
    page = visit.open("/environment")
    expect(page.locator(".menu [aria-current]")).to_be_in_viewport(ratio=0.95)
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_it_reads_without_scripts(
    new_visit: Callable[..., Visit], table_app: Any
) -> None:
    """Without JavaScript everything shows; only changing needs it."""
    table_app.app.post("/count")
    visit = new_visit(table_app, java_script_enabled=False)
    visit.page.goto(table_app.sandbox.inspector_url)
    visit.page.locator(".line").first.click()

    assert "POST /count" in visit.page.get_by_role("heading", level=1).inner_text()
    assert "Without JavaScript" in visit.page.content()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_window(
    new_visit: Callable[..., Visit], table_app: Any, width: int
) -> None:
    """Only lists of columns scroll, within themselves."""
    visit = new_visit(table_app, viewport={"width": width, "height": 740})
    wide = []
    for path in paths_of(table_app):
        page = visit.open(path)
        root = "document.documentElement"
        if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
            wide.append(path)

    assert wide == []


@pytest.mark.parametrize("width", [320, 360, 768])
def test_long_names_are_whole_in_a_narrow_window(
    new_visit: Callable[..., Visit], table_app: Any, width: int
) -> None:
    """They wrap; beside them there is room to write."""
    name, key = f"notes-{'of-everybody-' * 6}", "owner" * 12
    forge(table_app, person="Ada")
    visit = new_visit(table_app, viewport={"width": width, "height": 740})
    table = f"{name}1\n  {key} *String"
    with table_app.manifest_with(table, before="@tables-indexes"):
        hidden = []
        for path in ("/tables", "/sessions"):
            lines = visit.open(path).locator(".lines, .line, .line.table .what")
            hidden += lines.evaluate_all(
                "all => all.filter(one => one.scrollWidth > one.clientWidth)"
                ".map(one => one.textContent)"
            )
        page = visit.open(f"/tables/testapp-staging-{name}1")
        field = page.get_by_label(key, exact=True).bounding_box()

    assert hidden == []
    assert field is not None
    assert field["width"] >= 100
    assert field["x"] + field["width"] <= width


def test_forced_colours_keep_what_colours_tell(
    new_visit: Callable[..., Visit], table_app: Any
) -> None:
    """Which stretch of time is which, and that a button is pressed."""
    table_app.app.post("/count")
    (request,) = table_app.get("requests")["requests"]
    visit = new_visit(table_app, forced_colors="active")
    background = "one => getComputedStyle(one).backgroundColor"
    dots = visit.open(f"/requests/{request['id']}").locator(".legend .dot")
    colours = [dot.evaluate(background) for dot in dots.all()]
    pause = visit.open("/").get_by_role("button", name="Pause")
    before = pause.evaluate(background)
    pause.click()

    assert len(set(colours)) == len(colours) > 1
    expect(pause).not_to_have_css("background-color", before)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(
    new_visit: Callable[..., Visit], table_app: Any, axe: str, scheme: str
) -> None:
    """No page keeps out people who need a keyboard, a reader or strong colours."""
    visit = new_visit(table_app, color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for path in paths_of(table_app):
        page = visit.open(path)
        page.evaluate(axe)
        violations = page.evaluate("axe.run()")["violations"]
        if violations:
            found[path] = [(one["impact"], one["id"]) for one in violations]

    assert found == {}


def test_axe_finds_nothing_beside_a_broken_manifest(
    new_visit: Callable[..., Visit], table_app: Any, axe: str
) -> None:
    """In a narrow window its message scrolls, by keyboard too."""
    visit = new_visit(table_app, viewport={"width": 320, "height": 740})
    with table_app.broken_manifest():
        page = visit.open("/")
        page.evaluate(axe)
        violations = page.evaluate("axe.run()")["violations"]

    assert [one["id"] for one in violations] == []
