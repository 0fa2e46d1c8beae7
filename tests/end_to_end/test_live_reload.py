"""Live reload in a real browser: an editor saves, the page follows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.slow

HANDLER = """def handler(event, context):
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/html", "content-security-policy": POLICY},
        "body": "<!doctype html><html><head><title>t</title>"
        "<link rel=stylesheet href=/_static/a.css></head><h1>one</h1></html>",
    }


POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'"
"""
NEEDY = f"import wanted\n{HANDLER}"
INDEX = "src/http/get-index/index.py"
SHEET = "h1 { color: rgb(1, 2, 3) }"
FORM_ROUTES = ("get /", "post /")
SEND_FORM = """{
  const form = document.createElement("form")
  form.method = "post"
  document.body.append(form)
  form.submit()
}"""
ADD_SHEET = """href => {
  const link = document.createElement("link")
  Object.assign(link, { rel: "stylesheet", href })
  document.head.append(link)
}"""
COUNT_OVERLAYS = """window.overlays = 0
new MutationObserver(changes => {
  for (const { addedNodes } of changes) window.overlays += addedNodes.length
}).observe(document.documentElement, { childList: true })"""
SET_HIDDEN = """(value => {
  Object.defineProperty(document, "hidden", { value, configurable: true })
  document.dispatchEvent(new Event("visibilitychange"))
})"""
"""Stands for another tab in front, of which a browser without windows has none."""


@pytest.fixture
def no_thread_is_left() -> None:
    """Playwright's own threads are its own."""


@pytest.fixture
def app(make_app: Any) -> Any:
    """Give an app with one page under a strict policy, and its style sheet."""
    files = {INDEX: HANDLER, "public/a.css": SHEET}
    return make_app(files, "get /", more="@static")


