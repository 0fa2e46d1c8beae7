"""A process and the channel to it, begun together: what a worker is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sandbox.clock import Clock
from sandbox.workers.channel import Channel
from sandbox.workers.interpreter import interpreter_command, launch_command
from sandbox.workers.process import Process, SpawnedProcess


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Started:
    """A process that waits to be told its function, on a channel of its own."""

    process: Process
    channel: Channel

    def end(self) -> None:
        """Kill it, and wait for its end."""
        self.process.kill()
        self.process.reap(0)
        self.channel.close()


def begin(clock: Clock, start: Callable[[Channel], Process]) -> Started:
    """Open a channel and start a process that has its other end.

    Raises:
        OSError: no process can be started, or no channel opened.
    """
    channel = Channel(clock)
    try:
        process = start(channel)
    except BaseException:
        channel.close()
        raise
    finally:
        channel.close_worker_ends()
    return Started(process=process, channel=channel)


def spawn_interpreter(
    channel: Channel, *, lifeline_fd: int, is_ahead: bool = False
) -> Process:
    """Start a Python worker; it takes on environment and folder later.

    Args:
        channel: connects it.
        lifeline_fd: what it hangs on.
        is_ahead: it will be told what to import first.

    Raises:
        OSError: it cannot be started.
    """
    descriptors = (channel.worker_socket.fileno(), lifeline_fd)
    return SpawnedProcess(
        interpreter_command("ahead" if is_ahead else "serve", *descriptors),
        descriptors=descriptors,
        output_fd=channel.worker_output_fd,
    )


def spawn_program(
    program: Sequence[str],
    channel: Channel,
    *,
    lifeline_fd: int,
    environment: Mapping[str, str] = MappingProxyType({}),
    folder: Path | None = None,
) -> Process:
    """Start a program of another language than Python as a worker.

    Args:
        program: its path, and its arguments.
        channel: connects it.
        lifeline_fd: what it hangs on.
        environment: what it has from its beginning.
        folder: where it begins, by default where the sandbox runs.

    Raises:
        OSError: it cannot be started.
    """
    descriptors = (channel.worker_socket.fileno(), lifeline_fd)
    return SpawnedProcess(
        launch_command(*descriptors, program),
        descriptors=descriptors,
        output_fd=channel.worker_output_fd,
        environment=environment,
        folder=folder,
    )
