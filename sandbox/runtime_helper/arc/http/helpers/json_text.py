"""Python values → JSON, letter by letter as simplejson writes it.

`architect-functions` writes and reads with simplejson, which this package cannot
expect: a Decimal keeps its digits, bytes are text, a named tuple is an object.
"""

import math
from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any


def to_json(value: Any) -> str:
    """Write a value as JSON.

    Raises:
        TypeError: JSON has nothing for a value or a key.
        ValueError: a number is not finite, bytes are no UTF-8, or a value holds itself.
    """
    return "".join(_pieces(value, ()))


def _pieces(value: Any, around: tuple[int, ...]) -> Iterator[str]:
    text = _scalar(value)
    if text is not None:
        yield text
        return
    if id(value) in around:
        raise ValueError("Circular reference detected")
    within = (*around, id(value))
    is_named = not isinstance(value, dict | type) and hasattr(value, "_asdict")
    if is_named and callable(value._asdict):
        value = value._asdict()
    if isinstance(value, dict):
        yield from _object(value, within)
    elif isinstance(value, list | tuple):
        yield from _array(value, within)
    else:
        name = type(value).__name__
        raise TypeError(f"Object of type {name} is not JSON serializable")


def _object(value: dict[Any, Any], within: tuple[int, ...]) -> Iterator[str]:
    before = "{"
    for key, each in value.items():
        yield f"{before}{_quote(_key(key))}: "
        yield from _pieces(each, within)
        before = ", "
    yield "}" if value else "{}"


def _array(
    value: list[Any] | tuple[Any, ...], within: tuple[int, ...]
) -> Iterator[str]:
    before = "["
    for each in value:
        yield before
        yield from _pieces(each, within)
        before = ", "
    yield "]" if value else "[]"


def _key(key: Any) -> str:
    if isinstance(key, str | bytes):
        return _text(key)
    text = _scalar(key)
    if text is None:
        name = type(key).__name__
        raise TypeError(f"keys must be str, int, float, bool or None, not {name}")
    return text


def _scalar(value: Any) -> str | None:
    if isinstance(value, str | bytes):
        return _quote(_text(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float | Decimal):
        return _finite(value)
    return None


def _finite(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        text, is_nan, is_finite = str(value), value.is_nan(), value.is_finite()
    else:
        text = float.__repr__(value)
        is_nan, is_finite = math.isnan(value), math.isfinite(value)
    if is_finite:
        return text
    shown = "nan" if is_nan else "inf" if value > 0 else "-inf"
    raise ValueError(f"Out of range float values are not JSON compliant: {shown}")


def _text(value: str | bytes) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _quote(text: str) -> str:
    return encode_basestring_ascii(text).replace("\x7f", "\\u007f")
