"""What exists only while a sandbox runs, and how its ports are bound."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import PortInUseError
from sandbox.httpd import LoopbackServer
from sandbox.options import LOOPBACK, PortChoice, Settings
from sandbox.workers.environment import Ports
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
