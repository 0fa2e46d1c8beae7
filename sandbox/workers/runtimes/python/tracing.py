"""Sets `_X_AMZN_TRACE_ID` for each event, as Lambda's runtime does.

glibc keeps every value that setenv(3) was ever given, 130 bytes an event, so that a
worker would never stop growing. putenv(3) takes a buffer of the caller's into the
environment instead; here it is one buffer, written anew.
"""

import ctypes
import os
import sys

VARIABLE = "_X_AMZN_TRACE_ID"
_PREFIX = f"{VARIABLE}=".encode()
_LONGEST_BYTES = 1024
_KEEPS_VALUES = sys.platform == "linux"
"""Elsewhere putenv may copy, and keep the copies."""


class TraceVariable:
    """The variable, as os, C and child processes see it; lives as long as a worker."""

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(_LONGEST_BYTES)
        self._putenv = ctypes.PyDLL(None).putenv

    def set(self, header: str) -> None:
        """Let the environment have this header."""
        entry = _PREFIX + header.encode()
        if not _KEEPS_VALUES or len(entry) >= _LONGEST_BYTES:
            os.environ[VARIABLE] = header
            return
        self._buffer.value = entry
        self._putenv(self._buffer)  # a handler may have set it to something else
        known = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001 (without setenv)
        known[VARIABLE.encode()] = header.encode()
