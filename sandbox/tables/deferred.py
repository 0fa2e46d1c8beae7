"""A table store that is made when an app first needs one, in a thread of its own.

Importing moto takes half a second and much memory; an app without tables never pays for
it, and one with tables answers its first static file before.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.tables.store import TableStore


class DeferredTables:
    """A WSGI app that answers as DynamoDB once its store is made.

    Args:
        make: builds the store, its tables and their first rows; called once, in the
            thread "arc-tables".
    """

    def __init__(self, make: Callable[[], "TableStore"]) -> None:
        self._make = make
        self._store: Future[TableStore] = Future()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start making the store, unless it is made or being made; returns at once."""
        with self._lock:
            if self._store.done() and self._store.exception() is not None:
                self._store, self._thread = Future(), None
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self.run, name="arc-tables", daemon=True
                )
                self._thread.start()

    def run(self) -> None:
        """Make the store; the body of the thread."""
        store = self._store
        try:
            store.set_result(self._make())
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for it
            store.set_exception(error)

    def wait_ready(self) -> "TableStore":
        """Give the store, making it first where that has not begun, or had failed.

        Raises:
            SandboxError: what kept the store from being made, for example a bad seed.
        """
        self.begin()
        return self._store.result()

    @property
    def has_begun(self) -> bool:
        """Tell whether somebody needed the store yet."""
        return self._thread is not None

    @property
    def ready(self) -> "TableStore | None":
        """The store where it is made already, else None; never waits."""
        if not self._store.done() or self._store.exception() is not None:
            return None
        return self._store.result()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one DynamoDB request, waiting for the store where it is being made."""
        return self.wait_ready()(environ, start_response)

    def close(self) -> None:
        """Wait for the thread and close the store; may be called again."""
        if self._thread is not None:
            self._thread.join()
        if self.ready is not None:
            self.ready.close()
