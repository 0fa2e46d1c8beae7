"""Header names in the two cases that `architect-functions` knows of each."""

from collections.abc import Mapping
from typing import Any


def header_of(headers: Any, name: str) -> Any:
    """Give the header `name` (lower case), or `Name`; None where neither says much."""
    return headers.get(name) or headers.get(_title(name))


def take_title_case(headers: dict[str, Any], name: str) -> None:
    """Remove the header that is called `Name`, in place."""
    if _title(name) in headers:
        del headers[_title(name)]


def own_headers(params: Mapping[str, Any]) -> Any:
    """Give the headers a handler asked for, itself no copy; empty where it has none."""
    return params.get("headers", {})


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
