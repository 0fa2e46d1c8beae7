"""What became of an event: takes a worker's answer or its end, gives an outcome."""

import os
import signal
from typing import Any

from sandbox.exchange import Crashed, Frame, Raised
from sandbox.workers.wire import Message, TooDeepError, WireError

_ENDED_ITSELF = (
    "Return a response from the handler; a handler that ends its own process answers "
    "nobody, on Lambda too."
)
_KILLED = (
    "Look for what killed it: the system when memory ran out, or somebody's command."
)
_STRANGE = (
    "Look for code that writes to or closes file descriptors that it has not opened."
)


def raised(answer: Message, *, while_loading: bool = False) -> Raised:
    """Give the outcome of an error that a worker reported."""
    return Raised(
        error_type=answer["error_type"],
        message=answer["message"],
        stack=tuple(_frame(row) for row in answer.get("stack", ())),
        trace=answer.get("trace", ""),
        while_loading=while_loading,
        remedy=answer.get("remedy", ""),
    )


def unsendable(error: Exception) -> Raised:
    """Give the outcome of an event that JSON cannot say, or that is too long.

    Lambda refuses it before any function runs: InvalidRequestContentException (AWS
    Lambda API reference, "Invoke").
    """
    return Raised(
        error_type="InvalidRequestContentException",
        message=f"The event cannot be written as JSON: {error}.",
        remedy=(
            "Make it of objects with string keys, lists, strings, numbers, true, false "
            "and null; not of NaN and infinities."
        ),
    )


def unread(answer: Message) -> Raised:
    """Give the outcome of an event that the worker's language cannot read.

    Lambda's runtime says so too (`awslambdaric`, `Runtime.UnmarshalError`).
    """
    return Raised(
        error_type="Runtime.UnmarshalError",
        message=f"Unable to unmarshal input: {answer['message']}",
        remedy="Send an event with shorter numbers, or that nests less deeply.",
    )


def crashed(exit_code: int | None, log_tail: str) -> Crashed:
    """Give the outcome of a worker that ended without an answer."""
    return Crashed(exit_code=exit_code, log_tail=log_tail, remedy=_remedy(exit_code))


def unreadable(error: WireError, *, log_tail: str) -> Raised | Crashed:
    """Give the outcome of a worker that was killed because its answer is none."""
    if not isinstance(error, TooDeepError):
        return crashed(None, log_tail)
    return Raised(
        error_type="Runtime.MarshalError",
        message="The result nests too deeply to be read, some thousand levels.",
        remedy="Return lists and objects within fewer others.",
    )


def out_of_memory(memory_mb: int, *, log_tail: str) -> Crashed:
    """Give the outcome of a worker that was killed for holding too much.

    Lambda kills it too, and reports `Runtime.ExitError`, "Runtime exited with error:
    signal: killed" (AWS Lambda developer guide, "Troubleshoot invocation issues").
    """
    return Crashed(
        exit_code=-signal.SIGKILL,
        log_tail=log_tail,
        remedy=(
            f'It held more than its memory of "{memory_mb}" MB; on Lambda it ends as '
            'Runtime.ExitError, "signal: killed". Hold less at once, or raise `memory` '
            "under @aws in its config.arc."
        ),
    )


def _remedy(exit_code: int | None) -> str:
    if exit_code is None or exit_code == os.EX_IOERR:
        return _STRANGE
    if exit_code == -signal.SIGKILL:
        return _KILLED
    return _ENDED_ITSELF if exit_code >= 0 else ""


def _frame(row: dict[str, Any]) -> Frame:
    return Frame(
        file=row["file"],
        line=row["line"],
        function=row["function"],
        source_line=row.get("source_line", ""),
        is_app_code=row.get("is_app_code", False),
    )
