"""What is cut from the traceback of an error that a test has to mend."""

import doctest
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.sessions.cookie import write_cookie
from sandbox.testing import (
    Client,
    ClientSession,
    ClockControl,
    RequestLog,
    SandboxUnderTest,
    end_in_test,
    parts,
)

pytestmark = pytest.mark.slow


def caught(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        return error
    raise AssertionError("nothing was raised")


def files_of(error: BaseException) -> list[str]:
    return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]


MISTAKES: dict[str, Callable[[SandboxUnderTest, Client], object]] = {
    "a value no store has": lambda s, c: ClientSession(s, c).update(a=object()),
    "a default no store has": lambda s, c: ClientSession(s, c).setdefault("a", {1j}),
    "a missing value": lambda s, c: ClientSession(s, c)["a"],
    "the last of none": lambda s, _: RequestLog(s.journal).last,
    "a duration in words": lambda s, _: ClockControl(s).advance(days="8"),  # type: ignore[arg-type]
    "an unknown snapshot": lambda s, _: s.snapshots.load("unknown"),
    "no sandbox": lambda _s, _c: Client(5),  # type: ignore[arg-type]
    "a redirect elsewhere": lambda _, c: c.get(
        "/away?to=https://other.example/", follow_redirects=True
    ),
    "a handler that fails": lambda _, c: c.get("/boom"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_it_ends_where_the_test_made_the_mistake(
    sandbox: SandboxUnderTest, mistake: str
) -> None:
    """Neither our frames are left, nor an error that we met on the way."""
    with Client(sandbox) as client:
        error = caught(lambda: MISTAKES[mistake](sandbox, client))
    sandbox.failures.take()

    assert end_in_test(error)
    assert set(files_of(error)) == {__file__}
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_what_is_closed_is_told_through_httpx(app: Path) -> None:
    """The client goes on, its sandbox does not."""
    with SandboxUnderTest(app) as sandbox, Client(sandbox) as client:
        sandbox.close()
        error = caught(lambda: client.get("/"))

    assert end_in_test(error)
    assert set(files_of(error)) == {__file__}


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """As of a sandbox that a test makes for itself."""
    error = caught(Sandbox(tmp_path / "none").start)

    assert end_in_test(error)
    assert set(files_of(error)) == {__file__}


def test_what_comes_from_deeper_down_keeps_its_frames(
    sandbox: SandboxUnderTest,
) -> None:
    """It may be a bug of ours, or another package's word."""
    with Client(sandbox) as client:
        ours = caught(lambda: write_cookie("a", None, now_epoch=0))  # type: ignore[arg-type]
        other = caught(lambda: client.get("/", headers={"a": "é"}))
    frames = len(files_of(ours)), len(files_of(other))

    assert not end_in_test(ours)
    assert not end_in_test(other)
    assert (len(files_of(ours)), len(files_of(other))) == frames
    assert min(frames) > 2


def test_what_the_test_was_doing_stays(sandbox: SandboxUnderTest) -> None:
    """An error that the test itself had caught is not ours to hide."""
    log = RequestLog(sandbox.journal)

    def look() -> None:
        try:
            int("mine")
        except ValueError:
            _ = log.last

    error = caught(look)

    assert end_in_test(error)
    assert isinstance(error.__context__, ValueError)
    assert not error.__suppress_context__


def test_each_error_of_a_group_is_cut(sandbox: SandboxUnderTest) -> None:
    """As of the tasks of an asynchronous test; the group is the test's own."""
    error = caught(lambda: RequestLog(sandbox.journal).last)
    group = ExceptionGroup("of tasks", [ExceptionGroup("inner", [error])])  # type: ignore[list-item]

    assert not end_in_test(group)
    assert set(files_of(error)) == {__file__}


def test_what_a_doctest_raises_is_cut(sandbox: SandboxUnderTest) -> None:
    """It is shown with the example, which stands where a test's own line would."""
    example = doctest.DocTestParser().get_doctest(
        ">>> log.last", {"log": RequestLog(sandbox.journal)}, "example", None, 0
    )
    failed = caught(lambda: doctest.DebugRunner().run(example, clear_globs=False))
    assert isinstance(failed, doctest.UnexpectedException)

    assert not end_in_test(failed)
    files = [each.filename for each in traceback.extract_tb(failed.exc_info[2])]
    assert not any("request_log" in file for file in files)
    assert [type(part) for part in parts(failed)] == [IndexError]


def test_a_verdict_is_cut_wherever_it_came(sandbox: SandboxUnderTest) -> None:
    """As that of pytest-timeout, whose signal comes in the middle of our code."""
    with Client(sandbox) as client:
        error = caught(lambda: client.get("/", headers={"a": "é"}))

    assert end_in_test(error, verdict=UnicodeError)
    assert not any("httpx" in file for file in files_of(error))
