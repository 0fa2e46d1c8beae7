"""One request whole: what came, what the function made of it, what went out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.inspector.messages import ApiError
from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.readable_body import readable_body

_STAGES = (
    ("queued_ms", "Queue", "waiting for a free worker"),
    ("init_ms", "Cold start", "starting a worker and loading the module"),
    ("handler_ms", "Handler", "the function itself"),
)
_SHORTEST_SHOWN_MS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the time that a request took, as a piece of a bar 100 wide."""

    name: str
    meaning: str
    duration_ms: float
    start: float
    width: float


def show(request: PageRequest) -> View:
    """Give one request, the sessions that it belongs to, and its copies."""
    api, request_id = request.api, request.path["id"]
    whole = api.read("requests", request_id)
    return View(
        template="request.html",
        title=f"{whole['method']} {whole['path']}",
        content={
            "one": whole,
            "readable": readable_body(whole["response"]),
            "stretches": stretches(whole["timings"]),
            "sessions": _sessions_of(request, request_id),
            "curl": api.text("requests", request_id, "curl"),
            "pytest": api.text("requests", request_id, "pytest"),
        },
    )


def stretches(timings: Mapping[str, Any]) -> tuple[Stretch, ...]:
    """Give the parts of a request's time in order; the sandbox's own is the last."""
    total_ms = max(timings["total_ms"], 0.001)
    return tuple(_laid_out(_parts(timings, total_ms), total_ms))


def _parts(
    timings: Mapping[str, Any], total_ms: float
) -> Iterator[tuple[str, str, float]]:
    left_ms = total_ms
    for field, name, meaning in _STAGES:
        duration_ms = timings[field] or 0.0
        if duration_ms >= _SHORTEST_SHOWN_MS:
            left_ms -= duration_ms
            yield name, meaning, duration_ms
    yield "Sandbox", "routing, translating and recording", max(left_ms, 0.0)


def _laid_out(
    parts: Iterator[tuple[str, str, float]], total_ms: float
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


def _sessions_of(request: PageRequest, request_id: str) -> list[Mapping[str, Any]]:
    """Give the sessions that the request used, as far as they are still there."""
    try:
        known = request.api.read("sessions")["sessions"]
    except ApiError:
        # The app's settings allow no sessions; its requests are shown all the same.
        return []
    return [one for one in known if request_id in one["requests"]]


PAGE = Page(path="/requests/{id}", section="requests", show=show)
