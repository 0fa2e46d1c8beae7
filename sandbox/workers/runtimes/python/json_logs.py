"""Log records as Lambda's JSON: takes a record, gives one line.

The fields and their order are those of Lambda's own runtime (`awslambdaric` 4,
"lambda_runtime_log_utils.py"); what a call has in `extra` comes after them.
"""

import json
import logging
import traceback
from typing import Any

_OWN = frozenset(
    {*vars(logging.makeLogRecord({})), "aws_request_id", "tenant_id"} - {"taskName"}
)
"""Attributes of a record that come from no `extra`."""
_write = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    """Gives a record as a JSON object."""

    def __init__(self) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, with its end."""
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": logging.getLevelName(_own_level(record.levelno)),
            "message": _message(record),
            "logger": record.name,
            **_failure(record),
            "requestId": getattr(record, "aws_request_id", None),
        }
        if record.exc_info:
            place = f"{record.pathname}:{record.funcName}:{record.lineno}"
            fields["location"] = place
        extra = {n: v for n, v in vars(record).items() if n not in {*_OWN, *fields}}
        return (
            _write({n: v for n, v in (fields | extra).items() if v is not None}) + "\n"
        )


def _own_level(level: int) -> int:
    """Give the next of Python's own levels below one of the app's."""
    return min(logging.CRITICAL, max(logging.NOTSET, level)) // 10 * 10


def _message(record: logging.LogRecord) -> Any:
    """Give what was logged; a dict stays one."""
    is_object = isinstance(record.msg, dict) and not record.args
    return record.msg if is_object else record.getMessage()


def _failure(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info:
        return {}
    kind, error, trail = record.exc_info
    return {
        "stackTrace": traceback.format_tb(trail),
        "errorType": kind.__name__ if kind else None,
        "errorMessage": str(error),
    }
