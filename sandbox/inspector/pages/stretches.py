"""What an event took, as the API shows it → the parts of a bar."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SANDBOX = "Sandbox"
"""The stretch that is no function's."""
_SHORTEST_SHOWN_MS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the time that a request took, as a piece of a bar 100 wide."""

    name: str
    meaning: str
    duration_ms: float
    start: float
    width: float


def stretches(
    timings: Mapping[str, Any], *, tables_ms: float = 0.0
) -> tuple[Stretch, ...]:
    """Give the parts of a request's time in order; the sandbox's own is the last.

    Args:
        timings: as the API shows them.
        tables_ms: what operations on tables took, all together; operations side by
            side may take longer than the handler that waited for them.
    """
    total_ms = max(timings["total_ms"], 0.001)
    handler_ms = timings["handler_ms"] or 0.0
    inside_ms = min(tables_ms, handler_ms)
    parts = (
        ("Queue", "waiting for a free worker", timings["queued_ms"] or 0.0),
        ("Cold start", "starting a worker, loading the module", timings["init_ms"]),
        ("Handler", "the function itself", handler_ms - inside_ms),
        ("Tables", "operations on tables", inside_ms),
    )
    shown = [part for part in parts if (part[2] or 0.0) >= _SHORTEST_SHOWN_MS]
    own_ms = max(total_ms - sum(duration_ms for _, _, duration_ms in shown), 0.0)
    own = (SANDBOX, "routing, translating and recording", own_ms)
    return tuple(_laid_out((*shown, own), total_ms))


def _laid_out(
    parts: Iterable[tuple[str, str, float]], total_ms: float
) -> Iterator[Stretch]:
    start = 0.0
    for name, meaning, duration_ms in parts:
        width = min(100 * duration_ms / total_ms, 100 - start)
        yield Stretch(
            name=name,
            meaning=meaning,
            duration_ms=duration_ms,
            start=round(start, 2),
            width=round(width, 2),
        )
        start += width
