"""Takes JSON, gives what AWS's own model of DynamoDB makes of it, or its error.

The model is the one that botocore ships. Reading a request drops what the model does
not know and null members, turns base64 into bytes, and checks types, required members,
lengths and enumerations; writing a result does the reverse. Both are compiled into
closures once an operation, since interpreting the model for each request is most of
what a small operation would cost.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, TypeAlias

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from sandbox.json_value import JsonValue
from sandbox.tables.errors import TableError, serialization_error, validation_error
from sandbox.tables.number_text import read_number

Reader: TypeAlias = Callable[[Any, str], Any]
"""Takes a JSON value and the path to it, as AWS writes paths in its messages."""
Writer: TypeAlias = Callable[[Any], Any]

MAX_NESTING_LEVELS = 32
"""How deep an item is, and lists and maps in it (Developer Guide, "Quotas")."""
MAX_NAME_BYTES = 65_535
"""Of an attribute's name (Developer Guide, "Quotas")."""

_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "M", "L"})
SCALAR_TYPES = frozenset({"S", "N", "BOOL", "NULL"})
"""Those whose values are the same in JSON and in moto."""


_MAPS = (dict, Mapping)
"""A dict is one too, and found out at once; the class of all of them takes a call."""


@cache
def _model() -> ServiceModel:
    definition = Loader().load_service_model("dynamodb", "service-2")
    return ServiceModel(definition, "dynamodb")


@cache
def input_reader(operation: str) -> Reader:
    """Give the reader of an operation's requests.

    Raises:
        TableError: DynamoDB has no operation of that name.
    """
    if operation not in _model().operation_names:
        raise TableError("UnknownOperationException", "")
    shape = _model().operation_model(operation).input_shape
    return _reader(shape, {}) if shape else lambda _value, _path: {}


@cache
def output_writer(operation: str) -> Writer:
    """Give the writer of an operation's results."""
    shape = _model().operation_model(operation).output_shape
    return _writer(shape, {}) if shape else lambda _value: {}


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
    if not isinstance(value, _MAPS):
        raise serialization_error(_unexpected(value, "AttributeValue"))
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


def _unexpected(value: JsonValue, wanted: str) -> str:
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


def _read_string(value: Any, _path: str) -> str:
    if not isinstance(value, str):
        raise serialization_error(_unexpected(value, "String"))
    return value


def _read_boolean(value: Any, _path: str) -> bool:
    if not isinstance(value, bool):
        raise serialization_error(_unexpected(value, "Boolean"))
    return value


def _read_null(value: Any, path: str) -> bool:
    """Read what is true, whatever it says: DynamoDB takes `false` for it since 2026."""
    return _read_boolean(value, path) or True


