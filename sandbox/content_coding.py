"""Takes a body and its Content-Encoding, gives the text inside, and back.

Pure. The codings are those of RFC 9110 section 8.4.1, and Brotli (RFC 7932), which
`@architect/functions` for Node prefers; a library does that one, if it is installed.
"""

import importlib
import zlib
from typing import Any

MOST_DECODED_BYTES = 32 * 1024 * 1024
"""Above this a page is taken for an attack on memory, and left as it is."""

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_RAW_WINDOW = -zlib.MAX_WBITS


class CodingError(ValueError):
    """The body cannot be decoded: an unknown coding, or damaged."""


def decode(body: bytes, coding: str) -> bytes:
    """Give what `body` holds, encoded as `coding` says; none is `identity`.

    Raises:
        CodingError: the coding is not known here, or the body is not in it.
    """
    try:
        match coding:
            case "identity":
                return body
            case "gzip" | "x-gzip":
                return _inflate(body, _GZIP_WINDOW)
            case "deflate":
                return _inflate(body, _deflate_window(body))
            case "br":
                return _unbrotli(body)
    except zlib.error as error:
        raise CodingError(f"the body is not {coding}: {error}") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "brotli":
            raise CodingError("the body is not br") from error
        raise
    raise CodingError(f'the coding "{coding}" is not known here')


def encode(text: bytes, coding: str) -> bytes:
    """Give `text` encoded as `coding` says, which `decode` has known.

    Raises:
        CodingError: the coding is not known here.
    """
    match coding:
        case "identity":
            return text
        case "gzip" | "x-gzip":
            return _deflate(text, _GZIP_WINDOW)
        case "deflate":
            return _deflate(text, zlib.MAX_WBITS)
        case "br":
            return bytes(_brotli().compress(text, quality=4))
    raise CodingError(f'the coding "{coding}" is not known here')


def _inflate(body: bytes, window: int) -> bytes:
    """Decode all members, of which a gzip body may have several (RFC 1952 2.2)."""
    text = b""
    while True:
        inflater = zlib.decompressobj(window)
        # No more than one byte too many: 0 would mean without a limit.
        text += inflater.decompress(body, MOST_DECODED_BYTES + 1 - len(text))
        if not inflater.eof or len(text) > MOST_DECODED_BYTES:
            raise CodingError("the body ends too early, or is too long")
        body = inflater.unused_data
        if not body:
            return text
        if window != _GZIP_WINDOW:
            raise CodingError("the body goes on after its end")


def _unbrotli(body: bytes) -> bytes:
    unpacker = _brotli().Decompressor()
    limit = MOST_DECODED_BYTES + 1
    try:
        piece = text = unpacker.process(body, output_buffer_limit=limit)
    except TypeError as error:
        raise CodingError(
            'the coding "br" needs the package "brotli" 1.2 or newer'
        ) from error
    while piece and len(text) < limit:
        piece = unpacker.process(b"", output_buffer_limit=limit - len(text))
        text += piece
    if len(text) >= limit or not unpacker.is_finished():
        raise CodingError("the body ends too early, or is too long")
    return bytes(text)


def _deflate_window(body: bytes) -> int:
    """Tell zlib's format from raw deflate, which some servers send for it."""
    is_zlib = body[:1] == b"\x78" and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else _RAW_WINDOW


def _deflate(text: bytes, window: int) -> bytes:
    deflater = zlib.compressobj(wbits=window)
    return deflater.compress(text) + deflater.flush()


def _brotli() -> Any:
    # Imported when a body needs it, and only where it is installed.
    try:
        return importlib.import_module("brotli")
    except ModuleNotFoundError as error:
        raise CodingError(
            'the coding "br" needs the package "brotli", which is not installed'
        ) from error
