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


def reloads(url: str) -> str:
    """Give the version that a new page is told."""
    with httpx.stream("GET", f"{url}_arc/livereload") as stream:
        return next(stream.iter_text()).partition('"version": "')[2].partition('"')[0]
