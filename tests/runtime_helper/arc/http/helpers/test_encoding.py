"""Compression and base64 of response bodies."""

import base64
import gzip
from typing import Any

import pytest

from sandbox.runtime_helper.arc.http import res

GZIP = {"version": "2.0", "headers": {"accept-encoding": "gzip, deflate, br"}}


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br, gzip", True),
        ("deflate,gzip", False),
        ("GZIP", False),
        ("gzip;q=0.5", False),
        ("*", False),
        ("br", False),
        ("", False),
    ],
)
def test_res_takes_gzip_where_it_is_spelt_so(header: str, *, accepted: bool) -> None:
    """Between commas with a space, as architect-functions looks for it."""
    req = {"version": "2.0", "headers": {"Accept-Encoding": header}}

    response = res(req, {"text": "x"})

    assert ("content-encoding" in response["headers"]) is accepted


def test_res_compresses_text_for_a_client_that_takes_gzip() -> None:
    """The body travels as base64, flagged."""
    response = res(GZIP, {"html": "<p>ä"})

    assert response["headers"]["content-encoding"] == "gzip"
    assert response["isBase64Encoded"] is True
    assert gzip.decompress(base64.b64decode(response["body"])) == "<p>ä".encode()


@pytest.mark.parametrize(
    ("req", "params"),
    [
        ({"version": "2.0", "headers": {}}, {"text": "x"}),
        ({"version": "2.0"}, {"text": "x"}),
        ({"headers": {"accept-encoding": "gzip"}}, {"text": "x"}),
        (GZIP, {"text": "x", "compression": False}),
        (GZIP, {"text": "x", "headers": {"Content-Encoding": "br"}}),
        (GZIP, {"text": "x", "headers": {"content-encoding": "br"}}),
        (GZIP, {"body": "eA==", "isBase64Encoded": True}),
        (GZIP, {"body": None}),
    ],
)
def test_res_leaves_the_rest_uncompressed(req: Any, params: Any) -> None:
    """Not asked for, not wanted, done already, REST, or nothing to compress."""
    assert res(req, params)["headers"].get("content-encoding") in (None, "br")


def test_res_encodes_bytes() -> None:
    """Bytes are base64 whatever their type; compressed where the client takes it."""
    plain = res({"version": "2.0"}, {"body": b"\x00\xff", "type": "image/png"})
    small = res(GZIP, {"body": b"\x00\xff", "type": "font/ttf"})

    assert (plain["body"], plain["isBase64Encoded"]) == ("AP8=", True)
    assert gzip.decompress(base64.b64decode(small["body"])) == b"\x00\xff"


def test_res_flags_text_of_a_binary_type() -> None:
    """It is base64 already: what else could it be?"""
    response = res(
        GZIP, {"body": "AP8=", "headers": {"Content-Type": "image/png; a=b"}}
    )

    assert (response["body"], response["isBase64Encoded"]) == ("AP8=", True)
    assert "content-encoding" not in response["headers"]
