"""The settings of `@sandbox` in, those that mean nothing out.

Their names are Architect's (arc.codes, "Local preferences"; `cors`, `persist`, `ttl`
and `ttl-lag` are this sandbox's own).
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from sandbox.json_value import JsonValue
from sandbox.project.expiry_preferences import expiry_problems
from sandbox.project.reading import as_written

SWITCHES = ("cors", "external-db", "livereload", "persist", "useAWS")
"""Settings that are true or false."""
PORTS = ("http", "events", "queues", "tables", "internal", "_arc")
"""What has a port; `_arc` is Architect's older word for `internal`."""
MAX_PORT = 65_535

Wrong: TypeAlias = tuple[tuple[str, ...], str, str]
"""The names that lead to a value that means nothing; the fact, and the remedy."""


def sandbox_problems(settings: JsonValue) -> Iterator[Wrong]:
    """Check the settings of `@sandbox`, but for the names that it does not have."""
    if not isinstance(settings, Mapping):
        remedy = "Write a name and a value on each line, such as livereload false."
        yield (), f'@sandbox is "{as_written(settings)}".', remedy
        return
    for name in SWITCHES:
        value = settings.get(name)
        if value is not None and not isinstance(value, bool):
            yield _wrong((name,), value, "Write true or false.")
    seeds = settings.get("seed-data")
    if seeds is not None and not isinstance(seeds, str):
        remedy = "Write the path of one file, between quotes if need be."
        yield _wrong(("seed-data",), seeds, remedy)
    yield from _port_problems(settings.get("ports"))
    for key, fact, remedy in expiry_problems(settings):
        yield (key,), fact, remedy


def _port_problems(ports: JsonValue) -> Iterator[Wrong]:
    if ports is None:
        return
    if not isinstance(ports, Mapping):
        remedy = "Write each on a line of its own below it, indented: http 3333."
        yield _wrong(("ports",), ports, remedy)
        return
    for name in PORTS:
        value = ports.get(name)
        if value is not None and not _is_port(value):
            remedy = f"Give a whole number from 0 to {MAX_PORT}."
            yield _wrong(("ports", name), value, remedy)


def _is_port(value: JsonValue) -> bool:
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 <= value <= MAX_PORT
    )


def _wrong(names: tuple[str, ...], value: JsonValue, remedy: str) -> Wrong:
    return names, f'@sandbox {" ".join(names)} is "{as_written(value)}".', remedy
