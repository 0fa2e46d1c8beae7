"""Sessions that live in browsers as JWE cookies: those seen, and those made here.

Nothing can reach into a browser. A session is changed by having requests that carry its
token read as if they carried another, until the app writes the session anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sandbox.exchange import Exchange
from sandbox.inspector.seen_tokens import SeenToken, seen_tokens, token_id
from sandbox.inspector.session_view import SessionView
from sandbox.project.model import Function
from sandbox.sessions import jwe
from sandbox.sessions.cookie import COOKIE_NAME, MAX_COOKIE_BYTES
from sandbox.sessions.explain import token_lifetime_seconds
from sandbox.sessions.settings import Helper, SessionSettings

MOST_KEPT = 500


class MadeTokens:
    """Tokens that were made or ended out of band. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, SeenToken | None] = OrderedDict()
        """By value; None for those that have ended."""

    def add(self, token: SeenToken) -> None:
        """Remember a token that was made."""
        self._keep(token.value, token)

    def end(self, value: str) -> None:
        """Remember that a token has ended, or another was made in its place."""
        self._keep(value, None)

    def live(self) -> tuple[SeenToken, ...]:
        """Give those that were made and have not ended."""
        with self._lock:
            return tuple(token for token in self._tokens.values() if token is not None)

    def has_ended(self, value: str) -> bool:
        """Tell whether a token was ended."""
        with self._lock:
            return value in self._tokens and self._tokens[value] is None

    def _keep(self, value: str, token: SeenToken | None) -> None:
        with self._lock:
            self._tokens[value] = token
            while len(self._tokens) > MOST_KEPT:
                self._tokens.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSessions:
    """The sessions in browsers."""

    settings: SessionSettings
    now_epoch: float
    recent: Callable[[], tuple[Exchange, ...]]
    """Gives the journal's exchanges, in which tokens were seen."""
    made: MadeTokens
    exchange: Callable[[str, str | None], None]
    """Has requests with one value read as if they had another, or none."""
    session_helper: Callable[[Function], Helper]
    """Tells whose code keeps a function's sessions."""

    def all(self) -> tuple[SessionView, ...]:
        """Give the sessions that a browser may still have, the newest in front.

        Tokens that do not open under the current settings are no sessions.
        """
        seen = seen_tokens(self.recent(), known=self.made.live()).values()
        functions = {one.function.key: one.function for one in seen if one.function}
        helpers = {key: self.session_helper(one) for key, one in functions.items()}
        views = [
            view
            for one in seen
            if not one.is_replaced and not self.made.has_ended(one.value)
            if (view := self._view(one, helpers)) is not None
        ]
        return tuple(sorted(views, key=lambda v: -(v.written_epoch or 0)))

    def find(self, session_id: str) -> SessionView | None:
        """Give one session, or None."""
        return next((view for view in self.all() if view.id == session_id), None)

    def replace(self, view: SessionView, data: Mapping[str, Any]) -> str:
        """Have the session read as other data; give the id that it has from now on.

        Raises:
            TypeError, ValueError: the data is none that JSON can say.
            SessionSettingsError: the secret is too short.
        """
        value = jwe.encode_token(data, self.settings, now_epoch=self.now_epoch)
        former = seen_tokens(self.recent(), known=self.made.live()).get(view.value)
        self.exchange(view.value, value)
        self.made.end(view.value)
        self.made.add(
            SeenToken(
                value=value,
                requests=view.requests,
                function=former.function if former else None,
                cookie_ends_epoch=view.cookie_ends_epoch,
            )
        )
        return token_id(value)

    def change(
        self,
        view: SessionView,
        change: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> str:
        """Have the session read as what becomes of its data, as `replace` does."""
        return self.replace(view, change(view.data))

    def delete(self, view: SessionView) -> None:
        """Have requests with this session read as if they had none."""
        self.exchange(view.value, None)
        self.made.end(view.value)

    def expire(self, view: SessionView) -> None:
        """End the session, as a browser ends it: its cookie is not sent any more."""
        self.delete(view)

    def _view(
        self, seen: SeenToken, helpers: Mapping[str, Helper]
    ) -> SessionView | None:
        """Give the session of a token, with the helper of each function by its key."""
        token = jwe.decode_token(seen.value, self.settings, now_epoch=self.now_epoch)
        if not isinstance(token, jwe.Token):
            return None
        cookie = f"{COOKIE_NAME}={quote(seen.value, safe='')}"
        function = seen.function
        helper = helpers[function.key] if function else self.settings.helper
        ends = (self._helper_end(token, helper), seen.cookie_ends_epoch)
        return SessionView(
            id=seen.id,
            store="jwe",
            data={name: v for name, v in token.payload.items() if name != "iat"},
            size_bytes=len(cookie) - 1,
            limit_bytes=MAX_COOKIE_BYTES,
            written_epoch=token.issued_epoch,
            expires_epoch=min((end for end in ends if end is not None), default=None),
            requests=seen.requests,
            value=seen.value,
            cookie_ends_epoch=seen.cookie_ends_epoch,
        )

    def _helper_end(self, token: jwe.Token, helper: Helper) -> float | None:
        """Give when a helper refuses the token."""
        lifetime = token_lifetime_seconds(helper, self.settings)
        if lifetime is None or token.issued_epoch is None:
            return None
        return token.issued_epoch + lifetime
