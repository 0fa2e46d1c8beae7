"""Logging as Lambda sets it up before a handler loads.

The root logger has one handler that writes to standard output, and the level WARNING;
a line is `[LEVEL]`, the time in UTC, the request's id and the message, between tabs
(AWS Lambda developer guide, "Log and monitor Python Lambda functions"). With
AWS_LAMBDA_LOG_FORMAT it is a JSON object instead, and AWS_LAMBDA_LOG_LEVEL is the level
(the same, "Using Lambda advanced logging controls with Python").
"""

import logging
import sys
import time
from collections.abc import Callable, Mapping

from sandbox.workers.runtimes.python.json_logs import JsonFormatter

_LEVELS = {"TRACE": "DEBUG"}
"""Lambda's names of levels that Python has not."""


class _StandardOutput:
    """Where log lines go: to what `sys.stdout` is at the time.

    On Lambda what is logged at once is an entry of its own, whether it ends a line or
    not (`awslambdaric` 4, "bootstrap.py": it is framed). Here entries are lines, also
    where a formatter of the app's own gives no end.
    """

    def log(self, text: str) -> None:
        """Write one entry."""
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


class LambdaLoggerHandler(logging.Handler):
    """The root logger's, under the name that Lambda's own runtime has given it."""

    def __init__(self) -> None:
        super().__init__()
        self.log_sink = _StandardOutput()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.log_sink.log(self.format(record))


def configure(request_id: Callable[[], str], environment: Mapping[str, str]) -> None:
    """Give the root logger Lambda's handler, and the level that is asked for."""

    def add_request_id(record: logging.LogRecord) -> bool:
        record.aws_request_id = request_id()
        record.tenant_id = None
        return True

    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler()
    handler.setFormatter(_formatter(environment.get("AWS_LAMBDA_LOG_FORMAT", "")))
    handler.addFilter(add_request_id)
    root = logging.getLogger()
    root.addHandler(handler)
    level = environment.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = _LEVELS.get(level, level)
    if level in logging.getLevelNamesMapping():
        root.setLevel(level)


def _formatter(log_format: str) -> logging.Formatter:
    if log_format.upper() == "JSON":
        return JsonFormatter()
    return logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
        "%Y-%m-%dT%H:%M:%S",
    )