def _read_number(value: Any, _path: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise serialization_error(_unexpected(value, "Number"))
    if not math.isfinite(value):  # Python's JSON reader takes Infinity and NaN
        raise serialization_error(f"{value} cannot be converted to Number")
    return int(value) if value == int(value) else value


def _read_blob(value: Any, path: str) -> bytes:
    try:
        return base64.b64decode(_read_string(value, path), validate=True)
    except (binascii.Error, ValueError) as error:
        raise serialization_error(f"Invalid base64 value: {error}") from error


def _read_list_of(read: Reader, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise serialization_error(_unexpected(value, "List"))
    return [
        read(member, f"{path}.{number}.member")
        for number, member in enumerate(value, 1)
    ]


def _read_map_of(read: Reader, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, _MAPS):
        raise serialization_error(_unexpected(value, "Map"))
    return {key: read(member, f"{path}.{key}.member") for key, member in value.items()}


def _read_attributes(read: Reader, value: Any, path: str) -> dict[str, Any]:
    """Read attributes by name: those of an item, or the members of a map."""
    attributes = _read_map_of(read, value, path)
    if attributes:
        if "" in attributes:
            raise validation_error("Empty attribute name")
        longest = max(attributes, key=len)
        if len(longest.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
            raise validation_error(
                "Attribute name is too large, must be less than 65536 bytes"
            )
    return attributes


def _read_values(value: Any, path: str) -> dict[str, Any]:
    """Read ExpressionAttributeValues, whose faults are told with their names."""
    values = {}
    for name, member in _read_map_of(lambda value, _: value, value, path).items():
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
    return read_number(_read_string(value, path))


def _read_set_of(read: Reader, value: Any, path: str) -> list[Any]:
    members = _read_list_of(read, value, path)
    if not members:
        raise _invalid(_EMPTY_SETS[read])
    if len(set(members)) < len(members):
        if read is _read_number_text:
            raise validation_error("Input collection contains duplicates")
        kind = "of type BS " if read is _read_blob else " "
        raise _invalid(
            f"Input collection [{', '.join(value)}]{kind}contains duplicates."
        )
    return members


def _invalid(what: str) -> TableError:
    return validation_error(f"One or more parameter values were invalid: {what}")


_EMPTY_SETS: dict[Reader, str] = {
    _read_string: "An string set  may not be empty",
    _read_number_text: "An number set  may not be empty",
    _read_blob: "Binary sets should not be empty",
}

_ATTRIBUTES: dict[str, Reader] = {
    "S": _read_string,
    "N": _read_number_text,
    "B": _read_blob,
    "BOOL": _read_boolean,
    "NULL": _read_null,
    "SS": partial(_read_set_of, _read_string),
    "NS": partial(_read_set_of, _read_number_text),
    "BS": partial(_read_set_of, _read_blob),
}
_NESTED: dict[str, Callable[[Reader, Any, str], Any]] = {
    "M": _read_attributes,
    "L": _read_list_of,
}


def _reader(shape: Shape, known: dict[str, Reader]) -> Reader:
    """Compile a shape; `known` closes the circle where shapes hold themselves."""
    if shape.name == "AttributeValue":
        return read_attribute
    if shape.name == "ExpressionAttributeValueMap":
        return _read_values
    if shape.name in known:
        return known[shape.name]
    match shape:
        case StructureShape():
            return _structure_reader(shape, known)
        case ListShape():
            return _bounded(
                partial(_read_list_of, _reader(shape.member, known)), shape, "length"
            )
        case MapShape() if shape.value.name == "AttributeValue":
            return partial(_read_attributes, read_attribute)
        case MapShape():
            return _bounded(
                partial(_read_map_of, _reader(shape.value, known)), shape, "length"
            )
    return _scalar_reader(shape)


def _structure_reader(shape: StructureShape, known: dict[str, Reader]) -> Reader:
    members: dict[str, tuple[str, Reader]] = {}
    required = tuple(shape.required_members)

    def read(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, _MAPS):
            raise serialization_error(_unexpected(value, shape.name))
        found: dict[str, Any] = {}
        for name, member in value.items():
            if member is not None and name in members:
                label, read_member = members[name]
                found[name] = read_member(member, f"{path}.{label}" if path else label)
        for name in required:
            if name not in found:
                label = members[name][0]
                where = f"{path}.{label}" if path else label
                raise _constraint("null", where, "Member must not be null")
        return found

    known[shape.name] = read
    for name, member in shape.members.items():
        members[name] = (name[0].lower() + name[1:], _reader(member, known))
    return read


def _scalar_reader(shape: Shape) -> Reader:
    match shape.type_name:
        case "string":
            return _bounded(_enumerated(_read_string, shape), shape, "length")
        case "boolean":
            return _read_boolean
        case "blob":
            return _read_blob
    return _bounded(_read_number, shape, "value")


def _enumerated(read: Reader, shape: Shape) -> Reader:
    allowed = getattr(shape, "enum", None)
    if not allowed:
        return read

    def read_enumerated(value: Any, path: str) -> Any:
        content = read(value, path)
        if content not in allowed:
            rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            raise _constraint(f"'{content}'", path, rule)
        return content

    return read_enumerated


def _bounded(read: Reader, shape: Shape, what: str) -> Reader:
    """Add the model's `min` and `max` to a reader: of a length, or of a number."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is None and high is None:
        return read

    def read_bounded(value: Any, path: str) -> Any:
        content = read(value, path)
        size = len(content) if what == "length" else content
        if low is not None and size < low:
            rule = f"Member must have {what} greater than or equal to {low}"
            raise _constraint(f"'{content}'", path, rule)
        if high is not None and size > high:
            rule = f"Member must have {what} less than or equal to {high}"
            raise _constraint(f"'{content}'", path, rule)
        return content

    return read_bounded


def _constraint(shown: str, path: str, rule: str) -> TableError:
    return validation_error(
        f"1 validation error detected: Value {shown} at '{path}' "
        f"failed to satisfy constraint: {rule}"
    )


def _writer(shape: Shape, known: dict[str, Writer]) -> Writer:
    if shape.name == "AttributeValue":
        return write_attribute
    if shape.name in known:
        return known[shape.name]
    match shape:
        case StructureShape():
            return _structure_writer(shape, known)
        case ListShape():
            write_member = _writer(shape.member, known)
            return lambda value: [write_member(member) for member in value]
        case MapShape():
            write_value = _writer(shape.value, known)
            return lambda value: {k: write_value(v) for k, v in value.items()}
    return _write_timestamp if shape.type_name == "timestamp" else _write_as_it_is


def _structure_writer(shape: StructureShape, known: dict[str, Writer]) -> Writer:
    members: dict[str, Writer] = {}

    def write(value: Mapping[str, Any]) -> dict[str, JsonValue]:
        return {
            name: members[name](member)
            for name, member in value.items()
            if member is not None and name in members
        }

    known[shape.name] = write
    for name, member in shape.members.items():
        members[name] = _writer(member, known)
    return write


def _write_timestamp(value: datetime | float) -> float:
    """Give seconds since 1970; a datetime without a zone is UTC, as moto has them."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return value


def _write_as_it_is(value: Any) -> Any:
    return value