@pytest.fixture
def listening(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Give a function that opens a page in a browser, connected to the sandbox."""
    context = chromium.new_context()

    def show(url: str) -> Page:
        shown = context.new_page()
        with shown.expect_response(
            lambda response: (
                "/_arc/livereload?" not in response.url
                and response.url.endswith("/_arc/livereload")
            )
        ):
            shown.goto(url)
        return shown

    yield show
    context.close()


@pytest.fixture
def framed(make_app: Any) -> Any:
    """Give an app whose page has more frames than browsers allow connections."""
    frames = "<iframe src=/inner></iframe>" * 6
    outer = HANDLER.replace("</h1>", f"</h1>{frames}")
    files = {
        INDEX: outer,
        "src/http/get-inner/index.py": HANDLER,
        "public/a.css": SHEET,
    }
    return make_app(files, "get /", "get /inner", more="@static")


@pytest.fixture
def framed_page(framed: Any, serve: Any, listening: Callable[[str], Page]) -> Page:
    """Give the page of frames, each of them loaded."""
    page = listening(serve(framed).sandbox.url)
    for frame in page.frames[1:]:
        expect(frame.locator("h1")).to_have_text("one")
    assert len(page.frames) == 1 + 6
    return page


@pytest.fixture
def page(app: Any, serve: Any, listening: Callable[[str], Page]) -> Page:
    """Give the app's page."""
    return listening(serve(app).sandbox.url)


def save(app: Any, name: str, old: str, new: str) -> None:
    path: Path = app.root / name
    path.write_text(path.read_text().replace(old, new))


def test_a_saved_handler_reloads_the_page(app: Any, page: Page) -> None:
    """Also under a policy that forbids every script but the one that is added."""
    save(app, INDEX, "one", "two")

    expect(page.locator("h1")).to_have_text("two")


def test_a_page_with_a_foreign_base_is_reloaded(
    make_app: Any, serve: Any, listening: Callable[[str], Page]
) -> None:
    """Its relative addresses lead elsewhere; those of live reload do not."""
    base = "<base href=https://elsewhere.invalid/>"
    app = make_app({INDEX: HANDLER.replace("<title>", f"{base}<title>")}, "get /")
    page = listening(serve(app).sandbox.url)
    save(app, INDEX, "one", "two")

    expect(page.locator("h1")).to_have_text("two")


def test_a_saved_style_sheet_is_swapped(app: Any, page: Page) -> None:
    """Without loading the page again: what it holds in memory stays."""
    page.evaluate("window.kept = 'yes'")
    save(app, "public/a.css", "1, 2, 3", "9, 9, 9")

    expect(page.locator("h1")).to_have_css("color", "rgb(9, 9, 9)")
    expect(page.locator("link")).to_have_count(1)
    assert page.evaluate("window.kept") == "yes"


def test_frames_leave_the_page_its_connections(framed: Any, framed_page: Page) -> None:
    """Browsers allow six to an origin: the page listens, and is loaded with them."""
    with framed_page.expect_response("**/inner?more"):
        framed_page.evaluate(
            "void document.querySelector('iframe').setAttribute('src', '/inner?more')"
        )
    save(framed, "src/http/get-inner/index.py", "one", "two")
    frame = framed_page.frame_locator("iframe").last

    expect(frame.locator("h1")).to_have_text("two")


def test_a_style_sheet_is_swapped_in_frames_too(framed: Any, framed_page: Page) -> None:
    """In the page that listens, and in those that it speaks for."""
    framed_page.frames[-1].evaluate("window.kept = 'yes'")
    save(framed, "public/a.css", "1, 2, 3", "9, 9, 9")
    frame = framed_page.frame_locator("iframe").last

    for heading in (framed_page.locator("h1"), frame.locator("h1")):
        expect(heading).to_have_css("color", "rgb(9, 9, 9)")
    assert framed_page.frames[-1].evaluate("window.kept") == "yes"


def test_a_failed_save_is_told_once_for_all_frames(
    framed: Any, framed_page: Page
) -> None:
    """By the page around them."""
    save(framed, INDEX, "return {", "retrun {")

    expect(framed_page.get_by_role("alertdialog")).to_have_count(1)
    frames = framed_page.frames[1:]
    told = [frame.get_by_role("alertdialog").count() for frame in frames]
    assert told == [0] * len(frames)


def test_a_failed_save_shows_the_overlay_until_it_is_mended(
    app: Any, page: Page
) -> None:
    """File, line, source and cause; Escape closes it; the page returns by itself."""
    save(app, INDEX, "return {", "retrun {  # <b>")
    box = page.get_by_role("alertdialog")

    expect(box).to_contain_text("get / does not load.")
    expect(box).to_contain_text(f"{INDEX}, line 2")
    expect(box).to_contain_text("retrun {  # <b>")
    expect(box).to_contain_text("invalid syntax")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    save(app, INDEX, "retrun {  # <b>", "return {")
    save(app, INDEX, "one", "mended")
    expect(page.locator("h1")).to_have_text("mended")


def test_a_save_elsewhere_mends_the_page(app: Any, page: Page) -> None:
    """The function is loaded again, though no file of its own was saved."""
    app.write({"src/lib.py": "A = 1\n"})
    handler = "import sys\nsys.path.append('../..')\nfrom lib import A, B\n" + HANDLER
    app.write({INDEX: handler.replace("one", "two")})
    expect(page.get_by_role("alertdialog")).to_contain_text("cannot import name 'B'")

    app.write({"src/lib.py": "A = B = 1\n"})

    expect(page.locator("h1")).to_have_text("two")
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_what_is_no_save_mends_the_page_at_the_next_request(
    app: Any, page: Page
) -> None:
    """As pip does, whose folder nobody watches."""
    installed: Path = app.root.parent / "installed"
    installed.mkdir()
    app.write({INDEX: f"import sys\nsys.path.append({str(installed)!r})\n{NEEDY}"})
    expect(page.get_by_role("alertdialog")).to_contain_text("wanted")

    (installed / "wanted.py").touch()
    page.reload()

    expect(page.locator("h1")).to_have_text("one")
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_broken_shared_code_is_told_of_the_page_that_is_open(
    make_app: Any, serve: Any, listening: Callable[[str], Page]
) -> None:
    """Though a save loads few functions, and others come first in the manifest."""
    names = [*"abcde", "last"]
    files = {f"src/http/get-{name}/index.py": HANDLER for name in names}
    files["src/http/get-last/index.py"] = "import shared.util\n" + HANDLER
    app = make_app(
        files | {"src/shared/util.py": "X = 1\n"}, *(f"get /{name}" for name in names)
    )
    served = serve(app)
    page = listening(f"{served.sandbox.url}/last")

    app.write({"src/shared/util.py": "X = (\n"})

    expect(page.get_by_role("alertdialog")).to_contain_text("get /last does not load.")
    assert any("get /last does not load." in notice.text for notice in served.notices)


def test_a_broken_manifest_shows_the_overlay(app: Any, page: Page) -> None:
    """With the place; and it goes with the mistake."""
    manifest: Path = app.root / "app.arc"
    text = manifest.read_text()
    manifest.write_text(text + "\n@tables\nbroken\n")

    expect(page.get_by_role("alertdialog")).to_contain_text("app.arc, line")
    manifest.write_text(text + "\n@tables\nanother\n")
    expect(page.get_by_role("alertdialog")).to_contain_text("another")
    expect(page.locator("arc-sandbox-overlay")).to_have_count(1)
    manifest.write_text(text)
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_the_error_page_itself_returns(app: Any, page: Page) -> None:
    """Whoever loads the page while it is broken sees it mended without a key."""
    save(app, INDEX, "return {", "retrun {")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.reload()
    expect(page).to_have_title("500: Runtime.UserCodeSyntaxError")

    save(app, INDEX, "retrun {", "return {")

    expect(page).to_have_title("t")


def test_closing_ends_the_streams_at_once(app: Any, serve: Any) -> None:
    """A page that listens does not hold the sandbox; no request is recorded for it."""
    served = serve(app)
    with httpx.stream("GET", f"{served.sandbox.url}/_arc/livereload") as stream:
        pieces = stream.iter_bytes()
        assert b"event: state" in next(pieces)
        served.sandbox.close()
        assert list(pieces) == []

    assert served.sandbox.journal.recent() == ()


def test_a_save_while_the_page_loads_is_not_lost(
    app: Any, page: Page, wait_until: Callable[..., None]
) -> None:
    """As with an editor that formats what it has just saved."""

    def save_again(route: Route) -> None:
        before = reloads(page.url)
        save(app, INDEX, "two", "three")
        wait_until(lambda: reloads(page.url) != before)
        route.continue_()

    page.route("**/_arc/livereload.js", save_again, times=1)
    save(app, INDEX, "one", "two")

    expect(page.locator("h1")).to_have_text("three")


def test_a_page_that_answers_a_form_is_left_alone(
    make_app: Any,
    serve: Any,
    listening: Callable[[str], Page],
    wait_until: Callable[..., None],
) -> None:
    """Loading it again would send the form again; what breaks, it shows."""
    app = make_app(
        {INDEX: HANDLER, INDEX.replace("get", "post"): HANDLER}, *FORM_ROUTES
    )
    url = serve(app).sandbox.url
    page = listening(url)
    with page.expect_response(f"{url}/_arc/livereload"):
        page.evaluate(SEND_FORM)
    page.evaluate("window.kept = 'yes'")
    before = reloads(f"{url}/")

    save(app, INDEX, "one", "two")
    wait_until(lambda: reloads(f"{url}/") != before)
    save(app, INDEX, "return {", "retrun {")

    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert page.evaluate("window.kept") == "yes"


@pytest.mark.parametrize(
    ("count", "age_ms", "loads"),
    [(11, -60_000, True), (12, -60_000, False), (12, 5000, True)],
)
def test_a_page_that_reloads_without_end_rests(
    app: Any, page: Page, count: int, age_ms: int, *, loads: bool
) -> None:
    """Where loading it writes a file of the app; a person saves less often.

    However long this takes, times that are still to come are no older than 5 seconds.
    """
    page.evaluate(
        "([count, age]) => sessionStorage.setItem('arc-sandbox reloads', "
        "JSON.stringify(Array(count).fill(Date.now() - age)))",
        [count, age_ms],
    )
    if loads:
        save(app, INDEX, "one", "two")
        expect(page.locator("h1")).to_have_text("two")
        return
    with page.expect_console_message(lambda said: "again and again" in said.text):
        save(app, INDEX, "one", "two")
    expect(page.locator("h1")).to_have_text("one")


def test_sheets_of_others_are_left_alone(app: Any, page: Page) -> None:
    """Each save swaps the one that is there by then, and no other."""
    other = "http://fonts.invalid/a.css"
    page.evaluate(ADD_SHEET, other)
    for colour in ("1, 1, 1", "2, 2, 2"):
        sheet = SHEET.replace("1, 2, 3", colour)
        app.write({"public/a.css": sheet})
        expect(page.locator("h1")).to_have_css("color", f"rgb({colour})")

    links = page.locator("link")
    expect(links).to_have_count(2)
    assert other in links.evaluate_all("all => all.map(link => link.href)")


def test_the_last_of_sheets_that_come_late_counts(app: Any, page: Page) -> None:
    """Two saves in a row, of which the second one's sheet is there first."""
    held: list[Route] = []
    page.route(lambda url: "a.css?_arc=" in url, lambda route: held.append(route))
    for colour in ("1, 1, 1", "2, 2, 2"):
        with page.expect_request(lambda one: "a.css?_arc=" in one.url):
            app.write({"public/a.css": SHEET.replace("1, 2, 3", colour)})
    expect(page.locator("link")).to_have_count(3)

    for route in reversed(held):
        route.continue_()

    expect(page.locator("link")).to_have_count(1)
    expect(page.locator("h1")).to_have_css("color", "rgb(2, 2, 2)")


def test_sheets_that_nothing_links_to_reload_the_page(app: Any, page: Page) -> None:
    """Another sheet may import it, or a script take it in."""
    page.evaluate("document.querySelector('link').remove()")

    app.write({"public/a.css": SHEET.replace("1, 2, 3", "9, 9, 9")})

    expect(page.locator("h1")).to_have_css("color", "rgb(9, 9, 9)")


def test_a_sheet_that_is_gone_reloads_the_page(app: Any, page: Page) -> None:
    """The page says for itself how it looks without."""
    (app.root / "public" / "a.css").unlink()

    expect(page.locator("h1")).to_have_css("color", "rgb(0, 0, 0)")


@pytest.mark.parametrize(
    "close",
    [
        lambda page: page.keyboard.press("Escape"),
        lambda page: page.get_by_role("button", name="Close").click(),
        lambda page: page.mouse.click(2, 2),
    ],
)
def test_the_overlay_stays_closed_until_something_else_breaks(
    app: Any, page: Page, close: Callable[[Page], None]
) -> None:
    """Escape, the button, and the page behind close it, and nothing else does."""
    box = page.get_by_role("alertdialog")
    save(app, INDEX, "return {", "retrun {")
    expect(box).to_be_focused()
    page.keyboard.press("a")
    box.click()
    expect(box).to_be_visible()

    close(page)
    expect(box).to_have_count(0)
    page.evaluate(COUNT_OVERLAYS)
    page.evaluate(f"{SET_HIDDEN}(true)")
    with page.expect_response(lambda one: "/_arc/livereload" in one.url):
        page.evaluate(f"{SET_HIDDEN}(false)")  # the new stream tells it again
    app.write({"app.arc": f"{(app.root / 'app.arc').read_text()}\n@tables\nbroken\n"})
    expect(box).to_contain_text("app.arc, line")
    assert page.evaluate("window.overlays") == 1


def test_a_page_finds_the_sandbox_that_is_started_again(
    app: Any, serve: Any, listening: Callable[[str], Page]
) -> None:
    """And shows what was saved while there was none."""
    served = serve(app)
    url = served.sandbox.url
    page = listening(url)
    served.sandbox.close()
    save(app, INDEX, "one", "two")

    serve(app, http_port=int(url.rpartition(":")[2]))

    expect(page.locator("h1")).to_have_text("two")


@pytest.mark.parametrize(
    ("leave", "come_back"),
    [
        (f"{SET_HIDDEN}(true)", f"{SET_HIDDEN}(false)"),
        (
            "dispatchEvent(new Event('pagehide'))",
            "dispatchEvent(new Event('pageshow'))",
        ),
    ],
)
def test_a_page_that_nobody_sees_holds_no_connection(
    app: Any,
    page: Page,
    leave: str,
    come_back: str,
    wait_until: Callable[..., None],
) -> None:
    """A browser has six for each origin; the page catches up when it is seen again."""
    page.evaluate("window.kept = 'yes'")
    with page.expect_event("requestfailed", lambda one: "livereload" in one.url):
        page.evaluate(leave)
    before = reloads(page.url)
    save(app, INDEX, "one", "two")
    wait_until(lambda: reloads(page.url) != before)
    assert page.evaluate("window.kept") == "yes"

    page.evaluate(come_back)

    expect(page.locator("h1")).to_have_text("two")


def reloads(url: str) -> str:
    """Give the version that a new page is told."""
    with httpx.stream("GET", f"{url}_arc/livereload") as stream:
        return next(stream.iter_text()).partition('"version": "')[2].partition('"')[0]
