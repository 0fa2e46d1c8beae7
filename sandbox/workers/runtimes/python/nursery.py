"""The process that workers are forked from: imports what handlers will import.

It never runs a handler, and has one thread whenever it forks. What it does is asked for
on its control socket, in frames as `wire` has them, one answer to each:

`preload` (`names`, `path_additions`): import these; answers `preloaded` with `modules`,
    the top-level names that forked workers will find imported.
`fork` (`uses_aws`): with two file descriptors, the worker's socket and its output;
    answers `forked` with `pid`. Where a spare waits that suits, it becomes the worker.
`reap` (`pid`, `grace_ms`): wait that long for the worker to end, then kill its process
    group; answers `reaped` with `exit_code`, negative for a signal, or null.

The worker's process id stays taken until `reap`, so that the sandbox can kill its group
without meeting a stranger. End of file ends the nursery.
"""

import fcntl
import gc
import os
import select
import socket
from contextlib import suppress
from typing import Any, NoReturn

from sandbox.workers import wire
from sandbox.workers.reaping import reap
from sandbox.workers.runtimes.python import preloads, semaphores, serve, warming
from sandbox.workers.runtimes.python.lifeline import arm
from sandbox.workers.runtimes.python.memos import Memory
from sandbox.workers.runtimes.python.spares import Kind, Spares

QUIET_SECONDS = 0.05
"""After so long without a wish, spares are forked: not while a handler that was just
started needs the processors, nor one for each of many functions in a row."""


def main(control_fd: int, lifeline_fd: int) -> NoReturn:
    """Serve the control socket. Never returns."""
    fcntl.fcntl(lifeline_fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    semaphores.install()  # what is forked has none either
    serve.forget_sandbox_modules()
    Nursery(socket.socket(fileno=control_fd), lifeline_fd).run()


class Nursery:
    """Owns the forked workers as their parent."""

    def __init__(self, control: socket.socket, lifeline_fd: int) -> None:
        self._control = control
        self._lifeline_fd = lifeline_fd
        self._received_fds: list[int] = []
        self._kinds: tuple[Kind, ...] = ()
        self._memory: Memory | None = None
        self._spares = Spares(
            serve=self._become_worker, rehearse=self._rehearse, leave=control.close
        )

    def run(self) -> NoReturn:
        """Answer until the sandbox closes the control socket. Ends the process."""
        reader = wire.FrameReader()
        while True:
            self._fork_spares()
            message = wire.receive(reader, self._receive)
            if message is None:
                self._spares.discard()
                os._exit(0)
            self._control.sendall(wire.encode(self._answer(message)))

    def _fork_spares(self) -> None:
        """Wait for the next wish, and fork what lacks once none comes for a while."""
        for kind in filter(self._spares.lacks, self._kinds):
            if select.select([self._control], [], [], QUIET_SECONDS)[0]:
                return
            with suppress(OSError):  # no more processes: none waits, then
                self._spares.fork(kind)

    def _receive(self, size: int) -> bytes:
        data, fds, _, _ = socket.recv_fds(self._control, size, 2)
        self._received_fds += fds
        return data

    def _answer(self, message: wire.Message) -> dict[str, Any]:
        match message["type"]:
            case "preload":
                return self._preload(message["names"], message["path_additions"])
            case "fork":
                kind = Kind.REHEARSED if message["uses_aws"] else Kind.PLAIN
                return {"type": "forked", "pid": self._fork(kind)}
            case _:
                exit_code = reap(message["pid"], message["grace_ms"] / 1000)
                return {"type": "reaped", "exit_code": exit_code}

    def _fork(self, kind: Kind) -> int:
        socket_fd, output_fd = self._received_fds
        self._received_fds = []
        pid = self._spares.take(kind, socket_fd, output_fd) or os.fork()
        if not pid:
            self._control.close()
            self._spares.close_all()
            self._become_worker(socket_fd, output_fd)
        os.close(socket_fd)
        os.close(output_fd)
        return pid

    def _become_worker(self, socket_fd: int, output_fd: int) -> NoReturn:
        os.setsid()
        os.dup2(output_fd, 1)
        os.dup2(output_fd, 2)
        os.close(output_fd)
        arm(self._lifeline_fd)
        gc.enable()
        serve.serve(socket_fd)

    def _rehearse(self) -> None:
        if self._memory is not None:
            warming.warm_again(self._memory)

    def _preload(self, names: list[str], path_additions: list[str]) -> dict[str, Any]:
        self._spares.discard()
        preloads.import_all(names, path_additions)
        self._memory = self._memory or warming.warm(names)
        self._kinds = (Kind.PLAIN, Kind.REHEARSED) if self._memory else (Kind.PLAIN,)
        modules = preloads.settle()
        gc.disable()
        return {"type": "preloaded", "modules": modules}
