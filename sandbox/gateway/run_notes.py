"""Takes what a function did in an event, says what of it fails on Lambda. Pure.

**Files.** A function's code is at `/var/task`, with the shared code in it, and nothing
there can be written; only `/tmp` can (AWS Lambda developer guide, "Lambda quotas" and
"Configure ephemeral storage for Lambda functions").

**Threads and requests.** Lambda freezes what runs on once an event is answered; it
thaws with the next event, or never (AWS Lambda developer guide, "Lambda execution
environment lifecycle").
"""

from collections.abc import Iterator
from pathlib import Path

from sandbox.exchange import Execution
from sandbox.project.model import Function

_MOST_NAMED = 3
"""Files of one event; others are counted."""


def run_notes(
    execution: Execution, function: Function, *, root: Path
) -> tuple[str, ...]:
    """Give a sentence or two on each thing that would have failed.

    Equal things are told in equal words, so that each need be said but once.
    """
    if not (execution.written or execution.threads or execution.requests):
        return ()
    return (
        *_on_written(execution.written, function, root),
        *_on_threads(execution.threads, function),
        *_on_requests(execution.requests, function),
    )


def _on_written(
    written: tuple[str, ...], function: Function, root: Path
) -> Iterator[str]:
    paths = _without_holders(tuple(map(Path, written)))
    for path in paths[:_MOST_NAMED]:
        is_own = path.is_relative_to(function.folder)
        folder, its = (function.folder, "its") if is_own else (root, "the app's")
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        yield (
            f'"{function.name}" wrote "{shown}" in {its} folder. On Lambda that is '
            "read-only, and writing fails (Errno 30): write to /tmp, or keep it in a "
            "table."
        )
    more = len(paths) - _MOST_NAMED
    if more > 0:
        yield f'"{function.name}" wrote {more} more in the same event.'


def _without_holders(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Leave out folders that were made for what is among the others."""
    holders = {folder for path in paths for folder in path.parents}
    return tuple(path for path in paths if path not in holders)


def _on_threads(threads: tuple[str, ...], function: Function) -> Iterator[str]:
    for name in threads:
        yield (
            f'"{function.name}" answered while a thread was still at work in "{name}". '
            "Lambda freezes it until the next event, or for good: wait for it "
            "(`thread.join()`) before returning."
        )


def _on_requests(hosts: tuple[str, ...], function: Function) -> Iterator[str]:
    for host in hosts:
        yield (
            f'"{function.name}" answered while a request to "{host}" was still under '
            "way. Lambda freezes it until the next event, or for good: await it before "
            "returning."
        )
