"""Content codings, there and back."""

import gzip
import sys
import zlib

import brotli
import pytest

from sandbox.content_coding import (
    MOST_DECODED_BYTES,
    CodingError,
    decode,
    encode,
)

TEXT = b"<p>hello</p>" * 50


def raw_deflate(text: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(text) + deflater.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
    ],
)
def test_decode_gives_what_others_have_encoded(coding: str, body: bytes) -> None:
    """Every coding that browsers send and helpers use, but zstd."""
    assert decode(body, coding) == TEXT


@pytest.mark.parametrize("coding", ["identity", "gzip", "x-gzip", "deflate", "br"])
def test_encode_gives_what_others_can_decode(coding: str) -> None:
    """What is encoded here has the form that the header names."""
    read = {
        "identity": bytes,
        "gzip": gzip.decompress,
        "x-gzip": gzip.decompress,
        "deflate": zlib.decompress,
        "br": brotli.decompress,
    }

    assert read[coding](encode(TEXT, coding)) == TEXT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(TEXT)[:-9]),
        ("deflate", b"\x78\x9cno"),
        ("br", b"no brotli at all"),
        ("br", brotli.compress(TEXT)[:-3]),
        ("zstd", b"x"),
        ("gzip, br", b"x"),
    ],
)
def test_decode_refuses_what_it_cannot_read(coding: str, body: bytes) -> None:
    """A damaged body and an unknown coding are both told, never guessed at."""
    with pytest.raises(CodingError):
        decode(body, coding)


BOMB = bytes(MOST_DECODED_BYTES + 1)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BOMB)),
        ("deflate", zlib.compress(BOMB)),
        ("br", brotli.compress(BOMB, quality=1)),
    ],
)
def test_decode_refuses_a_bomb(coding: str, body: bytes) -> None:
    """A few kilobytes that would fill the memory are not unpacked."""
    with pytest.raises(CodingError, match="too long"):
        decode(body, coding)


def test_decode_gives_what_is_just_short_enough() -> None:
    """The bound itself is allowed, in Brotli too, which comes in pieces."""
    body = brotli.compress(BOMB[1:], quality=1)

    assert len(decode(body, "br")) == MOST_DECODED_BYTES


class OldBrotli:
    """The library before 1.2, which unpacks as much as there is."""

    class Decompressor:
        """Takes no limit."""

        def process(self, body: bytes) -> bytes:
            return bytes(brotli.decompress(body))


def test_decode_needs_a_brotli_that_can_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older library has no bound, so that a body is left as it is."""
    monkeypatch.setitem(sys.modules, "brotli", OldBrotli)

    with pytest.raises(CodingError, match=r"1\.2"):
        decode(brotli.compress(TEXT), "br")


def test_encode_refuses_an_unknown_coding() -> None:
    """What could not be decoded is not encoded either."""
    with pytest.raises(CodingError, match="zstd"):
        encode(TEXT, "zstd")


def test_decode_names_the_package_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without Brotli's library a page in it is left alone, and that is said."""
    monkeypatch.setitem(sys.modules, "brotli", None)

    with pytest.raises(CodingError, match="which is not installed"):
        decode(b"x", "br")
