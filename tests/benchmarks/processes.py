"""Programs under measurement: started in a session of their own, asked, ended."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.processes import children_of, parents

_START_SECONDS = 60.0


def children(pid: int) -> list[int]:
    """Give the processes that `pid` is the parent of."""
    return [child for child, parent in parents().items() if parent == pid]


def free_port() -> int:
    """Give a port that nothing listens on now, outside those that systems hand out."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Program:
    """A started program; a context manager that ends it and all that it started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        log: Path,
    ) -> None:
        self.log = log
        self.ports: Mapping[str, int] = {}
        self.started = time.perf_counter()
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def wait_answer(self, port: int, method: str = "GET", path: str = "/") -> float:
        """Wait until a request is answered 200; gives the seconds since the start.

        Raises:
            RuntimeError: it ended, or did not answer in time; says what it printed.
        """
        while time.perf_counter() - self.started < _START_SECONDS:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if ask(port, method, path)[0] == 200:
                    return time.perf_counter() - self.started
            if self._popen.poll() is not None:
                break
            time.sleep(0.002)
        printed = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self._popen.args} does not answer:\n{printed}")

    def tree(self) -> list[int]:
        """Give the process and all below it."""
        return [self.pid, *children_of(self.pid)]

    def memory_mb(self) -> float:
        """Give the proportional set size of the whole tree (proc(5))."""
        return sum(map(_pss_kb, self.tree())) / 1024

    def close(self) -> None:
        """End it: politely, then by force, with whatever it left behind."""
        tree = self.tree()
        self._popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(5)
        for pid in tree:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._popen.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def ask(port: int, method: str, path: str, timeout: float = 30) -> tuple[int, bytes]:
    """Ask once on a connection of its own; gives status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _pss_kb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
