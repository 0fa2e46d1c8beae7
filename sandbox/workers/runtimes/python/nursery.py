"""The process that workers are forked from: imports what handlers will import.

It has one thread and never runs a handler. What it does is asked for on its control
socket, in frames as `wire` has them, one answer to each:

`preload` (`names`, `path_additions`): import these; answers `preloaded` with `modules`,
    the top-level names that forked workers will find imported.
`fork`: with two file descriptors, the worker's socket and its output; answers `forked`
    with `pid`.
`reap` (`pid`, `grace_ms`): wait that long for the worker to end, then kill its process
    group; answers `reaped` with `exit_code`, negative for a signal, or null.

The worker's process id stays taken until `reap`, so that the sandbox can kill its group
without meeting a stranger. End of file ends the nursery.
"""

import fcntl
import gc
import importlib
import os
import socket
import sys
from typing import Any, NoReturn

from sandbox.workers import wire
from sandbox.workers.reaping import reap
from sandbox.workers.runtimes.python import serve, warming
from sandbox.workers.runtimes.python.lifeline import arm


def main(control_fd: int, lifeline_fd: int) -> NoReturn:
    """Serve the control socket. Never returns."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    fcntl.fcntl(lifeline_fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    serve.forget_sandbox_modules()
    Nursery(socket.socket(fileno=control_fd), lifeline_fd).run()


class Nursery:
    """Owns the forked workers as their parent."""

    def __init__(self, control: socket.socket, lifeline_fd: int) -> None:
        self._control = control
        self._lifeline_fd = lifeline_fd
        self._received_fds: list[int] = []

    def run(self) -> NoReturn:
        """Answer until the sandbox closes the control socket. Ends the process."""
        reader = wire.FrameReader()
        while True:
            message = wire.receive(reader, self._receive)
            if message is None:
                os._exit(0)
            self._control.sendall(wire.encode(self._answer(message)))

    def _receive(self, size: int) -> bytes:
        data, fds, _, _ = socket.recv_fds(self._control, size, 2)
        self._received_fds += fds
        return data

    def _answer(self, message: wire.Message) -> dict[str, Any]:
        match message["type"]:
            case "preload":
                return _preload(message["names"], message["path_additions"])
            case "fork":
                return {"type": "forked", "pid": self._fork()}
            case _:
                exit_code = reap(message["pid"], message["grace_ms"] / 1000)
                return {"type": "reaped", "exit_code": exit_code}

    def _fork(self) -> int:
        socket_fd, output_fd = self._received_fds
        self._received_fds = []
        pid = os.fork()
        if not pid:
            os.setsid()
            self._control.close()
            os.dup2(output_fd, 1)
            os.dup2(output_fd, 2)
            os.close(output_fd)
            arm(self._lifeline_fd)
            gc.enable()
            serve.serve(socket_fd)
        os.close(socket_fd)
        os.close(output_fd)
        return pid


def _preload(names: list[str], path_additions: list[str]) -> dict[str, Any]:
    sys.path += [path for path in path_additions if path not in sys.path]
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 (the handler that imports it will tell)
            continue
    warming.warm(names)
    gc.collect()
    gc.freeze()
    gc.disable()
    modules = {name.partition(".")[0] for name in sys.modules}
    return {"type": "preloaded", "modules": sorted(modules)}
