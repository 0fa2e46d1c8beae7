"""A process that works for the sandbox, and the only starter of such."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from sandbox.workers.reaping import kill_group, reap

DISCARD = subprocess.DEVNULL
"""An output that nobody wants to see."""


class Process(Protocol):
    """A process that leads a group of its own."""

    @property
    def pid(self) -> int:
        """The process's id, and its group's."""
        ...

    def kill(self) -> None:
        """Kill the whole group at once, without waiting."""
        ...

    def reap(self, grace_seconds: float) -> int | None:
        """Wait so long, then kill; give the exit code where it is known."""
        ...


class SpawnedProcess:
    """A child of this process, with a session and process group of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        descriptors: Sequence[int],
        output_fd: int,
        environment: Mapping[str, str] = MappingProxyType({}),
        folder: Path | None = None,
    ) -> None:
        """Start `command`.

        Args:
            command: the path of a program, and its arguments.
            descriptors: open files that it has too, under the same numbers.
            output_fd: where its standard output and error go.
            environment: its whole environment.
            folder: where it runs, by default where the sandbox does.

        Raises:
            OSError: the program cannot be started.
        """
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output_fd,
            stderr=output_fd,
            pass_fds=descriptors,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process's id, and its group's."""
        return self._popen.pid

    def kill(self) -> None:
        """Kill the whole group at once, without waiting."""
        if self._popen.returncode is None:
            kill_group(self.pid)

    def reap(self, grace_seconds: float) -> int | None:
        """Wait so long, then kill; give the exit code."""
        if self._popen.returncode is None:
            # Popen would warn of a child that it has not seen end.
            code = reap(self.pid, grace_seconds)
            self._popen.returncode = -1 if code is None else code
        return self._popen.returncode
