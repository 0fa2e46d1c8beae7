"""What each kind of trouble says: fact, remedy, evidence."""

from dataclasses import replace

import pytest

from sandbox.exchange import (
    Crashed,
    Execution,
    Frame,
    Match,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.gateway import trouble
from sandbox.gateway.pages import Page
from sandbox.gateway.payload import build_event
from sandbox.gateway.request_parts import ApiFacts
from sandbox.gateway.response import InvalidResult
from sandbox.project.model import ApiType
from tests.gateway.conftest import make_project, make_request, make_route

MATCH = Match(route=make_route("get /x"))
EVENT = build_event(
    make_request("GET /x"),
    MATCH,
    api_type="http",
    facts=ApiFacts.from_project(make_project(), port=1),
    request_id="id",
    now_epoch=0,
)


def failed(outcome: Outcome, api_type: ApiType = "http") -> Page:
    execution = Execution(outcome=outcome, output="printed")
    return trouble.failed(execution, MATCH, EVENT, api_type=api_type)


@pytest.mark.parametrize(
    ("outcome", "title", "fact", "remedy"),
    [
        (
            Raised(error_type="KeyError", message="'x'", remedy="look"),
            "KeyError",
            "'x'",
            "look",
        ),
        (TimedOut(seconds=5), "The function timed out", "after 5 seconds", "`timeout`"),
        (
            TimedOut(seconds=10, while_loading=True),
            "The function did not load in time",
            "Loading took longer than 10 seconds.",
            "`timeout`",
        ),
        (
            Crashed(exit_code=-9),
            "The function's process ended",
            'killed by signal "SIGKILL"',
            "sys.exit()",
        ),
        (Crashed(exit_code=-99), "The function's process ended", '"99"', ""),
        (Crashed(exit_code=1), "The function's process ended", 'exit code "1"', ""),
        (Crashed(exit_code=None, remedy="r"), "The function's process ended", "", "r"),
        (Throttled(concurrency=0), "The function is throttled", '"0"', "concurrency"),
        (
            Unavailable(message="No file.", remedy="Make it."),
            "The function cannot be started",
            "No file.",
            "Make it.",
        ),
    ],
)
def test_failed_says_what_and_what_to_do(
    outcome: Outcome, title: str, fact: str, remedy: str
) -> None:
    """Each outcome has its own words, and the same evidence."""
    page = failed(outcome)

    assert page.title == title
    assert fact in page.fact
    assert remedy in page.remedy
    assert "get /x" in page.place
    texts = {section.title: section.text for section in page.sections}
    assert texts["What the handler printed"] == "printed"
    assert '"routeKey": "GET /x"' in texts["The event"]


@pytest.mark.parametrize(
    ("outcome", "api_type", "status", "message"),
    [
        (TimedOut(seconds=1), "http", 500, "Internal Server Error"),
        (TimedOut(seconds=1), "httpv1", 500, "Internal Server Error"),
        (TimedOut(seconds=1), "rest", 502, "Internal server error"),
        (Throttled(concurrency=1), "http", 503, "Service Unavailable"),
        (Throttled(concurrency=1), "rest", 429, "Too Many Requests"),
    ],
)
def test_failed_has_the_status_of_its_api(
    outcome: Outcome, api_type: ApiType, status: int, message: str
) -> None:
    """HTTP and REST APIs answer alike in few things."""
    page = failed(outcome, api_type)

    assert (page.status, page.message) == (status, message)


def test_frames_of_the_app_come_first() -> None:
    """The developer's own code is open, the rest folded."""
    own = Frame(file="a.py", line=1, function="f", is_app_code=True)
    other = Frame(file="lib.py", line=2, function="g")
    page = failed(Raised(error_type="E", message="m", stack=(own, other), trace="t"))

    assert page.sections[0].frames == (own,)
    assert page.sections[0].is_open
    assert page.sections[1].frames == (own, other)
    assert not page.sections[1].is_open


def test_returned_is_no_trouble() -> None:
    """Asking for it is a bug."""
    with pytest.raises(ValueError, match="no failure"):
        failed(Returned(value=1))


def test_invalid_result_shows_the_result() -> None:
    """What was returned is beside what is wrong with it."""
    page = trouble.invalid_result(
        InvalidResult(reason="Wrong.", remedy="Right."),
        Execution(outcome=Returned(value={"statusCode": "x"})),
        MATCH,
        EVENT,
        api_type="http",
    )

    assert (page.status, page.fact, page.remedy) == (500, "Wrong.", "Right.")
    assert '"statusCode": "x"' in page.sections[0].text


def test_no_route_lists_a_screenful_of_routes() -> None:
    """A thousand routes do not fill the page."""
    project = make_project(*(f"get /r{number}" for number in range(1000)))
    page = trouble.no_route("GET", "/x", project)

    assert "get /x" in page.remedy
    assert "app.arc" in page.remedy
    assert page.sections[0].text.endswith("… and 940 more")


def test_no_route_says_that_plugins_may_have_some() -> None:
    """An app whose routes all come from a plugin has none here, and is told why."""
    project = replace(make_project("get /a"), not_emulated=("events", "plugins"))

    assert "plugin" in trouble.no_route("GET", "/x", project).fact
    assert "plugin" not in trouble.no_route("GET", "/x", make_project("get /a")).fact


def test_no_route_suggests_a_line_that_the_manifest_takes() -> None:
    """No route is of PROPFIND alone; `any` takes it."""
    page = trouble.no_route("PROPFIND", "/x", make_project("get /x"))

    assert page.remedy.endswith("    any /x")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/a.b/c_d", "get /a.b/c_d"),
        ("/about/", "get /about/*"),
        ("/caf%C3%A9/menu", "get /*"),
        ("/users/~ada/notes", "get /users/*"),
        ("/a//b", "get /a/*"),
        ("//", "get /*"),
        ("/notes-/1", "get /*"),
    ],
)
def test_no_route_suggests_a_catch_all_for_what_no_line_can_name(
    path: str, line: str
) -> None:
    """A remedy that the manifest refuses would send people round in a circle."""
    page = trouble.no_route("GET", path, make_project("get /x"))

    assert page.remedy.endswith(f"    {line}")


