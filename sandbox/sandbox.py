"""The one file that wires: takes a folder and options, gives a running app.

Everything that a sandbox owns is entered on one ExitStack, in the order in which it is
needed; closing undoes the same list in reverse.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from sandbox.bus.event_bus import EventBus
from sandbox.clock import MovableClock
from sandbox.exchange import Execution, Invocation
from sandbox.folder_events import FolderEvents
from sandbox.gateway.app import Gateway
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.gateway.open_pages import OpenPages
from sandbox.inspector.feed import Feed
from sandbox.journal import Journal
from sandbox.json_value import JsonText, JsonValue
from sandbox.notice import Notice, say_nothing, told_errors
from sandbox.options import Options
from sandbox.project.model import Function, Project, Stage
from sandbox.project.source import ProjectSource
from sandbox.tables.deferred import DeferredTables
from sandbox.tables.traced import OperationLog
from sandbox.ticker import Ticker
from sandbox.websocket.api import WebSocketApi
from sandbox.wiring.adviser import Adviser
from sandbox.wiring.app_tables import TableHome
from sandbox.wiring.deferred_inspector import DeferredInspector
from sandbox.wiring.live_project import LiveProject, ProjectsWithTables
from sandbox.wiring.live_reload import LiveReload
from sandbox.wiring.publishing import publish_all, publish_messages, publishing
from sandbox.wiring.reactions import tell_pending, write_wanted_files
from sandbox.wiring.running import RUNTIME_HELPER, Running, Served, bind_servers
from sandbox.wiring.saves import Saves
from sandbox.wiring.session_notes import SessionNotes, session_remarks_of
from sandbox.wiring.start_states import StartStates
from sandbox.wiring.table_streams import TableStreams
from sandbox.workers.debugging import Debugging, coverage_variables
from sandbox.workers.environment import Ports
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.outcomes import unsendable
from sandbox.workers.pool import WorkerPool

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from sandbox.inspector.app import Inspector
    from sandbox.tables.deferred import Tables

TICK_SECONDS = 1.0


class Sandbox:
    """An Architect app running on this machine; use it as a context manager.

    Args:
        app: the app's folder.
        options: ports, stage and the like; whatever is left out follows the app's
            preferences, then Architect's defaults. Without any, it takes free ports
            and watches no files, which suits a script.
        say: called, from any thread, with notices that are not about a single request.
        debugging: what workers do beside their work; by default nothing, but
            Coverage.py is started in them where the shell's variables ask for it.
        nurseries: what workers are forked from, closed with it; by default new ones.
        journal: where exchanges are kept; by default some hundreds of them.

    Attributes:
        clock: the sandbox's time of day; move it, and everything follows.
        journal: the last requests, and a way to follow them.
        operations: what the functions of those requests asked of tables.
        adviser: says what is legal in the app, but will bite.
        snapshots: named start states: rows, and the clock.
        pages: the pages that are open in browsers.
        browser_cookies: the cookies that browsers were given, for when the clock moves.
        bus: what @events and @queues were sent, and became of it.
        websockets: who is connected to @ws.
    """

    def __init__(
        self,
        app: Path | str,
        *,
        options: Options | None = None,
        say: Callable[[Notice], None] = say_nothing,
        debugging: Debugging | None = None,
        nurseries: Nurseries | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._root = Path(app).resolve()
        # A script has no command line that would hand it the environment.
        self._options = options or Options.for_program(os.environ)
        self._debugging = replace(
            debugging or Debugging(), coverage=coverage_variables(self._options.shell)
        )
        self._nurseries = nurseries
        feed = self._feed = Feed()
        say = self._say = publishing(say, feed)
        self.clock = MovableClock()
        self.journal = journal or Journal()
        publish_all(self.journal, self.clock, say=say, feed=feed)
        self.browser_cookies = BrowserCookies(self.clock)
        self.operations = OperationLog(self.clock)
        self._stack = ExitStack()
        self._events = self._stack.enter_context(closing(FolderEvents()))
        self._projects = self._live_project()
        self.adviser = Adviser(self._projects.current, options=self._options, say=say)
        streams = TableStreams(self, lambda: self._projects.last)
        self._home = TableHome(
            self._root, self.clock, self._options, say=say, feed=feed, streams=streams
        )
        self._tables = DeferredTables(self._home.make, update=self._home.update)
        self.snapshots = StartStates(
            folder=self._home.folder, tables=lambda: self.tables, clock=self.clock
        )
        projects = ProjectsWithTables(self._projects, self._tables)
        self._app = self._gateway(projects)
        self.bus = EventBus(projects, self._invoke, clock=self.clock, say=say)
        self.websockets = WebSocketApi(
            projects, self.bus, stage=lambda: self.stage, clock=self.clock, say=say
        )
        self.pages = OpenPages()
        self._live_reload = LiveReload(
            self.pages, project=lambda: self._projects.last, say=say
        )
        self._inspector = DeferredInspector(self._make_inspector)
        self._saves = Saves(
            self._projects,
            pool=lambda: self._live.pool,
            live_reload=self._live_reload,
            adviser=self.adviser,
            is_answering=lambda: self._app.unanswered > 0,
            say=self._say,
        )
        self._session_notes = SessionNotes(
            self.journal, remarks=session_remarks_of(self), say=say, clock=self.clock
        )
        self._running: Running | None = None
        self._was_started = False

    def start(self) -> None:
        """Serve the app; returns once its address takes connections.

        Raises:
            RuntimeError: it was started before; a sandbox is started only once.
            AppError: the folder holds no app that can be run.
            PortInUseError: an address that was asked for by name is taken.
        """
        if self._running is not None:
            raise RuntimeError("a sandbox is started once; this one runs, so use it")
        if self._was_started:
            raise RuntimeError("a sandbox is started once; make another")
        self._was_started = True
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

    def __exit__(self, *_error: object) -> None:
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
    def inspector_url(self) -> str:
        """The inspector's address, such as `http://localhost:2222`."""
        return self._live.inspector_url

    @property
    def stage(self) -> Stage:
        """The stage that functions see as ARC_ENV."""
        return self._live.settings.stage

    @property
    def wsgi(self) -> "WSGIApplication":
        """The app as a WSGI application, which needs no socket."""
        _ = self._live
        return self._app

    @property
    def tables(self) -> "Tables":
        """The app's DynamoDB; waits until its tables and their first rows are there.

        Tables that are elsewhere (`@sandbox external-db`, `useAWS`) can only be called.

        Raises:
            SeedError: the rows of `sandbox-seed.*` cannot be loaded.
            RuntimeError: the sandbox is not running.
        """
        _ = self._live
        return self._tables.wait_ready()

    def reset(self, *, keep_rows: bool = False) -> None:
        """Go back to how it was after starting; takes a millisecond or so.

        Tables have their seeds again, the clock is right, the journal empty. Workers
        stay warm, so that what a module remembers stays, as on Lambda.

        Args:
            keep_rows: leaves the tables as they are.
        """
        self.websockets.clear()
        self.bus.wait_idle()
        self.clock.reset()
        store = self._tables.ready
        if store is not None and not keep_rows:
            store.reset()
        self.journal.clear()
        self.bus.clear()
        self.browser_cookies.clear()
        self.operations.clear()
        self._inspector.forget()

    def environment(self, function: Function) -> Mapping[str, str]:
        """Give the whole environment that `function` sees."""
        own = self._options.environment
        return self._live.environment(function, self._projects.current(), own=own)

    def wait_ready(self) -> None:
        """Wait until the app's tables and their first rows are there.

        Raises:
            SeedError: the rows of `sandbox-seed.*` cannot be loaded.
        """
        if self._projects.current().tables:
            _ = self.tables

    def invoke(self, name: str, event: JsonValue) -> Execution:
        """Run the function called `name` (such as `get /count`) with `event`.

        Raises:
            KeyError: the app has no such function, or several: then `@events a`, with
                the pragma, tells which.
            SeedError: as for `wait_ready`, which comes first.
        """
        self.wait_ready()
        found = self._projects.current().functions_called(name)
        if len(found) != 1:
            raise KeyError(name)
        try:
            sent = JsonText.of(event)
        except (TypeError, ValueError, RecursionError) as error:
            return Execution(outcome=unsendable(error))
        return self._invoke(
            Invocation(request_id=str(uuid4()), function=found[0], event=sent)
        )

    # Starting

    @property
    def _live(self) -> Running:
        if self._running is None:
            raise RuntimeError("this sandbox is not running; use it inside its `with`")
        return self._running

    def _start(self) -> None:
        settings = self._home.open(self._projects.current())
        self._stack.callback(self._home.close)
        self._stack.callback(self._tables.close)
        pool = WorkerPool(
            project=self._projects.adopted,
            environment=self.environment,
            clock=self.clock,
            path_additions=(RUNTIME_HELPER,),
            debugging=self._debugging,
            nurseries=self._nurseries,
            events=self._events,
        )
        self.bus.causes.know(pool.at_work)
        self._stack.callback(pool.close)  # where the servers cannot listen
        self._stack.callback(self.bus.close)
        pool.prepare()  # in a process of its own, while this one makes servers
        watched = self._live_reload.around(self._app)
        app = watched if self._options.watch else self._app
        servers = bind_servers(
            self._stack,
            settings,
            self._options,
            Served(
                app=self.websockets.around(app),
                inspector=self._inspector,
                tables=self.operations.around(self.bus.causes.around(self._tables)),
                bus=self.bus.causes.around(self.bus),
            ),
        )
        # Before the servers wait for what they answer: a handler at work is cut short.
        self._stack.callback(pool.close)
        self._stack.callback(self.bus.stop)
        self._stack.callback(self.websockets.clear)
        publish_messages(self.bus, self.websockets, self._feed)
        self._running = servers.running(settings, pool)
        servers.start()
        self._stack.callback(self._feed.close)
        self._stack.callback(self.pages.close)
        if self._options.watch:
            self._saves.watch(self._root, self._stack)
        self._stack.enter_context(
            Ticker(
                self.tick, every_seconds=TICK_SECONDS, on_error=told_errors(self._say)
            )
        )

    def _live_project(self) -> LiveProject:
        source = ProjectSource(
            self._root,
            home=self._options.home,
            environ=self._options.shell,
            events=self._events,
        )
        return LiveProject(
            source,
            api_type=self._options.api_type,
            adopt=self._adopt,
            say=self._say,
        )

    def _gateway(self, projects: ProjectsWithTables) -> Gateway:
        return Gateway(
            projects=projects,
            invoke=self._invoke,
            record=self.journal.append,
            clock=self.clock,
            say=self._say,
            cookies=self.browser_cookies,
        )

    def _make_inspector(self) -> "Inspector":
        # Imports what only people and tools look at.
        from sandbox.wiring.inspection import make_inspector, make_subject

        subject = make_subject(
            self,
            gateway=self._app,
            cookies=self.browser_cookies,
            pool=lambda: self._live.pool,
            say=self._say,
            feed=self._feed,
        )
        token, adopted = self._options.inspector_token, self._projects.adopted
        return make_inspector(self, subject, adopted=adopted, token=token)

    # Tables

    def _adopt(self, project: Project, before: Project | None) -> None:
        """Bring the tables in step with a project before anybody sees it."""
        for problem in project.warnings:
            if before is None or problem not in before.warnings:
                self._say(Notice(level="warning", text=str(problem)))
        if self._running and before and project.preferences != before.preferences:
            settings = self._running.settings
            tell_pending(project, settings, self._options, say=self._say)
        write_wanted_files(project, home=self._options.home, say=self._say)
        self._tables.follow(project)

    # Running

    def _invoke(self, invocation: Invocation) -> Execution:
        with self.bus.causes.at_work(invocation.request_id):
            return self._saves.run(invocation, self._live.pool.invoke)

    def tick(self) -> None:
        """Do what time asks for: expire rows, sync the ledger, retire idle workers."""
        self._home.tick(self._tables.ready)
        self._live.pool.tick()
        self.websockets.tick()
        self.adviser.follow(self._projects.last)
        self._session_notes.work()
