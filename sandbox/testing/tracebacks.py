"""What a test did wrong → an error whose traceback ends where the test did it."""

from collections.abc import Iterator
from doctest import UnexpectedException
from types import TracebackType

from sandbox.errors import SandboxError
from sandbox.testing.failures import HandlerFailedError

_HIDDEN_MODULES = ("httpx", "sandbox.", "collections.abc", "_collections_abc")
"""Frames that tell nobody where a test called us."""
_SPEAKING_MODULES = ("sandbox.testing.", "sandbox.sandbox")
"""What a test calls: whatever is raised there, and no deeper, is said to the test."""


def end_in_test(
    error: BaseException, *, verdict: type[BaseException] | tuple[()] = ()
) -> bool:
    """Cut what is ours from the traceback of an error that is told to a test.

    Errors that come from deeper down are bugs of ours, and keep all their frames.

    Args:
        error: what ended the test.
        verdict: what another program ends a test with, wherever that is, as
            pytest-timeout does.

    Returns:
        Whether this is such an error. Of what another one holds, those that are such
        have been cut.
    """
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            end_in_test(each, verdict=verdict)
        return False
    if isinstance(error, UnexpectedException):
        kind, raised, _ = error.exc_info
        if end_in_test(raised, verdict=verdict) and raised.__traceback__:
            error.exc_info = (kind, raised, raised.__traceback__)
        return False
    if not (isinstance(error, verdict) or _is_told(error)):
        return False
    error.__traceback__ = _without_hidden(error.__traceback__)
    before = error.__cause__ or error.__context__
    # A caught exception's traceback begins where it was caught.
    if before is not None and before.__traceback__ and _is_hidden(before.__traceback__):
        error.__cause__ = None
        error.__suppress_context__ = True
    return True


def parts(error: BaseException) -> Iterator[BaseException]:
    """Give what a group holds, or a doctest has raised; of any other error, itself."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from parts(each)
    elif isinstance(error, UnexpectedException):
        yield from parts(error.exc_info[1])
    else:
        yield error


def _is_told(error: BaseException) -> bool:
    if isinstance(error, SandboxError | HandlerFailedError):
        return True
    entries = _entries(error.__traceback__)
    return bool(entries) and _module(entries[-1]).startswith(_SPEAKING_MODULES)


def _without_hidden(trace: TracebackType | None) -> TracebackType | None:
    entries = _entries(trace)
    shown = [each for each in entries if not _is_hidden(each)]
    rebuilt: TracebackType | None = None
    for each in reversed(shown or entries):
        rebuilt = TracebackType(rebuilt, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return rebuilt


def _entries(trace: TracebackType | None) -> list[TracebackType]:
    entries = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    return entries


def _is_hidden(trace: TracebackType) -> bool:
    return _module(trace).startswith(_HIDDEN_MODULES)


def _module(trace: TracebackType) -> str:
    name: str = trace.tb_frame.f_globals.get("__name__", "")
    return name
