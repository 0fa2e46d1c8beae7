"""The sandbox's side of the nursery: asks it to preload, to fork, to reap.

`runtimes.python.nursery` is the other side. Where it has died, hangs, or once was late
with an answer, every call raises `NurseryError`; its owner starts another.
"""

import select
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.workers import wire
from sandbox.workers.interpreter import interpreter_command
from sandbox.workers.process import DISCARD, SpawnedProcess
from sandbox.workers.reaping import kill_group

if TYPE_CHECKING:
    from sandbox.workers.channel import Channel

_PRELOADING_SECONDS = 10.0
"""What imports may take on a machine under load."""
_ANSWER_SECONDS = 2.0
"""What a fork may take, which needs milliseconds."""


class NurseryError(Exception):
    """The nursery is gone, or does not answer."""


class Nursery:
    """One process to fork from. Safe between threads; calls queue behind one another.

    Its process is started at once, and nobody waits for it before it is asked to fork.
    """

    def __init__(self, *, lifeline_fd: int) -> None:
        self._lock = threading.Lock()
        self._reader = wire.FrameReader()
        self._is_broken = False
        """True once an answer did not come: a late one would be taken for the next."""
        self._awaited = 0
        """Answers to preloads that have not been taken in yet."""
        self.preloaded: frozenset[str] = frozenset()
        """What was asked for and is imported, if the environment has it."""
        self.modules: frozenset[str] = frozenset()
        """Top-level names that a forked worker finds imported."""
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = SpawnedProcess(
                interpreter_command("nursery", theirs.fileno(), lifeline_fd),
                descriptors=(theirs.fileno(), lifeline_fd),
                output_fd=DISCARD,
            )

    @property
    def pid(self) -> int:
        """The nursery's own process id."""
        return self._process.pid

    def preload(
        self, names: frozenset[str], *, path_additions: tuple[Path, ...] = ()
    ) -> None:
        """Ask for imports, once a name; does not wait for them.

        Nor for whoever does, where all was asked for already.

        Args:
            names: of packages.
            path_additions: folders to import from, searched last.

        Raises:
            NurseryError: it has died, or does not answer in time.
        """
        if names <= self.preloaded:
            return
        with self._lock:
            wanted = names - self.preloaded
            self.preloaded |= wanted
            self._send(
                {
                    "type": "preload",
                    "names": sorted(wanted),
                    "path_additions": [str(path) for path in path_additions],
                }
            )
            self._awaited += 1

    def is_ready(self) -> bool:
        """Tell whether a fork would be answered at once.

        Raises:
            NurseryError: it has died, or does not answer in time.
        """
        if not self._awaited:
            return True
        if not self._lock.acquire(blocking=False):
            return False
        try:
            while self._awaited and self._has_answer():
                self._take_preloaded()
            return not self._awaited
        finally:
            self._lock.release()

    def wait_ready(self) -> None:
        """Wait until what was asked for is imported.

        Raises:
            NurseryError: it has died, or does not answer in time.
        """
        with self._lock:
            self._finish_preloading()

    def fork(self, channel: "Channel", *, uses_aws: bool) -> "ForkedProcess":
        """Fork a worker on the other ends of `channel`; waits for preloading.

        Args:
            channel: connects the worker.
            uses_aws: whether it seems to call AWS, for which memory is made ready.

        Raises:
            NurseryError: it has died, or does not answer in time.
        """
        descriptors = [channel.worker_socket.fileno(), channel.worker_output_fd]
        with self._lock:
            self._finish_preloading()
            self._send({"type": "fork", "uses_aws": uses_aws}, descriptors)
            return ForkedProcess(self._receive("forked")["pid"], self)

    def reap(self, pid: int, grace_seconds: float) -> int | None:
        """Wait so long for a worker's end, then kill its group; give its exit code.

        Raises:
            NurseryError: it has died, or does not answer in time.
        """
        request = {"type": "reap", "pid": pid, "grace_ms": int(grace_seconds * 1000)}
        with self._lock:
            self._finish_preloading()
            self._send(request)
            answer = self._receive("reaped", more_seconds=grace_seconds)
            exit_code: int | None = answer["exit_code"]
            return exit_code

    def close(self) -> None:
        """End the process and wait for it. Its workers live on. Idempotent."""
        self._process.kill()
        self._process.reap(0)
        self._control.close()

    def _finish_preloading(self) -> None:
        while self._awaited:
            self._take_preloaded()

    def _has_answer(self) -> bool:
        with self._in_step():
            if not self._reader.missing_bytes():
                return True
            poll = select.poll()
            poll.register(self._control, select.POLLIN)
            return bool(poll.poll(0))

    def _take_preloaded(self) -> None:
        more_seconds = _PRELOADING_SECONDS - _ANSWER_SECONDS
        answer = self._receive("preloaded", more_seconds=more_seconds)
        self.modules = frozenset(answer["modules"])
        self._awaited -= 1

    def _send(self, message: wire.Message, descriptors: Sequence[int] = ()) -> None:
        with self._in_step():
            socket.send_fds(self._control, [wire.encode(message)], descriptors)

    def _receive(self, expected: str, *, more_seconds: float = 0.0) -> wire.Message:
        with self._in_step():
            self._control.settimeout(_ANSWER_SECONDS + more_seconds)
            answer = wire.receive(self._reader, self._control.recv)
            if answer is None or answer["type"] != expected:
                raise NurseryError("ended" if answer is None else "is out of step")
            return answer

    @contextmanager
    def _in_step(self) -> Iterator[None]:
        """Let nobody use the connection after a failure on it."""
        if self._is_broken:
            raise NurseryError("is out of step")
        self._is_broken = True
        try:
            yield
        except (OSError, ValueError, wire.WireError) as error:  # ValueError: closed
            raise NurseryError(str(error)) from error
        self._is_broken = False


class ForkedProcess:
    """A worker that the nursery is the parent of."""

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self._pid = pid
        self._nursery = nursery
        self._is_reaped = False

    @property
    def pid(self) -> int:
        """The process's id, and its group's."""
        return self._pid

    def kill(self) -> None:
        """Kill the whole group at once, without waiting."""
        if not self._is_reaped:
            kill_group(self._pid)

    def reap(self, grace_seconds: float) -> int | None:
        """Wait so long, then kill; give the exit code, None where nobody knows it."""
        if self._is_reaped:
            return None
        try:
            exit_code = self._nursery.reap(self._pid, grace_seconds)
        except NurseryError:
            self.kill()  # an orphan now, which the system's init waits for
            exit_code = None
        self._is_reaped = True
        return exit_code
