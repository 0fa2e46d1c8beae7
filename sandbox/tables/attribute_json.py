"""Takes attribute values in JSON, gives them with bytes for base64, and back again.

What DynamoDB would not store is refused: other types, empty sets, names that are none,
what nests too deeply.
"""

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sandbox.json_value import JsonValue
from sandbox.tables.errors import (
    TableError,
    invalid_parameter,
    serialization_error,
    validation_error,
)
from sandbox.tables.json_types import (
    MAPS,
    Reader,
    read_blob,
    read_boolean,
    read_list_of,
    read_map_of,
    read_string,
    unexpected,
)
from sandbox.tables.number_text import read_number

MAX_NESTING_LEVELS = 32
"""How deep an item is, and lists and maps in it (Developer Guide, "Quotas")."""
MAX_NAME_BYTES = 65_535
"""Of an attribute's name (Developer Guide, "Quotas")."""

_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "M", "L"})
SCALAR_TYPES = frozenset({"S", "N", "BOOL", "NULL"})
"""Those whose values are the same in JSON and in moto."""


def read_attribute(value: Any, path: str = "", *, level: int = 2) -> dict[str, Any]:
    """Read an AttributeValue such as `{"S": "text"}`; binary becomes bytes.

    Args:
        value: as it is in JSON.
        path: where it stands, as AWS writes it.
        level: how deep; an item is at the first, its attributes at the second.

    Raises:
        TableError: it has no type, more than one, or a value that DynamoDB does not
            store: of another type, an empty set, nested too deeply.
    """
    if not isinstance(value, MAPS):
        raise serialization_error(unexpected(value, "AttributeValue"))
    found = [(t, v) for t, v in value.items() if v is not None and t in _TYPES]
    if len(found) != 1:
        count = "is empty" if not found else "has more than one datatypes set"
        raise validation_error(
            f"Supplied AttributeValue {count}, "
            "must contain exactly one of the supported datatypes"
        )
    name, content = found[0]
    if name not in _NESTED:
        return {name: _ATTRIBUTES[name](content, path)}
    if level > MAX_NESTING_LEVELS:
        raise validation_error(
            "Nesting Levels have exceeded supported limits: Attributes in the item "
            "have nested levels beyond supported limit"
        )
    return {
        name: _NESTED[name](partial(read_attribute, level=level + 1), content, path)
    }


def levels_of(value: Mapping[str, Any]) -> int:
    """Give how many lists and maps are within one another; of a scalar, none."""
    ((kind, content),) = value.items()
    if kind not in _NESTED:
        return 0
    members = content.values() if kind == "M" else content
    return 1 + max(map(levels_of, members), default=0)


def write_attribute(value: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Give an AttributeValue as JSON: bytes as base64, all else as it is."""
    ((name, content),) = value.items()
    if name in SCALAR_TYPES:
        return {name: content}
    match name:
        case "B":
            return {"B": _base64(content)}
        case "BS":
            return {"BS": [_base64(member) for member in content]}
        case "M":
            return {"M": {k: write_attribute(v) for k, v in content.items()}}
        case "L":
            return {"L": [write_attribute(member) for member in content]}
    return {name: list(content)}


def _base64(content: bytes | str) -> str:
    """Encode bytes; moto keeps some binary values as the base64 text they came as."""
    return content if isinstance(content, str) else base64.b64encode(content).decode()


def _read_null(value: Any, path: str) -> bool:
    """Read what is true, whatever it says: DynamoDB takes `false` for it since 2026."""
    return read_boolean(value, path) or True


def read_attributes(read: Reader, value: Any, path: str) -> dict[str, Any]:
    """Read attributes by name: those of an item, or the members of a map."""
    attributes = read_map_of(read, value, path)
    if attributes:
        if "" in attributes:
            raise validation_error("Empty attribute name")
        longest = max(attributes, key=len)
        if len(longest.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
            raise validation_error(
                "Attribute name is too large, must be less than 65536 bytes"
            )
    return attributes


def read_values(value: Any, path: str) -> dict[str, Any]:
    """Read ExpressionAttributeValues, whose faults are told with their names."""
    values = {}
    for name, member in read_map_of(lambda value, _: value, value, path).items():
        try:
            values[name] = read_attribute(member, f"{path}.{name}.member", level=1)
        except TableError as error:
            if error.code != "ValidationException":
                raise
            raise validation_error(
                f"ExpressionAttributeValues contains invalid value: {error.message} "
                f"for key {name}"
            ) from error
    return values


def _read_number_text(value: Any, path: str) -> str:
    return read_number(read_string(value, path))


def _read_set_of(read: Reader, value: Any, path: str) -> list[Any]:
    members = read_list_of(read, value, path)
    if not members:
        raise invalid_parameter(_EMPTY_SETS[read])
    if len(set(members)) < len(members):
        if read is _read_number_text:
            raise validation_error("Input collection contains duplicates")
        kind = "of type BS " if read is read_blob else " "
        raise invalid_parameter(
            f"Input collection [{', '.join(value)}]{kind}contains duplicates."
        )
    return members


_EMPTY_SETS: dict[Reader, str] = {
    read_string: "An string set  may not be empty",
    _read_number_text: "An number set  may not be empty",
    read_blob: "Binary sets should not be empty",
}

_ATTRIBUTES: dict[str, Reader] = {
    "S": read_string,
    "N": _read_number_text,
    "B": read_blob,
    "BOOL": read_boolean,
    "NULL": _read_null,
    "SS": partial(_read_set_of, read_string),
    "NS": partial(_read_set_of, _read_number_text),
    "BS": partial(_read_set_of, read_blob),
}
_NESTED: dict[str, Callable[[Reader, Any, str], Any]] = {
    "M": read_attributes,
    "L": read_list_of,
}
