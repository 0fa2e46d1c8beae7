"""Header names in any case, in the dicts that events and responses keep them in."""

from collections.abc import Mapping
from typing import Any


def header_of(headers: Mapping[str, Any], name: str) -> str:
    """Give the value of the header `name` (lower case), or an empty text."""
    return next((str(headers[key]) for key in headers if key.lower() == name), "")


def set_header(headers: dict[str, Any], name: str, value: Any) -> None:
    """Set a header under its lower-case name, in place of one in any other case."""
    for key in [key for key in headers if key.lower() == name]:
        del headers[key]
    headers[name] = value
