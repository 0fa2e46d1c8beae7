"""Starts processes for workers: takes a setup, gives a worker that is not loaded yet.

Python workers are forked from the nursery where that is safe and right: the platform
can fork (macOS cannot, once system libraries are loaded), the nursery is not still
busy for others, and the function brings no module that forked workers have already.
Otherwise a fresh interpreter is started.
"""

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sandbox.clock import Clock
from sandbox.errors import WorldError
from sandbox.exchange import Unavailable
from sandbox.folder_events import FolderEvents
from sandbox.project.model import Project
from sandbox.workers import preloading
from sandbox.workers.channel import Channel
from sandbox.workers.debugging import DEFAULT_PORT, DebuggerPorts, Debugging
from sandbox.workers.interpreter import interpreter_command, launch_command
from sandbox.workers.languages import LANGUAGES, Language
from sandbox.workers.node_flags import OPTIONS_NAME, NodeFlags
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.nursery import Nursery, NurseryError
from sandbox.workers.process import Process, SpawnedProcess
from sandbox.workers.setup import Setup
from sandbox.workers.worker import Worker


class Launcher:
    """Starts what a pool asks for; the nursery, and its end, are the caller's."""

    def __init__(
        self,
        *,
        nurseries: Nurseries,
        path_additions: tuple[Path, ...],
        clock: Clock,
        debugging: Debugging,
        events: FolderEvents | None = None,
    ) -> None:
        self._events = events
        self._node_flags = NodeFlags()
        self._nurseries = nurseries
        self._path_additions = path_additions
        self._clock = clock
        self._debugging = debugging
        self._ports = DebuggerPorts(debugging.port or DEFAULT_PORT)

    def prepare(self, project: Project) -> None:
        """Have imported ahead what the project's handlers will import; do not wait."""
        if not self._nurseries.can_fork:
            return
        if not _has_python(project):
            self._nurseries.drop()
            return
        with suppress(OSError):  # no more processes, which a worker's start will tell
            self._nursery(preloading.wanted_by_all(project))

    def launch(self, setup: Setup, project: Project) -> Worker | Unavailable:
        """Start the process for a worker; its handler is not loaded yet."""
        try:
            debugging = self._debugging_of(setup)
            channel = Channel(self._clock)
        except WorldError as error:
            return Unavailable(message=error.message, remedy=error.remedy)
        except OSError as error:
            return _no_process(setup, error)
        try:
            process = self._process(setup, project, channel, debugging.port)
        except OSError as error:
            channel.close()
            return _no_process(setup, error)
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

    def _debugging_of(self, setup: Setup) -> Debugging:
        """Give what one worker does beside its work, with the port that is its own."""
        if self._debugging.port is None:
            return self._debugging
        name = setup.function.name
        port = self._ports.take(name)
        self._debugging.say(f"{name} listens for a debugger at port {port}.")
        return replace(self._debugging, port=port)

    def _process(
        self,
        setup: Setup,
        project: Project,
        channel: Channel,
        debugger_port: int | None,
    ) -> Process | Unavailable:
        language = LANGUAGES[setup.function.language]
        if language.program is not None:
            return self._program(setup, language, channel, debugger_port)
        forked = self._fork(setup, project, channel)
        if forked is not None:
            return forked
        socket_fd = channel.worker_socket.fileno()
        command = interpreter_command("serve", socket_fd, self._nurseries.lifeline_fd)
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
            self._nurseries.lifeline_fd,
            [
                program,
                *self._node_flags.of(program, setup.environment),
                *language.debugger_flags(debugger_port),
                str(language.bootstrap),
            ],
        )
        has_options = bool(setup.environment.get(OPTIONS_NAME))
        return self._spawn(command, channel, as_deployed=setup if has_options else None)

    def _spawn(
        self, command: list[str], channel: Channel, as_deployed: Setup | None = None
    ) -> Process:
        """Start a worker; it takes on environment and folder later, or has them now."""
        return SpawnedProcess(
            command,
            descriptors=(channel.worker_socket.fileno(), self._nurseries.lifeline_fd),
            output_fd=channel.worker_output_fd,
            environment=as_deployed.environment if as_deployed else {},
            folder=as_deployed.function.folder if as_deployed else None,
        )

    def _fork(self, setup: Setup, project: Project, channel: Channel) -> Process | None:
        """Fork from the nursery; None where a fresh interpreter is the better way."""
        if not self._nurseries.can_fork:
            return None
        wanted = preloading.wanted_by(setup.function, project)
        nursery = self._nursery(wanted)
        try:
            if not wanted and not nursery.is_ready():
                return None
            nursery.wait_ready()
            if preloading.is_shadowed(setup.function.folder, nursery.modules):
                return None
            return nursery.fork(channel, uses_aws=bool(wanted))
        except NurseryError:
            self._nurseries.drop(nursery)
            self.prepare(project)
            return None

    def _nursery(self, wanted: frozenset[str]) -> Nursery:
        return self._nurseries.begin(wanted, path_additions=self._path_additions)


def _no_process(setup: Setup, error: OSError) -> Unavailable:
    return Unavailable(
        message=f'No process for "{setup.function.name}": {error}.',
        remedy="Free memory, processes or file descriptors, and try again.",
    )


def _has_python(project: Project) -> bool:
    return any(function.language == "python" for function in project.functions)
