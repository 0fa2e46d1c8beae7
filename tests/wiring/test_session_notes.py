"""Notes on session cookies: made at the tick, each kind said once."""

from collections.abc import Iterable
from typing import Any

import pytest

from sandbox.clock import MovableClock
from sandbox.exchange import Exchange
from sandbox.journal import Journal
from sandbox.notice import Notice
from sandbox.sessions.explain import CookieWarning
from sandbox.wiring.session_notes import MOST_WAITING, SessionNotes, has_session_cookie
from tests.exchanges import exchange_of

LOST = CookieWarning(code="lost", text="It is lost.")
LONG = CookieWarning(code="long", text="It is too long.")
COOKIE = (("cookie", "a=1; _idx=x"),)


class Scene:
    """A journal with notes, what was looked at and what was said."""

    def __init__(self, *remarks: CookieWarning) -> None:
        self.journal = Journal()
        self.looked_at: list[str] = []
        self.said: list[Notice] = []
        self._remarks = remarks
        self.clock = MovableClock()
        self.moved: list[bool] = []
        self.notes = SessionNotes(
            self.journal,
            remarks=self._look,
            say=self.said.append,
            clock=self.clock,
        )

    def _look(self, exchange: Exchange, has_moved: bool) -> Iterable[CookieWarning]:  # noqa: FBT001 - as it is called
        self.looked_at.append(exchange.request_id)
        self.moved.append(has_moved)
        return self._remarks

    def notes_of(self, request_id: str) -> tuple[str, ...]:
        found = self.journal.find(request_id)
        assert found is not None
        return found.notes


def test_session_notes_wait_for_the_tick() -> None:
    """While a request is answered nothing is looked at."""
    scene = Scene(LOST)
    scene.journal.append(exchange_of("a", request_headers=COOKIE, notes=("Before.",)))

    assert scene.looked_at == []
    scene.notes.work()

    assert scene.notes_of("a") == ("Before.", "It is lost.")


def test_session_notes_know_whether_the_clock_has_moved_since() -> None:
    """Rows that have gone with it were there when the request came."""
    scene = Scene(LOST)
    scene.journal.append(exchange_of("a", request_headers=COOKIE))
    scene.clock.advance(86_400.0)
    scene.journal.append(exchange_of("b", request_headers=COOKIE))
    scene.notes.work()

    assert scene.moved == [True, False]


def test_session_notes_are_said_once_a_kind() -> None:
    """Each exchange has its notes; the terminal has each kind of note once."""
    scene = Scene(LOST, LONG)
    for name in "ab":
        scene.journal.append(exchange_of(name, request_headers=COOKIE))
    scene.notes.work()

    assert scene.notes_of("b") == ("It is lost.", "It is too long.")
    assert [notice.text for notice in scene.said] == [
        "GET /\nIt is lost.",
        "GET /\nIt is too long.",
    ]


def test_session_notes_are_of_functions_alone() -> None:
    """Static files and pages read no session."""
    scene = Scene(LOST)
    scene.journal.append(exchange_of("a", request_headers=COOKIE, has_match=False))
    scene.journal.append(exchange_of("b"))
    scene.notes.work()

    assert scene.looked_at == []
    assert scene.said == []


def test_session_notes_come_too_late_for_a_forgotten_exchange() -> None:
    """A journal that was cleared has nothing to add to, and that is no error."""
    scene = Scene(LOST)
    scene.journal.append(exchange_of("a", request_headers=COOKIE))
    scene.journal.clear()
    scene.notes.work()

    assert scene.journal.recent() == ()


def test_session_notes_are_a_sample_under_load() -> None:
    """The last ones are looked at, and not more than a tick has time for."""
    scene = Scene(LOST)
    for number in range(MOST_WAITING + 10):
        scene.journal.append(exchange_of(str(number), request_headers=COOKIE))
    scene.notes.work()

    assert scene.looked_at == [str(number) for number in range(10, MOST_WAITING + 10)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"request_headers": COOKIE}, True),
        ({"request_headers": (("Cookie", "_idx=x"),)}, True),
        ({"response_headers": (("set-cookie", " _idx=x; Path=/"),)}, True),
        ({"request_headers": (("x-note", "_idx=x"),)}, False),
        ({"request_headers": (("cookie", "a=1"),)}, False),
        ({}, False),
    ],
)
def test_has_session_cookie(headers: Any, *, expected: bool) -> None:
    """One that came, or one that is set."""
    assert has_session_cookie(exchange_of("a", **headers)) is expected
