"""The pytest plugin: fixtures that run an Architect app and judge its handlers.

pytest loads this module in every project that has arc-sandbox installed, so it imports
nothing but pytest: `testing` imports its parts when a fixture first uses them.
"""

import importlib.util
import os
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import testing
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from boto3.session import Session

    from sandbox.testing import (
        AppChoice,
        Client,
        ClientSession,
        ClockControl,
        Front,
        RequestLog,
        SandboxUnderTest,
        Shelf,
        TableResources,
    )

_FOLDER = "the folder of the Architect app to test; the root directory if left out"
_MARK = (
    "arc(app=None, env=None, persist=False): the Architect app of this test: its "
    "folder, variables beside those of .env, and whether rows stay from test to test."
)

_sandboxes_key = pytest.StashKey["list[SandboxUnderTest]"]()


# What pytest asks of a plugin


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--arc-app` and the ini value `arc_app`."""
    parser.getgroup("arc-sandbox").addoption(
        "--arc-app", metavar="FOLDER", default=None, help=_FOLDER
    )
    parser.addini("arc_app", help=_FOLDER, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark `arc`."""
    config.addinivalue_line("markers", _MARK)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a test that uses `arc_url` its clean sandbox right after the address.

    Its own fixtures may send requests there before they name `arc_sandbox`, or without.
    """
    names = getattr(item, "fixturenames", [])
    if "arc_url" in names:
        if "arc_sandbox" in names:
            names.remove("arc_sandbox")
        names.insert(names.index("arc_url") + 1, "arc_sandbox")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose handlers failed."""
    __tracebackhide__ = True
    result = yield
    _fail_for_handlers(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail for handlers that failed after the test, while its fixtures ended."""
    __tracebackhide__ = True
    result = yield
    _fail_for_handlers(item)
    return result


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Add to a failure's report what the test's sandboxes know, and cut what is ours.

    Not a wrapper, so that it comes after pytest has fetched the exception which a
    `unittest.TestCase` keeps to itself, and before it makes the report.
    """
    sandboxes = item.stash.get(_sandboxes_key, [])
    error = None if call.excinfo is None else call.excinfo.value
    if error is not None and sandboxes:
        _report(item, error, sandboxes, when=call.when)
    # A suite that uses none of our fixtures may still make a sandbox of its own.
    if error is not None and (sandboxes or isinstance(error, SandboxError)):
        is_shown_whole = item.config.getoption("fulltrace")
        verdict = pytest.fail.Exception
        if not is_shown_whole and testing.end_in_test(error, verdict=verdict):
            call.excinfo = pytest.ExceptionInfo.from_exception(error)
    if call.when == "teardown":
        sandboxes.clear()


def _fail_for_handlers(item: pytest.Item) -> None:
    sandboxes = item.stash.get(_sandboxes_key, [])
    failed = tuple(f for sandbox in sandboxes for f in sandbox.failures.unexpected)
    if failed:
        pytest.fail(str(testing.HandlerFailedError(failed)), pytrace=False)


def _report(
    item: pytest.Item,
    error: BaseException,
    sandboxes: "list[SandboxUnderTest]",
    *,
    when: str,
) -> None:
    """Tell the requests, and the failures of handlers that `error` does not tell."""
    our_words = (testing.HandlerFailedError, pytest.fail.Exception)
    told = "".join(str(e) for e in testing.parts(error) if isinstance(e, our_words))
    for sandbox in sandboxes:
        _report_requests(item, sandbox, when=when)
        failed = [str(failure) for failure in sandbox.failures.take()]
        untold = [failure for failure in failed if failure not in told]
        if untold:
            item.add_report_section(when, "handler failures", "\n\n".join(untold))


def _report_requests(
    item: pytest.Item, sandbox: "SandboxUnderTest", *, when: str
) -> None:
    requests = str(testing.RequestLog(sandbox.journal))
    if requests:
        item.add_report_section(when, "arc requests", requests)


# What lasts as long as the run


@pytest.fixture(scope="session")
def _arc_shelf(pytestconfig: pytest.Config) -> Iterator["Shelf"]:
    """The sandboxes that are running."""
    capture: Any = pytestconfig.pluginmanager.getplugin("capturemanager")
    shelf = testing.Shelf(os.environ, debugging=testing.debugging_in_tests(capture))
    yield shelf
    shelf.close()


@pytest.fixture(scope="session")
def _arc_front() -> "Front":
    """What answers at `arc_url`."""
    return testing.Front()


@pytest.fixture(scope="session")
def arc_url(_arc_front: "Front") -> Iterator[str]:
    """The address for real browsers: the sandbox of whichever test is running answers.

    It stays the same for the whole run, such as `http://localhost:40123`, so it works
    as pytest-playwright's `base_url`::

        @pytest.fixture(scope="session")
        def base_url(arc_url):
            return arc_url
    """
    with testing.LoopbackServer(_arc_front, name="front") as server:
        yield server.url


@pytest.fixture(scope="session")
def _arc_aws() -> "Session":
    """What makes the clients of `arc_tables`: a test's own would take it far longer."""
    return testing.unconfigured_aws()


