"""The app's DynamoDB: every table in both stages, one lock, and expiry that happens.

`TableStore` is a WSGI application for any DynamoDB client, and answers in process too.
It puts around `engine` what DynamoDB has and moto lacks: items that really expire, on
the sandbox's clock, and operations that are atomic between threads.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from sandbox.clock import Clock
from sandbox.json_value import JsonValue
from sandbox.project.model import Project
from sandbox.tables import protocol, transactions
from sandbox.tables.attribute_values import Row, Seeds
from sandbox.tables.catalogue import Catalogue
from sandbox.tables.deadlines import Deadlines
from sandbox.tables.engine import Engine
from sandbox.tables.errors import TableError
from sandbox.tables.expiry import ExpiryPolicy
from sandbox.tables.keeper import SCHEMA_OPERATIONS, Keeper
from sandbox.tables.kept import KeptTable, sleeping_notices
from sandbox.tables.ledger import Ledger
from sandbox.tables.lookups import attributes_of
from sandbox.tables.stored_table import Change
from sandbox.tables.transactions import Transactions

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class ItemListener(Protocol):
    """Hears which items have changed."""

    def __call__(self, changes: Iterable[Change], *, is_expiry: bool) -> None:
        """Take the changes of one operation, or of items whose time was over."""
        ...


def _no_seeds() -> Seeds:
    return {}


def _tell_nobody() -> None:
    """Hear that rows have changed, and do nothing."""


def _pass_on_nothing(changes: Iterable[Change], *, is_expiry: bool) -> None:
    """Hear which items have changed, and do nothing."""


def _leave_clock() -> None:
    """Leave the clock as it is."""


class TableStore:
    """The tables of one app. Safe between threads; each operation is atomic.

    Args:
        clock: decides which items have expired.
        account_id: twelve digits; drawn at random where not given.
        ledger: where writes are written down before they are acknowledged; whoever
            made it closes it, after the store.
        on_change: called after rows or tables have changed, in the thread that changed
            them, with the store locked; it must neither block nor raise.
        on_items: likewise called with the items that an operation has changed, or that
            have expired; not with those of seeds and snapshots.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        account_id: str | None = None,
        ledger: Ledger | None = None,
        on_change: Callable[[], None] = _tell_nobody,
        on_items: ItemListener = _pass_on_nothing,
    ) -> None:
        self.account_id = account_id or f"{secrets.randbelow(10**12):012}"
        self._clock = clock
        self._on_change = on_change
        self._on_items = on_items
        self._lock = threading.RLock()
        self._engine = Engine(region="us-west-2", account_id=self.account_id)
        self._keeper = Keeper(ledger, tables=lambda: self._engine.tables)
        self._catalogue = Catalogue(self._engine, self._keeper)
        self._transactions = Transactions(clock)
        self._policy = ExpiryPolicy()
        self._deadlines = Deadlines(now_epoch=clock.now_epoch)

    # Tables of the manifest

    def load(
        self,
        project: Project,
        *,
        seeds: Callable[[], Seeds] = _no_seeds,
        policy: ExpiryPolicy | None = None,
    ) -> tuple[str, ...]:
        """Make the tables of `project`, and those of the ledger, with their rows.

        Args:
            project: as for `apply`, which follows each change of it from then on.
            seeds: asked for the rows of tables that the ledger has never had.
            policy: as for `apply`.

        Returns:
            What the developer should know, for example which tables only sleep.

        Raises:
            StorageError: the ledger cannot be read, or not be written.
            SeedError: as for `apply`.
        """
        with self._lock:
            notices = [*self._keeper.load()]
            notices += self.apply(project, seeds=seeds, policy=policy)
            for kept in self._keeper.sleeping:
                if kept.requests and kept.name not in self._engine.tables:
                    notices += self._catalogue.make_again(kept)
            self._keeper.settle()
            self._tables_changed()
            return (*notices, *sleeping_notices(self._keeper.sleeping))

    def apply(
        self,
        project: Project,
        *,
        seeds: Callable[[], Seeds] = _no_seeds,
        policy: ExpiryPolicy | None = None,
    ) -> tuple[str, ...]:
        """Make the tables those of `project`; rows of tables that stay, stay.

        Args:
            project: declares the tables, their indexes and TTL attributes.
            seeds: asked for rows only if tables are created; they go to `staging`.
            policy: where expiry departs from DynamoDB's rules.

        Returns:
            What the developer should know, for example that a table was emptied.

        Raises:
            SeedError: `seeds` cannot give rows, or DynamoDB refuses one. The tables
                that were to be created are not there then, all else is as it was.
            StorageError: the ledger cannot be written; likewise.
        """
        with self._lock:
            self._policy = policy or ExpiryPolicy()
            try:
                return self._catalogue.apply(project, seeds=seeds)
            finally:
                self._tables_changed()

    # Operations

    def call(
        self, operation: str, request: Mapping[str, object]
    ) -> dict[str, JsonValue]:
        """Carry out a DynamoDB operation and give its result.

        Args:
            operation: such as `GetItem` (DynamoDB API Reference).
            request: in DynamoDB JSON, binary values as base64; it is not changed.

        Raises:
            TableError: DynamoDB's answer to a request that it refuses.
        """
        with self._lock:
            self._expire_due()
            is_transaction = operation in transactions.OPERATIONS
            if is_transaction and self._transactions.was_done(request):
                return {}
            result, changes = self._engine.call(
                operation, request, commit=self._keeper.commit
            )
            if is_transaction and "Responses" not in result:  # of what is read
                self._transactions.note(request)
            if operation in SCHEMA_OPERATIONS:
                self._tables_changed()
            elif changes:
                self._deadlines.follow(changes)
                self._on_items(changes, is_expiry=False)
                self._on_change()
            return result

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> list[bytes]:
        """Answer DynamoDB's JSON 1.0 protocol."""
        answer = self._answer(environ)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer(self, environ: "WSGIEnvironment") -> protocol.Answer:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return protocol.greeting(self._greeting())
        try:
            return protocol.success(self.call(*protocol.read_request(environ)))
        except TableError as error:
            return protocol.failure(error)

    def _greeting(self) -> str:
        names = sorted(self._engine.tables) or ["none"]
        lines = "".join(f"  {name}\n" for name in names)
        return f"The sandbox's DynamoDB is here. Its tables:\n{lines}"

    # Expiry

    def expire(self) -> int:
        """Delete the items that are due, and tell how many there were.

        Operations do this by themselves, so that no due item is ever read. The cost
        follows the items that are due, not all items.
        """
        with self._lock:
            return self._expire_due()

    def _expire_due(self) -> int:
        # Read under the lock: who waited for it with an earlier time would go by a
        # clock that has been moved back since, and delete rows that are new.
        now_epoch = self._clock.now_epoch()
        due = self._deadlines.next_due_epoch
        if due is None or due > now_epoch:
            return 0
        changes: list[Change] = []
        for name, keys in self._deadlines.due(now_epoch).items():
            table = self._engine.tables[name]
            items = [item for item in map(table.at, keys) if item is not None]
            changes += self._engine.delete(table, items)
        self._keeper.commit_expiry(changes)
        self._on_items(changes, is_expiry=True)
        self._on_change()
        return len(changes)

    def _tables_changed(self) -> None:
        """Follow tables that are new, or whose TTL attribute may have changed."""
        self._deadlines.watch(
            self._engine.tables,
            logical_names=self._catalogue.logical_names,
            policy=self._policy,
        )
        self._on_change()

    # All rows at once

    def reset(self) -> None:
        """Bring all tables back to what they were right after seeding.

        Raises:
            SeedError: a table that was there before a restart cannot be seeded.
            StorageError: the ledger cannot be written; all is as it was.
        """
        self.restore(())

    def restore(
        self,
        tables: Iterable[KeptTable],
        *,
        move_clock: Callable[[], None] = _leave_clock,
    ) -> tuple[str, ...]:
        """Let the tables be these; a declared one that is not there has its seeds.

        Args:
            tables: as `describe_all` gives them.
            move_clock: called once they are there and before any of them expires, to
                have the time that they belong to.

        Returns:
            What the developer should know, for example what does not fit any more.

        Raises:
            SeedError: as for `reset`.
            StorageError: as for `reset`.
        """
        with self._lock:
            with self._engine.same_tables_on_failure():
                notices = self._catalogue.restore(tables)
                self._keeper.replace_all()
            move_clock()
            self._transactions.clear()
            self._tables_changed()
            return notices

    def describe_all(self) -> tuple[KeptTable, ...]:
        """Give all tables with their keys and rows, as `restore` takes them."""
        with self._lock:
            self._expire_due()
            return tuple(self._keeper.describe_all())

    def tidy(self) -> None:
        """Let the ledger be rewritten, if it has outgrown what it has to say.

        Raises:
            StorageError: it cannot be; it goes on as it is.
        """
        with self._lock:
            self._keeper.rewrite_if_wanted()

    def export(self) -> dict[str, tuple[Row, ...]]:
        """Give every row of every table, by physical name, in order of keys."""
        with self._lock:
            self._expire_due()
            return {
                name: tuple(attributes_of(item) for item in table.ordered(None).items())
                for name, table in self._engine.tables.items()
            }

    def close(self) -> None:
        """Let go of all tables. May be called twice."""
        with self._lock:
            self._engine.drop_all()
            self._tables_changed()
