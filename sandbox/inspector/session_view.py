"""What the inspector shows of one session, whichever store it lives in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.json_value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session."""

    id: str
    """A row's `_idx`, or `jwe-` and a digest of the token."""
    store: Literal["jwe", "table"]
    data: Mapping[str, Any]
    """What the app stored, without the names that helpers add."""
    size_bytes: int
    """Of the cookie's name and value, or of the row as JSON."""
    limit_bytes: int
    """Beyond which browsers, or DynamoDB, refuse it."""
    written_epoch: float | None
    expires_epoch: float | None
    requests: tuple[str, ...]
    """Ids of the requests that used it, as far as the journal remembers."""
    value: str
    """The cookie's value, not encoded."""
    cookie_ends_epoch: float | None = None
    """When the browser drops the cookie; None where that is unknown."""

    def as_json(self, *, now_epoch: float) -> dict[str, JsonValue]:
        """Give it as the API shows it, at a moment."""
        written, expires = self.written_epoch, self.expires_epoch
        return {
            "id": self.id,
            "store": self.store,
            "data": dict(self.data),
            "size_bytes": self.size_bytes,
            "limit_bytes": self.limit_bytes,
            "written_epoch": written,
            "age_seconds": None if written is None else now_epoch - written,
            "expires_epoch": expires,
            "seconds_left": None if expires is None else expires - now_epoch,
            "is_expired": expires is not None and expires <= now_epoch,
            "requests": self.requests,
        }
