"""Takes JSON values, gives what AWS's services read of them, or their errors.

Each reader takes a value and the path to it, as AWS writes paths in its messages.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.errors import serialization_error

Reader: TypeAlias = Callable[[Any, str], Any]
"""Takes a JSON value and the path to it.

Raises:
    TableError: the value is of another type.
"""
MAPS = (dict, Mapping)
"""A dict is one too, and found out at once; the class of all of them takes a call."""


def unexpected(value: JsonValue, wanted: str) -> str:
    """Word what DynamoDB says of a JSON value where it wants another type."""
    match value:
        case Mapping():
            return "Start of structure or map found where not expected"
        case list():
            return "Start of list found where not expected"
        case bool():
            return f"{str(value).upper()}_VALUE cannot be converted to {wanted}"
        case int() | float():
            return f"NUMBER_VALUE cannot be converted to {wanted}"
    return f"STRING_VALUE cannot be converted to {wanted}"


def read_string(value: Any, _path: str) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise serialization_error(unexpected(value, "String"))
    return value


def read_boolean(value: Any, _path: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise serialization_error(unexpected(value, "Boolean"))
    return value


def read_plain_number(value: Any, _path: str) -> int | float:
    """Read a number, whole ones as int."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise serialization_error(unexpected(value, "Number"))
    if not math.isfinite(value):  # Python's JSON reader takes Infinity and NaN
        raise serialization_error(f"{value} cannot be converted to Number")
    return int(value) if value == int(value) else value


def read_blob(value: Any, path: str) -> bytes:
    """Read binary, which is base64 in JSON."""
    try:
        return base64.b64decode(read_string(value, path), validate=True)
    except (binascii.Error, ValueError) as error:
        raise serialization_error(f"Invalid base64 value: {error}") from error


def read_list_of(read: Reader, value: Any, path: str) -> list[Any]:
    """Read a list, its members by a reader."""
    if not isinstance(value, list):
        raise serialization_error(unexpected(value, "List"))
    return [
        read(member, f"{path}.{number}.member")
        for number, member in enumerate(value, 1)
    ]


def read_map_of(read: Reader, value: Any, path: str) -> dict[str, Any]:
    """Read a map, its members by a reader."""
    if not isinstance(value, MAPS):
        raise serialization_error(unexpected(value, "Map"))
    return {key: read(member, f"{path}.{key}.member") for key, member in value.items()}
