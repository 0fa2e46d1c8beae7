"""Session data ⇄ JWE token (RFC 7516, compact), saying why a token is refused.

Only what the runtime helpers write is read: key management `dir`, one of three AES-GCM
encryptions, no compression. What they let pass beside that passes for them here, too:
`@architect/functions` 8 reads with node-webtokens 1, architect-functions 1 with
python-jose 3. `now_epoch` is seconds since 1970 throughout.
"""

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jwcrypto.common import JWException
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from sandbox.json_value import JsonValue
from sandbox.manifest.javascript import as_number, to_number, to_text
from sandbox.sessions.base64_text import jose_octets, node_octets, strict_octets
from sandbox.sessions.refusals import (
    Expired,
    NotAnObject,
    NotAToken,
    NotDated,
    TokenRefusal,
    WrongAlgorithm,
    WrongKey,
)
from sandbox.sessions.settings import KEY_BYTES, Algorithm, Helper, SessionSettings

NODE_LIFETIME_SECONDS = 604_800
"""`@architect/functions` 8 refuses tokens a week after they were written."""

MAX_TOKEN_CHARACTERS = 65_536
"""No header that API Gateway lets through is longer (its limit is 10,240 bytes)."""

_LAST_EPOCH = 1e15
_ALLOWED_HEADER_NAMES = frozenset({"alg", "enc", "typ", "cty", "kid"})
_TAG_BYTES = 16
_OCTETS: Mapping[Helper, Callable[[str], bytes | None]] = {
    "own": strict_octets,
    "pypi": jose_octets,
    "npm": node_octets,
}


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
    token.add_recipient(_key(settings, settings.algorithm))
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
    parts = _split(text, settings.helper)
    if isinstance(parts, NotAToken):
        return parts
    header = _parse_header(parts[0], settings.helper)
    if isinstance(header, NotAToken):
        return header
    algorithm = _choose_algorithm(header, settings)
    if not isinstance(algorithm, str):
        return algorithm
    opened = _decrypt(parts, settings, algorithm)
    if opened is None:
        return WrongKey()
    payload = _parse_payload(opened, settings.helper)
    if isinstance(payload, NotAnObject):
        return payload
    read_epoch = _javascript_epoch if settings.helper == "npm" else _epoch
    return _date(payload, len(opened), now_epoch, lifetime_seconds, read_epoch)


def looks_like_token(text: str) -> bool:
    """Tell whether `text` has the five parts of a compact JWE that uses `dir`."""
    parts = text.split(".")
    return len(parts) == 5 and bool(parts[0]) and not parts[1]


def _key(settings: SessionSettings, algorithm: Algorithm) -> JWK:
    octets = settings.encryption_key()[: KEY_BYTES[algorithm]]
    return JWK(kty="oct", k=_base64url(octets))


def _split(text: str, helper: Helper) -> list[str] | NotAToken:
    if len(text) > MAX_TOKEN_CHARACTERS:
        return NotAToken(detail=f"it has over {MAX_TOKEN_CHARACTERS} characters")
    # python-jose leaves what follows the fourth full stop together.
    parts = text.split(".", 4) if helper == "pypi" else text.split(".")
    if len(parts) != 5:
        return NotAToken(detail=f"it has {len(parts)} parts in place of 5")
    return parts


def _parse_header(part: str, helper: Helper) -> Mapping[str, JsonValue] | NotAToken:
    octets = _OCTETS[helper](part)
    try:
        header = None if octets is None else _from_json(octets, helper)
    except (ValueError, RecursionError):
        octets = None
    if octets is None:
        return NotAToken(detail="its header is not JSON in base64url")
    if not isinstance(header, dict):
        return NotAToken(detail="its header is not a JSON object")
    return header


