"""Takes JSON, gives what AWS's own model of DynamoDB makes of it, or its error.

The model is the one that botocore ships. Reading a request drops what the model does
not know and null members, turns base64 into bytes, and checks types, required members,
lengths and enumerations; writing a result does the reverse. Both are compiled into
closures once an operation, since interpreting the model for each request is most of
what a small operation would cost.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, TypeAlias

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from sandbox.json_value import JsonValue
from sandbox.tables.attribute_json import (
    read_attribute,
    read_attributes,
    read_values,
    write_attribute,
)
from sandbox.tables.errors import TableError, serialization_error, validation_error
from sandbox.tables.json_types import (
    MAPS,
    Reader,
    read_blob,
    read_boolean,
    read_list_of,
    read_map_of,
    read_plain_number,
    read_string,
    unexpected,
)

Writer: TypeAlias = Callable[[Any], Any]


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


def _reader(shape: Shape, known: dict[str, Reader]) -> Reader:
    """Compile a shape; `known` closes the circle where shapes hold themselves."""
    if shape.name == "AttributeValue":
        return read_attribute
    if shape.name == "ExpressionAttributeValueMap":
        return read_values
    if shape.name in known:
        return known[shape.name]
    match shape:
        case StructureShape():
            return _structure_reader(shape, known)
        case ListShape():
            return _bounded(
                partial(read_list_of, _reader(shape.member, known)), shape, "length"
            )
        case MapShape() if shape.value.name == "AttributeValue":
            return partial(read_attributes, read_attribute)
        case MapShape():
            return _bounded(
                partial(read_map_of, _reader(shape.value, known)), shape, "length"
            )
    return _scalar_reader(shape)


def _structure_reader(shape: StructureShape, known: dict[str, Reader]) -> Reader:
    members: dict[str, tuple[str, Reader]] = {}
    required = tuple(shape.required_members)

    def read(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, MAPS):
            raise serialization_error(unexpected(value, shape.name))
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
            return _bounded(_enumerated(read_string, shape), shape, "length")
        case "boolean":
            return read_boolean
        case "blob":
            return read_blob
    return _bounded(read_plain_number, shape, "value")


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
