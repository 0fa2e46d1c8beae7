"""One table: its rows by pages, all of them or those of a key."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.inspector.messages import ApiError
from sandbox.inspector.pages.page import Page, PageRequest, View

ROWS_A_PAGE = 50
MOST_COLUMNS = 8


def show(request: PageRequest) -> View:
    """Give a page of rows, of the table or an index."""
    table = find_table(request)
    index = request.word("index") or None
    keys = keys_of(table, index)
    wanted = [request.word(name) for name in ("key", "sort")]
    query = {
        "limit": str(ROWS_A_PAGE),
        **({"index": index} if index else {}),
        **({"after": request.word("after")} if request.word("after") else {}),
    }
    key = _key(table, keys, wanted)
    if key:
        query["key"] = json.dumps(key)
    page = request.api.read("tables", table["name"], "rows", **query)
    return View(
        template="table.html",
        title=f"Table {table['name']}",
        content={
            "table": table,
            "index": index,
            "keys": keys,
            "wanted": wanted,
            "rows": page["rows"],
            "columns": columns_of(table, keys, page["rows"]),
            "next_key": page["next_key"],
            "is_first": not request.word("after"),
        },
    )


def find_table(request: PageRequest) -> Mapping[str, Any]:
    """Give the table that the path names.

    Raises:
        ApiError: 404 where there is none.
    """
    name = request.path["name"]
    tables = request.api.read("tables")["tables"]
    found = next((one for one in tables if one["name"] == name), None)
    if found is None:
        raise ApiError(
            404,
            f'There is no table "{name}".',
            remedy="The page Tables lists them all.",
        )
    table: Mapping[str, Any] = found
    return table


def keys_of(table: Mapping[str, Any], index: str | None) -> tuple[str, ...]:
    """Give the key attributes of a table or of one of its indexes.

    Raises:
        ApiError: 404 where there is no such index.
    """
    if index is None:
        return tuple(table["keys"])
    for one in table["indexes"]:
        if one["name"] == index:
            return tuple(one["keys"])
    raise ApiError(
        404, f'There is no index "{index}".', remedy="Choose one from the list."
    )


def columns_of(
    table: Mapping[str, Any],
    keys: tuple[str, ...],
    rows: tuple[Mapping[str, Any], ...],
) -> tuple[str, ...]:
    """Give the attributes that have a column: keys and TTL first, then as they come."""
    ttl = (table["ttl_attribute"],) if table["ttl_attribute"] else ()
    seen = (name for row in rows for name in row)
    return tuple(dict.fromkeys((*table["keys"], *keys, *ttl, *seen)))[:MOST_COLUMNS]


def _key(
    table: Mapping[str, Any], names: tuple[str, ...], texts: list[str]
) -> dict[str, Any]:
    """Give the key that the form names; empty where it names none."""
    given = list(zip(names, texts, strict=False))
    if not texts[0]:
        return {}
    types = table["key_types"]
    return {name: _value(text, types[name]) for name, text in given if text}


def _value(text: str, type_letter: str) -> Any:
    if type_letter == "S":
        return text
    if type_letter == "B":
        return {"$binary": text}
    return {"$number": text}


PAGE = Page(path="/tables/{name}", section="tables", show=show)
