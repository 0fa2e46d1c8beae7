"""What Architect ignores because it looks misspelt, or is no more."""

from collections.abc import Iterable, Iterator, Sequence

from sandbox.errors import Problem
from sandbox.manifest.nodes import Manifest
from sandbox.project.model import STAGES
from sandbox.project.sandbox_preferences import PORTS

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
_SETTINGS_OF = {
    "aws": (
        *("apigateway", "architecture", "bucket", "concurrency", "layer", "layers"),
        *("memory", "policies", "policy", "profile", "provisionedConcurrency"),
        *("region", "runtime", "storage", "timeout"),
    ),
    "static": (
        *("compression", "fingerprint", "folder", "ignore", "prefix", "prune"),
        "spa",
    ),
}
"""Pragmas whose unknown lines Architect passes over, and what they are known to have.
Others either refuse such a line, or take it for a name."""
_PREFERENCES = ("env", "sandbox", "sandbox-start", "sandbox-startup", "create")
_SETTINGS = (
    *("coldstart", "cors", "delete-vendor", "env", "external-db", "livereload"),
    *("no-hydrate", "persist", "ports", "seed-data", "ttl", "ttl-lag", "useAWS"),
)
"""What `@sandbox` is known to have in preferences, here or in `@architect/sandbox`."""


def misspelt_pragmas(manifest: Manifest) -> Iterator[Problem]:
    """Give a warning for each pragma that is ignored, but hardly meant to be."""
    for name, pragma in manifest.pragmas.items():
        if name in KNOWN_PRAGMAS:
            continue
        meant = _RETIRED.get(name) or _closest(name, KNOWN_PRAGMAS)
        if meant:
            reason = "is retired" if name in _RETIRED else "does not exist"
            yield Problem(
                message=f'The pragma "@{name}" {reason}, so its lines are ignored.',
                remedy=f"Write @{meant}, if that is meant.",
                location=manifest.location(pragma.line),
            )


def misspelt_settings(manifest: Manifest) -> Iterator[Problem]:
    """Give a warning for each line of a pragma that looks like another one.

    Lines that are like no other pass, as a plugin may read them.
    """
    for pragma, known in _SETTINGS_OF.items():
        for item in manifest.items(pragma) or ():
            if item.value in KNOWN_PRAGMAS:
                yield Problem(
                    message=f'"{item.value}" is a line of @{pragma}, not a pragma.',
                    remedy=f"Write @{item.value}, if that is meant.",
                    location=manifest.location(item.line),
                )
            for names, line in item.settings():
                meant = None if names[0] in known else _closest(names[0], known)
                if meant and len(names) == 1:
                    yield Problem(
                        message=f'There is no setting "@{pragma} {names[0]}", so it '
                        "does nothing.",
                        remedy=f"Write {meant}, if that is meant.",
                        location=manifest.location(line),
                    )


def misspelt_preferences(
    preferences: Manifest, *, may_be_a_plugins: bool
) -> Iterator[Problem]:
    """Give a warning for each preference that does nothing, but hardly meant to.

    Pragmas that are like no other pass, as Architect's other commands have their own.

    Args:
        preferences: the file.
        may_be_a_plugins: settings of `@sandbox` that are like no other pass as well.
    """
    for shown, name, known, line in _preferences_of(preferences):
        if name in known:
            continue
        meant = _closest(name, known)
        if meant:
            remedy = f"Write {shown.removesuffix(name)}{meant}, if that is meant."
        elif known is _PREFERENCES or may_be_a_plugins:
            continue
        else:
            remedy = f"Remove it, or write one of: {', '.join(known)}."
        yield Problem(
            message=f'There is no preference "{shown}", so it does nothing.',
            remedy=remedy,
            location=preferences.location(line),
        )


def _preferences_of(
    preferences: Manifest,
) -> Iterator[tuple[str, str, Sequence[str], int | None]]:
    """Give what is set: as it is shown, its name, the names known there, its line."""
    for name, pragma in preferences.pragmas.items():
        yield f"@{name}", name, _PREFERENCES, pragma.line
    for owner, known in (("env", STAGES), ("sandbox", _SETTINGS)):
        for item in preferences.items(owner) or ():
            for names, line in item.settings():
                shown = f"@{owner} {' '.join(names)}"
                if len(names) == 1:
                    yield shown, names[0], known, line
                elif (owner, names[0]) == ("sandbox", "ports"):
                    yield shown, names[1], PORTS, line


def _closest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that one slip of the keyboard turns into `name`."""
    wrong = name.lower().replace("_", "-")
    return next((one for one in known if _is_one_slip_apart(wrong, one.lower())), None)


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
