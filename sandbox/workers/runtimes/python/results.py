"""Results as Lambda writes them: takes a handler's, gives one for `json` to write.

Lambda's runtime writes JSON with simplejson (`awslambdaric`,
"lambda_runtime_marshaller.py"), for which a named tuple is an object, as is whatever
else has a method `_asdict`; for `json` a named tuple is an array.
"""

import marshal
from typing import Any

_NEVER_OBJECTS = (str, bytes, int, float, type(None))


def as_lambda_writes(result: object) -> object:
    """Give `result` with objects in the place of named tuples and their like.

    Raises:
        TypeError: an `_asdict` gives no dict.
        ValueError: it contains itself.
        Exception: whatever an `_asdict` or a container of the app's own raises.
    """
    if _is_of_builtin_types(result):
        return result
    try:
        return _written(result, set())
    except RecursionError:
        return result  # whether that is too deep is for `json` to say


def _is_of_builtin_types(result: Any) -> bool:
    """Tell, in C and so in no time, whether no part of it has a class of its own."""
    try:
        marshal.dumps(result)
    except ValueError:
        return False
    return True


def _written(value: Any, within: set[int]) -> object:
    if isinstance(value, _NEVER_OBJECTS):
        return value
    if id(value) in within:
        raise ValueError("Circular reference detected")
    within.add(id(value))
    written = _written_parts(value, within)
    within.discard(id(value))
    return written


def _written_parts(value: Any, within: set[int]) -> object:
    as_dict = None if isinstance(value, list) else getattr(value, "_asdict", None)
    content = as_dict() if callable(as_dict) else value
    if content is not value and not isinstance(content, dict):
        kind = type(content).__name__
        raise TypeError(f"_asdict() must return a dict, not {kind}")
    if isinstance(content, dict):
        return {key: _written(part, within) for key, part in content.items()}
    if isinstance(content, list | tuple):
        return [_written(part, within) for part in content]
    return content
