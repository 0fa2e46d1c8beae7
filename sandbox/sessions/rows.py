"""Session rows in a table: created, read and written.

A row is what the runtime helpers store: `_idx` (24 characters of base64url), `_secret`
(the same), `_ttl` (seconds since 1970, a week after the last write) and the session.
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from sandbox.sessions.refusals import (
    Expired,
    RowRefusal,
    RowWithoutSecret,
    UnknownRow,
    WrongSignature,
)
from sandbox.sessions.settings import SessionSettings
from sandbox.sessions.signature import sign, unsign

ROW_LIFETIME_SECONDS = 604_800
"""A week without a write; ARC_SESSION_TTL does not change it."""

ID_BYTES = 18
_OWN_NAMES = ("_idx", "_secret", "_ttl")

Row: TypeAlias = Mapping[str, Any]
"""JSON values, and whatever else the table can hold, such as sets."""


class RowReader(Protocol):
    """What finds rows by their `_idx`, numbers as int and float."""

    def get(self, idx: str) -> Row | None:
        """Give the row, as last written, or None."""
        ...


class ObservedTable(RowReader, Protocol):
    """The sessions table, looked into from outside the app."""

    @property
    def write_row(self) -> Callable[[Row], Mapping[str, Any]]:
        """What gives the item, in DynamoDB JSON, of a row that was read."""
        ...


class SessionTable(RowReader, Protocol):
    """The sessions table, as its owner has it."""

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A row that was found and accepted."""

    row: Row

    @property
    def idx(self) -> str:
        """The row's id."""
        return str(self.row["_idx"])

    @property
    def expires_epoch(self) -> float | None:
        """When the week without activity ends; None where the row does not say."""
        return _ttl_epoch(self.row)

    @property
    def written_epoch(self) -> float | None:
        """When the week began, at the last write; None where the row does not say."""
        end = self.expires_epoch
        return None if end is None else end - ROW_LIFETIME_SECONDS


def new_id(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Give 18 random bytes as 24 characters, as the npm package `uid-safe` does."""
    return base64.urlsafe_b64encode(random_bytes(ID_BYTES)).decode("ascii")


def create_row(
    table: SessionTable, session: Mapping[str, Any] | None = None, *, now_epoch: float
) -> Row:
    """Store a row with a new id that holds `session`, and give it."""
    row = {
        **(session or {}),
        "_idx": new_id(),
        "_secret": new_id(),
        "_ttl": _ttl(now_epoch),
    }
    table.put(row)
    return row


def read_row(
    table: RowReader,
    cookie_value: str,
    settings: SessionSettings,
    *,
    now_epoch: float,
) -> StoredSession | RowRefusal:
    """Find the row that a cookie's signed id names, or say why there is none.

    A row whose week is over is refused by our own helper although the table still has
    it: the guide promises that it is gone, and DynamoDB may leave it for days. The
    others never look. @architect/functions accepts no row without a `_secret`.
    """
    idx = read_signed_id(cookie_value, settings)
    if isinstance(idx, WrongSignature):
        return idx
    row = table.get(idx)
    if row is None:
        return UnknownRow(idx=idx)
    if settings.helper == "npm" and not row.get("_secret"):
        return RowWithoutSecret()
    expires_epoch = _ttl_epoch(row)
    is_over = expires_epoch is not None and now_epoch > expires_epoch
    if expires_epoch is not None and is_over and settings.helper == "own":
        return Expired(expired_epoch=expires_epoch, now_epoch=now_epoch)
    return StoredSession(row=row)


def read_signed_id(
    cookie_value: str, settings: SessionSettings
) -> str | WrongSignature:
    """Give the `_idx` that a cookie value proves, or the refusal."""
    idx = unsign(cookie_value, settings.signing_secret)
    if not idx:
        return WrongSignature(is_signed="." in cookie_value)
    return idx


def write_row(
    table: SessionTable, session: Mapping[str, Any], *, now_epoch: float
) -> Row:
    """Store the whole session over its row, its week begun anew.

    A session without an `_idx` becomes a new row; one without a `_secret` gets one,
    as `@architect/functions` accepts no row that lacks it.
    """
    if not session.get("_idx"):
        return create_row(table, session, now_epoch=now_epoch)
    row = renewed(session, now_epoch=now_epoch)
    table.put(row)
    return row


def renewed(session: Mapping[str, Any], *, now_epoch: float) -> Row:
    """Give the row that `write_row` stores of a session which has an `_idx`."""
    return {
        **session,
        "_secret": session.get("_secret") or new_id(),
        "_ttl": _ttl(now_epoch),
    }


def without_own_names(row: Row) -> dict[str, Any]:
    """Give the session alone: the row without `_idx`, `_secret` and `_ttl`."""
    return {name: value for name, value in row.items() if name not in _OWN_NAMES}


def signed_id(row: Row, settings: SessionSettings) -> str:
    """Give the cookie value that names the row."""
    return sign(str(row["_idx"]), settings.signing_secret)


def _ttl(now_epoch: float) -> int:
    return int(now_epoch) + ROW_LIFETIME_SECONDS


def _ttl_epoch(row: Row) -> float | None:
    value = row.get("_ttl")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
