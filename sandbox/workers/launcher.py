"""Starts processes for workers: takes a setup, gives a worker that is not loaded yet.

Python workers are forked from the nursery where that is safe and right: the platform
can fork (macOS cannot, once system libraries are loaded), the nursery is not still
busy for others, and the function brings no module that forked workers have already.
Otherwise a fresh interpreter is started.
"""

import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

from sandbox.clock import Clock
from sandbox.exchange import Unavailable
from sandbox.folder_events import FolderEvents
from sandbox.project.model import Project
from sandbox.workers import preloading
from sandbox.workers.channel import Channel
from sandbox.workers.debugging import DEFAULT_PORT, DebuggerPorts, Debugging
from sandbox.workers.interpreter import interpreter_command, launch_command
from sandbox.workers.languages import LANGUAGES, Language
from sandbox.workers.nursery import Nursery, NurseryError
from sandbox.workers.setup import Setup
from sandbox.workers.worker import Process, SpawnedProcess, Worker

CAN_FORK = sys.platform == "linux"


class Launcher:
    """Owns the nursery and the lifeline that every process hangs on."""

    def __init__(
        self,
        *,
        path_additions: tuple[Path, ...],
        clock: Clock,
        can_fork: bool,
        debugging: Debugging,
        events: FolderEvents | None = None,
    ) -> None:
        self._events = events
        self._path_additions = path_additions
        self._clock = clock
        self._can_fork = can_fork
        self._debugging = debugging
        self._ports = DebuggerPorts(debugging.port or DEFAULT_PORT)
        self._lifeline_fd, self._lifeline_end_fd = os.pipe()
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None
        self._is_closed = False

    @property
    def nursery_pid(self) -> int | None:
        """The nursery's process id, if there is one."""
        return self._nursery.pid if self._nursery else None

    def prepare(self, project: Project) -> None:
        """Have imported ahead what the project's handlers will import; do not wait."""
        if not self._can_fork or not _has_python(project):
            return
        self._nursery_of_now(preloading.wanted_by_all(project))

    def wait_prepared(self) -> None:
        """Wait for the imports that `prepare` asked for, if there are any."""
        nursery = self._nursery
        if nursery is not None:
            try:
                nursery.wait_ready()
            except NurseryError:
                self._drop(nursery)

    def launch(self, setup: Setup, project: Project) -> Worker | Unavailable:
        """Start the process for a worker; its handler is not loaded yet."""
        language = LANGUAGES[setup.function.language]
        debugging = self._debugging_of(setup)
        channel = Channel(self._clock)
        try:
            process = self._process(setup, language, project, channel, debugging.port)
        except OSError as error:
            channel.close()
            return Unavailable(
                message=f'No process for "{setup.function.name}": {error}.',
                remedy="Free memory, processes or file descriptors, and try again.",
            )
        finally:
            channel.close_worker_ends()
        if isinstance(process, Unavailable):
            channel.close()
            return process
        return Worker(
            process,
            channel,
            setup=setup,
            project=project,
            clock=self._clock,
            debugging=debugging,
            events=self._events,
        )

    def close(self) -> None:
        """End the nursery and cut the lifeline. Idempotent."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            nursery, self._nursery = self._nursery, None
        if nursery is not None:
            nursery.close()
        os.close(self._lifeline_end_fd)
        os.close(self._lifeline_fd)

    def _debugging_of(self, setup: Setup) -> Debugging:
        """Give what one worker does beside its work, with the port that is its own."""
        if self._debugging.port is None:
            return self._debugging
        name = setup.function.name
        port = self._ports.take(name)
        self._debugging.say(f"{name} waits for a debugger at port {port}.")
        return replace(self._debugging, port=port)

    def _process(
        self,
        setup: Setup,
        language: Language,
        project: Project,
        channel: Channel,
        debugger_port: int | None,
    ) -> Process | Unavailable:
        socket_fd = channel.worker_socket.fileno()
        if language.program is not None:
            return self._program(setup, language, channel, debugger_port)
        forked = self._fork(setup, project, channel)
        if forked is not None:
            return forked
        command = interpreter_command("serve", socket_fd, self._lifeline_fd)
        return self._spawn(command, channel)

    def _program(
        self,
        setup: Setup,
        language: Language,
        channel: Channel,
        debugger_port: int | None,
    ) -> Process | Unavailable:
        program = shutil.which(
            language.program or "", path=setup.environment.get("PATH")
        )
        if program is None:
            return Unavailable(
                message=(
                    f'"{setup.function.name}" needs {language.title}, and no '
                    f'"{language.program}" is on the PATH.'
                ),
                remedy=f"Install {language.title}; routes in Python work without it.",
            )
        command = launch_command(
            channel.worker_socket.fileno(),
            self._lifeline_fd,
            [program, *language.debugger_flags(debugger_port), str(language.bootstrap)],
        )
        return self._spawn(command, channel)

    def _spawn(self, command: list[str], channel: Channel) -> Process:
        return SpawnedProcess(
            command,
            descriptors=(channel.worker_socket.fileno(), self._lifeline_fd),
            output_fd=channel.worker_output_fd,
        )

    def _fork(self, setup: Setup, project: Project, channel: Channel) -> Process | None:
        """Fork from the nursery; None where a fresh interpreter is the better way."""
        if not self._can_fork:
            return None
        wanted = preloading.wanted_by(setup.function, project)
        nursery = self._nursery_of_now(wanted)
        try:
            if wanted:
                nursery.preload(wanted)
            elif not nursery.is_ready():
                return None
            nursery.wait_ready()
            if preloading.is_shadowed(setup.function.folder, nursery.modules):
                return None
            return nursery.fork(channel, uses_aws=bool(wanted))
        except NurseryError:
            self._drop(nursery)
            self.prepare(project)
            return None

    def _nursery_of_now(self, wanted: frozenset[str]) -> Nursery:
        """Give the nursery; a new one begins to import what is `wanted`."""
        with self._lock:
            if self._nursery is None:
                self._nursery = Nursery(
                    lifeline_fd=self._lifeline_fd, path_additions=self._path_additions
                )
                self._nursery.preload(preloading.ALWAYS | wanted)
            return self._nursery

    def _drop(self, nursery: Nursery) -> None:
        with self._lock:
            if self._nursery is nursery:
                self._nursery = None
        nursery.close()


def _has_python(project: Project) -> bool:
    return any(function.language == "python" for function in project.functions)
