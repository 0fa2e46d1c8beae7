"""Notes on the session cookies of requests, made when no request waits for them.

The journal's listener only puts an exchange aside; what decrypts and looks up is done
at the next tick.
"""

from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from sandbox.clock import Clock
from sandbox.exchange import Exchange, Headers
from sandbox.journal import Journal
from sandbox.notice import Notice

if TYPE_CHECKING:
    from sandbox.sessions.explain import CookieWarning
    from sandbox.wiring.session_reader import RunningApp, SessionReader

MOST_WAITING = 50
"""Exchanges put aside between two ticks; the oldest give way.

A person makes fewer requests in a second. Under load this is a sample: each takes 150
microseconds to explain, which handlers would lack.
"""

_COOKIE = "_idx="
Remarks: TypeAlias = "Callable[[Exchange, bool], Iterable[CookieWarning]]"
"""Of an exchange; and whether the clock has been moved since."""


class SessionNotes:
    """Adds notes to the exchanges of a journal, and says each kind of note once.

    Args:
        journal: whose exchanges are looked at.
        remarks: gives what there is to say about an exchange, told whether the clock
            has been moved since; may take a while.
        say: told of the first note of each kind.
        clock: the sandbox's time.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        remarks: Remarks,
        say: Callable[[Notice], None],
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._remarks = remarks
        self._say = say
        self._clock = clock
        self._waiting: deque[tuple[Exchange, float]] = deque(maxlen=MOST_WAITING)
        self._said: set[str] = set()
        journal.subscribe(self.take)

    def take(self, exchange: Exchange) -> None:
        """Put an exchange aside if a function read its session; takes microseconds."""
        if exchange.match is not None and has_session_cookie(exchange):
            self._waiting.append((exchange, self._clock.offset_seconds))

    def work(self) -> None:
        """Make the notes of what was put aside. Called by one thread at a time."""
        while self._waiting:
            exchange, offset = self._waiting.popleft()
            self._note(exchange, has_moved=offset != self._clock.offset_seconds)

    def _note(self, exchange: Exchange, *, has_moved: bool) -> None:
        found = tuple(self._remarks(exchange, has_moved))
        if not found:
            return
        self._journal.annotate(
            exchange.request_id, tuple(remark.text for remark in found)
        )
        for remark in found:
            if remark.code not in self._said:
                self._said.add(remark.code)
                request = exchange.request
                text = f"{request.method} {request.path}\n{remark.text}"
                self._say(Notice(level="warning", text=text))


def session_remarks_of(app: "RunningApp") -> Remarks:
    """Give what explains the session cookies of an app's exchanges."""

    @cache
    def reader() -> "SessionReader":
        # What decrypts takes a tenth of a second to import; an app without sessions
        # never pays for it, and a request never waits for it.
        from sandbox.wiring.session_reader import SessionReader

        return SessionReader(app)

    return lambda exchange, has_moved: reader().remarks(exchange, has_moved=has_moved)


def has_session_cookie(exchange: Exchange) -> bool:
    """Tell whether a session cookie came or went; looks at the headers' text alone."""
    return _mentions(exchange.request.headers, "cookie") or _mentions(
        exchange.response.headers, "set-cookie"
    )


def _mentions(headers: Headers, wanted: str) -> bool:
    return any(_COOKIE in value and name.lower() == wanted for name, value in headers)
