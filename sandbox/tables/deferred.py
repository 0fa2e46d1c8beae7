"""A table store that is made when an app first needs one, in a thread of its own.

Importing moto takes half a second and much memory; an app without tables never pays for
it, and one with tables answers its first static file before.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeAlias

from sandbox.errors import SandboxError
from sandbox.project.model import Project
from sandbox.tables import protocol
from sandbox.tables.errors import validation_error

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from sandbox.tables.foreign import ForeignTables
    from sandbox.tables.store import TableStore

    Tables: TypeAlias = TableStore | ForeignTables
    """An app's tables, wherever they are."""


class DeferredTables:
    """A WSGI app that answers as DynamoDB once its store is made.

    Args:
        make: builds the store with a project's tables and their first rows; called in
            the thread "arc-tables".
        update: brings a store that is made in step with a changed project.
    """

    def __init__(
        self,
        make: Callable[[Project], "Tables"],
        *,
        update: Callable[["Tables", Project], None],
    ) -> None:
        self._make = make
        self._update = update
        self._lock = threading.Lock()
        self._project: Project | None = None
        self._store: Future[Tables] = Future()
        self._made: Tables | None = None
        """What `_store` holds once it is there, for who asks before each request."""
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def follow(self, project: Project) -> None:
        """Take a new project: begin if it is the first with tables, else update.

        Once closed, this does nothing.

        Raises:
            SandboxError: a store that is made cannot be brought in step.
        """
        with self._lock:
            self._project = project
            if self._is_closed:
                return
            is_begun = self._is_begun()
            if project.tables and not is_begun:
                self._begin(project)
        if is_begun:
            self._update(self._store.result(), project)

    def wait_ready(self) -> "Tables":
        """Give the store, making it first where that has not begun, or had failed.

        Raises:
            SandboxError: what kept the store from being made, for example a bad seed.
            RuntimeError: there is no project yet, or the store is closed.
        """
        if self._made is not None:
            return self._made
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the tables are closed")
            if self._project is None:
                raise RuntimeError("tables are asked for before there is a project")
            if not self._is_begun():
                self._begin(self._project)
            store = self._store
        return store.result()

    @property
    def ready(self) -> "Tables | None":
        """The store where it is made and not closed, else None; never waits."""
        return self._made

    def run(self, project: Project, store: "Future[Tables]") -> None:
        """Make the store; the body of the thread."""
        try:
            self._made = self._make(project)
            store.set_result(self._made)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for it
            store.set_exception(error)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one DynamoDB request, waiting for the store where it is being made.

        What keeps it from being made is the answer, and one that no SDK asks again.
        """
        try:
            store = self.wait_ready()
        except SandboxError as error:
            told = protocol.failure(validation_error(str(error)))
            start_response(told.status, told.headers)
            return [told.body]
        return store(environ, start_response)

    def close(self) -> None:
        """Wait for the thread and close the store; may be called again."""
        with self._lock:
            self._is_closed = True
        if self._thread is not None:
            self._thread.join()
        made, self._made = self._made, None
        if made is not None:
            made.close()

    def _is_begun(self) -> bool:
        """Tell whether the store is made or being made; not where that has failed."""
        has_failed = self._store.done() and self._store.exception() is not None
        return self._thread is not None and not has_failed

    def _begin(self, project: Project) -> None:
        """Make the store, of which one is made at a time: the caller holds the lock."""
        self._store = Future()
        self._thread = threading.Thread(
            target=self.run,
            args=(project, self._store),
            name="arc-tables",
            daemon=True,
        )
        self._thread.start()
