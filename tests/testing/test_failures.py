"""Which failures fail a test, and how a test accepts one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.testing import Client, HandlerFailedError, SandboxUnderTest

pytestmark = pytest.mark.slow


def test_an_expected_failure_is_accepted(sandbox: SandboxUnderTest) -> None:
    """Inside the block the app's own answer comes back, and the failure is told."""
    with Client(sandbox) as client, sandbox.expect_failure() as failure:
        answer = client.get("/boom")

    assert answer.status_code == 500
    assert (failure.error_type, failure.message) == (
        "ZeroDivisionError",
        "division by zero",
    )
    assert failure.output == "about to fail\n"
    sandbox.failures.check()


def test_expecting_a_failure_needs_one(sandbox: SandboxUnderTest) -> None:
    """A block in which nothing failed is a mistake of the test."""
    with (
        pytest.raises(AssertionError, match="No handler failed"),
        sandbox.expect_failure(),
    ):
        pass


def test_a_failure_that_has_not_come_yet_is_missing(sandbox: SandboxUnderTest) -> None:
    """Asked for too early, inside the block, it says what is to come first."""
    with Client(sandbox) as client, sandbox.expect_failure() as failure:
        with pytest.raises(IndexError, match="no handler has failed yet"):
            _ = failure.message
        client.get("/boom")

    assert failure.message == "division by zero"


def test_another_type_fails_the_test(sandbox: SandboxUnderTest) -> None:
    """The type of the exception can be part of what is expected."""
    with (
        Client(sandbox) as client,
        pytest.raises(HandlerFailedError, match="ZeroDivisionError"),
        sandbox.expect_failure("KeyError"),
    ):
        client.get("/boom")


@pytest.mark.parametrize("wanted", ["ZeroDivisionError", ZeroDivisionError])
def test_a_class_means_its_name(
    sandbox: SandboxUnderTest, wanted: str | type[BaseException]
) -> None:
    """As `pytest.raises` takes it; only its name comes out of the handler's process."""
    with Client(sandbox) as client, sandbox.expect_failure(wanted) as failure:
        client.get("/boom")

    assert failure.error_type == "ZeroDivisionError"


@pytest.mark.parametrize("wanted", [5, (KeyError, ValueError), int, KeyError("x")])
def test_what_is_no_type_is_refused(sandbox: SandboxUnderTest, wanted: Any) -> None:
    """At once, where it is written: nothing that fails could ever match it."""
    with pytest.raises(TypeError, match="takes one class of exceptions"):
        sandbox.expect_failure(wanted)


def test_another_type_is_told_with_what_is_expected(sandbox: SandboxUnderTest) -> None:
    """The test has its block already; what it needs to hear is what that expects."""
    with (
        Client(sandbox) as client,
        pytest.raises(HandlerFailedError) as caught,
        sandbox.expect_failure(KeyError),
    ):
        client.get("/boom")

    advice = str(caught.value).splitlines()[-1]
    assert advice.startswith('Here expect_failure() accepts "KeyError" alone.')


def test_a_block_without_a_failure_tells_what_was_answered(
    sandbox: SandboxUnderTest,
) -> None:
    """The test sees which request it took for one that fails."""
    with (
        Client(sandbox) as client,
        pytest.raises(AssertionError) as caught,
        sandbox.expect_failure(),
    ):
        _ = client.get("/unknown"), client.get("/quiet-500"), sandbox.invoke("get /")

    assert str(caught.value) == (
        "No handler failed inside expect_failure(). Answered were: "
        "GET /unknown → 404, GET /quiet-500 → 500, get / → a result. Only a handler "
        "that raises, runs out of time or gives a malformed result has failed: a "
        "status that it returns is an answer."
    )


def test_of_many_answers_the_last_are_told(sandbox: SandboxUnderTest) -> None:
    """A block may hold thousands of requests."""
    with (
        Client(sandbox) as client,
        pytest.raises(AssertionError, match=r"Answered were: … 2 earlier, GET /quiet"),
        sandbox.expect_failure(),
    ):
        _ = [client.get("/quiet-500") for _ in range(7)]


def test_a_block_without_a_request_says_so(sandbox: SandboxUnderTest) -> None:
    """Most often the request stands before the block, or asks another sandbox."""
    with (
        pytest.raises(AssertionError, match="Nothing was asked of this sandbox"),
        sandbox.expect_failure(),
    ):
        pass


