"""Takes an item, gives its size in bytes as DynamoDB counts it.

Names and texts count in UTF-8, binary raw; a number has a byte for two digits and one
more; a list or map has three, and one for each of its members (Developer Guide,
"DynamoDB item sizes and formats"). Digits are paired from the decimal point, and a
minus takes a byte, as dynalite has measured it.
"""

from collections.abc import Mapping
from typing import Any

MAX_ITEM_BYTES = 400 * 1024
"""Developer Guide, "Quotas"."""
_NESTED_BYTES, _MEMBER_BYTES = 3, 1


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
        case "N":
            return _number_bytes(content)
        case "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
        case "M":
            return _NESTED_BYTES + _MEMBER_BYTES * len(content) + bytes_of(content)
        case "L":
            members = _MEMBER_BYTES * len(content) + sum(map(_value_bytes, content))
            return _NESTED_BYTES + members
    return sum(_value_bytes({kind[0]: member}) for member in content)


def _number_bytes(text: str) -> int:
    """Measure a number whose exponent is written out."""
    positive = text.removeprefix("-")
    whole, _, fraction = positive.partition(".")
    digits = f"{'0' * (len(whole) % 2)}{whole}{fraction}{'0' * (len(fraction) % 2)}"
    if not digits.strip("0"):
        return 1
    leading = len(digits) - len(digits.lstrip("0"))
    trailing = len(digits) - len(digits.rstrip("0"))
    pairs = len(digits) // 2 - leading // 2 - trailing // 2
    return 1 + pairs + (positive != text)
