"""Starts processes for workers: takes a setup, gives a worker that is not loaded yet.

Python workers are forked from the nursery where that is safe and right: the platform
can fork (macOS cannot, once system libraries are loaded), the nursery is not still
busy for others, and the function brings no module that forked workers have already.
Otherwise an interpreter is started, ahead where nothing can be forked.
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
from sandbox.workers.languages import LANGUAGES, Language
from sandbox.workers.node_flags import OPTIONS_NAME, NodeFlags
from sandbox.workers.nurseries import ALWAYS, Nurseries
from sandbox.workers.nursery import Nursery, NurseryError
from sandbox.workers.process import Process
from sandbox.workers.setup import Setup
from sandbox.workers.spares import Interpreter, Program, Spares
from sandbox.workers.started import (
    Started,
    begin,
    spawn_interpreter,
    spawn_program,
)
from sandbox.workers.worker import Worker


class Launcher:
    """Starts what a pool asks for; the nursery, and its end, are the caller's.

    Its owner calls `refill` every second or so, and `close` at the end.
    """

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
        self._wanted = frozenset[str]()
        """Packages that functions have wanted so far."""
        self._spares = Spares(lifeline_fd=nurseries.lifeline_fd, clock=clock)

    @property
    def spare_pids(self) -> tuple[int, ...]:
        """The ids of the processes that were started ahead."""
        return self._spares.pids

    def prepare(self, project: Project) -> None:
        """Have imported ahead what the project's handlers will import; do not wait."""
        if not _has_python(project):
            self._nurseries.drop()
            return
        wanted = preloading.wanted_by_all(project)
        if not self._nurseries.can_fork:
            self._spares.expect({self._kind_for(frozenset()), self._kind_for(wanted)})
            return
        with suppress(OSError):  # no more processes, which a worker's start will tell
            self._nursery(wanted)

    def launch(self, setup: Setup, project: Project) -> Worker | Unavailable:
        """Start the process for a worker; its handler is not loaded yet."""
        try:
            debugging = self._debugging_of(setup)
            started = self._started(setup, project, debugging.port)
        except WorldError as error:
            return Unavailable(message=error.message, remedy=error.remedy)
        except OSError as error:
            return _no_process(setup, error)
        if isinstance(started, Unavailable):
            return started
        return Worker(
            started.process,
            started.channel,
            setup=setup,
            project=project,
            clock=self._clock,
            debugging=debugging,
            events=self._events,
        )

    def refill(self) -> None:
        """Start ahead what will be wanted again; for a moment when nobody waits."""
        self._spares.refill()

    def close(self) -> None:
        """End what was started ahead. Idempotent."""
        self._spares.close()

    def _debugging_of(self, setup: Setup) -> Debugging:
        """Give what one worker does beside its work, with the port that is its own."""
        if self._debugging.port is None:
            return self._debugging
        name = setup.function.name
        port = self._ports.take(name)
        self._debugging.say(f"{name} listens for a debugger at port {port}.")
        return replace(self._debugging, port=port)

    def _started(
        self, setup: Setup, project: Project, debugger_port: int | None
    ) -> Started | Unavailable:
        language = LANGUAGES[setup.function.language]
        if language.program is not None:
            return self._program(setup, language, debugger_port)
        if not self._nurseries.can_fork:
            return self._spare(setup, project) or begin(self._clock, self._interpreter)
        return begin(
            self._clock,
            lambda channel: (
                self._fork(setup, project, channel) or self._interpreter(channel)
            ),
        )

    def _program(
        self, setup: Setup, language: Language, debugger_port: int | None
    ) -> Started | Unavailable:
        """Take a spare, unless the process must have something from its beginning."""
        path = shutil.which(language.program or "", path=setup.environment.get("PATH"))
        if path is None:
            return Unavailable(
                message=(
                    f'"{setup.function.name}" needs {language.title}, and no '
                    f'"{language.program}" is on the PATH.'
                ),
                remedy=f"Install {language.title}; routes in Python work without it.",
            )
        command = (
            path,
            *self._node_flags.of(path, setup.environment),
            *language.debugger_flags(debugger_port),
            str(language.bootstrap),
        )
        has_options = bool(setup.environment.get(OPTIONS_NAME))
        is_like_others = not has_options and debugger_port is None
        if is_like_others and (spare := self._spares.take(Program(command))):
            return spare
        return begin(
            self._clock,
            lambda channel: spawn_program(
                command,
                channel,
                lifeline_fd=self._nurseries.lifeline_fd,
                environment=setup.environment if has_options else {},
                folder=setup.function.folder if has_options else None,
            ),
        )

    def _interpreter(self, channel: Channel) -> Process:
        return spawn_interpreter(channel, lifeline_fd=self._nurseries.lifeline_fd)

    def _spare(self, setup: Setup, project: Project) -> Started | None:
        """Take a Python worker that was started ahead, if one of its kind may serve."""
        folder = setup.function.folder
        return self._spares.take(
            self._kind_for(preloading.wanted_by(setup.function, project)),
            lambda modules: not preloading.is_shadowed(folder, modules),
        )

    def _kind_for(self, wanted: frozenset[str]) -> Interpreter:
        """Give the kind of spare for a function that wants these packages.

        There are two, as in the nursery: without AWS, and with all that any function
        has wanted so far.
        """
        self._wanted |= wanted
        names = ALWAYS | self._wanted if wanted else ALWAYS
        return Interpreter(names, self._path_additions, uses_aws=bool(wanted))

    def _fork(self, setup: Setup, project: Project, channel: Channel) -> Process | None:
        """Fork from the nursery; None where a fresh interpreter is the better way."""
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
