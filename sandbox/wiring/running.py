"""What exists only while a sandbox runs, and how its ports are bound."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import runtime_helper
from sandbox.clock import MovableClock
from sandbox.errors import PortInUseError
from sandbox.httpd import LoopbackServer
from sandbox.options import LOOPBACK, Options, PortChoice, Settings
from sandbox.project.model import Function, Project
from sandbox.ready_file import ready_folder
from sandbox.tables.door import guarded
from sandbox.workers.environment import Ports, function_environment
from sandbox.workers.pool import WorkerPool

if TYPE_CHECKING:
    import ssl

    from _typeshed.wsgi import WSGIApplication

RUNTIME_HELPER = Path(next(iter(runtime_helper.__path__)))
"""The stand-in for `architect-functions`; found last, so that a real one wins."""
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - not bound here


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What exists only between start and close."""

    settings: Settings
    ports: Ports
    pool: WorkerPool
    url: str
    """The app's address."""
    inspector_url: str

    def environment(
        self, function: Function, project: Project, *, own: Mapping[str, str]
    ) -> dict[str, str]:
        """Give the whole environment that a function sees.

        Args:
            function: whose environment it is.
            project: the app as it is now.
            own: variables that beat the developer's.
        """
        settings = self.settings
        return function_environment(
            function,
            project,
            ports=self.ports if project.tables else replace(self.ports, tables=None),
            stage=settings.stage,
            shell=settings.shell,
            own=own,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What listens for a sandbox; whoever connects waits until `start`."""

    http: LoopbackServer
    internal: LoopbackServer
    events: LoopbackServer
    tables: LoopbackServer | None
    """None where the app's tables are elsewhere."""

    def running(self, settings: Settings, pool: WorkerPool) -> Running:
        """Give what is known once these listen, the ports that functions are told."""
        return Running(
            settings=settings,
            ports=Ports(
                http=self.http.port,
                tables=self.tables.port
                if self.tables
                else settings.foreign_tables_port,
                internal=self.internal.port,
                events=self.events.port,
                is_secure=self.http.url.startswith("https:"),
            ),
            pool=pool,
            url=self.http.url,
            inspector_url=self.internal.url,
        )

    def start(self) -> None:
        """Begin to answer, the app's own address last."""
        servers = (self.tables, self.events, self.internal, self.http)
        for server in filter(None, servers):
            server.start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served, each at a port of its own."""

    app: "WSGIApplication"
    inspector: "WSGIApplication"
    """At the internal port."""
    tables: "WSGIApplication"
    """To whom `guarded` lets pass."""
    bus: "WSGIApplication"
    """At the events' port."""


def bind_servers(
    stack: ExitStack, settings: Settings, options: Options, served: Served
) -> Servers:
    """Listen for an app, its inspector, its messages, and its tables if they are here.

    Args:
        stack: closes the servers.
        settings: the ports, and the app's host.
        options: say whether the app speaks TLS, and whether a token guards the
            inspector, which then listens where the app does.
        served: what the servers serve.

    Raises:
        PortInUseError: a port is taken, and was asked for by name.
        WorldError: the certificate cannot be used, or made.
    """
    return Servers(
        tables=bind(stack, guarded(served.tables), settings.tables, name="tables")
        if settings.serves_tables
        else None,
        events=bind(stack, served.bus, settings.events, name="events"),
        internal=bind(
            stack,
            served.inspector,
            settings.internal,
            name="internal",
            host=settings.host if options.inspector_token else LOOPBACK,
        ),
        http=bind(
            stack,
            served.app,
            settings.http,
            name="http",
            host=settings.host,
            ssl_context=tls_context(options),
        ),
    )


def bind(
    stack: ExitStack,
    app: "WSGIApplication",
    choice: PortChoice,
    *,
    name: str,
    host: str = LOOPBACK,
    ssl_context: "ssl.SSLContext | None" = None,
) -> LoopbackServer:
    """Give a server on the chosen port, or on another where that may be.

    Args:
        stack: closes the server.
        app: what it serves, once it is started.
        choice: the port.
        name: what it serves, in a word.
        host: the address.
        ssl_context: speaks TLS where given.

    Raises:
        PortInUseError: the port is taken, and was asked for by name.
    """

    def listen(port: int) -> LoopbackServer:
        return LoopbackServer(
            app, host=host, port=port, name=name, ssl_context=ssl_context
        )

    try:
        server = listen(choice.number)
    except PortInUseError:
        if not choice.may_move:
            raise
        server = listen(0)
    stack.callback(server.close)
    return server


def tls_context(options: Options) -> "ssl.SSLContext | None":
    """Give what the app's port speaks TLS with; None where it speaks plain HTTP.

    Raises:
        WorldError: the certificate cannot be used, or made.
    """
    if options.tls is None:
        return None
    # A tenth of a second, which nobody pays who asks for no HTTPS.
    from sandbox.certificates import CertificateFiles, own_certificate, server_context

    tls = options.tls
    if tls.certificate and tls.key:
        files = CertificateFiles(certificate=tls.certificate, key=tls.key)
        return server_context(files)
    files = own_certificate(
        own_certificate_file(options),
        now=MovableClock().now(),  # real time, which browsers go by
        host=options.host if options.host not in _EVERY_ADDRESS else None,
    )
    return server_context(files)


def own_certificate_file(options: Options) -> Path:
    """Give where the user's own certificate for localhost is kept."""
    return ready_folder(options.shell, options.home) / "tls" / "localhost.pem"
