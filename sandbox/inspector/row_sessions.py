"""Sessions that are rows of a table: seen and changed where they are."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.exchange import Exchange
from sandbox.inspector.messages import ApiError
from sandbox.inspector.seen_tokens import session_values
from sandbox.inspector.session_table import StoredSessions
from sandbox.inspector.session_view import SessionView
from sandbox.sessions import rows
from sandbox.sessions.settings import SessionSettings

MAX_ITEM_BYTES = 400 * 1024
"""DynamoDB's limit for an item (DynamoDB Developer Guide, "Quotas")."""

_OWN_NAMES = ("_idx", "_secret")
_MOST_TRIES = 100

Change: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Gives what becomes of data. It may be asked several times."""


def _size_bytes(row: rows.Row) -> int:
    return len(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSessions:
    """The sessions of one table; all methods raise what the table raises."""

    table: StoredSessions
    settings: SessionSettings
    now_epoch: float
    recent: Callable[[], tuple[Exchange, ...]]
    """Gives the journal's exchanges, which tell who used a session."""

    def all(self) -> tuple[SessionView, ...]:
        """Give every session of the table, the one written last in front.

        A row without an `_idx`, which a table of other keys may have, is none.
        """
        used = self._requests_by_idx()
        found = (row for row in self.table.all_rows() if "_idx" in row)
        views = [self._view(row, used) for row in found]
        return tuple(sorted(views, key=lambda v: -(v.written_epoch or 0)))

    def find(self, session_id: str) -> SessionView | None:
        """Give one session, or None."""
        row = self.table.get(session_id)
        return None if row is None else self._view(row, self._requests_by_idx())

    def replace(self, view: SessionView, data: Mapping[str, Any]) -> str:
        """Store other data, as if the app had written it now; give the id."""
        row = self.table.get(view.id) or {"_idx": view.id}
        own = {name: row[name] for name in _OWN_NAMES if name in row}
        rows.write_row(self.table, {**data, **own}, now_epoch=self.now_epoch)
        return view.id

    def change(self, view: SessionView, change: Change) -> str:
        """Store what becomes of the data as it is by then; give the id.

        Raises:
            ApiError: 409 where the app never leaves the row alone.
        """

        def changed(row: rows.Row) -> rows.Row:
            own = {name: row[name] for name in _OWN_NAMES if name in row}
            data = change(rows.without_own_names(row))
            return rows.renewed({**data, **own}, now_epoch=self.now_epoch)

        self._update(view, changed)
        return view.id

    def delete(self, view: SessionView) -> None:
        """Remove the row, so that its cookie names nothing any more."""
        self.table.delete(view.id)

    def expire(self, view: SessionView) -> None:
        """Set the row's time to be over; DynamoDB's expiry takes it from there."""
        over_epoch = int(self.now_epoch) - 1
        self._update(view, lambda row: {**row, "_ttl": over_epoch})

    def _update(self, view: SessionView, change: Change) -> None:
        """Write a row anew, beginning again where the app writes it meanwhile."""
        for _ in range(_MOST_TRIES):
            row = self.table.get(view.id)
            if row is None or self.table.update(row, change(row)):
                return
        raise ApiError(
            409,
            f'The app writes the session "{view.id}" continually.',
            remedy="Try again.",
        )

    def _view(self, row: rows.Row, used: Mapping[str, tuple[str, ...]]) -> SessionView:
        session = rows.StoredSession(row=row)
        return SessionView(
            id=session.idx,
            store="table",
            data=rows.without_own_names(row),
            size_bytes=_size_bytes(row),
            limit_bytes=MAX_ITEM_BYTES,
            written_epoch=session.written_epoch,
            expires_epoch=session.expires_epoch,
            requests=used.get(session.idx, ()),
            value=rows.signed_id(row, self.settings),
        )

    def _requests_by_idx(self) -> Mapping[str, tuple[str, ...]]:
        """Give the requests that brought a row's cookie, or were given it."""
        used: dict[str, dict[str, None]] = {}
        for exchange in self.recent():
            for value in session_values(exchange):
                idx = rows.read_signed_id(value, self.settings)
                if isinstance(idx, str):
                    used.setdefault(idx, {})[exchange.request_id] = None
        return {idx: tuple(ids) for idx, ids in used.items()}
