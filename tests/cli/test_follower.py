"""What shows a journal's exchanges from a thread of its own."""

import queue
import threading
from collections.abc import Sequence

import pytest

from sandbox.cli.follower import Follower
from sandbox.exchange import Exchange
from sandbox.journal import Journal
from tests.exchanges import exchange_of

DEADLINE_SECONDS = 10


def ids(exchanges: Sequence[Exchange]) -> list[str]:
    return [each.request_id for each in exchanges]


def test_follower_shows_what_comes_after_it() -> None:
    """Each once and oldest first, in a thread of its own."""
    journal = Journal()
    journal.append(exchange_of("before"))
    shown: queue.Queue[tuple[list[str], str]] = queue.Queue()

    def show(exchanges: Sequence[Exchange]) -> None:
        shown.put((ids(exchanges), threading.current_thread().name))

    with Follower(journal, show):
        for request_id in ("a", "b"):
            journal.append(exchange_of(request_id))
            told = shown.get(timeout=DEADLINE_SECONDS)
            assert told == ([request_id], "arc-follower")

    assert shown.empty()


def test_follower_shows_together_what_came_meanwhile() -> None:
    """Requests do not wait while it writes; at the end it shows what is left."""
    journal = Journal()
    is_showing, may_go_on = threading.Event(), threading.Event()
    shown: list[list[str]] = []

    def show(exchanges: Sequence[Exchange]) -> None:
        shown.append(ids(exchanges))
        is_showing.set()
        assert may_go_on.wait(DEADLINE_SECONDS)

    with Follower(journal, show):
        journal.append(exchange_of("a"))
        assert is_showing.wait(DEADLINE_SECONDS)
        for request_id in ("b", "c"):
            journal.append(exchange_of(request_id))
        may_go_on.set()

    assert shown == [["a"], ["b", "c"]]


def test_follower_goes_on_after_what_shows_has_raised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The failure is told on standard error."""
    journal = Journal()
    shown: queue.Queue[list[str]] = queue.Queue()

    def show(exchanges: Sequence[Exchange]) -> None:
        shown.put(ids(exchanges))
        if ids(exchanges) == ["a"]:
            raise RuntimeError("no room")

    with Follower(journal, show):
        for request_id in ("a", "b"):
            journal.append(exchange_of(request_id))
            assert shown.get(timeout=DEADLINE_SECONDS) == [request_id]

    assert "RuntimeError: no room" in capsys.readouterr().err


def test_follower_loses_only_what_cannot_be_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Those that came together with it are shown one by one."""
    journal = Journal()
    is_showing, may_go_on = threading.Event(), threading.Event()
    shown: list[str] = []

    def show(exchanges: Sequence[Exchange]) -> None:
        is_showing.set()
        assert may_go_on.wait(DEADLINE_SECONDS)
        if "b" in ids(exchanges):
            raise RuntimeError("cannot show b")
        shown.extend(ids(exchanges))

    with Follower(journal, show):
        journal.append(exchange_of("first"))
        assert is_showing.wait(DEADLINE_SECONDS)
        for request_id in ("a", "b", "c"):
            journal.append(exchange_of(request_id))
        may_go_on.set()

    assert shown == ["first", "a", "c"]
    assert capsys.readouterr().err.count("\nRuntimeError: cannot show b") == 1


def test_follower_ends_where_nobody_reads() -> None:
    """What still waits to be written, into a full pipe, holds up no end."""
    journal = Journal()
    is_showing, has_ended = threading.Event(), threading.Event()
    was_in_time: queue.Queue[bool] = queue.Queue()

    def show(_exchanges: Sequence[Exchange]) -> None:
        is_showing.set()
        was_in_time.put(has_ended.wait(DEADLINE_SECONDS))

    with Follower(journal, show):
        journal.append(exchange_of("a"))
        assert is_showing.wait(DEADLINE_SECONDS)
    has_ended.set()

    assert was_in_time.get(timeout=DEADLINE_SECONDS)
