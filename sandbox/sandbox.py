"""The one file that wires: takes a folder and options, gives a running app.

Everything that a sandbox owns is entered on one ExitStack, in the order in which it is
needed; closing undoes the same list in reverse.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from sandbox import runtime_helper
from sandbox.clock import MovableClock
from sandbox.errors import PortInUseError, SandboxError
from sandbox.exchange import Execution, Invocation, Raised
from sandbox.gateway.app import Gateway
from sandbox.httpd import LoopbackServer
from sandbox.journal import Journal
from sandbox.json_value import JsonValue
from sandbox.live_project import LiveProject
from sandbox.notice import Level, Notice
from sandbox.options import LOOPBACK, Options, PortChoice, Settings, resolve
from sandbox.project.model import Function, Project, Stage
from sandbox.project.source import ProjectSource
from sandbox.services import ServiceMap, Services, service_map
from sandbox.tables.deferred import DeferredTables
from sandbox.tables.seed_program import run_seed_program
from sandbox.tables.seeds import load_seeds
from sandbox.ticker import Ticker
from sandbox.watch.changes import Change, Reaction, classify
from sandbox.watch.watcher import Watcher
from sandbox.workers.environment import Ports, arc_ports, function_environment
from sandbox.workers.pool import WorkerPool

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from sandbox.tables.attribute_values import Seeds
    from sandbox.tables.store import TableStore

TICK_SECONDS = 1.0
WARMED_AT_ONCE = 4
"""A save of shared code warms at most so many functions; others wait for a request."""
RUNTIME_HELPER = Path(next(iter(runtime_helper.__path__)))
"""The stand-in for `architect-functions`; found last, so that a real one wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What exists only between start and close."""

    settings: Settings
    ports: Ports
    pool: WorkerPool
    url: str


def say_nothing(notice: Notice) -> None:
    """Drop a notice: for sandboxes that nobody watches."""


class Sandbox:
    """An Architect app running on this machine; use it as a context manager.

    Args:
        app: the app's folder.
        options: ports, stage and the like; whatever is left out follows the app's
            preferences, then Architect's defaults. Without any, it takes free ports
            and watches no files: as a script wants it.
        say: told, from any thread, what is not about a single request.

    Attributes:
        clock: the sandbox's time of day; move it, and everything follows.
        journal: the last requests, and a way to follow them.
    """

    def __init__(
        self,
        app: Path | str,
        *,
        options: Options | None = None,
        say: Callable[[Notice], None] = say_nothing,
    ) -> None:
        self._root = Path(app).resolve()
        # A script has no command line that would hand it the environment.
        self._options = options or Options.for_program(os.environ)
        self._say = say
        self.clock = MovableClock()
        self.journal = Journal()
        self._stack = ExitStack()
        self._projects = LiveProject(
            ProjectSource(
                self._root, home=self._options.home, environ=self._options.shell
            ),
            api_type=self._options.api_type,
            adopt=self._adopt,
            say=say,
        )
        self._tables = DeferredTables(self._make_tables, update=self._apply_tables)
        self._app = self._gateway()
        self._running: Running | None = None

    def start(self) -> None:
        """Serve the app; returns once its address takes connections.

        Raises:
            AppError: the folder holds no app that can be run.
            PortInUseError: an address that was asked for by name is taken.
        """
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop everything in the reverse of its order; may be called again."""
        self._stack.close()
        self._running = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def project(self) -> Project:
        """The app as it is on disk now.

        Raises:
            AppError: the folder cannot be understood as it stands.
        """
        return self._projects.current()

    @property
    def ports(self) -> Ports:
        """The ports in use."""
        return self._live.ports

    @property
    def url(self) -> str:
        """The app's address, such as `http://localhost:3333`."""
        return self._live.url

    @property
    def stage(self) -> Stage:
        """The stage that functions see as ARC_ENV."""
        return self._live.settings.stage

    @property
    def wsgi(self) -> "WSGIApplication":
        """The app as a WSGI application, which needs no socket."""
        return self._app

    @property
    def tables(self) -> "TableStore":
        """The app's DynamoDB; waits until its tables and their first rows are there.

        Raises:
            SeedError: the rows of `sandbox-seed.*` cannot be loaded.
        """
        return self._tables.wait_ready()

    def reset(self, *, keep_rows: bool = False) -> None:
        """Go back to how it was after starting; takes a millisecond or so.

        Tables have their seeds again, the clock is right, the journal empty. Workers
        stay warm, so that what a module remembers stays, as on Lambda.

        Args:
            keep_rows: leaves the tables as they are.
        """
        self.clock.reset()
        store = self._tables.ready
        if store is not None and not keep_rows:
            store.reset()
        self.journal.clear()

    def environment(self, function: Function) -> Mapping[str, str]:
        """Give the whole environment that `function` sees."""
        project = self._projects.current()
        live = self._live
        overrides = {
            **project.preferences.environment.get(live.settings.stage, {}),
            **self._options.environment,
        }
        return function_environment(
            function,
            project,
            ports=live.ports if project.tables else replace(live.ports, tables=None),
            stage=live.settings.stage,
            shell=self._options.shell,
            overrides=overrides,
        )

    def wait_ready(self) -> None:
        """Wait until the app's tables and their first rows are there.

        Raises:
            SeedError: the rows of `sandbox-seed.*` cannot be loaded.
        """
        if self._projects.current().tables:
            self._tables.wait_ready()

    def invoke(self, name: str, event: JsonValue) -> Execution:
        """Run the function called `name` (such as `get /count`) with `event`.

        Raises:
            KeyError: the app has no such function.
        """
        functions = {f.name: f for f in self._projects.current().functions}
        return self._invoke(
            Invocation(request_id=str(uuid4()), function=functions[name], event=event)
        )

    # Starting

    @property
    def _live(self) -> Running:
        if self._running is None:
            raise RuntimeError("this sandbox is not running")
        return self._running

    def _start(self) -> None:
        settings = resolve(self._options, self._projects.current().preferences)
        self._stack.callback(self._tables.close)
        tables = self._bind(self._tables, settings.tables, name="tables")
        internal = self._bind(
            Services(self._services), settings.internal, name="internal"
        )
        http = self._bind(self._app, settings.http, name="http", host=settings.host)
        ports = Ports(
            http=http.port,
            tables=tables.port,
            internal=internal.port,
            events=settings.events.number,
        )
        pool = self._stack.enter_context(self._workers())
        self._running = Running(settings=settings, ports=ports, pool=pool, url=http.url)
        pool.prepare()
        for server in (tables, internal, http):
            self._stack.enter_context(server)
        self._watch()
        self._stack.enter_context(
            Ticker(self.tick, every_seconds=TICK_SECONDS, on_error=self._tell_error)
        )

    def _bind(
        self,
        app: "WSGIApplication",
        choice: PortChoice,
        *,
        name: str,
        host: str = LOOPBACK,
    ) -> LoopbackServer:
        try:
            server = LoopbackServer(app, host=host, port=choice.number, name=name)
        except PortInUseError:
            if not choice.may_move:
                raise
            server = LoopbackServer(app, host=host, port=0, name=name)
        self._stack.callback(server.close)
        return server

    def _gateway(self) -> Gateway:
        return Gateway(
            projects=ProjectsWithTables(self._projects, self._tables),
            invoke=self._invoke,
            record=self.journal.append,
            clock=self.clock,
            say=lambda text: self._tell("warning", text),
        )

    def _workers(self) -> WorkerPool:
        return WorkerPool(
            project=self._projects.current,
            environment=self.environment,
            clock=self.clock,
            path_additions=(RUNTIME_HELPER,),
        )

    def _services(self) -> ServiceMap:
        return service_map(
            self._projects.current(),
            ports=arc_ports(self._live.ports),
            stage=self._live.settings.stage,
        )

    def _watch(self) -> None:
        if not self._options.watch:
            return
        watcher = Watcher(self._root, react=self._react_to, on_error=self._tell_error)
        self._stack.callback(watcher.close)
        try:
            watcher.start()
        except OSError as error:
            self._tell("warning", f"Saves are not noticed by themselves: {error}.")

    # Tables

    def _adopt(self, project: Project, before: Project | None) -> None:
        """Bring the tables in step with a project before anybody sees it."""
        for problem in project.warnings:
            if before is None or problem not in before.warnings:
                self._tell("warning", str(problem))
        self._tables.follow(project)

    def _make_tables(self, project: Project) -> "TableStore":
        # moto is imported here, and only when an app needs tables: it takes half a
        # second, and an app without tables never pays for it.
        from sandbox.tables.store import TableStore

        store = TableStore(clock=self.clock)
        self._apply_tables(store, project)
        return store

    def _apply_tables(self, store: "TableStore", project: Project) -> None:
        def seeds() -> "Seeds":
            return load_seeds(project, run_program=run_seed_program)

        for notice in store.apply(project, seeds=seeds):
            self._tell("warning", notice)

    # Running

    def _invoke(self, invocation: Invocation) -> Execution:
        return self._live.pool.invoke(invocation)

    def _react_to(self, changes: Iterable[Change]) -> None:
        project = self._projects.last
        if project is not None:
            self.apply(classify(changes, project))

    def apply(self, reaction: Reaction) -> None:
        """Do what changes on disk ask for, so that their errors show at once."""
        try:
            project = self._projects.current()
        except SandboxError:
            return  # told already, and shown at every request
        edited = {function.name for function in reaction.functions}
        for function in [f for f in project.functions if f.name in edited][
            :WARMED_AT_ONCE
        ]:
            self._warm(function)

    def _warm(self, function: Function) -> None:
        execution = self._live.pool.warm(function)
        if execution is None:
            self._tell("detail", f"{function.name} is warm with its new code.")
            return
        outcome = execution.outcome
        if isinstance(outcome, Raised):
            text = f"{outcome.trace.rstrip()}\n{outcome.remedy}".rstrip()
            self._tell("error", f"{function.name} does not load.\n{text}")

    def tick(self) -> None:
        """Do what time asks for: expire rows, retire idle workers."""
        store = self._tables.ready
        if store is not None:
            store.expire(self.clock.now_epoch())
        self._live.pool.tick()

    def _tell(self, level: Level, text: str) -> None:
        self._say(Notice(level=level, text=text))

    def _tell_error(self, error: Exception) -> None:
        self._tell("error", f"{type(error).__name__}: {error}")


class ProjectsWithTables:
    """Projects for the gateway: before a function is run, the tables are there."""

    def __init__(self, projects: LiveProject, tables: DeferredTables) -> None:
        self._projects = projects
        self._tables = tables

    def current(self, function: Function | None = None) -> Project:
        """Give the project as it is on disk; with `function`, wait for the tables.

        Raises:
            SandboxError: the folder or its seeds cannot be understood as they stand.
        """
        project = self._projects.current(function)
        if function is not None and project.tables:
            self._tables.wait_ready()
        return project
