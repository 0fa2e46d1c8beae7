"""A running app, and the failures of its handlers that a test did not expect."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sandbox.exchange import Execution
from sandbox.journal import Journal
from sandbox.json_value import JsonValue
from sandbox.notice import Notice, say_nothing
from sandbox.options import Options
from sandbox.sandbox import Sandbox
from sandbox.testing.failures import ExpectedFailure, Failures
from sandbox.testing.unanswered import UnansweredError
from sandbox.workers.debugging import Debugging

_LEFT_RUNNING_SECONDS = 2.0
_LOOK_SECONDS = 0.002


def _whole_journal() -> Journal:
    """Give one that keeps all that a test asks: who counts them is not misled."""
    return Journal(limit=1_000_000, limit_bytes=1_000_000_000)


class SandboxUnderTest(Sandbox):
    """A `Sandbox` that remembers which handlers failed.

    Attributes:
        failures: what failed and was not expected to; `failures.check()` raises it.
    """

    def __init__(
        self,
        app: Path | str,
        *,
        options: Options | None = None,
        say: Callable[[Notice], None] = say_nothing,
        debugging: Debugging | None = None,
    ) -> None:
        super().__init__(
            app,
            options=options,
            say=say,
            debugging=debugging,
            journal=_whole_journal(),
        )
        self.failures = Failures(
            lambda: self.project.api_type, settle=self.bus.wait_idle
        )
        self.journal.subscribe(self.failures.note)
        self.bus.subscribe(self.failures.note_delivery)

    @property
    def is_running(self) -> bool:
        """Whether it has started, and was not closed."""
        return self._running is not None

    def expect_failure(
        self, error_type: str | type[BaseException] | None = None
    ) -> AbstractContextManager[ExpectedFailure]:
        """Accept that handlers fail inside a `with` block; one has to.

        Requests in the block get the response that a deployed app would give::

            with arc_sandbox.expect_failure("ZeroDivisionError") as failure:
                assert arc_client.get("/boom").status_code == 500
            assert failure.message == "division by zero"

        Args:
            error_type: the class of the exception, or its name, where it matters.
                Its name is compared: nothing else comes out of the handler's process.

        Raises:
            TypeError: `error_type` is neither.
        """
        __tracebackhide__ = True
        return self.failures.expect(error_type)

    def invoke(self, name: str, event: JsonValue = None) -> Execution:
        """Run the function called `name` (such as `get /count`) with `event`.

        Args:
            name: as Architect names it; `@events a`, with the pragma, where several
                have one name.
            event: what the handler is given; an empty object where left out.

        Raises:
            UnansweredError: the app has no such function, or several.
            HandlerFailedError: the handler failed, and no `expect_failure` is open.
        """
        __tracebackhide__ = True
        found = self.project.functions_called(name)
        if len(found) != 1:
            names = [function.name for function in self.project.functions]
            raise UnansweredError(
                "arc_sandbox.invoke",
                "one function" if found else "function",
                name,
                known=[function.key for function in found] or names,
                remedy="Declare it in the manifest, or use one of these names.",
            )
        execution = super().invoke(found[0].key, {} if event is None else event)
        self.failures.check_execution(found[0], execution)
        return execution

    def settle(self) -> None:
        """Wait for the requests and messages that a test left running, or end them.

        So that what they write, and how they fail, is told of this test and not of
        the next. Those that take over two seconds more are ended, like the test.
        """
        if self._wait_answered() and self.bus.wait_idle(_LEFT_RUNNING_SECONDS):
            return
        with self.failures.ignore():
            self.bus.stop()  # what waits behind the one that is ended is ended too
            self._live.pool.interrupt()
            self._wait_answered()
            self.bus.wait_idle(_LEFT_RUNNING_SECONDS)
            self.bus.resume()

    def _wait_answered(self) -> bool:
        deadline = time.monotonic() + _LEFT_RUNNING_SECONDS
        while self._app.unanswered:
            if time.monotonic() > deadline:
                return False
            threading.Event().wait(_LOOK_SECONDS)
        return True

    def reset(self, *, keep_rows: bool = False) -> None:
        """Go back to how it was after starting; see `Sandbox.reset`."""
        super().reset(keep_rows=keep_rows)
        self.failures.take()
