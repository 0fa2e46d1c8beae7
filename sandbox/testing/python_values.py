"""DynamoDB JSON ⇄ what Python has for it, without any loss: the items of a test.

Numbers are int, or float as handlers get them from their helper; sets are sets and
binary is bytes. A map is a dict whatever its names are.
"""

import base64
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from sandbox.inspector.plain_values import from_plain, set_of, storable_text
from sandbox.json_value import JsonValue

_SETS = {"SS": "S", "NS": "N", "BS": "B"}


def python_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give an item's attributes as Python values."""
    return {name: _to_python(value) for name, value in row.items()}


def row_from_python(row: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Give the item of Python values.

    Raises:
        ValueError: DynamoDB has no type for one of them.
    """
    if not all(isinstance(name, str) for name in row):
        raise ValueError("DynamoDB attribute names are strings")
    return {storable_text(name): _from_python(value) for name, value in row.items()}


def _to_python(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            number = Decimal(content)
            is_whole = number == number.to_integral_value()
            return int(number) if is_whole else float(number)
        case "B":
            return base64.b64decode(content)
        case "SS" | "NS" | "BS":
            return {_to_python({_SETS[kind]: member}) for member in content}
        case "L":
            return [_to_python(member) for member in content]
        case "M":
            return python_row(content)
        case "NULL":
            return None
    return content


def _from_python(value: Any) -> dict[str, JsonValue]:
    match value:
        case str():
            return {"S": storable_text(value)}
        case bytes() | bytearray():
            return {"B": base64.b64encode(value).decode()}
        case Mapping():
            return {"M": row_from_python(value)}
        case AbstractSet():
            return set_of([_from_python(member) for member in value])
        case Sequence():
            return {"L": [_from_python(member) for member in value]}
    return from_plain(value)
