"""The plugin from outside: small projects whose tests use its fixtures."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from sandbox import Sandbox

FIXTURES = (
    "arc_sandbox",
    "make_arc_sandbox",
    "arc_client",
    "make_arc_client",
    "arc_session",
    "arc_tables",
    "arc_clock",
    "arc_requests",
    "arc_url",
    "arc_login",
)
HEAVY = (
    "moto",
    "boto3",
    "botocore",
    "werkzeug",
    "httpx",
    "jwcrypto",
    "sandbox.sandbox",
)
FEW_PLUGINS = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:playwright")
MANIFEST = """@app
plugged

@aws
runtime python

@http
get /
get /boom
get /variable
get /missing
post /count

@tables
things
  id *String
"""
HANDLERS = {
    "get-index": """import os
calls = []
def handler(event, context):
    calls.append(1)
    return {"pid": os.getpid(), "calls": len(calls)}
""",
    "get-boom": """def handler(event, context):
    print("about to fail")
    raise RuntimeError("on purpose")
""",
    "get-variable": """import os
def handler(event, context):
    return {"a": os.environ.get("A"), "b": os.environ.get("B")}
""",
    "post-count": """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "json": session["count"]})
""",
}
LEFT_RUNNING = """import pathlib, threading
import boto3
def handler(event, context):
    asked = event["queryStringParameters"]
    folder = pathlib.Path(asked["folder"])
    (folder / "begun").touch()
    while not (folder / "over").exists() or asked["what"] == "hang":
        threading.Event().wait(0.01)
    things = boto3.resource("dynamodb").Table("plugged-staging-things")
    things.put_item(Item={"id": "1"})
    if asked["what"] == "fail":
        raise RuntimeError("told of the test that asked")
"""
Run = Callable[..., pytest.RunResult]

pytestmark = pytest.mark.slow
# What the sandbox imports stays imported: pytester forgets what an inner run imports.
assert Sandbox


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Write an app whose own repository is the root directory."""
    (pytester.path / "app.arc").write_text(MANIFEST)
    for name, code in HANDLERS.items():
        folder = pytester.path / "src" / "http" / name
        folder.mkdir(parents=True)
        (folder / "index.py").write_text(code)
    (pytester.path / ".env").write_text("A=of-dotenv\nB=of-dotenv\n")
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


