"""A response's body → what API Gateway carries: compressed where asked, else base64."""

import base64
import gzip
from collections.abc import Mapping
from typing import Any

from .binary_types import binary_types


def encode_body(
    response: dict[str, Any], *, content: bytes | None, is_gzipped: bool
) -> None:
    """Compress and encode `response["body"]` in place, and flag it.

    Args:
        response: whose content type decides too: text of a binary one is base64.
        content: the bytes of the handler's `body`, whatever stands in their place.
        is_gzipped: whether text and bytes are compressed.
    """
    body = response["body"]
    media_type = response["headers"].get("content-type", "").split(";")[0]
    if content is None and isinstance(body, str) and media_type in binary_types:
        response["isBase64Encoded"] = True
        return
    if content is None and not (isinstance(body, str) and is_gzipped):
        return
    octets = bytes(body, "utf-8") if content is None else body
    if is_gzipped:
        response["headers"]["content-encoding"] = "gzip"
        octets = gzip.compress(octets, mtime=0)
    response["body"] = base64.b64encode(octets).decode("ascii")
    response["isBase64Encoded"] = True


def is_gzip_wanted(
    req: Mapping[str, Any], params: Mapping[str, Any], *, accepted: Any, encoding: Any
) -> bool:
    """Tell whether to compress: the client takes `gzip`, spelt so, without a weight.

    Without a payload version (REST) API Gateway itself compresses.
    """
    return (
        bool(req.get("version"))
        and not params.get("isBase64Encoded")
        and not encoding
        and params.get("compression") not in (False,)
        and bool(accepted)
        and "gzip" in accepted.split(", ")
    )
