"""How JavaScript reads and writes scalars, for Architect's grammar rests on it.

`@architect/parser` trims, recognises numbers and orders keys with the language's own
operations (ECMA-262), so the same text must give the same values here.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sandbox.json_value import JsonValue

_Value = TypeVar("_Value")

WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""ECMA-262 WhiteSpace and LineTerminator: what `trim` removes and `\\s` matches."""

PROTOTYPE = "__proto__"
"""Setting this property of an object gives it another prototype, and no key."""

_DECIMAL = re.compile(
    r"[+-]?(?:Infinity|(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)"
)
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_MAX_ARRAY_INDEX = 2**32 - 2
_PLAIN_DIGITS_BELOW = 10**21


def trim(text: str) -> str:
    """Give `text` without white space at its ends (`String.prototype.trim`)."""
    return text.strip(WHITE_SPACE)


def to_number(text: str) -> int | float | None:
    """Read `text` as `Number(text)` does; None where that gives NaN."""
    text = trim(text)
    if not text:
        return 0
    if _PREFIXED.fullmatch(text):
        return as_number(float(_prefixed_integer(text)))
    if _DECIMAL.fullmatch(text):
        return as_number(float(text))
    return None


def _prefixed_integer(text: str) -> int | float:
    base = {"x": 16, "o": 8, "b": 2}[text[1].lower()]
    number = int(text[2:], base)
    return number if number.bit_length() <= 1024 else math.inf


def as_number(value: float) -> int | float:
    """Give a whole number as int, any other (and one past 1e21) as float."""
    if value.is_integer() and abs(value) < _PLAIN_DIGITS_BELOW:
        return int(value)
    return value


def is_integer(value: object) -> bool:
    """Tell whether `value` is a whole number (`Number.isInteger`)."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def to_text(value: JsonValue) -> str:
    """Write `value` as `String(value)` does: a list joins with commas."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_text(float(value))
        case str():
            return value
        case Mapping():
            return "[object Object]"
        case _:
            return join(value, ",")


def join(values: Iterable[JsonValue], separator: str) -> str:
    """Write values one after another, null as nothing (`Array.prototype.join`)."""
    return separator.join("" if value is None else to_text(value) for value in values)


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    digits, exponent = _shortest_digits(value)
    sign = "-" if value < 0 else ""
    if -6 < exponent <= 21:
        return sign + _positional(digits, exponent)
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{exponent - 1:+d}"


def _shortest_digits(value: float) -> tuple[str, int]:
    """Give the shortest digits that read back as `value`, and where the point is."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    return digits.strip("0") or "0", (point - leading if digits.strip("0") else 1)


def _positional(digits: str, exponent: int) -> str:
    if exponent <= 0:
        return f"0.{'0' * -exponent}{digits}"
    if len(digits) <= exponent:
        return digits.ljust(exponent, "0")
    return f"{digits[:exponent]}.{digits[exponent:]}"


def in_key_order(pairs: Iterable[tuple[str, _Value]]) -> dict[str, _Value]:
    """Collect pairs as a JavaScript object does.

    The last of two equal keys wins at the first one's place, whole-number keys come
    first in order, and `__proto__`, which sets no key, is left out.
    """
    collected = parsed_keys(pairs)
    collected.pop(PROTOTYPE, None)
    return collected


def parsed_keys(pairs: Iterable[tuple[str, _Value]]) -> dict[str, _Value]:
    """Collect pairs as `JSON.parse` does: as an object, but `__proto__` is a key."""
    collected = dict(pairs)
    numeric = sorted((key for key in collected if _is_array_index(key)), key=int)
    if not numeric:
        return collected
    rest = [key for key in collected if not _is_array_index(key)]
    return {key: collected[key] for key in [*numeric, *rest]}


def _is_array_index(key: str) -> bool:
    return (
        len(key) <= 10
        and key.isascii()
        and key.isdigit()
        and (key == "0" or key[0] != "0")
        and int(key) <= _MAX_ARRAY_INDEX
    )


def entries(value: JsonValue) -> list[tuple[str, JsonValue]]:
    """Give the keys and values of a map; a list's keys are its indexes."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, Sequence):
        return [(str(index), part) for index, part in enumerate(value)]
    return []


def is_truthy(value: JsonValue) -> bool:
    """Tell what JavaScript takes for true: empty lists and objects are."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value) or isinstance(value, (list, tuple, Mapping))


def same(left: object, right: object) -> bool:
    """Compare scalars as `===` does: True is not 1, and two lists are never one."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (list, tuple, dict)):
        return False
    return left == right


def code_units(text: str) -> bytes:
    """Give a sort key that orders strings by UTF-16 code unit, as JavaScript does."""
    return text.encode("utf-16-be", "surrogatepass")
