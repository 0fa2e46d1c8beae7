"""The type of what JSON can say: the one place where a value has no narrower type."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Self, TypeAlias, Union

import orjson

JsonValue: TypeAlias = Union[  # noqa: UP007 - `|` cannot take a forward reference
    bool, int, float, str, Sequence["JsonValue"], Mapping[str, "JsonValue"], None
]
"""Anything that `json.loads` can give; read-only for whoever receives it."""

_write = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKUP = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_BRIEF = 80


def strict_json(text: str | bytes) -> Any:
    """Read JSON as RFC 8259 has it, without Python's NaN and infinities.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it nests too deeply to be read.
    """
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def harmless_json(content: JsonValue) -> bytes:
    """Give JSON text in ASCII that no browser can take for markup."""
    try:
        text = _write(content)
    except ValueError:  # a number that is none, which only Python's JSON can say
        text = _write(as_plain_json(content))
    return without_markup(text).encode("ascii")


def pretty_json(value: Any) -> str:
    """Give JSON text over several lines, for people to read and edit."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=list)
    # Half a surrogate pair can be sent escaped alone, and would come back as "?".
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def brief_json(value: JsonValue) -> str:
    """Give JSON text as a message quotes it, or what cannot be said by its type."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError, TypeError):
        text = type(value).__name__
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1]}…"


def as_plain_json(value: JsonValue) -> JsonValue:
    """Give a value that strict JSON can say: `{"$number": "Infinity"}` for infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "Infinity"
        return {"$number": f"-{name}" if value < 0 else name}
    if isinstance(value, Mapping):
        return {key: as_plain_json(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_plain_json(part) for part in value]
    return value


def without_markup(text: str) -> str:
    """Give JSON text that says the same, and that no browser takes for markup."""
    return text.translate(_MARKUP)


@dataclass(frozen=True, slots=True)
class JsonText:
    """A value as it travels and is kept: one text, where the value is many objects."""

    text: str
    """JSON without white space."""

    @classmethod
    def of(cls, value: object) -> Self:
        """Write a value.

        Raises:
            TypeError, ValueError, RecursionError: it holds something that JSON cannot
                say; NaN and the infinities are refused too (RFC 8259 section 6).
        """
        return cls(_write(value))

    @classmethod
    def of_own(cls, value: object) -> Self:
        """Write what the sandbox itself has made, seven times as fast as `of`.

        Args:
            value: of dictionaries, lists, strings, booleans, None, finite floats and
                integers of 64 bits. orjson writes others too, but not as `of` does.
        """
        try:
            return cls(orjson.dumps(value).decode())
        except TypeError:  # half a surrogate pair, which can only be escaped
            return cls.of(value)

    def value(self) -> JsonValue:
        """Read it: a new value each time."""
        value: JsonValue = json.loads(self.text)
        return value
