"""Base64 text → octets, as each runtime helper's library decodes it.

None where that library fails; what it passes over is passed over here, too.
"""

import base64
import binascii
import re

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def strict_octets(text: str) -> bytes | None:
    """Decode base64url without padding, as RFC 7515 section 2 writes it."""
    return _decode(text, is_strict=True)


def node_octets(text: str) -> bytes:
    """Decode as Node's Buffer does: either alphabet, ends at the first `=`.

    Of each UTF-16 code unit the lower eight bits count. Characters of neither alphabet
    are passed over, and so is a last one alone.
    """
    low = text.encode("utf-16-le", "surrogatepass")[::2].decode("latin-1")
    letters = low.split("=", 1)[0].replace("-", "+").replace("_", "/")
    letters = _NOT_BASE64.sub("", letters)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def jose_octets(text: str) -> bytes | None:
    """Decode as python-jose does: padded by its length, foreign characters ignored."""
    return _decode(text, is_strict=False)


def _decode(text: str, *, is_strict: bool) -> bytes | None:
    octets = text.encode("utf-8", "surrogatepass")
    padded = octets + b"=" * (-len(octets) % 4)
    try:
        return base64.b64decode(padded, b"-_", validate=is_strict)
    except (binascii.Error, ValueError):
        return None
