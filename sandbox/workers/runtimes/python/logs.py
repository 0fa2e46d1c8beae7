"""Logging as Lambda sets it up before a handler loads.

The root logger has one handler that writes to standard output, and the level WARNING;
a line is `[LEVEL]`, the time in UTC, the request's id and the message, between tabs
(AWS Lambda developer guide, "Log and monitor Python Lambda functions").
"""

import logging
import sys
import time
from collections.abc import Callable


class StandardOutputHandler(logging.Handler):
    """Writes to what `sys.stdout` is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        sys.stdout.write(self.format(record))


def configure(request_id: Callable[[], str]) -> None:
    """Give the root logger Lambda's handler."""

    def add_request_id(record: logging.LogRecord) -> bool:
        record.aws_request_id = request_id()
        return True

    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
        "%Y-%m-%dT%H:%M:%S",
    )
    formatter.converter = time.gmtime
    handler = StandardOutputHandler()
    handler.setFormatter(formatter)
    handler.addFilter(add_request_id)
    logging.getLogger().addHandler(handler)
