"""A worker of an interpreter of its own that is begun before its function is known.

It takes one `preload`, as `wire` has it, and lives as any other worker from then on.
"""

import os
import socket
import sys
from typing import NoReturn

from sandbox.workers import wire
from sandbox.workers.runtimes.python import preloads, semaphores, serve, warming
from sandbox.workers.runtimes.python.lifeline import arm


def main(socket_fd: int, lifeline_fd: int) -> NoReturn:
    """Be such a worker, with the file descriptors that it was given. Never returns."""
    arm(lifeline_fd)
    semaphores.install()
    serve.forget_sandbox_modules()
    with socket.socket(fileno=os.dup(socket_fd)) as connection:
        wish = wire.receive(wire.FrameReader(), connection.recv)
        if wish is None:
            sys.exit()
        preloads.import_all(wish["names"], wish["path_additions"])
        warming.warm(wish["names"])
        answer = {"type": "preloaded", "modules": preloads.settle()}
        connection.sendall(wire.encode(answer))
    serve.serve(socket_fd)
