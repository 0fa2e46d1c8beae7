"""Results as Lambda writes them: takes a handler's, gives one for `json` to write.

Lambda's runtime writes JSON with simplejson (`awslambdaric`,
"lambda_runtime_marshaller.py"), for which a named tuple is an object, as is whatever
else has a method `_asdict`; for `json` a named tuple is an array.
"""

import json
import marshal
import re
from collections.abc import Mapping
from typing import Any

_RUNTIME = re.compile(r"python3\.(\d+)")
_FIRST_UNESCAPED = 12
"""The minor version from which on Lambda's runtime escapes no letters."""
_MAYBE_HALVES = b"\\ud"
"""In a frame, which is ASCII: a half of a surrogate pair, or a whole one."""
_write_unescaped = json.JSONEncoder(ensure_ascii=False).encode
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


def refuse_halves(
    written: object, frame: bytes, environment: Mapping[str, str]
) -> None:
    """Refuse text with half a surrogate pair where Lambda's runtime dies of it.

    From Python 3.12 on that writes UTF-8, which has no such thing; before, it escapes.

    Raises:
        UnicodeEncodeError: there is some.
    """
    runtime = _RUNTIME.search(environment.get("AWS_EXECUTION_ENV", ""))
    if runtime is None or int(runtime[1]) < _FIRST_UNESCAPED:
        return
    if _MAYBE_HALVES in frame:
        _write_unescaped(written).encode()


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
    is_never = isinstance(value, list | type)
    as_dict = None if is_never else getattr(value, "_asdict", None)
    content = as_dict() if callable(as_dict) else value
    if content is not value and not isinstance(content, dict):
        kind = type(content).__name__
        raise TypeError(f"_asdict() must return a dict, not {kind}")
    if isinstance(content, dict):
        return {key: _written(part, within) for key, part in content.items()}
    if isinstance(content, list | tuple):
        return [_written(part, within) for part in content]
    return content
