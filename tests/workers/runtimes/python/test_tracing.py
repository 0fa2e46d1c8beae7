"""The tracing variable, as Python, C and child processes see it."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.workers.runtimes.python.tracing import VARIABLE, TraceVariable

PRINT = f"import os; print(os.environ['{VARIABLE}'], end='')"


def seen_by_c() -> bytes | None:
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    value: bytes | None = getenv(VARIABLE.encode())
    return value


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceVariable]:
    """Give one whose buffer is out of the environment before it goes."""
    variable = TraceVariable()
    yield variable
    monkeypatch.setenv(VARIABLE, "after")


@pytest.mark.parametrize("header", ["Root=1-a", "Root=1-a;Parent=b", "x" * 5000])
def test_everybody_sees_the_last_value(
    variable: TraceVariable, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a handler has set or deleted it meanwhile."""
    variable.set("Root=1-first;Parent=longer")
    monkeypatch.setenv(VARIABLE, "the handler's own")
    variable.set("Root=1-second")
    monkeypatch.delenv(VARIABLE)

    variable.set(header)

    child = subprocess.run(
        [sys.executable, "-c", PRINT], capture_output=True, text=True, check=True
    )
    assert os.environ[VARIABLE] == header  # noqa: TID251 (what handlers read)
    assert seen_by_c() == header.encode()
    assert child.stdout == header


@pytest.mark.skipif(sys.platform != "linux", reason="counts pages as Linux does")
def test_events_leave_nothing_behind(variable: TraceVariable) -> None:
    """50,000 values of setenv(3) would stay in six megabytes."""
    variable.set("Root=1")

    before = resident_pages()
    for number in range(50_000):
        variable.set(f"Root=1-{number:08x}-{number:024x};Parent={number:016x}")

    assert (resident_pages() - before) * os.sysconf("SC_PAGE_SIZE") < 1_000_000


def resident_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])
