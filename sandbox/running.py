"""What exists only while a sandbox runs, and how its ports are bound."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.errors import PortInUseError
from sandbox.httpd import LoopbackServer
from sandbox.options import LOOPBACK, PortChoice, Settings
from sandbox.project.model import Function, Project
from sandbox.workers.environment import Ports, function_environment
from sandbox.workers.pool import WorkerPool

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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
            overrides={
                **project.preferences.environment.get(settings.stage, {}),
                **own,
            },
        )


def bind_tables(
    stack: ExitStack, app: "WSGIApplication", settings: Settings
) -> LoopbackServer | None:
    """Give a server for the app's tables; None where they are not the sandbox's.

    Raises:
        PortInUseError: as for `bind`.
    """
    if not settings.serves_tables:
        return None
    return bind(stack, app, settings.tables, name="tables")


def bind(
    stack: ExitStack,
    app: "WSGIApplication",
    choice: PortChoice,
    *,
    name: str,
    host: str = LOOPBACK,
) -> LoopbackServer:
    """Give a server on the chosen port, or on another where that may be.

    Args:
        stack: closes the server.
        app: what it serves, once it is started.
        choice: the port.
        name: what it serves, in a word.
        host: the address.

    Raises:
        PortInUseError: the port is taken, and was asked for by name.
    """
    try:
        server = LoopbackServer(app, host=host, port=choice.number, name=name)
    except PortInUseError:
        if not choice.may_move:
            raise
        server = LoopbackServer(app, host=host, port=0, name=name)
    stack.callback(server.close)
    return server