def test_a_swallowed_failure_of_another_type_is_told(sandbox: SandboxUnderTest) -> None:
    """Beside the request that it belongs to."""
    with (
        Client(sandbox) as client,
        pytest.raises(AssertionError, match="GET /boom → ZeroDivisionError"),
        sandbox.expect_failure("KeyError"),
        pytest.raises(HandlerFailedError),
    ):
        client.get("/boom")


def test_a_type_that_never_came_is_told(sandbox: SandboxUnderTest) -> None:
    """A block that waits for one type is not content with another, or with none."""
    with (
        pytest.raises(AssertionError, match='No handler failed with "KeyError"'),
        sandbox.expect_failure("KeyError"),
    ):
        pass


def test_other_types_stay_unexpected(sandbox: SandboxUnderTest) -> None:
    """A failure after the expected one fails the test, as it would anywhere else."""
    with Client(sandbox) as client, sandbox.expect_failure("ZeroDivisionError") as seen:
        client.get("/boom")
        with pytest.raises(HandlerFailedError):
            client.get("/zebra")

    assert [failure.what for failure in seen.all] == ["GET /boom"]
    assert [failure.what for failure in sandbox.failures.take()] == ["GET /zebra"]


def test_the_block_that_names_a_type_gets_it(sandbox: SandboxUnderTest) -> None:
    """What an inner block does not name goes to the outer one."""
    with (
        Client(sandbox) as client,
        sandbox.expect_failure() as outer,
        sandbox.expect_failure("ZeroDivisionError") as inner,
    ):
        client.get("/boom")
        client.get("/zebra")

    assert [failure.what for failure in inner.all] == ["GET /boom"]
    assert [failure.what for failure in outer.all] == ["GET /zebra"]


def test_blocks_that_hold_the_same_are_two(sandbox: SandboxUnderTest) -> None:
    """Each ends as itself: what fails after the inner one belongs to the outer."""
    with Client(sandbox) as client, sandbox.expect_failure() as outer:
        with pytest.raises(AssertionError), sandbox.expect_failure() as inner:
            pass
        client.get("/boom")

    assert inner.all == []
    assert [failure.what for failure in outer.all] == ["GET /boom"]


def test_each_thread_has_the_failures_of_its_own_block(
    sandbox: SandboxUnderTest,
) -> None:
    """However many are open, and whichever was entered last."""
    all_entered = threading.Barrier(3, timeout=30)

    def fail(number: int) -> list[str]:
        with (
            Client(sandbox) as client,
            sandbox.expect_failure("ZeroDivisionError") as seen,
        ):
            all_entered.wait()
            for _ in range(number):
                client.get("/boom")
            all_entered.wait()
        return [failure.what for failure in seen.all]

    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(fail, (1, 2, 3)))

    assert found == [["GET /boom"] * number for number in (1, 2, 3)]
    sandbox.failures.check()


def test_what_fails_in_a_thread_without_a_block_goes_to_the_innermost(
    sandbox: SandboxUnderTest,
) -> None:
    """A browser's requests are answered in threads of the server."""
    with (
        ThreadPoolExecutor(1) as thread,
        Client(sandbox) as client,
        sandbox.expect_failure() as outer,
    ):
        with sandbox.expect_failure() as inner:
            thread.submit(client.get, "/boom").result()
        thread.submit(client.get, "/zebra").result()

    assert [failure.what for failure in inner.all] == ["GET /boom"]
    assert [failure.what for failure in outer.all] == ["GET /zebra"]


def test_a_malformed_result_is_a_failure(sandbox: SandboxUnderTest) -> None:
    """What API Gateway would refuse fails the test too."""
    with (
        Client(sandbox) as client,
        pytest.raises(HandlerFailedError, match="The result is malformed"),
    ):
        client.get("/zebra")


def test_a_500_that_the_handler_returns_is_an_answer(sandbox: SandboxUnderTest) -> None:
    """A status is the handler's to choose."""
    with Client(sandbox) as client:
        assert client.get("/quiet-500").text == "meant so"


def test_swallowed_failures_stay_until_they_are_taken(
    sandbox: SandboxUnderTest,
) -> None:
    """An except clause of the test does not make it pass."""
    with Client(sandbox) as client, pytest.raises(HandlerFailedError):
        client.get("/boom")

    with pytest.raises(HandlerFailedError):
        sandbox.failures.check()
    assert [failure.what for failure in sandbox.failures.take()] == ["GET /boom"]
    assert sandbox.failures.take() == ()


def test_errors_of_a_block_are_not_hidden(sandbox: SandboxUnderTest) -> None:
    """An assertion inside the block comes through as it is."""
    with pytest.raises(ValueError, match="mine"), sandbox.expect_failure():
        raise ValueError("mine")
