"""Pragmas that Architect ignores because they look misspelt, or are no more."""

from collections.abc import Iterator

from sandbox.errors import Problem
from sandbox.manifest.nodes import Manifest

KNOWN_PRAGMAS = (
    *("app", "aws", "cdn", "events", "http", "plugins", "proxy", "queues"),
    *("scheduled", "shared", "static", "tables", "tables-indexes"),
    *("tables-streams", "views", "ws", "macros"),
)
_RETIRED = {
    "indexes": "tables-indexes",
    "streams": "tables-streams",
    "slack": "http",
    **dict.fromkeys(("css", "html", "js", "json", "jsonapi", "text", "xml"), "http"),
}
"""Pragmas that Architect no longer reads, and which one to use in their place."""


def misspelt_pragmas(manifest: Manifest) -> Iterator[Problem]:
    """Give a warning for each pragma that is ignored, but hardly meant to be."""
    for name, pragma in manifest.pragmas.items():
        if name in KNOWN_PRAGMAS:
            continue
        meant = _RETIRED.get(name) or _closest(name)
        if meant:
            reason = "is retired" if name in _RETIRED else "does not exist"
            yield Problem(
                message=f'The pragma "@{name}" {reason}, so its lines are ignored.',
                remedy=f"Write @{meant}, if that is meant.",
                location=manifest.location(pragma.line),
            )


def _closest(name: str) -> str | None:
    """Give the known pragma that one slip of the keyboard turns into `name`."""
    wrong = name.lower().replace("_", "-")
    return next(
        (known for known in KNOWN_PRAGMAS if _is_one_slip_apart(wrong, known)), None
    )


def _is_one_slip_apart(left: str, right: str) -> bool:
    """Tell whether one letter is added, left out, replaced, or swapped with the next.

    Words of up to three letters are too close to each other to guess.
    """
    if left == right:
        return True
    if min(len(left), len(right)) <= 3 or abs(len(left) - len(right)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    ours, theirs = left[start:], right[start:]
    swapped = ours[:2] == theirs[1::-1] and ours[2:] == theirs[2:]
    return swapped or ours[1:] == theirs[1:] or ours[1:] == theirs or ours == theirs[1:]
