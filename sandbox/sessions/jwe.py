"""Session data ⇄ JWE token (RFC 7516, compact), saying why a token is refused.

Only what the runtime helpers write is read: key management `dir`, one of three AES-GCM
encryptions, no compression. `now_epoch` is seconds since 1970 throughout.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from sandbox.json_value import JsonValue
from sandbox.sessions.refusals import (
    Expired,
    NotAnObject,
    NotAToken,
    NotDated,
    TokenRefusal,
    WrongAlgorithm,
    WrongKey,
)
from sandbox.sessions.settings import SessionSettings

NODE_LIFETIME_SECONDS = 604_800
"""`@architect/functions` 8 refuses tokens a week after they were written."""

MAX_TOKEN_CHARACTERS = 65_536
"""No header that API Gateway lets through is longer (its limit is 10,240 bytes)."""

_LAST_EPOCH = 1e15
_ALLOWED_HEADER_NAMES = frozenset({"alg", "enc", "typ", "cty", "kid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An accepted token, opened."""

    payload: Mapping[str, JsonValue]
    """The session with its `iat`, as helpers give it to handlers."""
    payload_bytes: int
    """The length of the JSON text that was encrypted."""
    issued_epoch: float | None
    expires_epoch: float | None
    """When it will be refused; None where nothing limits it."""


def encode_token(
    session: Mapping[str, JsonValue], settings: SessionSettings, *, now_epoch: float
) -> str:
    """Encrypt `session`, its `iat` set to now.

    Raises:
        SessionSettingsError: the secret is too short for the algorithm.
        TypeError, ValueError: the session holds something that JSON cannot say.
    """
    payload = {**session, "iat": math.floor(now_epoch)}
    text = json.dumps(payload, allow_nan=False).encode("utf-8")
    header = json.dumps(
        {"alg": "dir", "enc": settings.algorithm}, separators=(",", ":")
    )
    token = JWE(plaintext=text, protected=header, algs=["dir", settings.algorithm])
    token.add_recipient(_key(settings))
    return str(token.serialize(compact=True))


def decode_token(
    text: str,
    settings: SessionSettings,
    *,
    now_epoch: float,
    lifetime_seconds: int | None = None,
) -> Token | TokenRefusal:
    """Open a token, or say why not.

    Args:
        text: the token as the cookie has it.
        settings: give the key and the one algorithm that is accepted.
        now_epoch: the time at which it is judged.
        lifetime_seconds: how long after its `iat` a token lives; the payload's own
            `exp` may end it sooner. None judges no time at all, as
            `architect-functions` 1 does.

    Raises:
        SessionSettingsError: the secret is too short for the algorithm.
    """
    refusal = _check_shape(text, settings)
    if refusal is not None:
        return refusal
    opened = _decrypt(text, settings)
    if opened is None:
        return WrongKey()
    payload = _parse_payload(opened)
    if isinstance(payload, NotAnObject):
        return payload
    return _date(payload, len(opened), now_epoch, lifetime_seconds)


def looks_like_token(text: str) -> bool:
    """Tell whether `text` has the five parts of a compact JWE that uses `dir`."""
    parts = text.split(".")
    return len(parts) == 5 and bool(parts[0]) and not parts[1]


def _key(settings: SessionSettings) -> JWK:
    octets = base64.urlsafe_b64encode(settings.encryption_key()).decode("ascii")
    return JWK(kty="oct", k=octets.rstrip("="))


def _check_shape(text: str, settings: SessionSettings) -> TokenRefusal | None:
    """Refuse what is not worth decrypting; compression could hide a bomb."""
    if len(text) > MAX_TOKEN_CHARACTERS:
        return NotAToken(detail=f"it has over {MAX_TOKEN_CHARACTERS} characters")
    parts = text.split(".")
    if len(parts) != 5:
        return NotAToken(detail=f"it has {len(parts)} parts in place of 5")
    header = _parse_header(parts[0])
    if isinstance(header, NotAToken):
        return header
    return _check_header(header, settings)


def _parse_header(part: str) -> Mapping[str, JsonValue] | NotAToken:
    try:
        octets = base64.b64decode(part + "=" * (-len(part) % 4), "-_", validate=True)
        header = json.loads(octets)
    except (binascii.Error, ValueError, RecursionError):
        return NotAToken(detail="its header is not JSON in base64url")
    if not isinstance(header, dict):
        return NotAToken(detail="its header is not a JSON object")
    return header


def _check_header(
    header: Mapping[str, JsonValue], settings: SessionSettings
) -> TokenRefusal | None:
    unknown = sorted(set(header) - _ALLOWED_HEADER_NAMES)
    if unknown:
        return NotAToken(
            detail=f'its header has "{unknown[0]}", which no helper writes'
        )
    if header.get("alg") != "dir":
        return WrongAlgorithm(found=str(header.get("alg")), expected="dir")
    if header.get("enc") != settings.algorithm:
        return WrongAlgorithm(found=str(header.get("enc")), expected=settings.algorithm)
    return None


def _decrypt(text: str, settings: SessionSettings) -> bytes | None:
    key = _key(settings)
    token = JWE(algs=["dir", settings.algorithm])
    try:
        token.deserialize(text, key)
    except (JWException, ValueError, TypeError):
        # jwcrypto tells a bad tag, part or nonce in several ways; all are one answer.
        return None
    return bytes(token.payload)


def _parse_payload(opened: bytes) -> Mapping[str, JsonValue] | NotAnObject:
    try:
        payload = json.loads(opened)
    except (ValueError, RecursionError):
        return NotAnObject(found="something that is not JSON")
    if not isinstance(payload, dict):
        return NotAnObject(found=f"a JSON {_json_type(payload)}")
    return payload


def _json_type(value: JsonValue) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _date(
    payload: Mapping[str, JsonValue],
    payload_bytes: int,
    now_epoch: float,
    lifetime_seconds: int | None,
) -> Token | TokenRefusal:
    issued_epoch = _epoch(payload.get("iat"))
    expires_epoch = None
    if lifetime_seconds is not None:
        if issued_epoch is None:
            return NotDated()
        own_end = _epoch(payload.get("exp"))
        ends = (issued_epoch + lifetime_seconds, own_end)
        expires_epoch = min(end for end in ends if end is not None)
        if now_epoch > expires_epoch:
            return Expired(expired_epoch=expires_epoch, now_epoch=now_epoch)
    return Token(
        payload=payload,
        payload_bytes=payload_bytes,
        issued_epoch=issued_epoch,
        expires_epoch=expires_epoch,
    )


def _epoch(value: JsonValue) -> float | None:
    """Read a NumericDate (RFC 7519 section 2); anything else counts as absent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    is_usable = value and -_LAST_EPOCH < value < _LAST_EPOCH
    return float(value) if is_usable else None
