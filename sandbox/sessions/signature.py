"""Text + secret → signed text and back, as the npm package `cookie-signature` does.

A signed text is `text.signature`: HMAC-SHA256 in base64 without padding.
"""

import base64
import hashlib
import hmac


def sign(text: str, secret: str) -> str:
    """Give `text` with its signature after a full stop."""
    digest = hmac.new(_octets(secret), _octets(text), hashlib.sha256).digest()
    return f"{text}.{base64.b64encode(digest).decode('ascii').rstrip('=')}"


def unsign(signed: str, secret: str) -> str | None:
    """Give the text whose signature is right, or None; takes the same time for both."""
    text, stop, _ = signed.rpartition(".")
    if not stop:
        return None
    expected = sign(text, secret)
    return text if hmac.compare_digest(_octets(expected), _octets(signed)) else None


def _octets(text: str) -> bytes:
    # A cookie comes from anyone: half a surrogate pair is wrong, not a crash.
    return text.encode("utf-8", "surrogatepass")
