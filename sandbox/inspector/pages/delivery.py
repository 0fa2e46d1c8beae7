"""One delivery whole: what the function was given, printed, and made of it."""

from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.stretches import SANDBOX, stretches


def show(request: PageRequest) -> View:
    """Give one delivery, and the deliveries that it has caused."""
    api, delivery_id = request.api, request.path["id"]
    whole = api.read("deliveries", delivery_id)
    tables_ms = sum(one["duration_ms"] for one in whole["table_operations"])
    parts = stretches(whole["timings"], tables_ms=tables_ms)
    open_ids = {one["id"] for one in api.read("connections")["connections"]}
    return View(
        template="delivery.html",
        title=whole["function"],
        content={
            "one": whole,
            "stretches": [part for part in parts if part.name != SANDBOX],
            "tables_ms": tables_ms,
            "caused": api.read("deliveries", cause=delivery_id)["deliveries"],
            "is_open": whole["connection"] in open_ids,
        },
    )


PAGE = Page(path="/deliveries/{id}", section="deliveries", show=show)
