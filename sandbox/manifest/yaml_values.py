"""A YAML tag and what stands under it in, plain data out, by js-yaml's schema.

`yes` and `on` are text, `0o17` is a number, a date is its ISO text.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(
    r"([-+]?)(?:0b([01_]*[01])|0x([0-9a-fA-F_]*[0-9a-fA-F])|0o([0-7_]*[0-7])"
    r"|([0-9](?:[0-9_]*[0-9])?))"
)
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]*")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?"
    r"(?:[ \t]*(Z|([-+])(\d\d?)(?::?(\d\d))?))?"
)


PLAIN = "plain"
"""The tag of a scalar that has neither quotes nor a tag."""
_EMPTY: dict[str, JsonValue] = {
    "map": {},
    "set": {},
    "seq": [],
    "omap": [],
    "pairs": [],
    PLAIN: None,
    "null": None,
    "str": "",
}
"""What nothing is under a tag."""


def scalar(tag: str, text: str, *, is_quoted: bool) -> JsonValue:
    """Give the value of a scalar; infinity and NaN as such.

    Raises:
        ValueError: it is not what its tag says.
    """
    if not text and not is_quoted and tag in _EMPTY:
        return _EMPTY[tag]
    if tag == PLAIN:
        return _plain(text)
    if tag == "null" and text in _NULLS[1:]:
        return None
    value = _TAGGED[tag](text) if tag in _TAGGED else None
    if value is None:
        raise ValueError(tag)
    return value


def sequence(tag: str, parts: list[JsonValue]) -> JsonValue:
    """Give the value of a sequence, or raise ValueError as `scalar` does."""
    if tag == "seq":
        return parts
    pairs = [
        next(iter(part.items()))
        for part in parts
        if isinstance(part, Mapping) and len(part) == 1
    ]
    if len(pairs) != len(parts) or tag not in ("omap", "pairs"):
        raise ValueError(tag)
    if tag == "pairs":
        return [list(pair) for pair in pairs]
    if len(dict(pairs)) != len(pairs):
        raise ValueError(tag)
    return parts


def mapping(tag: str, pairs: dict[str, JsonValue]) -> JsonValue:
    """Give the value of a mapping, or raise ValueError as `scalar` does."""
    is_set = tag == "set" and not any(part is not None for part in pairs.values())
    if tag != "map" and not is_set:
        raise ValueError(tag)
    return pairs


def _plain(text: str) -> JsonValue:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    integer = _INTEGER.fullmatch(text)
    if integer:
        return _integer(integer)
    if _FLOAT.fullmatch(text) and not text.endswith("_"):
        return javascript.as_number(float(text.replace("_", "")))
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return _timestamp(text) or text


def _integer(found: re.Match[str]) -> JsonValue:
    sign, *written = found.groups()
    digits, base = next(
        (digits, base)
        for digits, base in zip(written, (2, 16, 8, 10), strict=True)
        if digits is not None
    )
    digits = digits.replace("_", "")
    if base == 10:
        return javascript.as_number(float(f"{sign}{digits}"))
    number = int(digits, base)
    if number.bit_length() > 1023:
        return -math.inf if sign == "-" else math.inf
    return javascript.as_number(float(-number if sign == "-" else number))


def _timestamp(text: str) -> str | None:
    """Give the ISO text of a date, as JSON.stringify writes a Date; else None."""
    try:
        date = _DATE.fullmatch(text)
        if date:
            return _iso(_utc(*map(int, date.groups())))
        found = _TIMESTAMP.fullmatch(text)
        return _iso(_moment(found)) if found else None
    except (ValueError, OverflowError):
        return None


def _utc(year: int, month: int, day: int) -> datetime:
    """Give a day as `Date.UTC` does: a thirteenth month is the next year's first."""
    if year < 100:
        year += 1900
    years, month = divmod(month - 1, 12)
    first = datetime(year + years, month + 1, 1, tzinfo=UTC)
    return first + timedelta(days=day - 1)


def _moment(found: re.Match[str]) -> datetime:
    milliseconds = int((found[7] or "0")[:3].ljust(3, "0"))
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    moment = _utc(year, month, day) + timedelta(
        hours=hour, minutes=minute, seconds=second, milliseconds=milliseconds
    )
    offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    return moment + offset if found[9] == "-" else moment - offset


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bytes(text: str) -> dict[str, JsonValue] | None:
    """Give bytes as JSON.stringify writes a Uint8Array; None for no Base64."""
    digits = re.sub(r"[\r\n]", "", text)
    if not _BASE64.fullmatch(digits) or len(digits) % 4:
        return None
    digits = digits.replace("=", "")
    try:
        found = base64.b64decode(digits + "=" * (-len(digits) % 4))
    except binascii.Error:  # a digit alone, of which no byte can be made
        found = base64.b64decode(digits[:-1])
    return {str(index): byte for index, byte in enumerate(found)}


def _boolean(text: str) -> JsonValue:
    return _BOOLEANS.get(text)


def _integral(text: str) -> JsonValue:
    return _plain(text) if _INTEGER.fullmatch(text) else None


def _floating(text: str) -> JsonValue:
    value = _plain(text)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number else None


_TAGGED: Mapping[str, Callable[[str], JsonValue]] = {
    "str": str,
    "bool": _boolean,
    "int": _integral,
    "float": _floating,
    "binary": _bytes,
    "timestamp": _timestamp,
}
"""How to read a scalar by its tag; None where it is none of that kind."""
