"""What the inspector is given of a running sandbox: the seam to everything else."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sandbox.clock import MovableClock
from sandbox.exchange import (
    Delivery,
    Execution,
    HttpRequest,
    HttpResponse,
    OpenConnection,
    Outcome,
)
from sandbox.inspector.feed import Feed
from sandbox.journal import Journal
from sandbox.json_value import JsonValue
from sandbox.notice import Notice
from sandbox.project.advice import Advice
from sandbox.project.model import Function, Project, Stage
from sandbox.sessions.settings import Helper

TableCall: TypeAlias = Callable[[str, Mapping[str, object]], Mapping[str, JsonValue]]
"""Carries out a DynamoDB operation, such as `GetItem`, in DynamoDB JSON.

Raises:
    ApiError: DynamoDB refuses the request, or the app has no tables; 409 where a row
        is not what the request expects.
"""


class TableOperation(Protocol):
    """An operation of a function on the tables: `tables.traced.TableOperation`."""

    @property
    def operation(self) -> str:
        """Such as `GetItem`."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Physical names."""
        ...

    @property
    def request(self) -> str | None:
        """The request's JSON, where it is kept."""
        ...

    @property
    def status(self) -> int:
        """DynamoDB's HTTP status."""
        ...

    @property
    def duration_ms(self) -> float:
        """What it took, without the way there."""
        ...


class FunctionFacts(Protocol):
    """What a function's workers have done: `workers.statistics.FunctionStatistics`."""

    @property
    def name(self) -> str:
        """`@http get /path`."""
        ...

    @property
    def idle(self) -> int:
        """Warm workers that wait."""
        ...

    @property
    def running(self) -> int:
        """Events in work or waiting for a place."""
        ...

    @property
    def invocations(self) -> int:
        """Events so far."""
        ...

    @property
    def cold_starts(self) -> int:
        """Events for which a worker had to be started."""
        ...

    @property
    def failures(self) -> int:
        """Events whose outcome was not `Returned`."""
        ...

    @property
    def max_memory_bytes(self) -> int | None:
        """The most that a worker has held."""
        ...

    @property
    def last_outcome(self) -> Outcome | None:
        """Of the last event."""
        ...


class PoolFacts(Protocol):
    """The workers at one moment: `workers.statistics.PoolStatistics`."""

    @property
    def functions(self) -> Sequence[FunctionFacts]:
        """Functions that have been called."""
        ...


class SavedState(Protocol):
    """What is said of a start state: `tables.snapshots.SnapshotFacts`."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def saved_epoch(self) -> float:
        """When it was saved, in seconds since 1970."""
        ...

    @property
    def rows(self) -> int:
        """How many rows it has."""
        ...

    @property
    def clock_offset_seconds(self) -> float:
        """How far the clock stood ahead."""
        ...

    @property
    def size_bytes(self) -> int:
        """What it takes on disk."""
        ...


class SavedStates(Protocol):
    """The start states of an app: `start_states.StartStates`; raises SandboxError."""

    def save(self, name: str) -> SavedState:
        """Save rows and clock under a name."""
        ...

    def load(self, name: str) -> tuple[str, ...]:
        """Bring them back, and give what does not fit."""
        ...

    def list(self) -> Sequence[SavedState]:
        """Give what is saved."""
        ...

    def delete(self, name: str) -> None:
        """Delete one."""
        ...


class MessageBus(Protocol):
    """What delivers events of anything but HTTP: `bus.event_bus.EventBus`."""

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """The last, oldest first."""
        ...

    @property
    def under_way(self) -> int:
        """How many events are not delivered yet."""
        ...

    def post(
        self, function: Function, event: JsonValue, *, request_id: str
    ) -> Future[Execution]:
        """Have a function run with an event."""
        ...

    def clear(self) -> None:
        """Forget what was delivered."""
        ...


class Connections(Protocol):
    """Who is connected to @ws: `websocket.api.WebSocketApi`."""

    @property
    def connections(self) -> Sequence[OpenConnection]:
        """Those that are open, oldest first."""
        ...

    def send(self, connection_id: str, data: bytes) -> bool:
        """Send a message; ValueError where it is too large, False where nobody is."""
        ...

    def end(self, connection_id: str) -> bool:
        """Begin to end a connection; False where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A running sandbox, as the inspector knows it."""

    stage: Callable[[], Stage]
    clock: MovableClock
    journal: Journal
    feed: Feed
    project: Callable[[], Project]
    """The app as it is on disk now; raises SandboxError."""
    app_url: Callable[[], str]
    environment: Callable[[Function], Mapping[str, str]]
    """What a function sees."""
    session_helper: Callable[[Function], Helper]
    """Whose code keeps a function's sessions."""
    call_tables: TableCall
    table_operations: Callable[[str], Sequence[TableOperation]]
    """What the function asked of the tables, by a request's id."""
    statistics: Callable[[], PoolFacts]
    reload: Callable[[], None]
    """Has every function start anew."""
    replay: Callable[[HttpRequest], HttpResponse]
    """Sends a request to the app once more."""
    exchange_session: Callable[[str, str | None], None]
    """Has a session cookie's value count as another, or as none."""
    remember_cookie: Callable[[str, str], None]
    """Has a Set-Cookie value end on the sandbox's clock as the app's own cookies do.

    Told the value, and the host that sets it over plain HTTP.
    """
    bus: MessageBus
    connections: Connections
    advice: Callable[[], tuple[Advice, ...]]
    snapshots: SavedStates
    say: Callable[[Notice], None]
