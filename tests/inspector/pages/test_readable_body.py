"""Compressed bodies are shown as the text that they hold."""

import base64
import gzip
import zlib
from typing import Any

import pytest

from sandbox.inspector.pages.readable_body import readable_body


def message(body: bytes, *codings: str) -> dict[str, Any]:
    coded = base64.b64encode(body).decode()
    headers = [["Content-Encoding", coding] for coding in codings]
    return {"headers": headers, "body": {"base64": coded}}


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(b"h\xc3\xa9"), "GZIP"), (zlib.compress(b"h\xc3\xa9"), "deflate")],
)
def test_text_is_unpacked(body: bytes, coding: str) -> None:
    """As Content-Encoding says."""
    assert readable_body(message(body, coding)) == "hé"


@pytest.mark.parametrize(
    "shown",
    [
        message(b"\xff\xfe"),
        message(b"no gzip", "gzip"),
        message(gzip.compress(b"\xff"), "gzip"),
        message(gzip.compress(b"a"), "gzip", "gzip"),
        message(b"a", "unknown"),
        {"headers": [["Content-Encoding", "gzip"]], "body": {"base64": None}},
    ],
)
def test_anything_else_stays_as_it_is(shown: dict[str, Any]) -> None:
    """Pictures, damage, unknown codings, and bodies that are text already."""
    assert readable_body(shown) is None