@pytest.fixture
def run(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that writes a test file and runs it in this process."""
    monkeypatch.delenv("CI", raising=False)  # pytest tells each failure twice there

    def run(code: str, *arguments: str) -> pytest.RunResult:
        project.makepyfile(code)
        return project.runpytest_inprocess(*FEW_PLUGINS, *arguments)

    return run


def text_of(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


# Being installed


def test_other_suites_pay_nothing() -> None:
    """Importing the plugin imports none of what a running sandbox needs."""
    script = "import sys, sandbox.pytest_plugin; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in HEAVY if name in loaded] == []


def test_a_suite_without_apps_loads_nothing(pytester: pytest.Pytester) -> None:
    """Collecting and running other tests uses no fixture, and imports nothing."""
    pytester.makepyfile(
        f"""
        import sys
        def test_other():
            assert not [name for name in {HEAVY!r} if name in sys.modules]
        """
    )
    result = pytester.runpytest_subprocess(*FEW_PLUGINS, "-p", "no:anyio")

    result.assert_outcomes(passed=1)


def test_every_fixture_is_shown(pytester: pytest.Pytester) -> None:
    """`pytest --fixtures` lists each by name, with a sentence."""
    shown = text_of(pytester.runpytest_inprocess(*FEW_PLUGINS, "--fixtures"))

    for name in FIXTURES:
        assert re.search(rf"^{name}\b.*pytest_plugin.*\n    \S.*\.$", shown, re.M), name


# Clean for every test


@pytest.mark.parametrize(("what", "errors"), [("write", 0), ("fail", 1), ("hang", 0)])
def test_what_a_test_leaves_running_ends_with_it(
    project: pytest.Pytester, run: Run, what: str, errors: int
) -> None:
    """Its requests, rows and failures are none of the next test's."""
    handler = project.path / "src" / "http" / "get-missing"
    handler.mkdir()
    (handler / "index.py").write_text(LEFT_RUNNING)
    result = run(
        f"""
        import pathlib, threading, time
        import httpx, pytest
        folder = pathlib.Path({str(project.path)!r})

        @pytest.fixture
        def over(arc_sandbox):
            yield
            (folder / "over").touch()

        def test_that_leaves(arc_sandbox, over):
            url = f"{{arc_sandbox.url}}/missing?what={what}&folder={{folder}}"
            threading.Thread(target=lambda: httpx.get(url, timeout=30)).start()
            deadline = time.monotonic() + 20
            while not (folder / "begun").exists():
                assert time.monotonic() < deadline
                threading.Event().wait(0.01)

        def test_that_follows(arc_requests, arc_tables):
            assert len(arc_requests) == 0
            assert arc_tables["things"].scan()["Items"] == []
        """
    )

    result.assert_outcomes(passed=2, errors=errors)


def test_each_test_finds_it_clean(run: Run) -> None:
    """Rows, clock, journal and cookies are new; the worker is the same, and warm."""
    result = run(
        """
        import pytest
        seen = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_clean(
            turn, arc_client, arc_tables, arc_clock, arc_requests, arc_session
        ):
            assert arc_tables["things"].scan()["Count"] == 0
            assert len(arc_requests) == 0
            assert arc_session.data == {}
            seen.append((arc_clock.now.year, arc_client.get("/").json()))
            assert arc_requests.last.event["rawPath"] == "/"
            assert arc_requests.last.execution.outcome.value["calls"] == turn
            assert arc_client.post("/count").json() == 1
            assert arc_session["count"] == 1
            arc_tables["things"].put_item(Item={"id": "1"})
            arc_clock.advance(days=800)

        def test_it_was_the_same_worker():
            (year, first), (same_year, second) = seen
            assert year == same_year
            assert first["pid"] == second["pid"]
        """
    )

    result.assert_outcomes(passed=3)


def test_services_are_described_once_a_run(run: Run) -> None:
    """The first test with tables reads boto3's descriptions from disk, and no other."""
    result = run(
        """
        import pytest
        from botocore.loaders import JSONFileLoader

        @pytest.fixture
        def files_read(monkeypatch):
            paths, load_file = [], JSONFileLoader.load_file

            def load_noted(self, path):
                paths.append(path)
                return load_file(self, path)

            monkeypatch.setattr(JSONFileLoader, "load_file", load_noted)
            return paths

        def test_first(files_read, arc_tables):
            assert files_read

        def test_second(files_read, arc_tables):
            assert not files_read
        """
    )

    result.assert_outcomes(passed=2)


def test_the_app_is_chosen_by_ini_option_and_mark(
    project: pytest.Pytester, run: Run
) -> None:
    """The mark goes before the option, the option before the ini file."""
    for name in ("ini", "option", "mark"):
        folder = project.mkdir(name)
        (folder / "app.arc").write_text(f"@app\n{name}\n\n@http\nget /\n")
    project.makeini("[pytest]\narc_app = ini\n")
    code = """
        import pytest
        def test_configured(arc_sandbox, request):
            expected = request.config.getoption("--arc-app") or "ini"
            assert arc_sandbox.project.name == expected
        @pytest.mark.arc(app="mark")
        def test_marked(arc_sandbox):
            assert arc_sandbox.project.name == "mark"
        """

    run(code).assert_outcomes(passed=2)
    run(code, "--arc-app", "option").assert_outcomes(passed=2)


def test_fixtures_at_the_address_find_the_sandbox(run: Run) -> None:
    """Also where the test names other fixtures of ours, which would start it later."""
    result = run(
        """
        import httpx
        import pytest

        @pytest.fixture
        def counted(arc_url):
            return httpx.post(arc_url + "/count").json()

        def test_with_others(counted, arc_tables, arc_client):
            assert counted == 1

        def test_alone(counted):
            assert counted == 1
        """
    )

    result.assert_outcomes(passed=2)


def test_fixtures_that_outlive_tests_are_told_why_nobody_answers(run: Run) -> None:
    """What answers them names the fixture that they would need."""
    shown = text_of(
        run(
            """
            import httpx
            import pytest

            @pytest.fixture(scope="session")
            def signed_in(arc_url):
                return httpx.get(arc_url).text

            def test_it(signed_in):
                assert signed_in == ""
            """
        )
    )

    assert "A fixture that lives longer than a test has nobody to ask" in shown


@pytest.mark.parametrize(
    "table",
    [
        "tool.pytest.ini_options",
        pytest.param(
            "tool.pytest",
            marks=pytest.mark.skipif(
                pytest.version_tuple < (9,), reason="pytest 9 is the first to read it"
            ),
        ),
    ],
)
def test_an_ini_value_that_is_no_text_is_told(
    pytester: pytest.Pytester, table: str
) -> None:
    """As an error of the file, without a traceback of ours."""
    pytester.makepyprojecttoml(f"[{table}]\narc_app = ['a', 'b']\n")
    pytester.makepyfile("def test_it(arc_client): pass\n")
    result = pytester.runpytest_inprocess(
        *FEW_PLUGINS, "-W", "ignore:Passing a value that is not a string"
    )
    shown = text_of(result)

    result.assert_outcomes(errors=1)
    assert re.search("arc_app.* (is|expects a string, got list:) .'a', 'b'", shown)
    assert "pytest_plugin.py" not in shown


def test_a_mark_adds_variables(run: Run) -> None:
    """They stand beside those of `.env`, and win; other tests do not see them."""
    result = run(
        """
        import pytest
        @pytest.mark.arc(env={"A": "of-mark"})
        def test_marked(arc_client):
            seen = arc_client.get("/variable").json()
            assert seen == {"a": "of-mark", "b": "of-dotenv"}
        def test_unmarked(arc_client):
            assert arc_client.get("/variable").json()["a"] == "of-dotenv"
        """
    )

    result.assert_outcomes(passed=2)


def test_a_mark_keeps_rows(run: Run) -> None:
    """`persist=True` lets a scenario run over several tests."""
    result = run(
        """
        import pytest
        pytestmark = pytest.mark.arc(persist=True)
        def test_one(arc_tables):
            arc_tables["things"].put_item(Item={"id": "1"})
        def test_two(arc_tables):
            assert arc_tables["things"].scan()["Count"] == 1
        """
    )

    result.assert_outcomes(passed=2)


def test_several_sandboxes_run_at_once(run: Run) -> None:
    """Each has its own ports, tables and browsers, and is closed after the test."""
    result = run(
        """
        import threading
        before = set(threading.enumerate())  # the outer run may have some of its own
        def test_two(arc_client, make_arc_sandbox, make_arc_client):
            one, two = make_arc_sandbox(), make_arc_sandbox(env={"A": "2"})
            assert one.url != two.url
            assert make_arc_client(two).get("/variable").json()["a"] == "2"
            other = make_arc_client()
            assert [arc_client.post("/count").json() for _ in range(2)] == [1, 2]
            assert other.post("/count").json() == 1
        def test_they_are_closed(arc_sandbox):
            began = set(threading.enumerate()) - before
            names = [thread.name for thread in began]
            assert len([name for name in names if name.startswith("arc-http")]) == 1
        """
    )

    result.assert_outcomes(passed=2)


def test_a_browser_may_be_closed_before_the_test_ends(run: Run) -> None:
    """In a `with` block of the test, as one would use any other client of httpx."""
    result = run(
        """
        import pytest

        def test_it(arc_client, make_arc_client, make_arc_sandbox):
            with make_arc_client() as other:
                assert other.get("/").status_code == 200
            with arc_client:
                assert arc_client.get("/").status_code == 200
            assert other.is_closed and arc_client.is_closed
            with pytest.raises(RuntimeError, match="this one runs, so use it"):
                make_arc_sandbox().start()
        """
    )

    result.assert_outcomes(passed=1)


# Failures


def test_a_handler_that_raises_fails_its_test(run: Run) -> None:
    """The report ends in the test, with the handler's own traceback and output."""
    result = run("def test_it(arc_client):\n    arc_client.get('/boom')\n")
    shown = text_of(result)

    result.assert_outcomes(failed=1)
    assert "GET /boom failed. RuntimeError: on purpose" in shown
    assert 'get-boom/index.py", line 3, in handler' in shown
    assert "What the handler printed:" in shown
    assert "with arc_sandbox.expect_failure() as failure:" in shown
    assert "> " in shown
    assert "httpx/" not in shown
    assert "sandbox/testing/client.py" not in shown


def test_a_mistake_of_the_test_is_shown_where_it_was_made(run: Run) -> None:
    """Not in the middle of our own code, unless the whole trace is asked for."""
    code = """
        from sandbox import Sandbox

        def test_with_a_fixture(make_arc_client):
            make_arc_client(5)
        def test_without_one():
            Sandbox("nowhere").start()
        """
    result, whole = run(code), run(code, "--full-trace")

    result.assert_outcomes(failed=2)
    assert "> " in text_of(result)
    assert ">       make_arc_client(5)" in result.outlines
    assert '>       Sandbox("nowhere").start()' in result.outlines
    assert "sandbox/testing/client.py" not in text_of(result)
    assert "sandbox/sandbox.py" not in text_of(result)
    assert "sandbox/testing/client.py" in text_of(whole)
    assert "sandbox/sandbox.py" in text_of(whole)


def test_a_swallowed_failure_fails_its_test(run: Run) -> None:
    """It counts as a failure of the test, not as an error in its teardown."""
    result = run(
        """
        def test_swallows(arc_client):
            try:
                arc_client.get("/boom")
            except AssertionError:
                pass
        def test_over_the_socket(arc_url):
            import httpx
            assert httpx.get(arc_url + "/boom").status_code == 500
        def test_fails_by_itself(arc_url):
            import httpx
            httpx.get(arc_url + "/boom")
            assert "mine" == ""
        """
    )
    shown = text_of(result)

    result.assert_outcomes(failed=3)
    assert shown.count("GET /boom failed. RuntimeError: on purpose") == 3
    assert "Captured handler failures call" in shown
    assert "sandbox/pytest_plugin.py" not in shown


def test_a_failure_in_a_fixture_is_told_once(run: Run) -> None:
    """With what the handler printed, and the line of the fixture that called it."""
    result = run(
        """
        import pytest

        @pytest.fixture
        def signed_in(arc_client):
            arc_client.get("/boom")

        def test_it(signed_in): pass
        """
    )
    shown = text_of(result)

    result.assert_outcomes(errors=1)
    assert "ERROR at teardown" not in shown
    assert shown.count("GET /boom failed.") == 1
    assert '>       arc_client.get("/boom")' in shown
    assert "pytest_plugin.py" not in shown
    assert "httpx" not in shown


def test_a_failure_after_the_test_is_told(run: Run) -> None:
    """A fixture that calls the app in its teardown is judged too."""
    result = run(
        """
        import httpx
        import pytest
        @pytest.fixture
        def cleaning(arc_url):
            yield
            httpx.get(arc_url + "/boom")
        def test_it(cleaning): pass
        """
    )

    result.assert_outcomes(passed=1, errors=1)
    assert "GET /boom failed. RuntimeError: on purpose" in text_of(result)


def test_a_failure_while_a_fixture_ends_is_told_once(run: Run) -> None:
    """Like one in the test: the fixture's line, the requests, and nothing of ours."""
    result = run(
        """
        import pytest

        @pytest.fixture
        def cleaning(arc_client):
            yield
            arc_client.get("/boom")

        @pytest.fixture
        def cleaning_quietly(arc_client):
            yield
            try:
                arc_client.get("/missing")
            except AssertionError:
                pass

        def test_raises(cleaning): pass
        def test_swallows(cleaning_quietly): pass
        def test_both(cleaning, cleaning_quietly): pass
        """
    )
    shown = text_of(result)

    result.assert_outcomes(passed=3, errors=3)
    assert shown.count("GET /boom failed. RuntimeError: on purpose") == 2
    assert shown.count('>       arc_client.get("/boom")') == 2
    assert shown.count("GET /missing failed.") == 2
    assert shown.count("Captured arc requests teardown") == 3
    assert shown.count("Captured handler failures teardown") == 1
    assert "ExceptionGroup" not in shown
    assert "traceback entries are hidden" not in shown
    assert "pytest_plugin.py" not in shown
    assert "httpx" not in shown


def test_test_cases_of_unittest_are_judged_and_told_alike(run: Run) -> None:
    """Though pytest keeps their exceptions aside until it reports."""
    result = run(
        """
        import unittest
        import pytest

        class TestApp(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _client(self, arc_client):
                self.client = arc_client

            def test_fails(self):
                assert self.client.get("/").text == ""

            def test_boom(self):
                self.client.get("/boom")

            def test_swallows(self):
                with self.assertRaises(AssertionError):
                    self.client.get("/boom")

            def test_swallows_and_fails(self):
                with self.assertRaises(AssertionError):
                    self.client.get("/boom")
                assert "mine" == ""
        """
    )
    shown = text_of(result)

    result.assert_outcomes(failed=4)
    assert shown.count("Captured arc requests call") == 4
    assert shown.count("Captured handler failures call") == 1
    assert shown.count("GET /boom failed. RuntimeError: on purpose") == 3
    assert '>       self.client.get("/boom")' in shown
    assert "httpx/" not in shown
    assert "sandbox/testing/client.py" not in shown


def test_a_failure_in_a_doctest_is_told_once(
    project: pytest.Pytester, run: Run
) -> None:
    """Under its example, without the frames that led to the handler."""
    (project.path / "examples.py").write_text(
        '"""\n>>> getfixture("arc_client").get("/boom")\n"""\n'
    )
    result = run("", "--doctest-modules", "examples.py")
    shown = text_of(result)

    result.assert_outcomes(failed=1)
    assert shown.count("RuntimeError: on purpose\n\nTraceback") == 1
    assert "httpx/" not in shown
    assert "sandbox/testing/" not in shown


def test_failures_in_a_group_are_told_once(run: Run) -> None:
    """As of the tasks of an asynchronous test."""
    result = run(
        """
        def test_it(arc_client):
            failed = []
            for _ in range(2):
                try:
                    arc_client.get("/boom")
                except AssertionError as error:
                    failed.append(error)
            raise ExceptionGroup("tasks", failed)
        """
    )
    shown = text_of(result)

    result.assert_outcomes(failed=1)
    assert shown.count("GET /boom failed. RuntimeError: on purpose") == 2
    assert "sandbox/testing/client.py" not in shown


def test_an_expected_failure_passes(run: Run) -> None:
    """Over the client, the socket and without HTTP."""
    result = run(
        """
        import httpx
        def test_it(arc_sandbox, arc_client, arc_url):
            with arc_sandbox.expect_failure("RuntimeError") as failure:
                assert arc_client.get("/boom").status_code == 500
                assert httpx.get(arc_url + "/boom").status_code == 500
                arc_sandbox.invoke("get /boom")
            assert len(failure.all) == 3
            assert failure.output == "about to fail\\n"
        """
    )

    result.assert_outcomes(passed=1)


def test_a_failing_test_shows_its_requests(run: Run) -> None:
    """What was asked, what was answered and what was printed stands in the report."""
    shown = text_of(
        run("def test_it(arc_client):\n    assert arc_client.get('/').text == ''\n")
    )

    assert "Captured arc requests call" in shown
    assert "GET / → 200" in shown


# Questions without an answer


def test_a_missing_app_is_told(pytester: pytest.Pytester) -> None:
    """The message names the fixture and the three ways to name the app."""
    pytester.makepyfile("def test_it(arc_client): pass\n")
    result = pytester.runpytest_inprocess(*FEW_PLUGINS)
    shown = text_of(result)

    result.assert_outcomes(errors=1)
    assert "arc_sandbox: There is no Architect app in" in shown
    assert "arc_app in the ini file, --arc-app" in shown
    assert "Traceback" not in shown
    assert "another exception" not in shown


def test_a_missing_handler_is_told(run: Run) -> None:
    """The message has the file that should be there, and what to put in it."""
    shown = text_of(run("def test_it(arc_client):\n    arc_client.get('/missing')\n"))

    assert '"get /missing" has no handler' in shown
    assert "Create it with a function `handler`" in shown


def test_an_app_that_cannot_run_is_told_whole_once(
    project: pytest.Pytester, run: Run
) -> None:
    """Each test fails for it, and one tells every problem; a mend is seen."""
    (project.path / "app.arc").write_text(MANIFEST.replace("get /boom", "wrong /a"))
    result = run(
        f"""
        import pathlib

        def test_1(arc_client): pass
        def test_2(arc_client): pass
        def test_3(make_arc_sandbox):
            pathlib.Path("app.arc").write_text({MANIFEST!r})
            make_arc_sandbox()
        """,
        "--reruns=1",
    )

    result.assert_outcomes(errors=2, passed=1)
    assert result.outlines.count("    wrong /a") == 1
    assert text_of(result).count("is not a method. … (told whole by ") == 1


def test_httpx_missing_is_told(run: Run) -> None:
    """The message has the command that installs it."""
    result = run(
        """
        import sys
        import pytest
        @pytest.fixture(autouse=True)
        def without_httpx(monkeypatch):
            monkeypatch.setitem(sys.modules, "httpx", None)
        def test_it(arc_client): pass
        def test_without_it(arc_tables, arc_url): pass
        """
    )

    result.assert_outcomes(passed=1, errors=1)
    assert 'Install it: pip install "arc-sandbox[pytest]"' in text_of(result)


# Beside other plugins

ADDRESS_AND_COUNT = """
    import pytest
    @pytest.fixture(scope="session")
    def base_url(arc_url):
        return arc_url
    @pytest.mark.parametrize("turn", range(4))
    def test_count(turn, base_url, arc_client):
        import httpx
        assert arc_client.post("/count").json() == 1
        assert httpx.get(base_url).status_code == 200
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-p", "no:randomly", "-n", "2"), id="xdist"),
        pytest.param(("-p", "no:xdist"), id="randomly"),
        pytest.param(("-p", "no:randomly", "--cov=src"), id="coverage"),
    ],
)
def test_other_plugins_do_no_harm(
    project: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """Two processes, any order, coverage and pytest-playwright's base_url work."""
    project.makepyfile(ADDRESS_AND_COUNT)
    result = project.runpytest_subprocess("-p", "no:asyncio", *arguments)

    result.assert_outcomes(passed=4)


def test_asynchronous_tests_work(project: pytest.Pytester) -> None:
    """The fixtures serve a coroutine as any other test, and judge its handlers."""
    project.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )
    project.makepyfile(
        """
        import httpx
        async def test_it(arc_client, arc_url):
            assert arc_client.post("/count").json() == 1
            async with httpx.AsyncClient(base_url=arc_url) as client:
                assert (await client.post("/count")).json() == 1
        async def test_fails(arc_url):
            async with httpx.AsyncClient(base_url=arc_url) as client:
                await client.get("/boom")
        """
    )
    result = project.runpytest_subprocess("-p", "no:randomly", "-p", "no:playwright")

    result.assert_outcomes(passed=1, failed=1)