def _choose_algorithm(
    header: Mapping[str, JsonValue], settings: SessionSettings
) -> Algorithm | TokenRefusal:
    unknown = _unread_name(header, settings.helper)
    if unknown is not None:
        return NotAToken(detail=f'its header has "{unknown}", which no helper writes')
    if header.get("alg") != "dir":
        return WrongAlgorithm(found=str(header.get("alg")), expected="dir")
    enc = header.get("enc")
    # @architect/functions takes any that the key is long enough for.
    limit = settings.key_bytes if settings.helper == "npm" else 0
    for name, size in KEY_BYTES.items():
        if name == enc and (name == settings.algorithm or size <= limit):
            return name
    return WrongAlgorithm(found=str(enc), expected=settings.algorithm)


def _unread_name(header: Mapping[str, JsonValue], helper: Helper) -> str | None:
    """Give what in a header keeps a token from being read: compression, for one.

    The two helpers pass over all names that they do not know.
    """
    if helper == "npm":
        return None
    if helper == "pypi":
        return "zip" if header.get("zip") is not None else None
    return min(set(header) - _ALLOWED_HEADER_NAMES, default=None)


def _decrypt(
    parts: list[str], settings: SessionSettings, algorithm: Algorithm
) -> bytes | None:
    """Open a token whose parts are written as the helper's library reads them."""
    header, encrypted_key, *encrypted = map(_OCTETS[settings.helper], parts)
    octets = [part for part in encrypted if part is not None]
    if len(octets) < len(encrypted) or len(octets[-1]) != _TAG_BYTES:
        return None
    # The tag vouches for the header's very letters.
    if header is None or _base64url(header) != parts[0]:
        return None
    if encrypted_key != b"" and settings.helper != "npm":
        return None
    token = JWE(algs=["dir", algorithm])
    compact = ".".join((parts[0], "", *map(_base64url, octets)))
    try:
        token.deserialize(compact, _key(settings, algorithm))
    except (JWException, ValueError, TypeError):
        # jwcrypto tells a bad tag, part or nonce in several ways; all are one answer.
        return None
    return bytes(token.payload)


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _from_json(octets: bytes, helper: Helper) -> JsonValue:
    """Read JSON; as JavaScript does, where whole numbers end and NaN is none."""
    value: JsonValue = (
        json.loads(
            octets.decode("utf-8", "replace"),
            parse_int=lambda digits: as_number(float(digits)),
            parse_constant=_refuse_constant,
        )
        if helper == "npm"
        else json.loads(octets)
    )
    return value


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is no JSON")


def _parse_payload(
    opened: bytes, helper: Helper
) -> Mapping[str, JsonValue] | NotAnObject:
    try:
        payload = _from_json(opened, helper)
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
    read_epoch: Callable[[JsonValue], float | None],
) -> Token | TokenRefusal:
    issued_epoch = read_epoch(payload.get("iat"))
    expires_epoch = None
    if lifetime_seconds is not None:
        if issued_epoch is None:
            return NotDated()
        own_end = read_epoch(payload.get("exp"))
        ends = (issued_epoch + lifetime_seconds, own_end)
        expires_epoch = min(end for end in ends if end is not None)
        if now_epoch > expires_epoch:
            return Expired(expired_epoch=expires_epoch, now_epoch=now_epoch)
    return Token(
        payload=payload,
        payload_bytes=payload_bytes,
        issued_epoch=_within_time(issued_epoch),
        expires_epoch=_within_time(expires_epoch),
    )


def _epoch(value: JsonValue) -> float | None:
    """Read a NumericDate (RFC 7519 section 2); anything else counts as absent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _within_time(value) if value else None


def _javascript_epoch(value: JsonValue) -> float | None:
    """Read a date as node-webtokens does, with `Number`; 0 and NaN count as absent."""
    if value is None or isinstance(value, Mapping):
        return None
    if isinstance(value, int | float):
        return float(value) or None
    return float(to_number(to_text(value)) or 0) or None


def _within_time(epoch: float | None) -> float | None:
    is_usable = epoch is not None and -_LAST_EPOCH < epoch < _LAST_EPOCH
    return float(epoch) if epoch is not None and is_usable else None
