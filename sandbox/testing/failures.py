"""Takes exchanges and executions, gives the failures of handlers that no test expected.

A handler's failure is a value everywhere else. In a test it is the end of the test,
unless the test says that it means the handler to fail.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.exchange import (
    Delivery,
    Exchange,
    Execution,
    Outcome,
    Raised,
    Returned,
    Throttled,
)
from sandbox.gateway.response import InvalidResult, from_result
from sandbox.gateway.trouble import describe
from sandbox.project.model import ApiType, Function

_ACCEPT = (
    "If the test means it to fail, call it inside: "
    "with arc_sandbox.expect_failure() as failure:"
)
_TOLD_ANSWERS = 5
"""So many of a block's answers are told, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure of a handler, and what there is to know about it."""

    what: str
    """The request or function that failed, such as `POST /count`."""
    title: str
    """The type of the exception, or what happened in a few words."""
    message: str
    remedy: str
    outcome: Outcome
    trace: str = ""
    """The handler's own traceback; empty where it raised nothing."""
    output: str = ""
    """What the handler wrote to standard output and error."""
    request_id: str = ""

    @property
    def error_type(self) -> str:
        """The name of the exception's class; empty where the handler raised none."""
        return self.outcome.error_type if isinstance(self.outcome, Raised) else ""

    def __str__(self) -> str:
        sections = [f"{self.what} failed. {self.title}: {self.message}"]
        if self.trace:
            sections.append(self.trace.rstrip())
        if self.output:
            sections.append(f"What the handler printed:\n{self.output.rstrip()}")
        if self.remedy:
            sections.append(self.remedy)
        return "\n\n".join(sections)


class HandlerFailedError(AssertionError):
    """A handler failed in a test that did not expect it.

    Args:
        failures: what failed.
        accepted: the class names that open `expect_failure` blocks accept.
    """

    def __init__(
        self, failures: tuple[Failure, ...], *, accepted: tuple[str, ...] = ()
    ) -> None:
        told = "\n\n".join(str(failure) for failure in failures)
        super().__init__(f"{told}\n\n{_advice(accepted)}")
        self.failures = failures


@dataclass(eq=False)  # two blocks are two, whatever they hold
class ExpectedFailure:
    """What failed inside an `expect_failure` block; filled once it has."""

    wanted_type: str | None = None
    """The class name that each of them has; None where any will do."""
    all: list[Failure] = field(default_factory=list)
    answers: deque[str] = field(
        default_factory=lambda: deque(maxlen=_TOLD_ANSWERS), repr=False
    )
    """The last answers that were given while the block was open, a few words each."""
    answer_count: int = field(default=0, repr=False)
    thread_id: int = field(default_factory=threading.get_ident, repr=False)
    """The thread that entered the block."""

    def accepts(self, failure: Failure) -> bool:
        """Tell whether this is such a failure as is expected."""
        return self.wanted_type in (None, failure.error_type)

    def note_answer(self, answer: str) -> None:
        """Remember what was answered, for a block in which nothing fails."""
        self.answers.append(answer)
        self.answer_count += 1

    @property
    def first(self) -> Failure:
        """The first failure.

        Raises:
            IndexError: nothing has failed yet.
        """
        __tracebackhide__ = True
        if not self.all:
            raise IndexError(
                "no handler has failed yet inside expect_failure(); "
                "ask after the request that is to fail"
            )
        return self.all[0]

    @property
    def error_type(self) -> str:
        """The name of the exception's class; empty where the handler raised none."""
        return self.first.error_type

    @property
    def message(self) -> str:
        """What the exception says, or what happened."""
        return self.first.message

    @property
    def output(self) -> str:
        """What the handler had printed."""
        return self.first.output

    def __str__(self) -> str:
        return "\n\n".join(str(failure) for failure in self.all)


