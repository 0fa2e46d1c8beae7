"""The list of requests, the newest in front, filtered by path, status and kind."""

from collections.abc import Mapping
from typing import Any

from sandbox.inspector.pages.page import Page, PageRequest, View

MOST_SHOWN = 200
STATUSES = ("2xx", "3xx", "4xx", "5xx")


def show(request: PageRequest) -> View:
    """Give the requests that the query's filters let through."""
    known = request.api.read("requests")["requests"]
    wanted = {name: request.word(name) for name in ("path", "status", "kind")}
    found = [one for one in reversed(known) if _fits(one, wanted)]
    return View(
        template="requests.html",
        title="Requests",
        content={
            "requests": found[:MOST_SHOWN],
            "found_count": len(found),
            "known_count": len(known),
            "wanted": wanted,
            "statuses": STATUSES,
        },
    )


def _fits(one: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    status = str(one["status"])
    target = f"{one['method']} {one['path']}?{one['query']}"
    return (
        wanted["path"].lower() in target.lower()
        and wanted["status"] in ("", status, f"{status[0]}xx")
        and (wanted["kind"] != "functions" or one["function"] is not None)
    )


PAGES = tuple(
    Page(path=path, section="requests", show=show) for path in ("/", "/requests")
)
