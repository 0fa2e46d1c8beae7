"""Values of the API → text for a line, an address or a form."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

_LONGEST_LINE = 160


def one_line(value: Any, most: int = _LONGEST_LINE) -> str:
    """Give a value as short text on one line, cut where it is long.

    Text of white space alone is given as JSON, as a link of it could not be seen.
    """
    is_seen = isinstance(value, str) and not value.isspace()
    text = value if is_seen else _compact(value)
    line = " ".join(text[: most + 1].split())
    return line if len(text) <= most else f"{line[:most]}…"


def key_text(key: Mapping[str, Any]) -> str:
    """Give a row's key as compact JSON, as the API takes it in a query."""
    return _compact(key)


def function_name(function: Mapping[str, Any]) -> str:
    """Give what names one function of the app: `get /`, or `@events a`.

    Several pragmas may each have a function of one name.
    """
    name: str = function["name"]
    return name if function["pragma"] == "http" else f"@{function['pragma']} {name}"


def address(path: str, **query: str | None) -> str:
    """Give a path with a query; parameters that are empty or None are left out."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=list)
