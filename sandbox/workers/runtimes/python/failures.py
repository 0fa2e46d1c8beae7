"""Failures of a handler: takes an exception, gives the wire's fields of an error.

The error types are those that Lambda's own runtime reports
(`awslambdaric` 3, "bootstrap.py"): an import that fails is `Runtime.ImportModuleError`.
"""

import linecache
import os
import re
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from sandbox.workers.runtimes.python.imports import HandlerMissingError
from sandbox.workers.runtimes.python.requirements import remedy_for_missing
from sandbox.workers.runtimes.python.semaphores import is_refusal

IsAppPath = Callable[[str], bool]

_FRAMES_AT_EACH_END = 30
_OWN_FOLDER = __file__.rpartition("/")[0]
_ASYNC_REMEDY = (
    "Lambda's Python runtime does not await. Make the handler a plain function that "
    'calls "asyncio.run(...)".'
)
_HALVES_REMEDY = (
    'Text has half a surrogate pair, most likely by errors="surrogateescape": decode '
    'with errors="replace".'
)
_UNKNOWN_TABLE = ("ResourceNotFoundException", "Requested resource not found")
"""The name and the words of DynamoDB's error for a table that is not there."""
_UNKNOWN_TABLE_REMEDY = (
    "No table has that name. A table's own name is not the one in the manifest, here "
    'nor on AWS: arc.tables.table("NAME") finds it, arc.tables.name("NAME") gives it, '
    "once the manifest has NAME under @tables."
)
_AWS_REMEDY = (
    "The call went to AWS itself. The sandbox stands in for DynamoDB and SSM only, for "
    "clients that read AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_SSM. Guard the "
    "call, or give the client an endpoint of its own."
)
_NOT_IN_FOLDERS = re.compile(
    r"cannot import name '(\w+)' from '([\w.]+)' \(unknown location\)"
)
_AWS_REFUSALS = frozenset(
    ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId")
)
"""What AWS answers to the sandbox's credentials, which are none."""
_UNCAUGHT_REMEDY = (
    'It is not an "Exception": Lambda\'s runtime does not catch it, and ends its '
    "process. Catch it in the handler, or derive it from Exception."
)
_SHARED_MEMORY_REMEDY = (
    "Lambda has no /dev/shm, so that no lock, queue, pool or shared memory of "
    '"multiprocessing" works there. Use threads ("concurrent.futures.'
    'ThreadPoolExecutor"), or "multiprocessing.Process" with "Pipe".'
)
_MARSHAL_REMEDY = (
    "Return only what JSON can say: dicts with string keys, lists, strings, finite "
    "numbers, booleans and None."
)


def load_failure(
    error: BaseException, *, handler_file: str, is_app_path: IsAppPath
) -> dict[str, Any]:
    """Give the fields for a module that did not load."""
    failure = raised_failure(error, is_app_path=is_app_path)
    module = handler_file.rpartition("/")[2].removesuffix(".py")
    if isinstance(error, HandlerMissingError):
        failure |= {
            "error_type": "Runtime.HandlerNotFound",
            "remedy": error.remedy,
            "trace": "",
            "stack": [],
        }
    elif isinstance(error, ImportError):
        failure["error_type"] = "Runtime.ImportModuleError"
        failure["message"] = f"Unable to import module '{module}': {_text_of(error)}"
        failure["remedy"] = _import_remedy(error, handler_file)
    elif isinstance(error, SyntaxError):
        failure["error_type"] = "Runtime.UserCodeSyntaxError"
        failure["message"] = f"Syntax error in module '{module}': {_text_of(error)}"
    return failure


def raised_failure(error: BaseException, *, is_app_path: IsAppPath) -> dict[str, Any]:
    """Give the fields for an exception that left the handler."""
    trail = _without_own_frames(error.__traceback__)
    return {
        "error_type": type(error).__name__,
        "message": _text_of(error),
        "stack": _frames(error, trail, is_app_path),
        "trace": _trace(error, trail),
        "remedy": _remedy(error),
    }


def _remedy(error: BaseException) -> str:
    if not isinstance(error, Exception):
        return _UNCAUGHT_REMEDY
    if is_refusal(error):
        return _SHARED_MEMORY_REMEDY
    if _is_unknown_table(error):
        return _UNKNOWN_TABLE_REMEDY
    return _AWS_REMEDY if _went_to_aws(error) else ""


def _is_unknown_table(error: Exception) -> bool:
    """Tell whether DynamoDB has no such table: botocore names its errors anew."""
    name, words = _UNKNOWN_TABLE
    return type(error).__name__ == name and words in _text_of(error)


def _went_to_aws(error: Exception) -> bool:
    """Tell whether a client of boto3 was not led to the sandbox."""
    is_local = os.environ.get("AWS_ENDPOINT_URL_SSM", "").endswith("/_arc/ssm")
    if not (is_local and type(error).__module__.startswith("botocore.")):
        return False
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        told = response.get("Error")
        return isinstance(told, dict) and told.get("Code") in _AWS_REFUSALS
    return ".amazonaws.com" in _text_of(error)


