"""DynamoDB JSON ⇄ plain JSON that a person reads and writes, without any loss.

`{"N": "1"}` is `1`, `{"S": "a"}` is `"a"`. What JSON has no word for is an object with
one name: `{"$set": ["a"]}`, `{"$binary": "aGk="}`, `{"$number": "1e100"}`; and a map of
the app that has one such name is `{"$map": {…}}`.
"""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sandbox.json_value import JsonValue

LARGEST_EXACT = 2**53
"""Integers beyond it are not exact in JavaScript, which reads this as well."""

_TAKEN = {
    "$set": "a list",
    "$binary": "a base64 string",
    "$number": "a string of digits",
    "$map": "an object",
}
_SET_TYPES = {"SS": "S", "NS": "N", "BS": "B"}


def to_plain(value: JsonValue) -> JsonValue:
    """Give the plain form of an AttributeValue.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError("an attribute value is an object with one member, its type")
    ((kind, content),) = value.items()
    match kind, content:
        case "M", Mapping():
            return _protected(plain_row(content))
        case "L", Sequence():
            return [to_plain(member) for member in content]
        case (("SS" | "NS" | "BS"), Sequence()):
            return {"$set": [to_plain({_SET_TYPES[kind]: one}) for one in content]}
    return _plain_scalar(kind, content)


def plain_row(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the plain form of an item."""
    return {name: to_plain(value) for name, value in row.items()}


def from_plain(value: JsonValue) -> dict[str, JsonValue]:
    """Give the AttributeValue of a plain value.

    Raises:
        ValueError: DynamoDB has no such value.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float() | Decimal():
            return {"N": _number(str(value))}
        case str():
            return {"S": storable_text(value)}
        case Mapping():
            return _from_mapping(value)
        case Sequence():
            return {"L": [from_plain(member) for member in value]}
    raise ValueError(f"DynamoDB has no type for a {type(value).__name__}")


def says_one_value(value: Mapping[str, JsonValue]) -> bool:
    """Tell whether an object is one of our words: `{"$set": …}` and the like."""
    return len(value) == 1 and next(iter(value)) in _TAKEN


def row_from_plain(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the item of a plain row.

    Raises:
        ValueError: DynamoDB has no type for one of its values.
    """
    return {storable_text(name): from_plain(value) for name, value in row.items()}


def storable_text(text: str) -> str:
    """Give a text as it is.

    Raises:
        ValueError: UTF-8 cannot say it: it holds half a surrogate pair.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{text!r} cannot be stored as text") from error
    return text


def python_from_plain(value: JsonValue) -> object:
    """Give the Python value of a plain one: sets, bytes, and numbers that are exact."""
    match value:
        case Mapping():
            return _python_from_mapping(value)
        case list() | tuple():
            return [python_from_plain(member) for member in value]
    return value


def set_of(members: Sequence[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """Give the AttributeValue of a set, from those of its members.

    Raises:
        ValueError: DynamoDB has no such set.
    """
    kinds = {kind for member in members for kind in member}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise ValueError(
            "DynamoDB has sets of strings only, numbers only or binary only, "
            "and none that is empty"
        )
    (kind,) = kinds
    return {f"{kind}S": [member[kind] for member in members]}


def _plain_scalar(kind: str, content: JsonValue) -> JsonValue:
    match kind, content:
        case "S", str():
            return content
        case "N", str():
            return _plain_number(content)
        case "B", str():
            return {"$binary": content}
        case "BOOL", bool():
            return content
        case "NULL", _:
            return None
    raise ValueError(f'there is no attribute value of the type "{kind}"')


def _plain_number(text: str) -> JsonValue:
    number = Decimal(text)
    if number == number.to_integral_value():
        if abs(number) <= LARGEST_EXACT:
            return int(number)
    elif Decimal(repr(float(number))) == number:
        return float(number)
    return {"$number": text}


def _protected(row: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Wrap a map of the app that would read as one of our own words."""
    is_ours = len(row) == 1 and next(iter(row)).startswith("$")
    return {"$map": row} if is_ours else row


def _from_mapping(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    match dict(value):
        case {"$set": list() | tuple() as members, **others} if not others:
            return set_of([from_plain(member) for member in members])
        case {"$binary": str(text), **others} if not others:
            return {"B": text}
        case {"$number": str(text), **others} if not others:
            return {"N": _number(text)}
        case {"$map": Mapping() as row, **others} if not others:
            return {"M": row_from_plain(row)}
    if len(value) == 1:
        _refuse_misused_word(next(iter(value)))
    return {"M": row_from_plain(value)}


def _refuse_misused_word(name: str) -> None:
    taken = _TAKEN.get(name)
    if taken is not None:
        raise ValueError(
            f'"{name}" takes {taken}; a map with such a name is '
            f'{{"$map": {{"{name}": …}}}}'
        )


def _python_from_mapping(value: Mapping[str, JsonValue]) -> object:
    match dict(value):
        case {"$set": list() | tuple() as members, **others} if not others:
            return {python_from_plain(member) for member in members}
        case {"$binary": str(text), **others} if not others:
            return base64.b64decode(text)
        case {"$number": str(text), **others} if not others:
            number = Decimal(text)
            return int(number) if number == number.to_integral_value() else number
        case {"$map": Mapping() as row, **others} if not others:
            value = row
    return {name: python_from_plain(member) for name, member in value.items()}


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f'"{text}" is not a number') from error
    if not number.is_finite():
        raise ValueError(f"DynamoDB has no number {text}")
    return str(number)
