"""A handler's result as Lambda says it in JSON: takes it, gives plain values.

Lambda's runtime writes with simplejson (`awslambdaric` 4,
"lambda_runtime_marshaller.py"): named tuples are objects, a Decimal is a number, bytes
are text in UTF-8, and bytes alone are the answer itself. NaN and the infinities, which
it writes as no JSON has them, are left to be refused.
"""

import json
import marshal
from typing import Any


def is_plain(result: Any) -> bool:
    """Tell whether a result is sure to be of built-in types alone, and fast.

    The standard library would take a named tuple for a list without a word. marshal
    refuses whatever is not exactly of a type of its own, in a tenth of the time that
    JSON takes.
    """
    try:
        marshal.dumps(result)
    except ValueError:
        return False
    return True


def plain(result: object) -> Any:
    """Give a value that the standard library writes as Lambda would write `result`.

    What JSON cannot say stays as it is, for whoever writes it to refuse.

    Raises:
        ValueError: bytes that are no UTF-8, or alone no JSON; a circular reference.
        TypeError: an `_asdict` that gives no dict.
        RecursionError: it nests too deeply.
        Exception: whatever methods of the app's own objects raise.
    """
    if isinstance(result, bytes):
        return _read(result)
    return _Walk().plain(result)


def _read(result: bytes) -> Any:
    try:
        return json.loads(result.decode())
    except ValueError as error:
        raise ValueError(f"the bytes that were returned are no JSON: {error}") from None


class _Walk:
    """One way through a result."""

    def __init__(self) -> None:
        # Whoever returns a Decimal has imported this already.
        from decimal import Decimal

        self._decimal = Decimal
        self._holders: set[int] = set()
        """Identities of the containers on the way down to where it is."""

    def plain(self, value: Any) -> Any:
        """Give `value` in plain types, in the order in which simplejson looks at it."""
        if isinstance(value, str | int | float):
            return value
        if isinstance(value, bytes):
            return value.decode()
        as_dict = getattr(value, "_asdict", None)
        if callable(as_dict) or isinstance(value, list | tuple | dict):
            return self._container(value, as_dict)
        if isinstance(value, self._decimal):
            # Those without a point and an exponent are whole numbers to readers, too.
            return int(value) if value.as_tuple().exponent == 0 else float(value)
        return value

    def _container(self, value: Any, as_dict: Any) -> Any:
        if id(value) in self._holders:
            raise ValueError("Circular reference detected")
        self._holders.add(id(value))
        parts = as_dict() if callable(as_dict) else value
        if isinstance(parts, dict):
            made: Any = {_key(key): self.plain(part) for key, part in parts.items()}
        elif parts is value:
            made = [self.plain(part) for part in parts]
        else:
            raise TypeError(f"_asdict() must return a dict, not {type(parts).__name__}")
        self._holders.discard(id(value))
        return made


def _key(key: Any) -> Any:
    return key.decode() if isinstance(key, bytes) else key