# What each test has to itself


@pytest.fixture
def arc_sandbox(
    request: pytest.FixtureRequest, _arc_shelf: "Shelf", _arc_front: "Front"
) -> Iterator["SandboxUnderTest"]:
    """The test's Architect app, running: started once per run, clean for every test.

    Clean means: tables as seeded, the clock right, no requests in the journal. Workers
    stay warm. The app is found in the root directory, or where `arc_app` in the ini
    file, `--arc-app` or `@pytest.mark.arc(app="…")` say.

    A handler that raises fails the test, unless it is called inside
    `with arc_sandbox.expect_failure():`. `arc_sandbox.invoke("get /count", event)`
    runs one function without HTTP.
    """
    sandbox = _started(request, _arc_shelf, lambda: _arc_shelf.take(_choice(request)))
    with _watched(request, sandbox):
        _arc_front.show(sandbox.wsgi)
        yield sandbox
        _arc_front.show(None)


@pytest.fixture
def make_arc_sandbox(
    request: pytest.FixtureRequest, _arc_shelf: "Shelf"
) -> Iterator[Callable[..., "SandboxUnderTest"]]:
    """A factory of further sandboxes: `make_arc_sandbox(app=None, env=None)`.

    Each has ports of its own, and is closed after the test, the last one first.
    Without `app` it is the test's own app a second time.
    """
    with ExitStack() as stack:

        def make(
            app: Path | str | None = None, *, env: dict[str, str] | None = None
        ) -> "SandboxUnderTest":
            call = {"app": app, "env": env}
            sandbox = _started(
                request, _arc_shelf, lambda: _arc_shelf.start(_choice(request, call))
            )
            stack.callback(sandbox.close)
            stack.enter_context(_watched(request, sandbox))
            return sandbox

        yield make


@pytest.fixture
def arc_client(make_arc_client: Callable[..., "Client"]) -> "Client":
    """A browser's worth of `httpx.Client`: relative URLs, a cookie jar, no socket.

    Its cookies end when the sandbox's clock says so. Redirects are followed where the
    call says `follow_redirects=True`.
    """
    return make_arc_client()


@pytest.fixture
def make_arc_client(
    arc_sandbox: "SandboxUnderTest",
) -> Iterator[Callable[..., "Client"]]:
    """A factory of further browsers: `make_arc_client(sandbox=None, **httpx_options)`.

    Each has a cookie jar of its own; all are closed after the test.
    """
    _need_httpx()
    with ExitStack() as stack:

        def make(sandbox: "SandboxUnderTest | None" = None, **options: Any) -> "Client":
            client = testing.Client(
                arc_sandbox if sandbox is None else sandbox, **options
            )
            # Not entered, as httpx has a client entered once, and a test may do so.
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def arc_session(
    arc_sandbox: "SandboxUnderTest", arc_client: "Client"
) -> "ClientSession":
    """The session of `arc_client`, as a mapping: read and written from outside the app.

    `arc_session["user"] = 1` signs in; `.data` is all of it, `.id` the row's id,
    `.expires_at` its end, `.refusal` why it is refused. `.forge(user=1)` begins
    another session, `.expire()` ends it. It is the same for both stores.
    """
    return testing.ClientSession(arc_sandbox, arc_client)