def marshal_failure(result: object, error: Exception) -> dict[str, Any]:
    """Give the fields for a result that JSON cannot say."""
    is_awaitable = hasattr(result, "__await__")
    close = getattr(result, "close", None)
    if is_awaitable and callable(close):
        close()  # or Python warns that it "was never awaited"
    return {
        "error_type": "Runtime.MarshalError",
        "message": f"Unable to marshal response: {_text_of(error)}",
        "stack": [],
        "trace": "",
        "remedy": _ASYNC_REMEDY if is_awaitable else _marshal_remedy(error),
    }


def _marshal_remedy(error: Exception) -> str:
    return _HALVES_REMEDY if isinstance(error, UnicodeEncodeError) else _MARSHAL_REMEDY


def size_failure() -> dict[str, Any]:
    """Give the fields for a result that is too long (AWS Lambda, "Quotas": 6 MB)."""
    return {
        "error_type": "Function.ResponseSizeTooLarge",
        "message": (
            "Response payload size exceeded maximum allowed payload size "
            "(6291556 bytes)."
        ),
        "stack": [],
        "trace": "",
        "remedy": "Return less, or a link to where the rest is.",
    }


def _import_remedy(error: ImportError, handler_file: str) -> str:
    name = _missing_module(error)
    return name and remedy_for_missing(name, folder=handler_file.rpartition("/")[0])


def _missing_module(error: ImportError) -> str:
    """Give the name of what is not there: up to a dot, or of more that many share."""
    if isinstance(error, ModuleNotFoundError):
        name = error.name if isinstance(error.name, str) else ""
    elif found := _NOT_IN_FOLDERS.match(_text_of(error)):
        name = f"{found[2]}.{found[1]}"
    else:
        return ""
    above = sys.modules.get(name.rpartition(".")[0])
    # Of a namespace package, there are folders and no file (PEP 420).
    is_shared = hasattr(above, "__path__") and not getattr(above, "__file__", None)
    return name if is_shared else name.partition(".")[0]


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 (the app's own __str__ may raise anything)
        return "<the exception's __str__ failed>"


def _without_own_frames(trail: TracebackType | None) -> TracebackType | None:
    """Drop the first frames: the worker's own, and the import system's."""
    while trail is not None and _is_machinery(trail.tb_frame.f_code.co_filename):
        trail = trail.tb_next
    return trail


def _is_machinery(file: str) -> bool:
    return file.startswith((_OWN_FOLDER, "<frozen importlib"))


def _trace(error: BaseException, trail: TracebackType | None) -> str:
    try:
        told = traceback.TracebackException(type(error), error, trail)
        _leave_out_machinery(told)
        lines = list(told.format())
    except Exception:  # noqa: BLE001 (formatting runs the app's own __str__)
        return f"{type(error).__name__}: {_text_of(error)}\n"
    return "".join(lines)


def _leave_out_machinery(told: traceback.TracebackException) -> None:
    """Drop what stands between an import and the imported, as plain Python does."""
    waiting: list[traceback.TracebackException | None] = [told]
    while waiting:
        one = waiting.pop()
        if one is not None:
            one.stack[:] = [f for f in one.stack if not _is_machinery(f.filename)]
            waiting += (one.__cause__, one.__context__, *(one.exceptions or ()))


def _frames(
    error: BaseException, trail: TracebackType | None, is_app_path: IsAppPath
) -> list[dict[str, Any]]:
    frames = []
    while trail is not None:
        code = trail.tb_frame.f_code
        if not _is_machinery(code.co_filename):
            frames.append((code.co_filename, trail.tb_lineno, code.co_name))
        trail = trail.tb_next
    if isinstance(error, SyntaxError):
        file, line = error.filename, error.lineno  # the app may set them to anything
        if isinstance(file, str) and file and isinstance(line, int) and line:
            frames.append((file, line, "<module>"))
    if len(frames) > 2 * _FRAMES_AT_EACH_END:
        del frames[_FRAMES_AT_EACH_END:-_FRAMES_AT_EACH_END]
    return [
        {
            "file": file,
            "line": line,
            "function": function,
            "source_line": _source_line(file, line),
            "is_app_code": is_app_path(file),
        }
        for file, line, function in frames
    ]


def _source_line(file: str, line: int) -> str:
    try:
        return linecache.getline(file, line).strip()
    except Exception:  # noqa: BLE001 (it asks the app's own loaders, and any path)
        return ""


def report(failure: dict[str, Any]) -> None:
    """Print a failure where its function's output goes, as Lambda logs it."""
    text = failure["trace"] or f"{failure['error_type']}: {failure['message']}\n"
    sys.stderr.write(f"[ERROR] {text}")
