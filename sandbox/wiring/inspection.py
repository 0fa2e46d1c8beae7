"""Gives the inspector its subject: what of a running sandbox it sees and may change."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from sandbox.bus.event_bus import EventBus
from sandbox.clock import MovableClock
from sandbox.errors import SandboxError
from sandbox.exchange import HttpRequest, HttpResponse
from sandbox.gateway.app import Gateway
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.gateway.open_pages import OpenPages
from sandbox.inspector.app import Inspector, Pages
from sandbox.inspector.feed import Feed
from sandbox.inspector.messages import ApiError
from sandbox.inspector.security import Policy
from sandbox.inspector.subject import Subject, TableCall
from sandbox.journal import Journal
from sandbox.json_value import JsonValue
from sandbox.notice import Notice
from sandbox.project.model import Function, Project, Stage
from sandbox.services import ServiceMap, Services, service_map
from sandbox.tables.errors import TableError
from sandbox.tables.traced import OperationLog
from sandbox.websocket.api import WebSocketApi
from sandbox.websocket.management import ConnectionsApi
from sandbox.wiring.adviser import Adviser
from sandbox.wiring.start_states import StartStates
from sandbox.wiring.surroundings import session_helper
from sandbox.workers.environment import Ports, arc_ports
from sandbox.workers.pool import WorkerPool

if TYPE_CHECKING:
    from sandbox.inspector.endpoints import Directory
    from sandbox.tables.deferred import Tables

_STATUSES = {
    "ConditionalCheckFailedException": 409,
    "ResourceNotFoundException": 404,
}
"""What the API answers with for an error of DynamoDB; 400 for all others."""


class Inspected(Protocol):
    """A running sandbox, of which the inspector sees this: `sandbox.Sandbox`."""

    clock: MovableClock
    journal: Journal
    adviser: Adviser
    operations: OperationLog
    snapshots: StartStates
    pages: OpenPages
    bus: EventBus
    websockets: WebSocketApi

    @property
    def project(self) -> Project:
        """The app as it is on disk now."""
        ...

    @property
    def ports(self) -> Ports:
        """The ports in use."""
        ...

    @property
    def url(self) -> str:
        """The app's address."""
        ...

    @property
    def stage(self) -> Stage:
        """The stage that functions see."""
        ...

    @property
    def tables(self) -> "Tables":
        """The app's DynamoDB."""
        ...

    def environment(self, function: Function) -> Mapping[str, str]:
        """Give what a function sees."""
        ...


def make_subject(
    sandbox: Inspected,
    *,
    gateway: Gateway,
    cookies: BrowserCookies,
    pool: Callable[[], WorkerPool],
    say: Callable[[Notice], None],
    feed: Feed,
) -> Subject:
    """Give the sandbox as the inspector knows it; it is asked once it runs.

    Args:
        sandbox: what is inspected.
        gateway: requests are replayed on it.
        cookies: session cookies are exchanged there.
        pool: gives the workers.
        say: told what the inspector has to say.
        feed: what happens.
    """

    def replay(request: HttpRequest) -> HttpResponse:
        return gateway.answer(request, port=sandbox.ports.http)

    def reload() -> None:
        pool().retire()
        sandbox.pages.reload()

    return Subject(
        stage=lambda: sandbox.stage,
        clock=sandbox.clock,
        journal=sandbox.journal,
        feed=feed,
        project=lambda: sandbox.project,
        app_url=lambda: sandbox.url,
        environment=sandbox.environment,
        session_helper=session_helper,
        call_tables=table_call(sandbox),
        table_operations=sandbox.operations.of,
        statistics=lambda: pool().statistics(),
        reload=reload,
        replay=replay,
        exchange_session=lambda value, by: cookies.exchange_session(value, by=by),
        remember_cookie=lambda set_cookie, host: cookies.remember(
            set_cookie, host=host, scheme="http"
        ),
        bus=sandbox.bus,
        connections=sandbox.websockets,
        advice=sandbox.adviser.advice,
        snapshots=sandbox.snapshots,
        say=say,
    )


def make_inspector(
    sandbox: Inspected,
    subject: Subject,
    *,
    adopted: Callable[[], Project],
    token: str | None,
) -> Inspector:
    """Give the application of the internal port, with what answers runtime helpers.

    Args:
        sandbox: is asked once it runs.
        subject: what it shows and changes.
        adopted: gives the last project that could be read.
        token: asked of everybody, where the port is open to other machines.
    """

    def directory() -> "Directory":
        # What reads session cookies takes a fifth of a second to import; a sandbox
        # that nobody inspects never pays for it.
        from sandbox.inspector.directory import make_directory

        return make_directory(subject)

    def pages(endpoints: "Directory") -> Pages:
        # Jinja2 likewise, for a sandbox whose inspector nobody opens.
        from sandbox.inspector.pages.site import Site

        return Site(endpoints)

    return Inspector(
        services=_services(sandbox, adopted),
        make_directory=directory,
        make_pages=pages,
        policy=Policy(token=token),
        on_change=subject.feed.tell_change,
    )


def table_call(sandbox: Inspected) -> TableCall:
    """Give what carries out an operation on a sandbox's tables, for the inspector."""

    def call(operation: str, request: Mapping[str, object]) -> Mapping[str, JsonValue]:
        if not sandbox.project.tables:
            raise ApiError(
                404, "The app has no tables.", remedy="Declare one under @tables."
            )
        try:
            return sandbox.tables.call(operation, request)
        except TableError as error:
            status = _STATUSES.get(error.code, 400)
            raise ApiError(status, error.message) from error

    return call


def _services(sandbox: Inspected, adopted: Callable[[], Project]) -> Services:
    def services() -> ServiceMap:
        try:
            project = sandbox.project
        except SandboxError:
            # Whoever asks runs, and was started with a project that could be read.
            project = adopted()
        return service_map(project, ports=arc_ports(sandbox.ports), stage=sandbox.stage)

    return Services(services, connections=ConnectionsApi(sandbox.websockets))
