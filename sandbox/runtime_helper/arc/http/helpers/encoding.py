"""A response's body → what API Gateway carries: compressed where asked, else base64."""

import base64
import gzip
from collections.abc import Mapping
from typing import Any

from .binary_types import binary_types
from .headers import header_of


def encode_body(
    req: Mapping[str, Any], given: Mapping[str, Any], response: dict[str, Any]
) -> None:
    """Compress and encode `response["body"]` in place, and flag it.

    Bytes become base64. A string is compressed where the client takes gzip, unless
    `compression` is False or something is encoded already; of a binary media type it
    counts as base64. Without a payload version (REST) API Gateway itself compresses.
    """
    body = response["body"]
    is_binary = _media_type(response["headers"]) in binary_types
    if isinstance(body, str) and is_binary:
        response["isBase64Encoded"] = True
        return
    if not isinstance(body, str | bytes):
        return
    octets = body.encode("utf-8") if isinstance(body, str) else body
    is_compressed = bool(octets) and _is_compression_wanted(req, given, response)
    if is_compressed:
        response["headers"]["content-encoding"] = "gzip"
        octets = gzip.compress(octets, mtime=0)
    if is_compressed or isinstance(body, bytes):
        response["body"] = base64.b64encode(octets).decode("ascii")
        response["isBase64Encoded"] = True


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip (RFC 9110 section 12.5.3)."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "").removeprefix("q=")
    asked = weights.get("gzip", weights.get("*"))
    # A weight of zero, in any spelling, is a refusal; none at all means 1.
    return asked is not None and (asked == "" or asked.strip("0.") != "")


def _is_compression_wanted(
    req: Mapping[str, Any], given: Mapping[str, Any], response: Mapping[str, Any]
) -> bool:
    if not req.get("version") or given.get("compression") is False:
        return False
    if given.get("isBase64Encoded"):
        return False
    if header_of(response["headers"], "content-encoding"):
        return False
    return accepts_gzip(header_of(req.get("headers") or {}, "accept-encoding"))


def _media_type(headers: Mapping[str, Any]) -> str:
    return header_of(headers, "content-type").split(";")[0].strip().lower()
