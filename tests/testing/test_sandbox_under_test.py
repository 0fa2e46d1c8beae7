"""A sandbox given back clean, and one function run without HTTP."""

import pytest

from sandbox.exchange import Returned
from sandbox.testing import Client, HandlerFailedError, SandboxUnderTest
from sandbox.testing.unanswered import UnansweredError

pytestmark = pytest.mark.slow


def test_a_function_runs_without_http(sandbox: SandboxUnderTest) -> None:
    """The event is the function's own, whatever that looks like."""
    execution = sandbox.invoke("get /echo/*", {"any": "thing"})

    assert execution.outcome == Returned(value={"any": "thing"})
    assert execution.output == "echoing\n"


def test_a_function_that_fails_fails_the_test(sandbox: SandboxUnderTest) -> None:
    """The failure is raised, or accepted like that of a request."""
    with pytest.raises(HandlerFailedError, match="division by zero"):
        sandbox.invoke("get /boom")
    with sandbox.expect_failure() as failure:
        sandbox.invoke("get /boom")

    assert failure.error_type == "ZeroDivisionError"


def test_an_unknown_function_is_told_with_those_there_are(
    sandbox: SandboxUnderTest,
) -> None:
    """The message names what was asked, the names there are, and the remedy."""
    with pytest.raises(UnansweredError) as caught:
        sandbox.invoke("get /nope")

    told = str(caught.value)
    assert told.startswith('arc_sandbox.invoke: the app has no function "get /nope".')
    assert '"get /boom"' in told
    assert told.endswith("Declare it in the manifest, or use one of these names.")


def test_reset_gives_it_back_clean(sandbox: SandboxUnderTest) -> None:
    """Rows, clock, journal and failures are as after starting; workers stay warm."""
    with Client(sandbox) as client:
        client.get("/echo/1")
        with pytest.raises(HandlerFailedError):
            client.get("/boom")
        item = {"TableName": "parts-staging-things", "Item": {"id": {"S": "1"}}}
        sandbox.tables.call("PutItem", item)
        sandbox.clock.advance(1000)
        sandbox.reset()
        left = sandbox.journal.recent()
        client.get("/echo/2")

    execution = sandbox.journal.recent()[-1].execution
    assert execution is not None
    assert not execution.is_cold
    assert left == ()
    assert sandbox.failures.unexpected == ()
    assert sandbox.clock.offset_seconds == 0
    assert set(sandbox.tables.export().values()) == {()}


def test_rows_can_be_kept(sandbox: SandboxUnderTest) -> None:
    """`persist=True` of the mark keeps them from test to test."""
    item = {"TableName": "parts-staging-things", "Item": {"id": {"S": "1"}}}
    sandbox.tables.call("PutItem", item)
    sandbox.reset(keep_rows=True)

    assert sandbox.tables.export()["parts-staging-things"] == ({"id": {"S": "1"}},)
