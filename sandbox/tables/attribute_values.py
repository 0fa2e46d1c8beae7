"""Takes a plain Python value, gives DynamoDB JSON: `1` becomes `{"N": "1"}`."""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue

Row: TypeAlias = Mapping[str, JsonValue]
"""An item in DynamoDB JSON: `{"_idx": {"S": "abc"}, "count": {"N": "1"}}`."""
Seeds: TypeAlias = Mapping[str, Sequence[Row]]
"""Rows by logical table name."""


def to_attribute_value(value: object) -> dict[str, JsonValue]:
    """Give the AttributeValue for a value (DynamoDB Developer Guide, "Data types").

    Raises:
        ValueError: DynamoDB has no type for it.
    """
    match value:
        case set() | frozenset():
            return _set(value)
        case Mapping():
            return {"M": to_row(value)}
        case list() | tuple():
            return {"L": [to_attribute_value(member) for member in value]}
    return _scalar(value)


def _scalar(value: object) -> dict[str, JsonValue]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float() | Decimal():
            return {"N": _number(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": base64.b64encode(value).decode()}
    raise ValueError(f"DynamoDB has no type for {type(value).__name__} values")


def to_row(values: Mapping[Any, object]) -> dict[str, JsonValue]:
    """Give an item in DynamoDB JSON.

    Raises:
        ValueError: DynamoDB has no type for one of the values, or a name is no text.
    """
    odd = [name for name in values if not isinstance(name, str)]
    if odd:
        raise ValueError(f"attribute name {odd[0]!r} is not a string")
    return {name: to_attribute_value(value) for name, value in values.items()}


def _number(value: float | Decimal) -> str:
    """Give a number as a developer would write it: 0.1 is not a long binary tail."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"DynamoDB has no number {value}")
    return str(number)


def _set(members: set[Any] | frozenset[Any]) -> dict[str, JsonValue]:
    """Give a set; DynamoDB's have members of one type, and are never empty."""
    typed = sorted((*to_attribute_value(member).items(),) for member in members)
    types = {kind for ((kind, _),) in typed}
    if types not in ({"S"}, {"N"}, {"B"}):
        raise ValueError("a set has one or more strings, or numbers, or binary values")
    return {f"{types.pop()}S": [content for ((_, content),) in typed]}
