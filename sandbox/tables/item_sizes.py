"""Takes an item, gives its size as DynamoDB counts it, to some bytes.

DynamoDB keeps two digits of a number in a byte, and some bytes for each list and map
(Developer Guide, "DynamoDB item sizes and formats"); here a number has a byte for each
digit, as in moto.
"""

from collections.abc import Mapping
from typing import Any


def bytes_of(attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """Give the size of attributes with their names.

    Args:
        attributes: as `shapes` has read them.

    Raises:
        UnicodeEncodeError: a text has half a surrogate pair.
    """
    names = sum(len(name.encode()) for name in attributes)
    return names + sum(map(_value_bytes, attributes.values()))


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N" | "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
        case "M":
            return bytes_of(content)
        case "L":
            return sum(map(_value_bytes, content))
    return sum(_value_bytes({kind[0]: member}) for member in content)
