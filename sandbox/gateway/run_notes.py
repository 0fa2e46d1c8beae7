"""Takes what a function did in an event, says what of it fails on Lambda. Pure.

The code of a function, shared code in it, is at `/var/task`, where nothing can be
written; only `/tmp` can (AWS Lambda developer guide, "Lambda quotas" and "Configure
ephemeral storage for Lambda functions").
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
    if not execution.written:
        return ()
    return tuple(_on_written(execution.written, function, root))


def _on_written(
    written: tuple[str, ...], function: Function, root: Path
) -> Iterator[str]:
    for path in map(Path, written[:_MOST_NAMED]):
        is_own = path.is_relative_to(function.folder)
        folder, its = (function.folder, "its") if is_own else (root, "the app's")
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        yield (
            f'"{function.name}" wrote "{shown}" in {its} folder. On Lambda that is '
            "read-only, and writing fails (Errno 30): write to /tmp, or keep it in a "
            "table."
        )
    more = len(written) - _MOST_NAMED
    if more > 0:
        yield f'"{function.name}" wrote {more} more in the same event.'