def test_a_rerun_is_clean(run: Run) -> None:
    """pytest-rerunfailures' second try starts with no failures and no rows."""
    result = run(
        """
        tries = []
        def test_flaky(arc_client):
            tries.append(1)
            assert arc_client.post("/count").json() == 1
            if len(tries) < 2:
                arc_client.get("/boom")
        """,
        "--reruns=1",
    )

    assert result.parseoutcomes() == {"passed": 1, "rerun": 1}


def test_a_timeout_is_shown_where_the_test_waits(project: pytest.Pytester) -> None:
    """Its signal comes in the middle of our code; the next test is well."""
    handler = project.path / "src" / "http" / "get-variable"
    (handler / "config.arc").write_text("@aws\ntimeout 60\n")
    (handler / "index.py").write_text(
        "import threading\ndef handler(event, context):\n"
        "    threading.Event().wait(60)\n"
    )
    project.makepyfile(
        """
        def test_hang(arc_client):
            arc_client.get("/variable")
        def test_next(arc_client):
            assert arc_client.get("/").status_code == 200
        """
    )
    signalled = ("--timeout=2", "-otimeout_func_only=true", "--timeout-method=signal")
    result = project.runpytest_subprocess(*FEW_PLUGINS, "--tb=short", *signalled)
    shown = text_of(result).partition("= FAILURES =")[2]

    result.assert_outcomes(failed=1, passed=1)
    assert "E   Failed: Timeout" in shown
    assert '    arc_client.get("/variable")' in shown
    assert "sandbox/workers/" not in shown