class _Block(AbstractContextManager[ExpectedFailure]):
    """A `with` block that needs a failure.

    A class, as a generator's error would be shown with the frames of contextlib.
    """

    def __init__(
        self,
        expected: ExpectedFailure,
        accepting: AbstractContextManager[None],
        settle: Callable[[], object],
    ) -> None:
        self._expected = expected
        self._accepting = accepting
        self._settle = settle

    def __enter__(self) -> ExpectedFailure:
        self._accepting.__enter__()
        return self._expected

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        __tracebackhide__ = True
        if kind is None:
            self._settle()
        self._accepting.__exit__(None, None, None)
        if kind is None and not self._expected.all:
            raise AssertionError(_nothing_failed(self._expected))


class Failures:
    """Collects failures, and tells the expected ones apart. Safe between threads.

    Args:
        api_type: gives the app's payload format, by which results are judged.
        settle: waits for messages on their way: what is published in a block, and
            fails, fails in the block.
    """

    def __init__(
        self, api_type: Callable[[], ApiType], *, settle: Callable[[], object]
    ) -> None:
        self._api_type = api_type
        self._settle = settle
        self._lock = threading.Lock()
        self._unexpected: list[Failure] = []
        self._expecting: list[ExpectedFailure] = []

    @property
    def unexpected(self) -> tuple[Failure, ...]:
        """Those that no test expected, oldest first."""
        with self._lock:
            return tuple(self._unexpected)

    def note(self, exchange: Exchange) -> None:
        """Judge an exchange: what a journal's listener does."""
        request = exchange.request
        what = f"{request.method} {request.path}"
        failure = self._failure_of(exchange, what)
        self._note_answer(what, str(exchange.response.status), failure)
        if failure is not None:
            self._add(failure, request_id=exchange.request_id)

    def note_delivery(self, delivery: Delivery) -> None:
        """Judge what became of a message: what a bus's listener does."""
        function = delivery.function
        failure = _judge(function.key, function, delivery.execution)
        self._note_answer(function.key, "a delivery", failure)
        if failure is not None:
            self._add(failure, request_id=delivery.invocation.request_id)

    def check_execution(self, function: Function, execution: Execution) -> None:
        """Judge what became of a function that was run without a request.

        Raises:
            HandlerFailedError: it failed, and was not expected to.
        """
        __tracebackhide__ = True
        failure = _judge(function.name, function, execution)
        self._note_answer(function.name, "a result", failure)
        if failure is not None and not self._add(failure, request_id=""):
            raise HandlerFailedError((failure,), accepted=self._accepted())

    def check(self, request_id: str | None = None) -> None:
        """Raise what no test expected; with `request_id`, of that request alone.

        Raises:
            HandlerFailedError: there is such a failure.
        """
        __tracebackhide__ = True
        found = tuple(
            failure
            for failure in self.unexpected
            if request_id is None or failure.request_id == request_id
        )
        if found:
            raise HandlerFailedError(found, accepted=self._accepted())

    def take(self) -> tuple[Failure, ...]:
        """Give those that no test expected, and forget them."""
        with self._lock:
            taken = tuple(self._unexpected)
            self._unexpected.clear()
        return taken

    def expect(
        self, error_type: str | type[BaseException] | None = None
    ) -> AbstractContextManager[ExpectedFailure]:
        """Accept failures inside a `with` block, which is to see at least one.

        The block raises AssertionError where no handler failed in it, or none as
        expected.

        Args:
            error_type: the class that each has to have; others stay unexpected.

        Raises:
            TypeError: `error_type` is neither the name of a class nor an exception's.
        """
        __tracebackhide__ = True
        expected = ExpectedFailure(_class_name(error_type))
        return _Block(expected, self._accepting(expected), self._settle)

    @contextmanager
    def ignore(self) -> Iterator[None]:
        """Accept failures inside a `with` block, which need not see one."""
        with self._accepting(ExpectedFailure()):
            yield

    @contextmanager
    def _accepting(self, expected: ExpectedFailure) -> Iterator[None]:
        with self._lock:
            self._expecting.append(expected)
        try:
            yield
        finally:
            with self._lock:
                self._expecting.remove(expected)

    def _note_answer(self, what: str, answer: str, failure: Failure | None) -> None:
        if failure is not None:
            answer = failure.error_type or failure.title
        with self._lock:
            for block in self._expecting:
                block.note_answer(f"{what} → {answer}")

    def _accepted(self) -> tuple[str, ...]:
        """Give the class names that open blocks accept."""
        with self._lock:
            wanted = [block.wanted_type for block in self._expecting]
        return tuple(name for name in wanted if name is not None)

    def _add(self, failure: Failure, *, request_id: str) -> bool:
        """Keep a failure, and tell whether it was expected."""
        failure = replace(failure, request_id=request_id)
        with self._lock:
            expected = self._block_for(failure)
            kept = self._unexpected if expected is None else expected.all
            kept.append(failure)
        return expected is not None

    def _block_for(self, failure: Failure) -> ExpectedFailure | None:
        """Choose the innermost block that accepts a failure, of this thread first.

        A client's requests are answered in its own thread, and those of browsers in
        threads that have no blocks.
        """
        accepting = [one for one in reversed(self._expecting) if one.accepts(failure)]
        here = threading.get_ident()
        return min(accepting, key=lambda one: one.thread_id != here, default=None)

    def _failure_of(self, exchange: Exchange, what: str) -> Failure | None:
        """Give the failure of the handler; None where there was none to ask, too."""
        match, execution = exchange.match, exchange.execution
        if match is None or execution is None:
            return None
        failure = _judge(what, match.route.function, execution)
        if failure is None and exchange.response.status >= 500:
            return self._judge_result(what, execution)
        return failure

    def _judge_result(self, what: str, execution: Execution) -> Failure | None:
        """Give the failure of a result that API Gateway would refuse."""
        outcome = execution.outcome
        if not isinstance(outcome, Returned):
            return None
        result = from_result(outcome.value, api_type=self._api_type())
        if not isinstance(result, InvalidResult):
            return None
        return Failure(
            what=what,
            title="The result is malformed",
            message=result.reason,
            remedy=result.remedy,
            outcome=outcome,
            output=execution.output,
        )


