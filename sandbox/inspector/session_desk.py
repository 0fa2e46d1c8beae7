"""The sessions of a running app: finds its settings, and the store that keeps them."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from sandbox.errors import SandboxError
from sandbox.inspector.messages import ApiError
from sandbox.inspector.row_sessions import Change, RowSessions
from sandbox.inspector.seen_tokens import SeenToken, token_id
from sandbox.inspector.session_table import StoredSessions, find_sessions
from sandbox.inspector.session_view import SessionView
from sandbox.inspector.subject import Subject
from sandbox.inspector.token_sessions import MadeTokens, TokenSessions
from sandbox.project.model import Function
from sandbox.sessions import rows
from sandbox.sessions.browser_view import browser_view
from sandbox.sessions.cookie import write_cookie
from sandbox.sessions.explain import Explanation, explain
from sandbox.sessions.forge import ForgedSession, forge_session
from sandbox.sessions.settings import SessionSettings, SessionSettingsError

Keeper: TypeAlias = RowSessions | TokenSessions
Result = TypeVar("Result")


class SessionDesk:
    """Finds sessions, and changes them. Safe between threads.

    Every method raises `ApiError` 409 where the app's settings allow no sessions.

    Args:
        subject: the sandbox whose sessions they are.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._made = MadeTokens()
        self._changing = threading.Lock()
        """Held while a session is found and changed: changes that are asked for at
        once follow each other."""

    # Seeing

    def all(self) -> tuple[SessionView, ...]:
        """Give every session that is known, the one written last in front."""
        return _with_settings(self._keeper().all)

    def find(self, session_id: str) -> SessionView:
        """Give one session.

        Raises:
            ApiError: 404 where there is none.
        """
        view = _with_settings(lambda: self._keeper().find(session_id))
        if view is None:
            raise ApiError(
                404,
                f'There is no session "{session_id}".',
                remedy="arc-sandbox sessions list, or GET /api/sessions, shows them.",
            )
        return view

    def explain(
        self, header: str, function: Function | None, at_epoch: float
    ) -> Explanation:
        """Explain a Cookie header's session.

        Args:
            header: the Cookie header.
            function: reads it; None stands for any function of the app.
            at_epoch: when it is judged. A row is shown as it is now.
        """
        settings = self._settings(function)
        table = self._table(settings)
        return _with_settings(
            lambda: explain(header, settings, now_epoch=at_epoch, table=table)
        )

    def explain_if_possible(
        self, header: str, function: Function | None, at_epoch: float
    ) -> Explanation | None:
        """Explain as `explain` does; None where the app, as it is, has no sessions."""
        try:
            return self.explain(header, function, at_epoch)
        except (ApiError, SandboxError):
            return None

    def count_written_after(self, epoch: float) -> int:
        """Count the sessions written after a moment; 0 where none can be read."""
        try:
            known = self.all()
        except (ApiError, SandboxError):
            return 0
        return sum((view.written_epoch or 0) > epoch for view in known)

    # Changing

    def replace(self, session_id: str, data: Mapping[str, Any]) -> SessionView:
        """Store other data in a session, as if the app had written it now.

        Raises:
            ApiError: there is no such session, or the data cannot be stored.
        """
        session = rows.without_own_names(data)
        with self._changing:
            view = self.find(session_id)
            changed = _with_data(lambda: self._keeper().replace(view, session))
            return self.find(changed)

    def change(self, session_id: str, change: Change) -> SessionView:
        """Store what becomes of a session's data, as `replace` does.

        What the app writes to its row meanwhile is not lost.

        Args:
            session_id: of the session.
            change: is given the data; may be asked several times.

        Raises:
            ApiError: there is no such session, or the data cannot be stored.
        """

        def changed_data(data: Mapping[str, Any]) -> Mapping[str, Any]:
            return rows.without_own_names(change(data))

        with self._changing:
            view = self.find(session_id)
            changed = _with_data(lambda: self._keeper().change(view, changed_data))
            return self.find(changed)

    def delete(self, session_id: str) -> None:
        """End a session: its row is removed, or its cookie counts no more."""
        with self._changing:
            self._keeper().delete(self.find(session_id))

    def expire(self, session_id: str) -> None:
        """Let a session's time be over, as if it had not been used for long."""
        with self._changing:
            self._keeper().expire(self.find(session_id))

    def forge(self, data: Mapping[str, Any]) -> tuple[str, ForgedSession]:
        """Make a session, and give its id and its cookie.

        Raises:
            ApiError: the data cannot be stored.
        """
        settings = self._settings()
        made = _with_data(
            lambda: forge_session(
                rows.without_own_names(data),
                settings,
                now_epoch=self._now_epoch(),
                table=self._table(settings),
            )
        )
        if made.idx is not None:
            return made.idx, made
        self._made.add(SeenToken(value=made.value))
        return token_id(made.value), made

    def open(self, session_id: str, *, host: str) -> str:
        """Give the Set-Cookie value that makes a browser have this session.

        Args:
            session_id: of the session.
            host: where the browser is given the cookie, over plain HTTP.

        Raises:
            ApiError: 404 without such a session; 409 where no browser keeps the cookie.
        """
        value, now_epoch = self.find(session_id).value, self._now_epoch()
        set_cookie = write_cookie(value, self._settings(), now_epoch=now_epoch)
        seen = browser_view(set_cookie, host=host, now_epoch=now_epoch)
        if not seen.is_kept:
            why = seen.refusal or "Its Max-Age ends it at once."
            raise ApiError(
                409,
                f"No browser would keep this session's cookie. {why}",
                remedy="Change the session, or the ARC_SESSION_ variables.",
            )
        self._subject.remember_cookie(set_cookie, host)
        return set_cookie

    # The app

    def function(self, name: str) -> Function:
        """Give a function of the app by name, such as `get /count`.

        Raises:
            ApiError: 404 where there is none; 400 where there are several, which
                `@events a`, with the pragma, tells apart.
        """
        found = self._subject.project().functions_called(name)
        if not found:
            raise ApiError(
                404,
                f'There is no function "{name}".',
                remedy="GET /api/functions lists them.",
            )
        if len(found) > 1:
            raise ApiError(
                400,
                f'There are {len(found)} functions "{name}".',
                remedy=f"Say which: {', '.join(one.key for one in found)}.",
            )
        return found[0]

    def _keeper(self) -> Keeper:
        settings = self._settings()
        recent = self._subject.journal.recent
        table = self._table(settings)
        if table is not None:
            return RowSessions(
                table=table,
                settings=settings,
                now_epoch=self._now_epoch(),
                recent=recent,
            )
        return TokenSessions(
            settings=settings,
            now_epoch=self._now_epoch(),
            recent=recent,
            made=self._made,
            exchange=self._subject.exchange_session,
            session_helper=self._subject.session_helper,
        )

    def _settings(self, function: Function | None = None) -> SessionSettings:
        chosen = function or self._subject.project().usual_function
        if chosen is None:
            raise ApiError(
                409,
                "The app has no functions, and so no sessions.",
                remedy="Add a route under @http.",
            )
        environment = self._subject.environment(chosen)
        helper = self._subject.session_helper(chosen)
        return _with_settings(
            lambda: SessionSettings.from_environment(environment, helper=helper)
        )

    def _table(self, settings: SessionSettings) -> StoredSessions | None:
        """Give the table that sessions are rows of; None where they are tokens."""
        if settings.store == "jwe":
            return None
        found = find_sessions(
            self._subject.project(),
            settings,
            stage=self._subject.stage(),
            call=self._subject.call_tables,
        )
        if found is None:
            raise ApiError(
                409,
                f'ARC_SESSION_TABLE_NAME is "{settings.table_name}": no such table.',
                remedy="Name a table of @tables, or jwe.",
            )
        return found

    def _now_epoch(self) -> float:
        return self._subject.clock.now_epoch()


def _with_settings(work: Callable[[], Result]) -> Result:
    """Do what the app's settings may forbid."""
    try:
        return work()
    except SessionSettingsError as error:
        raise ApiError(409, error.message, remedy=error.remedy) from error


def _with_data(work: Callable[[], Result]) -> Result:
    """Do what the app's settings, or the data that was sent, may forbid."""
    try:
        return _with_settings(work)
    except ValueError as error:
        raise ApiError(
            400,
            f"The session cannot hold this: {error}.",
            remedy='Use plain JSON; a table holds {"$set": […]} and the like as well.',
        ) from error
