"""Takes JSON objects, gives lines that show their own damage; and back again.

A line is the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON and a
line feed. JSON as we write it holds no line feed, so that one damaged line never hides
the next, and a person can read a file of them.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.json_value import JsonValue

Record: TypeAlias = Mapping[str, JsonValue]
"""What one line says."""

_DIGITS = 8
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A whole line whose content is not what was written."""

    line: int
    """Counted from 1."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file of records says."""

    records: tuple[Record, ...]
    """Those that are whole, in order."""
    end: int
    """Where the last whole line ends, in bytes: there writing goes on."""
    torn_bytes: int
    """What stands behind it: a line whose writing was cut short."""
    damage: tuple[Damage, ...]


def encode_record(record: Record) -> bytes:
    """Give the line of a record."""
    body = _encode(record).encode("ascii")
    return b"%08x %b\n" % (zlib.crc32(body), body)


def read_records(content: bytes) -> Reading:
    """Read what a file holds; whatever bytes they are, this gives an answer."""
    end = content.rfind(b"\n") + 1
    records: list[Record] = []
    damage: list[Damage] = []
    for number, line in enumerate(content[:end].split(b"\n")[:-1], 1):
        record = _decode(line)
        if record is None:
            damage.append(Damage(line=number, size_bytes=len(line) + 1))
        else:
            records.append(record)
    return Reading(
        records=tuple(records),
        end=end,
        torn_bytes=len(content) - end,
        damage=tuple(damage),
    )


def _decode(line: bytes) -> Record | None:
    body = line[_DIGITS + 1 :]
    if line[: _DIGITS + 1] != b"%08x " % zlib.crc32(body):
        return None
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