def _class_name(error_type: object) -> str | None:
    """Give the name by which a handler's process tells of a class.

    Raises:
        TypeError: it is neither a name nor a class of exceptions.
    """
    __tracebackhide__ = True
    if isinstance(error_type, type) and issubclass(error_type, BaseException):
        return error_type.__name__
    if error_type is None or isinstance(error_type, str):
        return error_type
    raise TypeError(
        "expect_failure takes one class of exceptions, or its name, such as "
        f'"KeyError", and not {error_type!r}'
    )


def _advice(accepted: tuple[str, ...]) -> str:
    if not accepted:
        return _ACCEPT
    names = ", ".join(f'"{name}"' for name in accepted)
    return (
        f"Here expect_failure() accepts {names} alone. If this is meant too, name its "
        "class, or none. Names are compared, so that a subclass needs its own."
    )


def _nothing_failed(expected: ExpectedFailure) -> str:
    wanted = f' with "{expected.wanted_type}"' if expected.wanted_type else ""
    fact = f"No handler failed{wanted} inside expect_failure()."
    if not expected.answers:
        return (
            f"{fact} Nothing was asked of this sandbox there. "
            "Make the request that is to fail inside the block."
        )
    earlier = expected.answer_count - len(expected.answers)
    before = f"… {earlier} earlier, " if earlier else ""
    told = before + ", ".join(expected.answers)
    return (
        f"{fact} Answered were: {told}. Only a handler that raises, runs out of time "
        "or gives a malformed result has failed: a status that it returns is an answer."
    )


def _judge(what: str, function: Function, execution: Execution) -> Failure | None:
    """Give the failure of an execution; throttling is an answer like another."""
    outcome = execution.outcome
    if isinstance(outcome, Returned | Throttled):
        return None
    title, message, remedy = describe(outcome, function)
    return Failure(
        what=what,
        title=title,
        message=message,
        remedy=remedy,
        outcome=outcome,
        trace=outcome.trace if isinstance(outcome, Raised) else "",
        output=execution.output,
    )
