"""Takes what a function of @ws returned, gives what API Gateway makes of it."""

import re
from collections.abc import Mapping

from sandbox.json_value import JsonValue, brief_json

_STATUSES = range(200, 600)
_STATUS_TEXT = re.compile("[2-5][0-9]{2}")


def status_of(result: JsonValue) -> int | None:
    """Give a result's statusCode, which may be a number in a string."""
    status = result.get("statusCode") if isinstance(result, Mapping) else None
    if isinstance(status, str) and _STATUS_TEXT.fullmatch(status):
        status = int(status)
    if isinstance(status, float) and status.is_integer():
        status = int(status)
    # `True` is an int to Python, and out of the range.
    return status if isinstance(status, int) and status in _STATUSES else None


def fault_of(result: JsonValue) -> str:
    """Tell what of a result is no statusCode."""
    status = result.get("statusCode") if isinstance(result, Mapping) else None
    return f"{'no' if status is None else f'{brief_json(status)} for a'} statusCode"


def subprotocol_of(result: JsonValue, offered: tuple[str, ...]) -> str | None:
    """Give the Sec-WebSocket-Protocol that a handler chose among those offered."""
    headers = result.get("headers") if isinstance(result, Mapping) else None
    if isinstance(headers, Mapping):
        for name, value in headers.items():
            if name.lower() == "sec-websocket-protocol" and value in offered:
                return str(value)
    return None
