"""Takes AttributeValues, gives what conditions compare: a type and a plain value.

Comparisons are DynamoDB's: values of two types are never equal, and never in an order;
numbers compare by what they are worth, sets without an order (Developer Guide,
"Comparison operator and function reference").
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ORDERED_TYPES = frozenset({"S", "N", "B"})
_SETS = {"SS": "S", "NS": "N", "BS": "B"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A value whose `content` compares with `==`, and with `<` in `ORDERED_TYPES`."""

    type: str
    content: Any


def plain(value: Mapping[str, Any]) -> Plain:
    """Read an AttributeValue in DynamoDB JSON; binary may be bytes or base64."""
    ((kind, content),) = value.items()
    return Plain(kind, _content(kind, content))


def _content(kind: str, content: Any) -> Any:
    match kind:
        case "N":
            return Decimal(content)
        case "B":
            return base64.b64decode(content) if isinstance(content, str) else content
        case "SS" | "NS" | "BS":
            return frozenset(_content(_SETS[kind], member) for member in content)
        case "L":
            return tuple(map(plain, content))
        case "M":
            return {name: plain(member) for name, member in content.items()}
    return content


def step_into(
    value: Mapping[str, Any] | None, parts: Sequence[str | int]
) -> Mapping[str, Any] | None:
    """Follow a path inside an AttributeValue; None where it leads nowhere."""
    for part in parts:
        if value is None:
            return None
        ((kind, content),) = value.items()
        match kind, part:
            case "M", str():
                value = content.get(part)
            case "L", int() if part < len(content):
                value = content[part]
            case _:
                return None
    return value


def is_ordered(lower: Plain, upper: Plain, *, or_equal: bool) -> bool:
    """Tell whether `lower` comes before `upper`; never, where types differ."""
    if lower.type != upper.type or lower.type not in ORDERED_TYPES:
        return False
    before: bool = lower.content < upper.content
    return before or (or_equal and bool(lower.content == upper.content))


def size_of(value: Plain) -> Plain | None:
    """Give what `size` gives: of a text, binary, set, list or map, else None."""
    if value.type in ("N", "BOOL", "NULL"):
        return None
    return Plain("N", Decimal(len(value.content)))


def contains(whole: Plain, part: Plain) -> bool:
    """Tell whether a text or binary has a part, or a set or list a member."""
    if whole.type in _SETS:
        return _SETS[whole.type] == part.type and part.content in whole.content
    if whole.type == "L":
        return part in whole.content
    is_text = whole.type in ("S", "B") and whole.type == part.type
    return is_text and part.content in whole.content


def begins_with(whole: Plain, start: Plain) -> bool:
    """Tell whether a text or binary begins with another."""
    if whole.type != start.type or whole.type not in ("S", "B"):
        return False
    begins: bool = whole.content.startswith(start.content)
    return begins
