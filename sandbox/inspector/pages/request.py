"""One request whole: what came, what the function made of it, what went out."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.inspector.messages import ApiError
from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.readable_body import readable_body
from sandbox.inspector.pages.stretches import stretches


def show(request: PageRequest) -> View:
    """Give one request, the sessions that it belongs to, and its copies."""
    api, request_id = request.api, request.path["id"]
    whole = api.read("requests", request_id)
    tables_ms = sum(one["duration_ms"] for one in whole["table_operations"])
    return View(
        template="request.html",
        title=f"{whole['method']} {whole['path']}",
        content={
            "one": whole,
            "readable": readable_body(whole["response"]),
            "stretches": stretches(whole["timings"], tables_ms=tables_ms),
            "tables_ms": tables_ms,
            "sessions": _sessions_of(request, request_id),
            "caused": api.read("deliveries", cause=request_id)["deliveries"],
            "curl": api.text("requests", request_id, "curl"),
            "pytest": api.text("requests", request_id, "pytest"),
        },
    )


def _sessions_of(request: PageRequest, request_id: str) -> list[Mapping[str, Any]]:
    """Give the sessions that the request used, as far as they are still there."""
    try:
        known = request.api.read("sessions")["sessions"]
    except (ApiError, SandboxError):
        # The app, as it is, has no sessions; its requests are shown all the same.
        return []
    return [one for one in known if request_id in one["requests"]]


PAGE = Page(path="/requests/{id}", section="requests", show=show)
