"""Reads the sessions of a running app as its functions do: exchange in, remarks out.

Takes a tenth of a second to import (jwcrypto): whoever needs it waits until then.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from sandbox.errors import SandboxError
from sandbox.exchange import Exchange
from sandbox.host_header import bare_host
from sandbox.inspector.cookie_view import read_header
from sandbox.inspector.session_table import find_sessions
from sandbox.project.model import Function, Project
from sandbox.sessions.explain import CookieWarning
from sandbox.sessions.refusals import REFUSED, UnknownRow
from sandbox.sessions.remarks import SessionTraffic, session_remarks
from sandbox.sessions.settings import Helper, SessionSettings
from sandbox.tables.errors import TableError
from sandbox.wiring.surroundings import session_helper

if TYPE_CHECKING:
    from sandbox.tables.deferred import Tables


_ROW_GONE = f"{REFUSED}{UnknownRow.code}"


class RunningApp(Protocol):
    """A running sandbox, of which a reader sees this: `sandbox.Sandbox`."""

    @property
    def project(self) -> Project:
        """The app as it is on disk now; raises SandboxError."""
        ...

    @property
    def tables(self) -> "Tables":
        """The app's DynamoDB."""
        ...

    def environment(self, function: Function) -> Mapping[str, str]:
        """Give what a function sees."""
        ...


class SessionReader:
    """Explains the session cookies of exchanges. Used by one thread at a time.

    Args:
        app: whose functions answered.
    """

    def __init__(self, app: RunningApp) -> None:
        self._app = app
        self._project: Project | None = None
        self._helpers: dict[str, Helper] = {}

    def remarks(
        self, exchange: Exchange, *, has_moved: bool = False
    ) -> tuple[CookieWarning, ...]:
        """Give what there is to say; nothing where the session cannot be read at all.

        Where the clock has been moved since (`has_moved`), rows are no longer those
        that the exchange found, and none of them is missed.

        What cannot be read is told elsewhere: by advice, and at each request that asks
        a table which refuses.
        """
        if exchange.match is None:
            return ()
        function = exchange.match.route.function
        try:
            project = self._app.project
            environment = self._app.environment(function)
            helper = self._helper(function, project)
            settings = SessionSettings.from_environment(environment, helper=helper)
            remarks = session_remarks(
                _traffic(exchange),
                settings,
                table=find_sessions(
                    project,
                    settings,
                    stage=environment.get("ARC_ENV"),
                    call=self._app.tables.call,
                ),
            )
        except (SandboxError, TableError):
            return ()
        return tuple(r for r in remarks if not (has_moved and r.code == _ROW_GONE))

    def _helper(self, function: Function, project: Project) -> Helper:
        if project is not self._project:
            self._project, self._helpers = project, {}
        known = self._helpers.get(function.key)
        if known is None:
            known = self._helpers[function.key] = session_helper(function)
        return known


def _traffic(exchange: Exchange) -> SessionTraffic:
    request = exchange.request
    return SessionTraffic(
        cookie_header=read_header(exchange),
        set_cookies=tuple(
            value
            for name, value in exchange.response.headers
            if name.lower() == "set-cookie"
        ),
        host=bare_host(request.header("host") or "localhost"),
        scheme=request.scheme,
        at_epoch=exchange.started_epoch,
    )
