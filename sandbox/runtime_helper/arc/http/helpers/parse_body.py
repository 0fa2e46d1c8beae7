"""The body of an @http request → what it says, by its content type."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

_JSON = ("application/json", "application/vnd.api+json")
_TEXT = ("text/plain", "text/xml", "application/xml")
_BYTES = ("multipart/form-data", "application/octet-stream")
_FORM = "application/x-www-form-urlencoded"


def parse_body(req: Mapping[str, Any]) -> Any:
    """Give the parsed body of a request, which is not changed.

    JSON becomes its value, and what counts as false in Python an empty dict; a form a
    dict, in which blank fields are missing and the last of a name wins; text is
    decoded; multipart and `application/octet-stream` become `{"base64": …}`. Anything
    else is given as it is. A type that names several is read as each in turn.

    Raises:
        ValueError: the body is not the JSON, or not the base64, that it claims to be.
        KeyError, AttributeError: the request has no headers.
    """
    content_type = req["headers"].get(
        "content-type", req["headers"].get("Content-Type")
    )
    body = req.get("body")
    if not (isinstance(body, str) and body and req["headers"] and content_type):
        return body
    is_base64 = req.get("isBase64Encoded")
    types = content_type.lower()
    if _has(types, _JSON):
        body = _parse_json(body, is_base64=bool(is_base64))
    if not is_base64:
        return body
    if _has(types, _TEXT):
        body = _decode(body)
    if _FORM in types:
        body = dict(parse_qsl(_decode(body)))
    return {"base64": body} if _has(types, _BYTES) else body


def _has(types: str, media_types: tuple[str, ...]) -> bool:
    return any(media_type in types for media_type in media_types)


def _decode(body: Any) -> str:
    return base64.b64decode(body).decode("utf-8")


def _parse_json(body: str, *, is_base64: bool) -> Any:
    try:
        return json.loads(_decode(body) if is_base64 else body) or {}
    except Exception as error:
        raise ValueError("Invalid request body encoding or invalid JSON") from error
