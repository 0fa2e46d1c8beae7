"""Takes JSON objects, gives lines that show their own damage; and back again.

A line is the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON and a
line feed. JSON as we write it holds no line feed, so that one damaged line never hides
the next, and a person can read a file of them.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.json_value import JsonValue

Record: TypeAlias = Mapping[str, JsonValue]
"""What one line says."""

_DIGITS = 8
_BEGUN = re.compile(rb"[0-9a-f]{0,8}|[0-9a-f]{8} (\{[ -~]*)?")
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode_first = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file of records says."""

    records: tuple[Record, ...]
    """Those that are whole, in order."""
    end: int
    """Where the last line ends, in bytes: there writing goes on."""
    torn_bytes: int
    """What stands behind it: a line whose writing was cut short."""
    damaged_lines: tuple[int, ...]
    """Those whose content is not what was written, counted from 1."""


def encode_record(record: Record) -> bytes:
    """Give the line of a record."""
    body = _encode(record).encode("ascii")
    return b"%08x %b\n" % (zlib.crc32(body), body)


def read_records(content: bytes) -> Reading:
    """Read what a file holds; whatever bytes they are, this gives an answer.

    A process that is killed leaves the beginning of a line behind the last one. What
    is none, such as the zeros that a power failure leaves, is damage like another.
    """
    *lines, rest = content.split(b"\n")
    decoded = [_decode(line) for line in lines]
    torn_bytes = len(rest)
    if not _is_begun(rest):
        decoded.append(None)
        torn_bytes = 0
    return Reading(
        records=tuple(record for record in decoded if record is not None),
        end=len(content) - torn_bytes,
        torn_bytes=torn_bytes,
        damaged_lines=tuple(n for n, record in enumerate(decoded, 1) if record is None),
    )


def _is_begun(rest: bytes) -> bool:
    """Tell whether this is the beginning of a line, as far as its form shows."""
    if not _BEGUN.fullmatch(rest):
        return False
    body = rest[_DIGITS + 1 :].decode("ascii")
    try:
        _, end = _decode_first(body)
    except (ValueError, RecursionError):
        return True
    return end == len(body)  # nothing comes behind the object but the line feed


def _decode(line: bytes) -> Record | None:
    body = line[_DIGITS + 1 :]
    if line[: _DIGITS + 1] != b"%08x " % zlib.crc32(body):
        return None
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
