"""The session of one client: read, written, forged and expired from outside the app.

It works on the client's cookie and, for table-backed sessions, on the row, with the
settings that the app's functions see; so both stores look the same to a test.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from sandbox.errors import AppError
from sandbox.sandbox import Sandbox
from sandbox.sessions import rows
from sandbox.sessions.cookie import COOKIE_NAME, write_cookie
from sandbox.sessions.explain import Explanation, explain
from sandbox.sessions.settings import SessionSettings
from sandbox.testing.client import Client
from sandbox.testing.session_store import (
    UNSTORABLE,
    forge_cookie,
    session_settings,
    stored_sessions,
    unstorable,
)


class ClientSession(MutableMapping[str, Any]):
    """What the handlers see as the session of `client`, as a mapping.

    Reading asks the store each time. Writing keeps the id of a table-backed session,
    and sets the cookie in the client's jar where that has none. A session that is
    refused (tampered with, expired, unknown) reads as empty, as it does in a handler;
    `refusal` tells why. A row that the handler's helper fails to read is refused too,
    and is still given here, and written to.

    Writing raises `AppError` where no browser would keep the cookie, and `ValueError`
    for what the store has no type for. The `KeyError` of a missing value has a note
    that tells why the session is refused, where it is.
    """

    def __init__(self, sandbox: Sandbox, client: Client) -> None:
        if not isinstance(client, Client):
            raise TypeError(
                f"a session is that of a client, such as arc_client, and not {client!r}"
            )
        self._sandbox = sandbox
        self._client = client

    @property
    def data(self) -> dict[str, Any]:
        """A copy of the whole session, without what the store itself adds."""
        return self._explain().data

    @property
    def id(self) -> str | None:
        """The `_idx` of a table-backed session; None for JWE, or without a session."""
        return self._explain().idx

    @property
    def expires_at(self) -> datetime | None:
        """When the session ends, by its row, token or cookie, whichever is first.

        An aware UTC datetime on the sandbox's clock; None where nothing ends it.
        """
        cookie = self._client.jar.find(COOKIE_NAME)
        if cookie is None:
            return None
        ends = (self._explain().expires_epoch, cookie.expires)
        known = [end for end in ends if end is not None]
        return datetime.fromtimestamp(min(known), UTC) if known else None

    @property
    def refusal(self) -> str:
        """Why the cookie is refused, in a sentence; empty where it is accepted."""
        refusal = self._explain().refusal
        return "" if refusal is None else refusal.message

    def forge(self, session: Mapping[str, Any] | None = None, /, **values: Any) -> None:
        """Begin another session with these values, as if the app had made it."""
        self._keep(forge_cookie(self._sandbox, {**(session or {}), **values}))

    def expire(self) -> None:
        """End the session as time would: its row is gone, a JWE's cookie is dropped."""
        found, table = self._explain(), stored_sessions(self._sandbox, self.settings)
        if found.idx is not None and table is not None:
            table.delete(found.idx)
        cookie = self._client.jar.find(COOKIE_NAME)
        if found.store == "jwe" and cookie is not None:
            self._client.jar.remove(cookie)

    @property
    def settings(self) -> SessionSettings:
        """The session settings that the app's functions work by.

        Raises:
            SessionSettingsError: a variable that no session could work with.
        """
        return session_settings(self._sandbox)

    def __getitem__(self, name: str) -> Any:
        found = self._explain()
        if name in found.data:
            return found.data[name]
        missing = KeyError(name)
        if found.refusal is not None:
            missing.add_note(f"The session reads as empty. {found.refusal.message}")
        raise missing

    def __setitem__(self, name: str, value: Any) -> None:
        self._write({**self.data, name: value})

    def __delitem__(self, name: str) -> None:
        rest = self.data
        del rest[name]
        self._write(rest)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<session {self.data!r}>"

    def update(self, *others: Any, **values: Any) -> None:
        """Write several values at once."""
        self._write({**self.data, **dict(*others, **values)})

    def clear(self) -> None:
        """Empty the session, as a handler does that returns `session: {}`."""
        self._write({})

    def _write(self, session: Mapping[str, Any]) -> None:
        found, settings = self._explain(), self.settings
        table = stored_sessions(self._sandbox, settings)
        if table is None:
            self.forge(session)
            return
        now_epoch = self._sandbox.clock.now_epoch()
        own = {name: found.session.get(name) for name in ("_idx", "_secret")}
        try:
            row = rows.write_row(table, {**session, **own}, now_epoch=now_epoch)
        except UNSTORABLE as error:
            raise unstorable(error) from None
        cookie = write_cookie(
            rows.signed_id(row, settings), settings, now_epoch=now_epoch
        )
        self._keep(cookie)

    def _keep(self, cookie: str) -> None:
        base_url = self._client.base_url
        url = str(base_url) if base_url.host else self._sandbox.url
        view = self._client.jar.keep(cookie, url=url)
        if view.refusal:
            raise AppError(
                f"The session cannot be written: a browser drops its cookie. "
                f"{view.refusal}",
                remedy="Change the session, or the ARC_SESSION_ variables.",
            )

    def _explain(self) -> Explanation:
        cookie, settings = self._client.jar.find(COOKIE_NAME), self.settings
        return explain(
            f"{COOKIE_NAME}={cookie.value}" if cookie else "",
            settings,
            now_epoch=self._sandbox.clock.now_epoch(),
            table=stored_sessions(self._sandbox, settings),
        )
