"""One row of a table, to edit, or a new one."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.inspector.messages import ApiError
from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.table import find_table
from sandbox.project.model import TTL_REACH_SECONDS


def show(request: PageRequest) -> View:
    """Give the row of the query's key; a new one, to be filled in, without a key."""
    table = find_table(request)
    key_text = request.word("key")
    row = _row(request, table, key_text) if key_text else _blank(table)
    return View(
        template="row.html",
        title="Row" if key_text else "New row",
        content={
            "table": table,
            "row": row,
            "is_new": not key_text,
            "key": {name: row[name] for name in table["keys"]},
            "ends_epoch": _ends_epoch(table, row),
            "oldest_seconds": TTL_REACH_SECONDS,
        },
    )


def _row(
    request: PageRequest, table: Mapping[str, Any], key_text: str
) -> Mapping[str, Any]:
    rows = request.api.read("tables", table["name"], "rows", key=key_text)["rows"]
    if rows:
        found: Mapping[str, Any] = rows[0]
        return found
    raise ApiError(
        404,
        f"The table has no row with the key {json.dumps(key_text)}.",
        remedy="It may have been deleted, or have expired.",
    )


def _blank(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: 0 if table["key_types"][name] == "N" else "" for name in table["keys"]
    }


def _ends_epoch(table: Mapping[str, Any], row: Mapping[str, Any]) -> float | None:
    """Give when the row's TTL is over; None where it has none that counts."""
    match row.get(table["ttl_attribute"] or ""):
        case bool():
            return None
        case int() | float() as epoch:
            return float(epoch)
    return None


PAGE = Page(path="/tables/{name}/row", section="tables", show=show)