def test_no_route_names_the_route_that_differs_by_a_slash() -> None:
    """`/about/` is `/about` mistyped, and no second route of it is wanted."""
    project = make_project("get /about", "get /user/:id")
    about = trouble.no_route("GET", "/about/", project)
    user = trouble.no_route("GET", "/user/7/", project)

    assert '"get /about"' in about.remedy
    assert "/about," in about.remedy
    assert '"get /user/:id"' in user.remedy
    assert "post /about/*" in trouble.no_route("POST", "/about/", project).remedy


@pytest.mark.parametrize(
    ("route", "method", "path"),
    [
        ("any /x", "POST", "/x"),
        ("get /x/*", "GET", "/x/y/z"),
        ("head /x", "HEAD", "/x"),
        ("options /x", "OPTIONS", "/x"),
        ("get /:id", "GET", "/"),
    ],
)
def test_no_route_says_what_a_rest_api_does_not_serve(
    route: str, method: str, path: str
) -> None:
    """The manifest has the route, so that "no route takes it" is not all there is."""
    page = trouble.no_route(method, path, make_project(route, api_type="rest"))

    assert (page.status, page.message) == (403, "Missing Authentication Token")
    assert (
        f'"{route}" does in an HTTP API, but a REST API does not serve it' in page.fact
    )


def test_no_route_of_a_rest_api_names_no_route_that_would_not_help() -> None:
    """A `head` route would not be served either, nor a catch-all."""
    project = make_project("get /y", api_type="rest")
    head = trouble.no_route("HEAD", "/x", project)
    post = trouble.no_route("POST", "/x", project)
    unnamed = trouble.no_route("GET", "/a//b", project)

    assert "HTTP API" not in head.fact
    assert "apigateway http" in head.remedy
    assert "apigateway http" in unnamed.remedy
    assert post.remedy.endswith("    post /x")
