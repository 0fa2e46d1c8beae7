"""Takes what a handler returned, says what of it bites once deployed. Pure.

API Gateway takes these results as well; they are seldom what was meant. Architect 5
made responses of `type`, `status` and `location` itself, and `arc.http` still does.
"""

from collections.abc import Mapping

from sandbox.json_value import JsonValue
from sandbox.manifest.javascript import is_truthy
from sandbox.project.model import ApiType

_GATEWAYS_KEYS = frozenset(
    ("statusCode", "body", "headers", "cookies", "isBase64Encoded")
)
_HELPERS_KEYS = frozenset(
    (
        *("cacheControl", "code", "cookie", "cors", "css", "html", "js", "json"),
        *("location", "session", "status", "text", "type", "xml"),
    )
)
"""What `arc.http` makes a response of, and API Gateway does not know."""
_RESPONSES_KEYS = _GATEWAYS_KEYS | _HELPERS_KEYS | {"multiValueHeaders"}
_STATUS_RANGE = range(200, 600)
_NO_STATUS_IN_V1 = (
    "The result has no statusCode: an HTTP API with payload 1.0 answers 500 then. "
    "Return one, such as 200."
)


def bites_on_aws(value: JsonValue, *, api_type: ApiType) -> str | None:
    """Say what API Gateway refuses or leaves out, where this sandbox goes on, or None.

    With payload 1.0, an HTTP API assumes no status (AWS re:Post knowledge center, "map
    response status codes in HTTP APIs"); Architect's sandbox answers 200.
    """
    if not isinstance(value, Mapping) or api_type == "rest":
        return None
    has_status = is_truthy(value.get("statusCode"))
    if api_type == "httpv1":
        return None if has_status else _NO_STATUS_IN_V1
    if has_status:
        return _left_out(value)
    return _whole_as_json(value) if _is_meant_as_response(value) else None


def _left_out(value: Mapping[str, JsonValue]) -> str | None:
    if _HELPERS_KEYS.isdisjoint(value):
        return None
    names = " and ".join(f'"{name}"' for name in value if name in _HELPERS_KEYS)
    return (
        f"API Gateway leaves {names} of the result out: only arc.http knows it. Return "
        "what arc.http makes of the result, or a body and headers."
    )


def _whole_as_json(value: Mapping[str, JsonValue]) -> str:
    names = ", ".join(f'"{name}"' for name in value)
    return (
        f"The result has no statusCode: API Gateway sends all of it as JSON, {names}. "
        "Return one, such as 200, or what arc.http makes of the result."
    )


def _is_meant_as_response(value: Mapping[str, JsonValue]) -> bool:
    """Tell whether the object is hardly an answer in itself."""
    if not _RESPONSES_KEYS.issuperset(value):
        return False
    if "body" in value or "headers" in value:
        return True
    status = value.get("status")
    return "location" in value and isinstance(status, int) and status in _STATUS_RANGE
