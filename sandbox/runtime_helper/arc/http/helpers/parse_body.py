"""The body of an @http request → what it says, by its content type."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from .headers import header_of

_JSON = ("application/json", "application/vnd.api+json")
_TEXT = ("text/plain", "text/xml", "application/xml")
_BYTES = ("multipart/form-data", "application/octet-stream")
_FORM = "application/x-www-form-urlencoded"


def parse_body(req: Mapping[str, Any]) -> Any:
    """Give the parsed body of a request, which is not changed.

    JSON becomes its value, `null` an empty dict; a form a dict, in which blank fields
    are missing and the last of a name wins; text is decoded; multipart and
    `application/octet-stream` become `{"base64": …}`. Anything else is given as it is.

    Raises:
        ValueError: the body is not the JSON, or not the base64, that it claims to be.
    """
    body = req.get("body")
    content_type = header_of(req.get("headers") or {}, "content-type").lower()
    if not isinstance(body, str) or not body or not content_type:
        return body
    if _is_one_of(content_type, _JSON):
        return _parse_json(_decode(req, body))
    if not req.get("isBase64Encoded"):
        return body
    if _is_one_of(content_type, _TEXT):
        return _decode(req, body)
    if _FORM in content_type:
        return dict(parse_qsl(_decode(req, body)))
    return {"base64": body} if _is_one_of(content_type, _BYTES) else body


def _is_one_of(content_type: str, media_types: tuple[str, ...]) -> bool:
    return any(media_type in content_type for media_type in media_types)


def _decode(req: Mapping[str, Any], body: str) -> str:
    if not req.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise ValueError("Invalid request body encoding or invalid JSON") from error


def _parse_json(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("Invalid request body encoding or invalid JSON") from error
    return {} if value is None else value