@pytest.fixture
def arc_tables(
    arc_sandbox: "SandboxUnderTest", _arc_aws: "Session"
) -> Iterator["TableResources"]:
    """The app's tables by their names in the manifest, as boto3 Table resources.

    `arc_tables["notes"].put_item(Item={"id": "1"})`; after the test they are as seeded.
    """
    tables = testing.TableResources(arc_sandbox, aws=_arc_aws)
    yield tables
    tables.close()


@pytest.fixture
def arc_clock(arc_sandbox: "SandboxUnderTest") -> "ClockControl":
    """The sandbox's clock: `arc_clock.advance(days=8)`, `.set_to(datetime)`, `.now`.

    Rows, sessions, `arc_client`'s cookies and the handlers' own clocks follow at once.
    """
    return testing.ClockControl(arc_sandbox)


@pytest.fixture
def arc_requests(arc_sandbox: "SandboxUnderTest") -> "RequestLog":
    """The requests of this test, oldest first: `arc_requests.last.event`.

    Each has `request`, `response`, `event`, and `execution` with `output` and
    `outcome`; `arc_requests.to("post /count")` gives those of one route.
    """
    return testing.RequestLog(arc_sandbox.journal)


@pytest.fixture
def arc_login(
    arc_sandbox: "SandboxUnderTest", arc_url: str
) -> Callable[..., Awaitable[None] | None]:
    """Puts a forged session into a real browser: `arc_login(page, user=1)`.

    `page` is a page or context of Playwright, or a driver of Selenium. With
    Playwright's asynchronous API, await the call.
    """

    def log_in(page: object, /, **session: object) -> Awaitable[None] | None:
        return testing.log_in(page, session, sandbox=arc_sandbox, url=arc_url)

    return log_in


# Finding the app, and watching its handlers


def _choice(
    request: pytest.FixtureRequest, call: Mapping[str, object] | None = None
) -> "AppChoice":
    config = request.config
    marks = [
        testing.mark_keywords(mark.args, mark.kwargs)
        for mark in request.node.iter_markers("arc")
    ]
    typed = config.getoption("--arc-app")
    return testing.choose_app(
        reversed(marks),
        call=call,
        rootdir=config.rootpath,
        # What is typed starts from where it is typed.
        configured=str(config.invocation_params.dir / typed)
        if typed
        else config.getini("arc_app"),
    )


@contextmanager
def _watched(
    request: pytest.FixtureRequest, sandbox: "SandboxUnderTest"
) -> Iterator[None]:
    """Have the failures of a sandbox's handlers fail this test."""
    request.node.stash.setdefault(_sandboxes_key, []).append(sandbox)
    try:
        yield
    finally:
        sandbox.settle()


def _started(
    request: pytest.FixtureRequest,
    shelf: "Shelf",
    start: Callable[[], "SandboxUnderTest"],
) -> "SandboxUnderTest":
    """Start a sandbox; tell what the developer can mend without a traceback of ours."""
    try:
        return start()
    except (SandboxError, pytest.UsageError) as error:  # of the ini file, the latter
        told = f"{request.fixturename}: {error}"
    pytest.fail(shelf.retell(told, test=request.node.nodeid), pytrace=False)


def _need_httpx() -> None:
    if importlib.util.find_spec("httpx") is None:
        pytest.fail(
            'arc_client: "httpx" is not installed. '
            'Install it: pip install "arc-sandbox[pytest]"',
            pytrace=False,
        )
