"""Takes a session's row in DynamoDB JSON, says what architect-functions cannot read."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sandbox.sessions.refusals import UnreadableRow

_MOST_DIGITS = 38
"""Of boto3's numbers, which counts the zeros that DynamoDB writes at their end."""


def unreadable_row(item: Mapping[str, Any]) -> UnreadableRow | None:
    """Give why `session_read` of architect-functions 1.0 fails; None where it works."""
    for name, value in item.items():
        for kind, content in _scalars(value):
            if kind in ("SS", "NS", "BS"):
                return UnreadableRow(attribute=name, holds="a set")
            if kind == "B":
                return UnreadableRow(attribute=name, holds="binary")
            if kind == "N" and Decimal(content).adjusted() >= _MOST_DIGITS:
                return UnreadableRow(attribute=name, holds="a number of over 38 digits")
    return None


def _scalars(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the types and contents in a value that are neither maps nor lists."""
    ((kind, content),) = value.items()
    if kind == "M":
        members = content.values()
    elif kind == "L":
        members = content
    else:
        yield kind, content
        return
    for member in members:
        yield from _scalars(member)
