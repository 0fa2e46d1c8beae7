"""The list of deliveries, the newest in front, filtered by text and by failure."""

from collections.abc import Mapping
from typing import Any

from sandbox.inspector.pages.page import Page, PageRequest, View

MOST_SHOWN = 200


def show(request: PageRequest) -> View:
    """Give the deliveries that the query's filters let through."""
    answer = request.api.read("deliveries")
    known = answer["deliveries"]
    wanted = {name: request.word(name) for name in ("text", "kind")}
    found = [one for one in reversed(known) if _fits(one, wanted)]
    return View(
        template="deliveries.html",
        title="Deliveries",
        content={
            "deliveries": found[:MOST_SHOWN],
            "found_count": len(found),
            "known_count": len(known),
            "under_way": answer["under_way"],
            "wanted": wanted,
        },
    )


def _fits(one: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    texts = (one["function"], one["about"], one["error"] or "", one["connection"] or "")
    has_failed = one["error"] is not None or one["status"] is not None
    return wanted["text"].lower() in " ".join(texts).lower() and (
        wanted["kind"] != "failed" or has_failed
    )


PAGE = Page(path="/deliveries", section="deliveries", show=show)
